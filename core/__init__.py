"""The floor that all parts share: SMPL's tree, rotations, the camera, motions, corrections.

NumPy only; it imports nothing of the other parts.
"""
