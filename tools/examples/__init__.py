"""Draws the figures under docs/examples/: our own poses, in the ways people sketch.

``.venv/bin/python -m tools.examples`` makes them again; the same every time.
"""
