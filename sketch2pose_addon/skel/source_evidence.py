"""What a rig's pose or motion was read from, as a BodyMotion with its evidence.

Drawings and pictures are kept as hypotheses, one for each frame; a clip is kept whole. Either says
where the joints were seen and through which camera.

Conventions: body's world (y up, meters), in which a hypothesis stands as placed; a view is
of Blender's world turned (see `axes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from ...core import axes
from ...core.body_motion import BodyMotion, SourceNote
from ...core.camera import CameraPath
from ...core.errors import Sketch2PoseError
from ...core.projection import homogeneous, pixels_from_points
from ..bodies.body import load_body_data
from ..results.apply import scene_framerate
from ..results.apply_still import placed_motion
from ..results.motion_camera import fitted_placement, scene_frames
from ..results.source_view import performed_joints
from ..results.stored_clip import stored_clip_of
from ..results.stored_still import StoredStill, stored_frames, stored_still_at

if TYPE_CHECKING:
    from bpy.types import Context, Object


def evidence_of(context: Context, rig: Object) -> tuple[BodyMotion, NDArray]:
    """The hypothesis of a rig's drawing, picture or clip, and the scene frames [T] of its rows.

    A hypothesis at the current frame comes first, then a clip, then all hypotheses.

    Raises:
        Sketch2PoseError: nothing is kept with the rig.
    """
    stored = [_usable(rig, frame) for frame in stored_frames(rig)]
    stills = [result for result in stored if result is not None]
    here = any(result.frame == context.scene.frame_current for result in stills)
    clip = stored_clip_of(rig)
    if clip is not None and not here:
        motion, start = clip
        return motion, np.asarray(scene_frames(context, motion, start), float)
    if not stills:
        raise Sketch2PoseError(
            "The skeleton cannot follow the image",
            f'"{rig.name}" has no stored joint detections',
            "Select a rig that was posed from a drawing, image or clip, or choose its motion file",
            "skel.picture",
        )
    frames = np.array([result.frame for result in stills], float)
    return _motion_of(stills, scene_framerate(context)), frames


def stand_over(skel: Object, motion: BodyMotion, rig: Object) -> None:
    """Puts a skeleton that moves as a motion does where a rig performs its first frame now.

    The turn and place are taken over, not the size: the skeleton is the motion's own.
    """
    if motion.joints3d is None:
        return
    which, performed = performed_joints(rig)
    seen = axes.blender_from_body(motion.joints3d[0].astype(float))[which]
    placement = fitted_placement(seen, performed)
    turn = placement[:3, :3] / np.cbrt(np.linalg.det(placement[:3, :3]))
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, performed.mean(0) - turn @ seen.mean(0)
    skel.matrix_world = Matrix(matrix.tolist())


def _usable(rig: Object, frame: int) -> StoredStill | None:
    result = stored_still_at(rig, frame)
    return result if result is not None and _sees(result) else None


def _sees(result: StoredStill) -> bool:
    return result.seen is not None and len(result.seen.observed) == len(result.confidence)


def _motion_of(stills: list[StoredStill], rate: float) -> BodyMotion:
    """Hypotheses one after the other, their pictures brought to the focal length of the first."""
    motions = [placed_motion(result.motion(), result.place) for result in stills]
    views = [result.seen.view.in_body_world() for result in stills if result.seen is not None]
    lens = views[0]
    joints3d = np.concatenate([np.asarray(motion.joints3d) for motion in motions])
    trans = joints3d[:, 0] - load_body_data().joints_template[0]  # of the default body
    pixels, rotations, translations = [], [], []
    for result, joints, view in zip(stills, joints3d.astype(float), views, strict=True):
        assert result.seen is not None
        flat = view.normalized(result.seen.observed)
        pixels.append(pixels_from_points(homogeneous(flat), lens.focal, lens.center))
        rotations.append(view.rotation)
        turned = view.vectors_to_camera(joints)
        translations.append(_translation(turned, flat, result.confidence))
    pose = np.array(rotations), np.array(translations)
    return BodyMotion(
        poses=np.concatenate([motion.poses for motion in motions]),
        trans=trans.astype(np.float32),
        betas=np.zeros(10, np.float32),
        mocap_framerate=rate,
        joints3d=joints3d,
        joints2d=np.array(pixels, np.float32),
        confidence=np.array([result.confidence for result in stills], np.float32),
        source=SourceNote("drawing", "reading"),
    ).with_camera(CameraPath(*pose, lens.focal, lens.center, lens.size))


def _translation(points: NDArray, flat: NDArray, weights: NDArray) -> NDArray:
    """[3] shift that brings points nearest to where they were seen, camera axes.

    A figure on a sheet may be drawn at any size; as it is posed at its own, only the distance can
    make up for that. Least squares of (x + tx) - u (z + tz), which is linear in the shift.

    Args:
        points: [N, 3] turned into the camera.
        flat: [N, 2] seen on the plane z = 1; NaN: unseen.
        weights: [N] confidence.
    """
    sure = np.where(np.isfinite(flat).all(1), weights, 0.0)
    seen = np.where(np.isfinite(flat), flat, 0.0)
    rows, right = [], []
    for axis in range(2):
        row = np.zeros((len(points), 3))
        row[:, axis], row[:, 2] = 1.0, -seen[:, axis]
        rows.append(sure[:, None] * row)
        right.append(sure * (seen[:, axis] * points[:, 2] - points[:, axis]))
    return np.linalg.lstsq(np.concatenate(rows), np.concatenate(right), rcond=None)[0]
