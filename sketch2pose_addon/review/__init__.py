"""Seeing what was read: detected joints, the solved body, the source camera, weak frames."""

REGISTERED = ("panel", "op_source_camera", "op_low_confidence_frames", "overlay")
