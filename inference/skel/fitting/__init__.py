"""SMPL motion or a picture to SKEL's angles."""
