"""Key poses: searched, browsed, blended, saved as assets."""

REGISTERED = (
    "library_settings",
    "thumbnails",
    "panel",
    "op_browse_library",
    "op_key_poses",
    "op_pose_assets",
)
