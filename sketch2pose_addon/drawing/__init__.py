"""Drawings and images of a figure become poses of the rig.

* *Draw* starts a drawing that faces the view; *Pose from Drawing* reads it and keys the rig.
* *Pose All Drawings* does so for every frame of an animatic, *Pose from Image* for a picture file.
* Live drawing (`live_session`) poses the rig after every stroke until it is accepted or undone.
* *Try It* makes a body, an example drawing and its pose in one click.
"""

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
