"""Drawings and images of a figure become poses of the rig."""

REGISTERED = (
    "live_session",
    "panel",
    "op_draw",
    "op_live",
    "op_pose_from_frames",
    "op_pose_from_image",
    "op_pose_from_sketch",
    "op_try_it",
)
