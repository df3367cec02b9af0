"""Biomechanical SKEL: motions of bodies become joint angles of an anatomical skeleton.

* *Fit Anatomical Skeleton* takes the motion of a body, or what a picture or clip showed of it
  (`source_evidence`), asks the backend and makes the armature (`skel_rig`) with its angles as
  curves (`skel_angles`).
* `limits_overlay` colors joints that are turned beyond their limits.
"""

REGISTERED = ("op_fit_skel", "limits_overlay")
