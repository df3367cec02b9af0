"""Bodies made here: the default one and those of the user's own model files.

* *Create Body* adds armature and skinned mesh (`body`); shape sliders (`body_shape`) move skin and
  joints (`rest_bones`).
* *Create Body from File* does it with the user's SMPL, SMPL-H or SMPL-X file, and *Add Pose
  Correctives* gives it the file's own shape keys (`pose_correctives`).
* `body_motion_of_rig` reads the motion of such a body back as a BodyMotion.
"""

REGISTERED = ("body_shape", "panel", "op_create_body", "op_create_own_body")
