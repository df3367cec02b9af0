"""Rigs in pure numpy: skeletons, bone maps, retargeting, limb IK, foot locks and key reduction."""

from .bone_maps.bone_map import BoneMap, LimbControls, bone_map_from_json, bone_map_to_json
from .bone_maps.mapping import detect_bone_map
from .errors import RigError
from .human_motion import HumanMotion, human_motion_from_smpl
from .retarget import PoseTracks, RetargetOptions, retarget
from .skeleton import Skeleton, make_skeleton

__all__ = [
    "BoneMap",
    "HumanMotion",
    "LimbControls",
    "PoseTracks",
    "RetargetOptions",
    "RigError",
    "Skeleton",
    "bone_map_from_json",
    "bone_map_to_json",
    "detect_bone_map",
    "human_motion_from_smpl",
    "make_skeleton",
    "retarget",
]
