"""Pictures and drawings from files: pixels, strokes, pages."""
