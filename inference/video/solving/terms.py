"""What a solved track is measured by: points in the picture, directions in space, feet, smoothness.

Conventions: camera space (x right, y down, z forward) or, with a known camera, its world (y up);
meters, radians. Unknowns of a frame are one increment [3] for each solved part (G <- exp(w) G) and
the pelvis [3]. Costs are sums of squares.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.camera import AnyCamera, CameraPath
from ....core.projection import pixels_from_points, slopes_of_pixels
from ....core.rotations import rotvec_from_rotmat, skew_from_vector
from .body_points import BodyPoints

OUTLIER = 3.0  # deviations from which a residual counts linearly (pseudo-Huber)
POINT_SPREAD = 0.02  # of a landmark, shares of the person's size in the picture
DEAD_ZONE = 0.004  # the same; smaller errors are the detector's own and pull at nothing
DIRECTION_SPREAD = np.array([0.2, 0.2, 0.3])  # of a direction, by axis: depth is guessed
NEAREST = 0.2  # meters in front of the camera

# landmarks by name whose direction the network's metric points give
DIRECTED = (
    ("left_shoulder", "left_elbow"), ("right_shoulder", "right_elbow"),
    ("left_elbow", "left_wrist"), ("right_elbow", "right_wrist"),
    ("left_hip", "left_knee"), ("right_hip", "right_knee"),
    ("left_knee", "left_ankle"), ("right_knee", "right_ankle"),
    ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder"),
    ("left_hip", "left_shoulder"), ("right_hip", "right_shoulder"),
    ("left_heel", "left_foot_index"), ("right_heel", "right_foot_index"),
    ("left_ear", "right_ear"), ("left_ear", "nose"), ("right_ear", "nose"),
    ("left_wrist", "left_index"), ("right_wrist", "right_index"),
    ("left_wrist", "left_pinky"), ("right_wrist", "right_pinky"),
)  # fmt: skip


@dataclass(frozen=True)
class Observed:
    """A track as the solver takes it; M landmarks with a place on the body.

    Attributes:
        points: [T, M, 2] px.
        weight: [T, M] trust in 0..1, 0 where not seen.
        size: [T] size of the person in the picture, px.
        directions: [T, K, 3] unit, camera axes.
        direction_weight: [T, K] trust in 0..1.
        pairs: [K, 2] rows of the landmarks that each direction joins.
    """

    points: Array
    weight: Array
    size: Array
    directions: Array
    direction_weight: Array
    pairs: NDArray[np.integer]


@dataclass
class Equations:
    """Normal equations of frames: cost, gradient [T, n] and Hessian blocks.

    `next_one` are the blocks [T - 1, n, n] of rows t and columns t + 1, `next_two` the diagonals
    [T - 2, n] of those of columns t + 2.
    """

    cost: float
    gradient: Array
    own: Array
    next_one: Array
    next_two: Array


def empty_equations(frames: int, size: int) -> Equations:
    """Equations without any term."""
    return Equations(
        0.0,
        np.zeros((frames, size)),
        np.zeros((frames, size, size)),
        np.zeros((max(frames - 1, 0), size, size)),
        np.zeros((max(frames - 2, 0), size)),
    )


def point_jacobian(world: Array, points: BodyPoints) -> Array:
    """[T, M, 3, n] derivatives of the landmarks by the unknowns of their frame."""
    carried = np.einsum("tpij,mpj->tmpi", world, points.carried)
    turns = -skew_from_vector(carried).transpose(0, 1, 3, 2, 4)
    frames, count = carried.shape[:2]
    own = np.broadcast_to(np.eye(3), (frames, count, 3, 3))
    return np.concatenate([turns.reshape(frames, count, 3, -1), own], axis=-1)


def add_picture(
    equations: Equations, places: Array, jacobian: Array, seen: Observed, lens: AnyCamera
) -> None:
    """Distance of the projected landmarks from the seen ones, beyond a dead zone.

    Args:
        equations: to add to.
        places: [T, M, 3] landmarks in the solver's space, metres.
        jacobian: [T, M, 3, n] of the places.
        seen: where they were seen.
        lens: the camera.
    """
    places = lens.to_camera(places)
    pixels = pixels_from_points(places, lens.focal, lens.center, NEAREST)
    away = (pixels - seen.points) / seen.size[:, None, None]
    distance = np.maximum(np.linalg.norm(away, axis=-1), 1e-9)
    away *= (np.maximum(distance - DEAD_ZONE, 0) / distance / POINT_SPREAD)[..., None]
    slope = slopes_of_pixels(places, lens.focal, NEAREST)
    slope *= (1 / (POINT_SPREAD * seen.size))[:, None, None, None]
    if isinstance(lens, CameraPath):  # a still one is at the origin of the solver's space
        slope = slope @ lens.rotation[:, None]
    _add(equations, away, slope @ jacobian, seen.weight)


def add_directions(
    equations: Equations, places: Array, jacobian: Array, seen: Observed, lengths: Array
) -> None:
    """Difference of vectors between landmarks from the seen directions, in units of length."""
    first, second = seen.pairs.T
    scale = (1 / (lengths[:, None] * DIRECTION_SPREAD))[None]
    away = (places[:, second] - places[:, first]) * scale - seen.directions / DIRECTION_SPREAD
    steps = (jacobian[:, second] - jacobian[:, first]) * scale[..., None]
    _add(equations, away, steps, seen.direction_weight)


def _add(equations: Equations, residual: Array, jacobian: Array, weight: Array) -> None:
    """Robust squares of residuals [T, K, d] with derivatives [T, K, d, n] and weights [T, K]."""
    squared = weight * np.sum(residual**2, axis=-1)
    root = np.sqrt(1 + squared / OUTLIER**2)
    equations.cost += float((2 * OUTLIER**2 * (root - 1)).sum())
    trust = np.sqrt(weight / root)[..., None]
    frames, size = equations.gradient.shape
    rows = (jacobian * trust[..., None]).reshape(frames, -1, size)
    values = (residual * trust).reshape(frames, -1, 1)
    transposed = np.swapaxes(rows, -1, -2)
    equations.gradient += (transposed @ values)[..., 0]
    equations.own += transposed @ rows


@dataclass(frozen=True)
class Expected:
    """Orientations that parts are expected to have.

    Attributes:
        orientations: [T, P, 3, 3] camera from part.
        view: [T, 3, 3] camera from view.
        precision: [T, P, 3] 1/rad^2 of turns about the axes of the view.
    """

    orientations: Array
    view: Array
    precision: Array


def add_expected(equations: Equations, world: Array, expected: Expected) -> None:
    """Turns [T, P] by which parts differ from what is expected of them, robustly.

    Args:
        equations: to add to.
        world: [T, P, 3, 3] orientations.
        expected: of the same parts.
    """
    away = rotvec_from_rotmat(world @ np.swapaxes(expected.orientations, -1, -2))
    seen = np.einsum("tji,tpj->tpi", expected.view, away)
    squared = np.sum(expected.precision * seen**2, axis=-1)
    root = np.sqrt(1 + squared / OUTLIER**2)
    equations.cost += float((2 * OUTLIER**2 * (root - 1)).sum())
    trust = expected.precision / root[..., None]
    pull = np.einsum("tij,tpj->tpi", expected.view, trust * seen)
    frames, parts = pull.shape[:2]
    equations.gradient[:, : 3 * parts] += pull.reshape(frames, -1)
    stiff = np.einsum("tij,tpj,tkj->tpik", expected.view, trust, expected.view)
    for part in range(parts):
        rows = slice(3 * part, 3 * part + 3)
        equations.own[:, rows, rows] += stiff[:, part]


def add_smoothness(
    equations: Equations, world: Array, pelvis: Array, turning: float, moving: float
) -> None:
    """Second differences of orientations and pelvis.

    Args:
        equations: to add to.
        world: [T, P, 3, 3] orientations.
        pelvis: [T, 3] meters.
        turning: weight of a turn's change, 1/rad^2.
        moving: of the pelvis' change, 1/m^2.
    """
    frames = len(world)
    if frames < 3:
        return
    steps = rotvec_from_rotmat(world[1:] @ np.swapaxes(world[:-1], -1, -2)).reshape(frames - 1, -1)
    steps = np.concatenate([steps, np.diff(pelvis, axis=0)], axis=1)
    weight = np.full(steps.shape[1], turning)
    weight[-3:] = moving
    change = np.diff(steps, axis=0)
    equations.cost += float((weight * change**2).sum())
    index = np.arange(steps.shape[1])
    for offset, factor in enumerate((1.0, -2.0, 1.0)):
        rows = slice(offset, offset + frames - 2)
        equations.gradient[rows] += factor * weight * change
        equations.own[rows, index, index] += factor**2 * weight
    equations.next_one[:-1, index, index] += -2 * weight
    equations.next_one[1:, index, index] += -2 * weight
    equations.next_two += weight


def add_still_feet(
    equations: Equations, places: Array, jacobian: Array, rows: NDArray[np.integer], weight: Array
) -> None:
    """Landmarks in contact that move from one frame to the next.

    Args:
        equations: to add to.
        places: [T, M, 3].
        jacobian: [T, M, 3, n].
        rows: [F] landmarks of the feet.
        weight: [T - 1, F] 1/m^2, 0 where there is no contact.
    """
    if len(places) < 2:
        return
    feet, steps = places[:, rows], jacobian[:, rows]
    moved = np.diff(feet, axis=0) * np.sqrt(weight)[..., None]
    equations.cost += float((moved**2).sum())
    frames, size = equations.gradient.shape
    root = np.sqrt(weight)[..., None, None]
    before = (steps[:-1] * root).reshape(frames - 1, -1, size)
    after = (steps[1:] * root).reshape(frames - 1, -1, size)
    flat = moved.reshape(frames - 1, -1, 1)
    equations.gradient[1:] += (np.swapaxes(after, 1, 2) @ flat)[..., 0]
    equations.gradient[:-1] -= (np.swapaxes(before, 1, 2) @ flat)[..., 0]
    equations.own[1:] += np.swapaxes(after, 1, 2) @ after
    equations.own[:-1] += np.swapaxes(before, 1, 2) @ before
    equations.next_one -= np.swapaxes(before, 1, 2) @ after


def add_floor(
    equations: Equations,
    places: Array,
    jacobian: Array,
    rows: NDArray[np.integer],
    heights: Array,
    weight: Array,
) -> None:
    """Points that stand on the floor of a known world (y = 0).

    Args:
        equations: to add to.
        places: [T, M, 3] world.
        jacobian: [T, M, 3, n].
        rows: [F] points of the feet.
        heights: [F] meters above the sole where they are.
        weight: [T, F] 1/m^2, 0 where nothing stands.
    """
    away = places[:, rows, 1:2] - heights[None, :, None]
    _add(equations, away, jacobian[:, rows, 1:2], weight)
