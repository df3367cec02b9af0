"""What any rig does now, as a result that can be corrected.

A clip, a mocap file or an animator's keys leave no hypothesis behind; their pose is read off the
rig as it stands, also where it is not keyed yet.

Frames: Blender's world (z up) is the body's world turned (see `axes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...core import axes
from ...core.rotations import quat_inverse, quat_multiply, rotvec_from_quat
from ...core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from ...rigs import RetargetOptions, detect_bone_map, make_skeleton, retarget
from ..bodies.body import load_body_data
from ..results.apply_still import Place, present_hips
from ..results.stored_still import StoredStill
from .source_motion import pose_of_armature

if TYPE_CHECKING:
    from bpy.types import Context, Object

_LEVEL_VIEW = (0.0, 0.0, -1.0)


def result_of_rig(context: Context, target: Object) -> StoredStill:
    """The rig's present pose as a result at the current frame, with one hypothesis.

    Raises:
        Sketch2PoseError: the rig's bones are not recognized.
    """
    joints = np.asarray(load_body_data().joints_template, float)
    pose = _smpl_pose(context, target, joints)
    offsets = joints - joints[[max(parent, 0) for parent in SMPL_PARENTS]]
    return StoredStill(
        frame=context.scene.frame_current,
        poses=pose[None],
        scores=np.ones(1),
        pose=pose,
        offsets=offsets,
        pelvis=joints[0],
        view=np.array(_LEVEL_VIEW),
        place=Place(present_hips(target), on_ground=False),
        drawn=np.zeros((0, 3)),
        confidence=np.ones(24),
    )


def _smpl_pose(context: Context, target: Object, joints: np.ndarray) -> np.ndarray:
    """[72] of the default body in the pose of the rig."""
    rest = np.tile(np.eye(4), (len(joints), 1, 1))
    rest[:, :3, 3] = joints
    body = make_skeleton(SMPL_JOINT_NAMES, SMPL_PARENTS, rest)
    human = pose_of_armature(context, target).turned(quat_inverse(axes.BLENDER_FROM_BODY_QUAT))
    options = RetargetOptions(in_world=True, feet_on_ground=False)
    tracks = retarget(human, body, detect_bone_map(body), options)
    world: list[np.ndarray] = []
    local: list[np.ndarray] = []
    for name, parent in zip(SMPL_JOINT_NAMES, SMPL_PARENTS, strict=True):
        above = np.array([1.0, 0.0, 0.0, 0.0]) if parent < 0 else world[parent]
        world.append(np.asarray(tracks.poses[name][0]) if name in tracks.poses else above)
        local.append(quat_multiply(quat_inverse(above), world[-1]))
    return rotvec_from_quat(np.array(local)).ravel()
