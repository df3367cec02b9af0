"""Frames, lenses and films: clips from and to files."""
