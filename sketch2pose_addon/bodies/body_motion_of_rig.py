"""The motion of a body made by Create Body, or of the user's file, as a BodyMotion.

Conventions: the armature object's space is Blender's (z up, meters); the BodyMotion is in the
body's world (y up). The armature rests standing on z = 0; the body file's pelvis lies lower.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...core.axes import BLENDER_FROM_BODY, body_from_blender
from ...core.body_motion import BodyModelNote, BodyMotion
from ...core.errors import Sketch2PoseError
from ...core.rotations import quat_from_rotmat, rotvec_from_quat
from ...core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from ..results.apply import scene_framerate
from .body import load_body_data
from .rest_bones import rest_bones_of

if TYPE_CHECKING:
    from bpy.types import Context, Object


BODY_JOINTS = 22  # bones that SMPL, SMPL-H and SMPL-X share
WRISTS = {"left_hand": "left_wrist", "right_hand": "right_wrist"}  # bodies with fingers


def body_motion_of_rig(context: Context, rig: Object, mean_default: bool = False) -> BodyMotion:
    """Samples the scene's frames of a body; the frame is restored.

    Args:
        context: its scene.
        rig: the body.
        mean_default: give the motion to the default body in its mean shape, with the pelvis where
            the rig's is; otherwise the motion is in the rig's own shape.

    Raises:
        Sketch2PoseError: the armature is no body of ours.
    """
    if not set(SMPL_JOINT_NAMES[:BODY_JOINTS]) <= set(rig.data.bones.keys()):
        raise Sketch2PoseError(
            f'The motion of "{rig.name}" cannot be fitted',
            "it does not have the bones of a body made by Create Body",
            "Retarget its motion to such a body first, or choose a motion file",
            "skel.source",
        )
    scene = context.scene
    frame, samples = scene.frame_current, []
    first, last = frame_range(context, rig)
    for number in range(first, last + 1):
        scene.frame_set(number)
        samples.append(_sample(rig))
    scene.frame_set(frame)
    motion = _body_motion(rig, samples, scene_framerate(context))
    if not mean_default:
        return motion
    moved = rest_bones_of(rig).pelvis_at(motion.betas) - load_body_data().joints_template[0]
    trans = (motion.trans + moved).astype(np.float32)
    nobody = BodyModelNote("", "")
    return replace(motion, trans=trans, betas=np.zeros_like(motion.betas), body_model=nobody)


def frame_range(context: Context, rig: Object) -> tuple[int, int]:
    """Frames of the rig's action; the current frame when it has none."""
    action = rig.animation_data.action if rig.animation_data else None
    if action is None:
        return context.scene.frame_current, context.scene.frame_current
    return int(action.frame_range[0]), int(np.ceil(action.frame_range[1]))


def _sample(rig: Object) -> tuple[NDArray, NDArray]:
    """World rotations [24, 3, 3] of the bones from rest and the pelvis' place, in body space."""
    world = np.array(rig.matrix_world)
    bones = rig.pose.bones
    names = [name if name in bones else WRISTS[name] for name in SMPL_JOINT_NAMES]
    posed = np.array([bones[name].matrix.to_3x3() for name in names])
    rest = np.array([bones[name].bone.matrix_local.to_3x3() for name in names])
    turn = world[:3, :3] / np.cbrt(np.linalg.det(world[:3, :3]))
    rotations = turn @ posed @ rest.swapaxes(1, 2)
    rotations = BLENDER_FROM_BODY.T @ rotations @ BLENDER_FROM_BODY
    pelvis = world[:3, :3] @ np.array(bones["pelvis"].matrix)[:3, 3] + world[:3, 3]
    return rotations, body_from_blender(pelvis)


def _body_motion(rig: Object, samples: list[tuple[NDArray, NDArray]], rate: float) -> BodyMotion:
    world = np.array([rotations for rotations, _place in samples])
    local = world.copy()
    for joint, parent in enumerate(SMPL_PARENTS):
        if parent >= 0:
            local[:, joint] = world[:, parent].swapaxes(1, 2) @ world[:, joint]
    shape = rig.sketch2pose_body
    betas = np.array(shape.betas, np.float32)
    rest_pelvis = rest_bones_of(rig).pelvis_at(betas)
    places = np.array([place for _rotations, place in samples])
    rotvecs = rotvec_from_quat(quat_from_rotmat(local))
    return BodyMotion(
        poses=rotvecs.reshape(len(local), -1).astype(np.float32),
        trans=(places - rest_pelvis).astype(np.float32),
        betas=betas,
        mocap_framerate=rate,
        body_model=BodyModelNote(shape.model_name, ""),
    )
