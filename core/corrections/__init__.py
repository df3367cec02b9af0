"""What an animator changes of a result, as plain values."""
