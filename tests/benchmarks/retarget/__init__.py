"""Parts of the retargeting benchmark: motions, targets, measures, and the Blender half."""
