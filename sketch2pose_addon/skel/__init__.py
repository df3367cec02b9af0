"""Biomechanical SKEL: motions of bodies become joint angles of an anatomical skeleton."""

REGISTERED = ("op_fit_skel", "limits_overlay")
