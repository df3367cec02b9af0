"""Key poses: searched in words, browsed, blended, saved as assets.

* The panel shows what a search finds (`library_settings`) as pictures (`thumbnails`); a click puts
  a pose on the rig where it stands (`key_pose`), in part if asked (`pose_blend`).
* *Browse in the Viewport* (`browse_operator`, `pose_strip`): hover to try, click to take.
* *Save Pose Asset* and *Build Asset Library* make Blender assets of them (`pose_assets`).
"""

REGISTERED = (
    "library_settings",
    "thumbnails",
    "panel",
    "op_browse_library",
    "op_key_poses",
    "op_pose_assets",
)
