"""From a stroke beside a figure to the limb that it means, and the joints along it.

Everything here happens on paper: pixels, origin top left. The figure is given by where its joints
were seen and by how long its bones would be if they lay in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..smpl import SMPL_OWNER
from .limbs import HINGED, LIMBS, Limb

SAMPLES = 64
BEND = np.deg2rad(25.0)
"""Turn from which a bend of the stroke is taken for the joint."""
FOOT_BEND = np.deg2rad(35.0)
MIDDLE = (0.25, 0.75)
"""Share of the stroke's length between which an elbow or knee may lie."""
ARM_SPAN = 0.18
"""Share of the stroke before and after a point over which its turn is measured."""
RING = 0.3
"""A stroke whose ends are nearer than this share of its length is a ring: a head."""
TOO_LONG = 1.35
"""A stroke longer than this many times the limb is another limb, or two."""

LEAST_METRES = 0.08
"""Shorter bones say nothing of the scale of a picture."""


@dataclass(frozen=True)
class Figure2d:
    """A figure on paper.

    Attributes:
        seen: [24, 2] px.
        lengths: [24] px of the bones if they lay in the picture.
    """

    seen: Array
    lengths: Array

    def length_of(self, limb: Limb) -> float:
        """Greatest length of a limb on paper, px."""
        return float(self.lengths[list(limb.joints)].sum())


def figure_in_picture(seen: Array, rotation: Array, directions: Array, lengths: Array) -> Figure2d:
    """A figure on paper, from where it was seen and how its body stands.

    Args:
        seen: [24, 2] px.
        rotation: [3, 3] of the view, camera from world.
        directions: [24, 3] of the bones, world.
        lengths: [24] m of the bones.
    """
    return Figure2d(seen, scale_of(seen, rotation, directions, lengths) * lengths)


def scale_of(seen: Array, rotation: Array, directions: Array, lengths: Array) -> float:
    """Pixels a meter: weighted median of the drawn over the projected length of the bones.

    Args:
        seen: [24, 2] px, where the joints were seen.
        rotation: [3, 3] of the view, camera from world.
        directions: [24, 3] unit vectors along the bones, world.
        lengths: [24] m of the bones.
    """
    flat = np.linalg.norm((directions @ rotation.T)[:, :2], axis=1) * lengths
    drawn = np.linalg.norm(seen - seen[SMPL_OWNER], axis=1)
    usable = flat > LEAST_METRES
    usable[0] = False  # the pelvis ends no bone
    if not usable.any():
        return float(max(drawn.max(), 1.0) / max(lengths.max(), 1e-3))
    ratio, weight = drawn[usable] / flat[usable], flat[usable]
    order = np.argsort(ratio)
    mass = np.cumsum(weight[order])
    return float(max(ratio[order][np.searchsorted(mass, mass[-1] / 2)], 1e-6))


def resampled(points: Array, count: int = SAMPLES) -> Array:
    """A polyline [N, 2] as `count` points at even steps along it; a dot repeated."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    length = float(along[-1])
    if length <= 0:
        return np.repeat(points[:1], count, axis=0)
    even = np.linspace(0.0, length, count)
    return np.stack([np.interp(even, along, points[:, axis]) for axis in range(2)], axis=1)


def drawn_length(points: Array) -> float:
    """Length of a polyline [N, 2], px."""
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def limb_of_stroke(points: Array, figure: Figure2d) -> str:
    """The limb that a stroke redraws: it begins where the limb does, is about as long, and near.

    Args:
        points: [N, 2] px in either direction.
        figure: the figure it was drawn over.

    Returns:
        A key of `LIMBS`.
    """
    if is_ring(points):
        return "HEAD"
    return min(LIMBS, key=lambda name: _mismatch(points, name, figure))


def is_ring(points: Array) -> bool:
    """Whether a stroke [N, 2] px closes on itself."""
    length = drawn_length(points)
    return length > 0 and float(np.linalg.norm(points[-1] - points[0])) < RING * length


def _mismatch(points: Array, name: str, figure: Figure2d) -> float:
    """How badly a stroke fits a limb, in lengths of a whole arm or so."""
    limb, unit = LIMBS[name], max(figure.length_of(LIMBS["LEFT_ARM"]), 1e-6)
    line, old = resampled(points), figure.seen[[limb.root, *limb.joints]]
    to_root = np.linalg.norm(points[[0, -1]] - old[0], axis=1).min()
    away = np.linalg.norm(line[:, None] - resampled(old)[None], axis=-1)
    # near the old limb, but the near end matters more: a limb is redrawn because it was wrong
    distance = to_root + 0.35 * away.min(1).mean() + 0.15 * away.min(0).mean()
    if name in ("SPINE", "HEAD"):  # their far ends hold other limbs: they do not go far
        ends = np.linalg.norm(points[[0, -1]][:, None] - old[[0, -1]][None], axis=-1)
        distance += 0.5 * min(ends[0, 0] + ends[1, 1], ends[0, 1] + ends[1, 0])
    share = drawn_length(points) / max(figure.length_of(limb), 1e-6)
    wrong_size = max(share - TOO_LONG, 0.0) + 0.5 * max(0.6 - share, 0.0)
    return float(distance / unit + wrong_size)


def joints_along(points: Array, limb_name: str, figure: Figure2d) -> dict[int, Array]:
    """Where the joints of a limb lie on the stroke that redraws it.

    Args:
        points: [N, 2] px; the end nearer to the limb's root is its beginning.
        limb_name: a key of `LIMBS`.
        figure: the figure it was drawn over.

    Returns:
        px by joint, root and tips included. The stroke is moved so that it begins at the root.
    """
    limb = LIMBS[limb_name]
    root = figure.seen[limb.root]
    if limb_name == "HEAD" and is_ring(points):
        return {limb.root: root, limb.joints[0]: points.mean(0)}
    if np.linalg.norm(points[-1] - root) < np.linalg.norm(points[0] - root):
        points = points[::-1]
    line = resampled(points) + (root - points[0])
    shares = _joint_shares(line, limb_name, limb, figure)
    places = {limb.root: root}
    for joint, share in shares.items():
        places[joint] = line[round(share * (SAMPLES - 1))]
    for tip in limb.tips:
        if tip not in places:
            places[tip] = places[limb.joints[-1]] + figure.seen[tip] - figure.seen[limb.joints[-1]]
    return places


def _joint_shares(line: Array, name: str, limb: Limb, figure: Figure2d) -> dict[int, float]:
    """Share of the stroke's length at which each joint lies, by its sharpest bend or proportion."""
    lengths = figure.lengths[list(limb.joints)]
    ends = np.cumsum(lengths) / max(float(lengths.sum()), 1e-9)
    shares = dict(zip(limb.joints, map(float, ends), strict=True))
    turn = _turns(line)
    if name.endswith(("LEG", "SHIN")):
        foot = _sharpest(turn, (0.75, 0.95), FOOT_BEND)
        if foot is not None:
            shares = {joint: share * foot for joint, share in shares.items()}
            shares[limb.tips[0]] = 1.0
            turn[int(foot * SAMPLES) - 8 :] = 0  # the ankle's bend must not be taken for the knee's
    if name in HINGED:
        bend = _sharpest(turn, MIDDLE, BEND)
        if bend is not None:
            shares[limb.joints[0]] = bend
    return shares


def _turns(line: Array) -> Array:
    """Turn [SAMPLES] of an even polyline at each point, radians, over a span around it."""
    span = max(int(ARM_SPAN * SAMPLES) // 2, 2)
    turn = np.zeros(len(line))
    before = line[span:-span] - line[: -2 * span]
    after = line[2 * span :] - line[span:-span]
    across = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn[span:-span] = np.abs(np.arctan2(across, (before * after).sum(1)))
    return turn


def _sharpest(turn: Array, between: tuple[float, float], least: float) -> float | None:
    """Share of the length where a stroke turns most, None where it nowhere turns enough."""
    low, high = (int(share * (len(turn) - 1)) for share in between)
    window = turn[low : high + 1]
    at = int(window.argmax())
    return (low + at) / (len(turn) - 1) if window[at] >= least else None
