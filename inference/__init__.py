"""The backend program: drawings, images and clips in, BodyMotion out.

Runs in its own process (`python -m inference`), knows neither Blender nor rigs.
Only `inference.protocol` is shared with the add-on, so this file imports nothing.
"""
