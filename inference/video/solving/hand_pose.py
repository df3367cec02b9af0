"""Points of hands to rotations of fingers, and to what they say about wrists and forearms.

Conventions: rest is the T-pose with flat hands, palms down (SMPL-H): in the hand's rest axes the
left fingers point to +x and the right ones to -x, y is the back of the hand, +z the thumb's side.
Rotations are axis-angle, each finger joint in the frame of the one before it, in SMPL-H's order:
index, middle, little, ring, thumb. Radians, meters.
"""

from dataclasses import dataclass, replace

import numpy as np

from ....core.arrays import Array
from ....core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from ..observing.hand_landmarks import INDEX, LITTLE, MIDDLE, RING, SIDES, WRIST, HandTrack
from ..observing.landmarks import NUMBER, Track

ORDER = (INDEX, MIDDLE, LITTLE, RING)
SPREAD = np.deg2rad([8.0, 0.0, -16.0, -8.0])  # of flat fingers toward the thumb
MOST_SPREAD = np.deg2rad(20.0)
BEND = np.deg2rad([[-20.0, 95.0], [0.0, 110.0], [0.0, 80.0]])  # range of the three joints
RELAXED = np.deg2rad([20.0, 30.0, 15.0])  # of a hand that nobody has seen
THUMB = 1  # its first point
THUMB_REST = np.array([0.68, -0.2, 0.7])  # of a flat left hand
THUMB_MOST = np.deg2rad([50.0, 60.0, 80.0])  # swing of its three joints
SMOOTHED = 0.05  # s, spread of the filter over time
REPLACED = {
    "index": INDEX,
    "pinky": LITTLE,
    "thumb": THUMB + 1,
}  # of the body by points of the hand


@dataclass(frozen=True)
class Fingers:
    """Joint rotations [T, 30, 3], and how much of each frame's hands was seen [T, 2] in 0..1."""

    rotations: Array
    seen: Array


def palm_frames(points: Array, side: int) -> Array:
    """Orientation of hands, camera from hand's rest axes.

    Args:
        points: [..., 21, 3] meters, camera axes.
        side: 0 left, 1 right.

    Returns:
        [..., 3, 3] rotation matrices.
    """
    sign = 1.0 - 2.0 * side
    along = _unit(points[..., MIDDLE, :] - points[..., WRIST, :])
    across = points[..., INDEX, :] - points[..., LITTLE, :]
    across = _unit(across - np.sum(across * along, -1, keepdims=True) * along)
    x, z = sign * along, across
    return np.stack([x, np.cross(z, x), z], axis=-1)


def finger_rotations(points: Array, side: int) -> Array:
    """Rotations of the 15 joints of hands.

    Args:
        points: [T, 21, 3] meters, camera axes.
        side: 0 left, 1 right.

    Returns:
        [T, 15, 3] axis-angle.
    """
    local = np.einsum("tji,tkj->tki", palm_frames(points, side), points)
    if side:
        local = local * [-1.0, 1.0, 1.0]  # mirrored: one set of rules for both hands
    fingers = [_finger(local, first, spread) for first, spread in zip(ORDER, SPREAD, strict=True)]
    rotations = np.concatenate([*fingers, _thumb(local)], axis=1)
    return rotations * ([1.0, -1.0, -1.0] if side else 1.0)


def fingers_over_time(hands: HandTrack, framerate: float) -> Fingers | None:
    """Smooth finger rotations of a track.

    Args:
        hands: T frames without gaps.
        framerate: frames a second.

    Returns:
        Rotations; between sights they blend, before and after them they stay. A hand never seen
        hangs relaxed. None when neither was ever seen.
    """
    weight = np.where(hands.presence > 0.5, hands.presence, 0.0)
    if not weight.any():
        return None
    both = []
    for side in range(2):
        if not weight[:, side].any():
            both.append(np.broadcast_to(relaxed(side), (len(weight), 15, 3)))
            continue
        seen = weight[:, side] > 0
        found = np.zeros((len(weight), 15, 3))
        found[seen] = finger_rotations(hands.world[seen, side], side)
        both.append(_smoothed(found, weight[:, side], framerate))
    return Fingers(np.concatenate(both, axis=1), weight)


def relaxed(side: int) -> Array:
    """[15, 3] a hand that hangs."""
    bend = np.zeros((15, 3))
    bend[:12, 2] = np.tile(-RELAXED, 4)
    return bend * ([1.0, -1.0, -1.0] if side else 1.0)


def with_hands(track: Track, hands: HandTrack) -> Track:
    """The track with its points of hands taken from the hand network, where that saw a hand.

    They tell how the palm is turned, which settles the twist of the forearm.
    """
    points, world, visibility = track.points.copy(), track.world.copy(), track.visibility.copy()
    for number, side in enumerate(SIDES):
        seen = hands.presence[:, number] > 0.5
        wrist = world[seen, NUMBER[f"{side}_wrist"]]
        metric = hands.world[seen, number] - hands.world[seen, number, WRIST][:, None]
        for part, point in REPLACED.items():
            mark = NUMBER[f"{side}_{part}"]
            points[seen, mark] = hands.points[seen, number, point]
            world[seen, mark] = wrist + metric[:, point]
            visibility[seen, mark] = hands.presence[seen, number]
    return replace(track, points=points, world=world, visibility=visibility)


def _finger(local: Array, first: int, spread: float) -> Array:
    """[T, 3, 3] joints of a finger of left hands [T, 21, 3]: bent about -z, spread about y."""
    bones = _unit(np.diff(local[:, first : first + 4], axis=1))
    slope = np.arctan2(-bones[..., 1], bones[..., 0])
    first_bend = np.clip(slope[:, 0], *BEND[0])
    side = np.arcsin(np.clip(bones[:, 0, 2], -1, 1)) - spread
    side = np.clip(side, -MOST_SPREAD, MOST_SPREAD) * np.clip(np.cos(first_bend), 0, 1)
    further = np.arccos(np.clip(np.sum(bones[:, 1:] * bones[:, :-1], -1), -1, 1))
    rotations = np.zeros((len(local), 3, 3))
    turn = rotmat_from_rotvec(np.stack([0 * side, 0 * side, -first_bend], -1))
    turn = turn @ rotmat_from_rotvec(np.stack([0 * side, -side, 0 * side], -1))
    rotations[:, 0] = rotvec_from_rotmat(turn)
    rotations[:, 1, 2] = -np.clip(further[:, 0], *BEND[1])
    rotations[:, 2, 2] = -np.clip(further[:, 1], *BEND[2])
    return rotations


def _thumb(local: Array) -> Array:
    """[T, 3, 3] joints of the thumb of left hands: swings from bone to bone, without twist."""
    bones = _unit(np.diff(local[:, THUMB : THUMB + 4], axis=1))
    rest = THUMB_REST / np.linalg.norm(THUMB_REST)
    frame = np.broadcast_to(np.eye(3), (len(local), 3, 3))
    joints = []
    for number, most in enumerate(THUMB_MOST):
        direction = np.einsum("tji,tj->ti", frame, bones[:, number])
        swing = _swing(rest, direction, most)
        joints.append(swing)
        frame = frame @ rotmat_from_rotvec(swing)
    return np.stack(joints, axis=1)


def _swing(start: Array, end: Array, most: float) -> Array:
    """[T, 3] the shortest turn from one direction to others, at most so far."""
    axis = np.cross(start, end)
    sine, cosine = np.linalg.norm(axis, axis=-1), end @ start
    angle = np.minimum(np.arctan2(sine, cosine), most)
    return axis / np.maximum(sine, 1e-9)[:, None] * angle[:, None]


def _smoothed(values: Array, weight: Array, framerate: float) -> Array:
    """Weighted Gaussian mean over time; where nothing was seen, the nearest sights blend."""
    seen = np.flatnonzero(weight > 0)
    rows = np.arange(len(values))
    flat = values.reshape(len(values), -1)
    filled = np.stack([np.interp(rows, seen, flat[seen, k]) for k in range(flat.shape[1])], axis=1)
    reach = max(round(3 * SMOOTHED * framerate), 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (SMOOTHED * framerate)) ** 2)
    trust = np.maximum(weight, 1e-2)
    total = np.convolve(trust, kernel, "full")[reach:-reach]
    columns = [np.convolve(trust * column, kernel, "full")[reach:-reach] for column in filled.T]
    return (np.stack(columns, axis=1) / total[:, None]).reshape(values.shape)


def _unit(vectors: Array) -> Array:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
