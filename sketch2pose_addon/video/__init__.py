"""Clips and motion files become actions, with the scene that shows the clip."""

REGISTERED = ("op_compare_with_clip", "op_import_motion", "op_motion_from_video")
