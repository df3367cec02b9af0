"""Motions of files and of other armatures go onto the rig; its bone map."""

REGISTERED = ("bone_map_rows", "panel", "op_bone_map", "op_retarget")
