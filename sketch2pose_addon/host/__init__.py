"""What Blender itself offers, in our terms: axes, rigs, keys, Grease Pencil, the viewport."""

REGISTERED = ("properties",)
