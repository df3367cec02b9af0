"""SKEL's bones, degrees of freedom, skin and shape."""
