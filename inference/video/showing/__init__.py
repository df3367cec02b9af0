"""Clips with what was read of them drawn over and beside."""
