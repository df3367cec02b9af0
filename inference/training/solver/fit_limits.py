"""Fits joint ranges: what the mocap pack reaches, widened by the anatomical ranges of OpenSim.

Conventions: SMPL body space (y up, facing +z, left at +x), local rotations parent from joint.
OpenSim's body space is x forward, y up, z right: its x, y, z are our z, y, -x.

Source of the anatomical ranges: Rajagopal et al. 2016, `Rajagopal2016.osim` of the OpenSim models,
coordinates of the same name, in degrees. The pack holds little ballet and yoga, so the authored key
poses widen the ranges as well.
"""

from __future__ import annotations

import itertools

import numpy as np

from ....core.arrays import Array
from ....core.rotations import rotmat_from_quat, rotmat_from_rotvec
from ....core.smpl import SMPL_MIRROR, SMPL_PARENTS
from ...solver.limits import JointLimits, make_limits, shortest_turn, swing_twist

AZIMUTHS = 12
PERCENTILE = 99.0
MAIN_CHILD = {0: 3, 3: 6, 6: 9, 9: 12, 12: 15}
FLEX, ADDUCT, ROTATE = (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)
"""OpenSim's z, x and y axes in our body space (right side)."""

OPENSIM_DEGREES = {
    "hip_flexion": (-30, 120),
    "hip_adduction": (-50, 30),
    "hip_rotation": (-40, 40),
    "knee_angle": (0, 120),
    "ankle_angle": (-40, 30),
    "subtalar_angle": (-20, 20),
    "mtp_angle": (-30, 30),
    "arm_flex": (-90, 90),
    "arm_add": (-120, 90),
    "arm_rot": (-90, 90),
    "elbow_flex": (0, 150),
    "pro_sup": (0, 90),
    "wrist_flex": (-70, 70),
    "wrist_dev": (-25, 35),
    "lumbar": (-90, 90),
}
RIGHT_SIDE = {
    2: ((FLEX, "hip_flexion"), (ADDUCT, "hip_adduction"), (ROTATE, "hip_rotation")),
    5: (((1.0, 0.0, 0.0), "knee_angle"),),
    8: ((FLEX, "ankle_angle"), (ADDUCT, "subtalar_angle")),
    11: ((FLEX, "mtp_angle"),),
    17: ((FLEX, "arm_flex"), (ADDUCT, "arm_add"), (ROTATE, "arm_rot")),
    19: (((0.0, 1.0, 0.0), "elbow_flex"), ((1.0, 0.0, 0.0), "pro_sup")),
    21: (((0.0, 0.0, 1.0), "wrist_flex"), ((0.0, 1.0, 0.0), "wrist_dev")),
}
LUMBAR_JOINTS = (3, 6, 9)
CLAVICLE_DEGREES = 25.0
"""Half range of the collars, which the pack holds rigid (Ludewig et al. 2009: elevation 0..30
degrees).
"""


def bone_axes(rest_directions: Array) -> Array:
    """Unit axis [24, 3] of each joint's own bone at rest; ends go on like the bone before them."""
    axes = np.zeros((24, 3))
    for joint in range(24):
        children = [child for child in range(24) if SMPL_PARENTS[child] == joint]
        axes[joint] = rest_directions[MAIN_CHILD.get(joint, children[0] if children else joint)]
    return axes


def fit(quats: Array, rest_directions: Array, authored: Array) -> dict[str, Array]:
    """Limit arrays of the weights file.

    Args:
        quats: [N, 24, 4] wxyz, measured local rotations.
        rest_directions: [24, 3] unit bone directions at rest.
        authored: [M, 24, 3, 3] local rotations of poses that bodies can take, each looked at.
    """
    local = rotmat_from_quat(np.concatenate([quats, mirrored(quats)]).astype(np.float64))
    axis = bone_axes(rest_directions)
    bones = (local @ axis[:, :, None])[..., 0].mean(0)
    center = bones / np.linalg.norm(bones, axis=-1, keepdims=True)
    open_range = make_limits(axis, center, np.full((24, AZIMUTHS), np.pi), np.zeros((24, 2)))
    swing, twist = _ranges(local, open_range, PERCENTILE)
    for joint, samples in _wider_samples(authored).items():
        wide_swing, wide_twist = _ranges(samples, open_range, 100.0)
        swing[joint] = np.maximum(swing[joint], wide_swing[joint])
        twist[joint] = [
            min(twist[joint, 0], wide_twist[joint, 0]),
            max(twist[joint, 1], wide_twist[joint, 1]),
        ]
    return {"bone_axis": axis, "swing_center": center, "swing_limit": swing, "twist_limit": twist}


def _wider_samples(authored: Array) -> dict[int, Array]:
    """Poses [S, 24, 3, 3] by the joint whose range they widen: OpenSim's and the authored ones."""
    reflection = np.outer([-1, 1, 1], [-1, 1, 1])
    both_sides = np.concatenate([authored, authored[:, SMPL_MIRROR] * reflection])
    anatomical = anatomical_samples()
    samples = {}
    for joint in range(1, 24):
        grid = np.tile(np.eye(3), (len(anatomical.get(joint, ())), 24, 1, 1))
        if joint in anatomical:
            grid[:, joint] = anatomical[joint]
        samples[joint] = np.concatenate([both_sides, grid])
    return samples


def mirrored(quats: Array) -> Array:
    """Mirror images of local rotations [N, 24, 4] wxyz."""
    return quats[:, SMPL_MIRROR] * np.array([1, 1, -1, -1], quats.dtype)


def _ranges(local: Array, limits: JointLimits, percentile: float) -> tuple[Array, Array]:
    swings, twists = [], []
    for chunk in np.array_split(local, max(1, len(local) // 4096)):
        parts = swing_twist(chunk, limits)
        swings.append(parts.swing @ limits.azimuths.T)
        twists.append(parts.twist)
    twist = np.concatenate(twists)
    low, high = np.percentile(twist, [100 - percentile, percentile], axis=0)
    return np.percentile(np.concatenate(swings), percentile, axis=0), np.stack([low, high], axis=-1)


def anatomical_samples() -> dict[int, Array]:
    """Local rotations [S, 3, 3] on a grid of OpenSim's ranges, for each joint of both sides."""
    samples = {}
    for joint, coordinates in RIGHT_SIDE.items():
        right = _grid(coordinates)
        if joint == 17:  # OpenSim's arm hangs at zero, ours is stretched sideways
            right = right @ shortest_turn(np.array([-1.0, 0, 0]), np.array([0, -1.0, 0]))
        samples[joint] = right
        samples[int(SMPL_MIRROR[joint])] = right * np.outer([-1, 1, 1], [-1, 1, 1])
    for joint in LUMBAR_JOINTS:
        third = [degrees / len(LUMBAR_JOINTS) for degrees in OPENSIM_DEGREES["lumbar"]]
        samples[joint] = _single_axes(third)
    for joint in (13, 14):
        samples[joint] = _single_axes([-CLAVICLE_DEGREES, CLAVICLE_DEGREES])
    return samples


def _grid(coordinates: tuple) -> Array:
    spans = [np.deg2rad(np.linspace(*OPENSIM_DEGREES[name], 7)) for _, name in coordinates]
    rotations = []
    for angles in itertools.product(*spans):
        turn = np.eye(3)
        for (axis, _), angle in zip(coordinates, angles, strict=True):
            turn = turn @ rotmat_from_rotvec(np.array(axis) * angle)
        rotations.append(turn)
    return np.array(rotations)


def _single_axes(degrees: list[float]) -> Array:
    """Rotations about one axis at a time; their combinations stay to the measured range."""
    vectors = [np.eye(3)[axis] * np.deg2rad(value) for axis in range(3) for value in degrees]
    return rotmat_from_rotvec(np.array(vectors))
