"""From corrections to the rig: what the backend is asked, and how its answer is put on.

One call of `put_on` is one change of the scene; the caller makes it one undo step.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...core.body_motion import BodyMotion, write_body_motion
from ...inference.protocol.requests import EditRequest
from ...rigs.human_motion import SMPL_ROLES
from ..backend import jobs
from ..host import keyframes
from ..results import apply_still
from ..results.stored_still import StoredStill, store_still, stored_still_at
from ..retargeting.rig_pose import result_of_rig
from .correction_layer import CorrectionLayer, layer_over, store_layer
from .edit_plane import moved_on_plane

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from ..results.apply import AppliedMotion

_TURNED = 1e-4  # rad from which a joint counts as changed
_TORSO = {"spine_1", "spine_2", "spine_3"}


def correctable(context: Context, target: Object) -> tuple[StoredStill, CorrectionLayer]:
    """What is corrected at the current frame: the kept result, or else the rig's own pose.

    Raises:
        Sketch2PoseError: the rig is not recognized.
    """
    frame = context.scene.frame_current
    stored = stored_still_at(target, frame)
    if stored is not None and not keyframes.keyed_between(target, stored.frame, frame):
        return stored, layer_over(target, stored)
    stored = result_of_rig(context, target)
    return stored, replace(layer_over(target, stored), partial=True)


def submit(stored: StoredStill, layer: CorrectionLayer, *, quiet: bool = False) -> jobs.Job:
    """Asks the backend to lay the corrections over the original.

    Raises:
        Sketch2PoseError: the inputs cannot be written or the backend cannot start.
    """

    def request(folder: Path) -> EditRequest:
        source = folder / "pose.npz"
        write_body_motion(source, original_motion(stored, layer))
        return EditRequest(
            inputs=(str(source),),
            out_dir=str(folder / "corrected"),
            edits=tuple(layer.edits),
        )

    return jobs.submit("Correcting the pose", request, quiet=quiet)


def original_motion(stored: StoredStill, layer: CorrectionLayer) -> BodyMotion:
    """What the corrections are laid over, with the camera that saw it."""
    motion = replace(
        stored.posed(layer.pose).motion(), confidence=layer.confidence[None].astype(np.float32)
    )
    seen = stored.seen
    if seen is None or not len(layer.observed):
        return motion
    drawn = replace(motion, joints2d=layer.observed[None].astype(np.float32))
    return drawn.with_camera(seen.view.in_body_world())


def reflected_motion(stored: StoredStill, layer: CorrectionLayer) -> BodyMotion:
    """The same without a backend, for layers that need no solver."""
    motion, seen = original_motion(stored, layer), layer.reflected_picture()
    return replace(
        motion,
        poses=layer.reflected(stored.view)[None].astype(np.float32),
        joints2d=seen[None].astype(np.float32) if len(seen) else None,
    )


def corrected(
    stored: StoredStill, layer: CorrectionLayer, motion: BodyMotion
) -> tuple[StoredStill, CorrectionLayer]:
    """Result and layer after the answer `motion`."""
    pose = np.asarray(motion.poses[0], float)
    confidence = layer.confidence if motion.confidence is None else motion.confidence[0]
    after = replace(stored.posed(pose), confidence=np.asarray(confidence, float))
    if motion.joints2d is not None:
        after = moved_on_plane(after, np.asarray(motion.joints2d[0], float))
    return after, replace(layer, result=pose)


def put_on(
    context: Context,
    target: Object,
    before: StoredStill,
    after: StoredStill,
    layer: CorrectionLayer,
    *,
    key: bool | None = None,
) -> AppliedMotion:
    """Puts a corrected pose on the rig.

    Args:
        context: any context.
        target: the rig.
        before: what the rig shows now.
        after: what it is to show.
        layer: whether only the changed limbs are written.
        key: insert keys; None asks the panel's setting and Auto Keying.

    Raises:
        Sketch2PoseError: the rig cannot take it; nothing was changed.
    """
    only = _changed_roles(before, after, layer) if layer.partial else None
    return apply_still.apply_motion(
        context, after.motion(), target, after.place, after.frame, key=key, only=only
    )


def remember(target: Object, after: StoredStill, layer: CorrectionLayer) -> None:
    """Keeps a corrected result and its layer with the rig."""
    store_still(target, after)
    store_layer(target, after.frame, layer)


def _changed_roles(
    before: StoredStill, after: StoredStill, layer: CorrectionLayer
) -> frozenset[str]:
    """Roles whose bones a correction turns, or turned until now."""
    poses = [stored.reshape(24, 3) for stored in (layer.pose, before.pose, after.pose)]
    apart = np.max([np.abs(pose - poses[0]).max(axis=1) for pose in poses], axis=0)
    roles = {SMPL_ROLES[joint] for joint in np.flatnonzero(apart > _TURNED)}
    if roles & (_TORSO | {"hips"}):
        roles |= {f"spine_{number}" for number in range(1, 10)} | {"location"}
    if "neck_1" in roles:
        roles |= {f"neck_{number}" for number in range(2, 6)}
    return frozenset(roles)
