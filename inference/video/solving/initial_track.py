"""Where the solver starts: pose, pelvis and shape of a track from its landmarks alone.

Conventions: camera space (x right, y down, z forward) or, with a known camera, its world (y up);
meters, radians.
"""

import numpy as np

from ....core.arrays import Array
from ....core.axes import CV_FROM_GL
from ....core.camera import AnyCamera
from ....core.kinematics import forward_kinematics
from ....core.projection import camera_from_ray
from ....core.rotations import rotmat_from_rotvec
from ....core.smpl import SMPL_PARENTS
from ...body.model import BodyModel
from ...importers.pose_from_points import pose_from_points
from ..observing.landmarks import LANDMARKS, NUMBER, Track
from .body_points import BodyPoints
from .terms import DIRECTED, Observed

SMALLEST_PERSON = 1.0  # px
LENGTH_SPREAD = 0.04  # meters; how far the network's metric lengths are to be believed
LARGEST_BETA = 2.0


def every_frame(track: Track, step: int) -> Track:
    """The track without gaps: frames without an observation lie between their neighbors, unseen.

    Args:
        track: with gaps.
        step: source frames from one picture to the next.

    Returns:
        A track of every frame; visibility is 0 where it was filled.
    """
    frames = np.arange(track.frames[0], track.frames[-1] + 1, step)
    seen = np.isin(frames, track.frames)

    def between(values: Array) -> Array:
        flat = values.reshape(len(values), -1)
        columns = [np.interp(frames, track.frames, column) for column in flat.T]
        return np.stack(columns, axis=1).reshape(len(frames), *values.shape[1:])

    visibility = between(track.visibility) * seen[:, None]
    return Track(frames, between(track.points), between(track.world), visibility)


def observed(track: Track, points: BodyPoints, lens: AnyCamera) -> Observed:
    """What the solver takes of a track.

    The network sees a person as if the camera pointed at them; the directions are turned by the
    ray to the middle of the hips into the axes of the real camera.
    """
    size = np.maximum(np.ptp(track.points, axis=1).max(-1), SMALLEST_PERSON)
    world = in_camera_axes(track, lens)
    ends = np.array([[NUMBER[a], NUMBER[b]] for a, b in DIRECTED])
    vectors = lens.vectors_to_world(world[:, ends[:, 1]] - world[:, ends[:, 0]])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    rows = {int(number): row for row, number in enumerate(points.used)}
    trust = track.visibility[:, ends].min(-1)
    return Observed(
        track.points[:, points.used],
        track.visibility[:, points.used],
        size,
        vectors,
        trust,
        np.array([[rows[int(a)], rows[int(b)]] for a, b in ends]),
    )


def in_camera_axes(track: Track, lens: AnyCamera) -> Array:
    """[T, 33, 3] metric landmarks in the axes of the real camera."""
    hips = track.points[:, [NUMBER["left_hip"], NUMBER["right_hip"]]].mean(1)
    return track.world @ np.swapaxes(camera_from_ray(lens.rays(hips)), -1, -2)


def starting_pose(track: Track, lens: AnyCamera, body: BodyModel) -> Array:
    """[T, 24, 3, 3] orientations of parts, whose limbs point as the landmarks do."""
    world = in_camera_axes(track, lens) @ CV_FROM_GL
    named = {name: world[:, number] for number, name in enumerate(LANDMARKS)}
    for side in ("left", "right"):
        named[f"{side}_toe"] = named[f"{side}_foot_index"]
    shoulders = (named["left_shoulder"] + named["right_shoulder"]) / 2
    ears = (named["left_ear"] + named["right_ear"]) / 2
    hips = (named["left_hip"] + named["right_hip"]) / 2
    named["neck"] = shoulders
    named["head"] = ears + 0.5 * (shoulders - hips) / 4  # above the ears, along the trunk
    poses, trans, _ = pose_from_points(named)
    local = rotmat_from_rotvec(poses.reshape(len(poses), 24, 3))
    rotations, _ = forward_kinematics(local, body.rest_offsets(), SMPL_PARENTS, trans)
    return lens.turns_to_world(CV_FROM_GL @ rotations)


def starting_pelvis(relative: Array, seen: Observed, lens: AnyCamera) -> Array:
    """[T, 3] pelvis that brings landmarks [T, M, 3] relative to it onto the seen pixels.

    Linear least squares: each pixel says x (Z + z) = f (X + x'), likewise for y.
    """
    relative = lens.vectors_to_camera(relative)
    rays = lens.normalized(seen.points)
    weight = seen.weight + 1e-3
    rows = np.zeros((*rays.shape, 3))
    rows[..., 0, 0] = rows[..., 1, 1] = 1.0
    rows[..., 2] = -rays
    right = rays * relative[..., 2:] - relative[..., :2]
    rows *= weight[..., None, None]
    right = right * weight[..., None]
    frames = len(rays)
    rows, right = rows.reshape(frames, -1, 3), right.reshape(frames, -1, 1)
    transposed = np.swapaxes(rows, -1, -2)
    pelvis = np.linalg.solve(transposed @ rows + 1e-9 * np.eye(3), transposed @ right)[..., 0]
    return lens.to_world(pelvis[:, None])[:, 0]


def shape_from_lengths(track: Track, body: BodyModel) -> Array:
    """[10] shape whose limbs are as long as the metric landmarks say, held near the mean.

    Limb lengths are linear in the shape where bones do not turn, so one least-squares step does.
    """
    pairs = [pair for pair in DIRECTED if all("_" in name for name in pair)][:12]
    names = {name: number for number, name in enumerate(body.joint_names)}
    kept = [(a, b) for a, b in pairs if a in names and b in names]
    ends = np.array([[names[a], names[b]] for a, b in kept])
    rest, slopes = np.asarray(body.joints(), np.float64), np.asarray(body.joint_shapedirs)
    vectors = rest[ends[:, 1]] - rest[ends[:, 0]]
    lengths = np.linalg.norm(vectors, axis=-1)
    along = vectors / lengths[:, None]
    rows = np.einsum("kc,kcb->kb", along, slopes[ends[:, 1]] - slopes[ends[:, 0]]) / LENGTH_SPREAD
    marks = np.array([[NUMBER[a], NUMBER[b]] for a, b in kept])
    measured = np.median(
        np.linalg.norm(track.world[:, marks[:, 1]] - track.world[:, marks[:, 0]], axis=-1), axis=0
    )
    right = rows.T @ ((measured - lengths) / LENGTH_SPREAD)
    betas = np.linalg.solve(rows.T @ rows + np.eye(rows.shape[1]), right)
    return np.clip(betas, -LARGEST_BETA, LARGEST_BETA)
