"""What one view cannot tell apart: other poses of the same drawing, ranked and followed."""
