"""A BodyMotion becomes a pose or an action of the rig, and is stored with it.

* `read_result` gives the people of a finished job.
* `placing` says where a figure stands: where it was drawn, on the ground, a surface, the 3D cursor.
* `apply_still` keys a still at a frame, `apply` a motion as an action; `key_choice` thins its keys.
* `stored_still` and `stored_clip` keep what was read with the rig, so that alternatives can be
  picked, corrections laid over it and its confidence shown (`low_confidence_frames`) later on.
* `source_view` and `motion_camera` know through which camera, and in which picture, it was seen.
"""

REGISTERED = ("op_place_on_surface",)
