"""Motions of files and of other armatures go onto the rig.

* *Detect Bones* finds which bone is which; the list can be edited, mirrored and saved
  (`bone_map_rows`, `bone_map_library`).
* *Retarget* takes a BodyMotion file or another armature's action (`source_motion`) and keys it.
* `rig_pose` reads what any rig does now, so that a pose made by hand can be corrected too.
"""

REGISTERED = ("bone_map_rows", "panel", "op_bone_map", "op_retarget")
