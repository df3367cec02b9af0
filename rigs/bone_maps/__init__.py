"""Which bone plays which role: presets, names, shape."""
