"""Metric landmarks of a track that has none: key frames are read as stills, then chained.

A picture of joints leaves open which limbs point away, so the still solver gives each key frame
several poses. Of these the chain is taken whose poses are likely and near each other (Viterbi);
between key frames the landmarks move straight. The temporal lifter and the solve make the rest.

Conventions: camera axes (x right, y down, z forward) of a camera that points at the person, meters,
about the middle of the hips.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.smpl import SMPL_JOINT_NAMES
from ...body.model import BodyModel
from ...importers.keypoints2d import DETECTOR_DOUBT
from ...solver import tree
from ...solver.observation import DirectionObservation, SolveResult
from ...solver.solve import solve_directions
from ..solving.body_points import body_points
from .landmarks import LANDMARKS, NUMBER

KEY_RATE = 10.0  # key frames a second
HYPOTHESES = 6
CHANGE = 0.08  # meters, usual way of a joint about the hips between two key frames
_FEWEST = 4  # seen joints of a key frame
_JOINTS = [name for name in SMPL_JOINT_NAMES if name in NUMBER]
_ROWS = [SMPL_JOINT_NAMES.index(name) for name in _JOINTS]
_MARKS = [NUMBER[name] for name in _JOINTS]
_HIPS = [NUMBER["left_hip"], NUMBER["right_hip"]]


def metric_landmarks(
    points: Array,
    visibility: Array,
    frames: NDArray[np.integer],
    framerate: float,
    body: BodyModel,
    check: Callable[[], None],
) -> Array:
    """[T, 33, 3] landmarks in space.

    Args:
        points: [T, 33, 2] px.
        visibility: [T, 33].
        frames: [T] their numbers.
        framerate: frames a second.
        body: whose proportions.
        check: called for each key frame; raises to stop.
    """
    keys = key_frames(visibility, frames, framerate)
    outputs, scores = [], []
    for key in keys:
        check()
        solved = still(points[key], visibility[key], body)
        outputs.append(landmarks_in_space(solved, body))
        scores.append(np.log(np.maximum(solved.scores, 1e-6)))
    chain = likeliest_chain(outputs, scores)
    chosen = np.stack([one[row] for one, row in zip(outputs, chain, strict=True)])
    flat = chosen.reshape(len(keys), -1)
    columns = [np.interp(frames, frames[keys], column) for column in flat.T]
    return np.stack(columns, axis=1).reshape(len(frames), *chosen.shape[1:])


def key_frames(
    visibility: Array, frames: NDArray[np.integer], framerate: float
) -> NDArray[np.integer]:
    """Rows [K] of about `KEY_RATE` of the frames [T] a second; visibility [T, 33] chooses."""
    slots = np.floor(frames * (KEY_RATE / framerate)).astype(int)
    seen = (visibility[:, _MARKS] > 0).sum(axis=1) + visibility[:, _MARKS].mean(axis=1)
    best = {int(slot): int(row) for row, slot in sorted(
        enumerate(slots), key=lambda pair: seen[pair[0]]
    )}  # fmt: skip
    rows = np.array(sorted(best.values()))
    enough = rows[seen[rows] >= _FEWEST]
    return enough if len(enough) else rows[[int(np.argmax(seen[rows]))]]


def still(points: Array, visibility: Array, body: BodyModel) -> SolveResult:
    """The poses that landmarks [33, 2] px with visibility [33] may show, the best first."""
    pixels, trust = np.full((24, 2), np.nan), np.zeros(24)
    there = visibility[_MARKS] > 0
    rows = np.array(_ROWS)[there]
    pixels[rows] = points[_MARKS][there]
    trust[rows] = np.clip(visibility[_MARKS][there], 0.0, 1.0)
    low, high = np.nanmin(pixels, axis=0), np.nanmax(pixels, axis=0)
    doubt = max(DETECTOR_DOUBT * float(np.linalg.norm(high - low)), 1e-3)
    observation = DirectionObservation(
        directions=np.full((24, 3), np.nan),
        direction_weight=np.zeros(24),
        away_probability=np.full(24, 0.5),
        joints2d=pixels,
        joints2d_weight=trust / doubt**2,
        presence=(trust > 0).astype(float),
        image_size=(int(np.ceil(high[0] + low[0])), int(np.ceil(high[1] + low[1]))),
    )
    return solve_directions(observation, body, hypotheses=HYPOTHESES)


def landmarks_in_space(solved: SolveResult, body: BodyModel) -> Array:
    """[H, 33, 3] landmarks of each pose, camera axes, about the hips."""
    local = np.array(solved.rotations, np.float64)
    local[:, 0] = solved.camera.rotation @ local[:, 0]
    turns = tree.world_from_local(local)[:, tree.SOLVED]
    points = body_points(body, np.zeros(10))
    places = np.zeros((len(turns), len(LANDMARKS), 3))
    places[:, points.used] = points.positions(turns, np.zeros((len(turns), 3)))
    unplaced = np.setdiff1d(np.arange(len(LANDMARKS)), points.used)
    places[:, unplaced] = places[:, [NUMBER["nose"]]]  # mouth and corners of the eyes
    return places - places[:, _HIPS].mean(axis=1, keepdims=True)


def likeliest_chain(outputs: list[Array], scores: list[Array]) -> list[int]:
    """One hypothesis of each key frame, so that likely ones follow each other smoothly.

    Args:
        outputs: [H, 33, 3] poses of each frame, meters.
        scores: [H] logarithms of their probabilities.

    Returns:
        The number of the hypothesis of each frame.
    """
    total, back = scores[0], []
    for before, now, score in zip(outputs, outputs[1:], scores[1:], strict=False):
        way = now[None, :, _MARKS] - before[:, None, _MARKS]
        cost = 0.5 * (np.linalg.norm(way, axis=-1) / CHANGE).mean(axis=-1) ** 2
        reached = total[:, None] - cost
        back.append(np.argmax(reached, axis=0))
        total = reached.max(axis=0) + score
    chain = [int(np.argmax(total))]
    for best in reversed(back):
        chain.append(int(best[chain[-1]]))
    return chain[::-1]
