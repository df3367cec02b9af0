"""Joint positions to the pose of the default body.

Conventions: meters, y up. Directions are followed exactly and lengths are the body's own:
pelvis and chest take their frames from hips, shoulders and neck, the spine shares the
difference, limb bones swing to their direction, and a bent elbow or knee sets the twist of
the bone above it, because it is a hinge.
"""

from collections.abc import Mapping

import numpy as np

from ...core.arrays import FloatArray
from ...core.kinematics import local_from_world
from ...core.rotations import (
    normalized,
    rotmat_between,
    rotmat_from_axes,
    rotmat_from_rotvec,
    rotvec_from_rotmat,
)
from ...core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from ..body import BodyModel, load_default_body

REQUIRED = tuple(
    f"{side}_{part}"
    for side in ("left", "right")
    for part in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
)
OPTIONAL = ("neck", "head", "nose", "left_toe", "right_toe", "left_heel", "right_heel")
CERTAIN_BEND = 0.5  # sine of the bend from which a hinge sets the twist entirely
_NUMBER = {name: number for number, name in enumerate(SMPL_JOINT_NAMES)}
_FORWARD = np.array([0.0, 0.0, 1.0])
# axis of the hinge at rest (T-pose): bending is a positive turn about it
_HINGES = {
    ("left_hip", "left_knee", "left_ankle"): np.array([1.0, 0.0, 0.0]),
    ("right_hip", "right_knee", "right_ankle"): np.array([1.0, 0.0, 0.0]),
    ("left_shoulder", "left_elbow", "left_wrist"): np.array([0.0, -1.0, 0.0]),
    ("right_shoulder", "right_elbow", "right_wrist"): np.array([0.0, 1.0, 0.0]),
}
_SPINE_SHARE = {"spine1": 1 / 3, "spine2": 2 / 3, "spine3": 1.0}


def pose_from_points(points: Mapping[str, FloatArray]) -> tuple[FloatArray, FloatArray, float]:
    """Pose of the default body whose limbs point as the given ones do.

    Args:
        points: name → [T, 3] meters, y up, finite; all of `REQUIRED`, any of `OPTIONAL`.

    Returns:
        `poses` [T, 72] radians, `trans` [T, 3] meters (scaled by the length of the legs, so
        that feet do not slide), and that scale.
    """
    rest = _rest_points(load_default_body())
    world = _torso(points, rest)
    for chain, hinge in _HINGES.items():
        parent = "pelvis" if "hip" in chain[0] else "spine3"
        world.update(_limb(points, rest, chain, hinge, world[parent]))
    world.update(_head(points, rest, world["spine3"]))
    for side in ("left", "right"):
        world[f"{side}_ankle"] = _foot(points, rest, side, world[f"{side}_knee"])
    rotations = _stacked(world, len(points["left_hip"]))
    poses = rotvec_from_rotmat(local_from_world(rotations, SMPL_PARENTS)).reshape(-1, 72)
    scale = float(_legs(rest) / np.median(_legs(points)))
    hips = (points["left_hip"] + points["right_hip"]) / 2 * scale
    below = (rest["left_hip"] + rest["right_hip"]) / 2 - rest["pelvis"]
    trans = hips - (rotations[:, 0] @ below) - rest["pelvis"]
    return np.asarray(poses, np.float64), trans, scale


def _rest_points(body: BodyModel) -> dict[str, FloatArray]:
    """Joints of the body at rest, and the points that detectors call neck, head and nose."""
    surface = body.vertices().astype(np.float64)
    rest = {name: np.asarray(body.joints()[n], np.float64) for name, n in _NUMBER.items()}
    rest["base of neck"] = (rest["left_shoulder"] + rest["right_shoulder"]) / 2
    rest["top of head"] = surface[np.argmax(surface[:, 1])]
    rest["nose"] = surface[body.landmarks["nose"]]
    return rest


def _torso(
    points: Mapping[str, FloatArray], rest: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Pelvis and spine: the left axis from hips and shoulders, up along the trunk."""
    shoulders = (points["left_shoulder"] + points["right_shoulder"]) / 2
    up = points.get("neck", shoulders) - (points["left_hip"] + points["right_hip"]) / 2
    rest_up = rest["base of neck"] - (rest["left_hip"] + rest["right_hip"]) / 2
    ends = {}
    for name, part in (("pelvis", "hip"), ("spine3", "shoulder")):
        left = points[f"left_{part}"] - points[f"right_{part}"]
        rest_left = rest[f"left_{part}"] - rest[f"right_{part}"]
        ends[name] = rotmat_from_axes(left, up) @ rotmat_from_axes(rest_left, rest_up).T
    pelvis = ends["pelvis"]
    between = rotvec_from_rotmat(np.swapaxes(pelvis, -1, -2) @ ends["spine3"])
    shared = {
        name: pelvis @ rotmat_from_rotvec(between * share) for name, share in _SPINE_SHARE.items()
    }
    return {"pelvis": pelvis, **shared}


def _limb(
    points: Mapping[str, FloatArray],
    rest: Mapping[str, FloatArray],
    chain: tuple[str, str, str],
    hinge: FloatArray,
    parent: FloatArray,
) -> dict[str, FloatArray]:
    """World rotations of the two bones of a limb."""
    upper = points[chain[1]] - points[chain[0]]
    lower = points[chain[2]] - points[chain[1]]
    rest_upper, rest_lower = rest[chain[1]] - rest[chain[0]], rest[chain[2]] - rest[chain[1]]
    first = rotmat_between(parent @ rest_upper, upper) @ parent
    first = _twisted_to_hinge(first, normalized(upper), normalized(lower), hinge)
    second = rotmat_between(first @ rest_lower, lower) @ first
    return {chain[0]: first, chain[1]: second}


def _twisted_to_hinge(
    rotation: FloatArray, upper: FloatArray, lower: FloatArray, hinge: FloatArray
) -> FloatArray:
    """Turned about the bone until the hinge is square to the bend, as far as there is one."""
    normal = np.cross(upper, lower)
    bend = np.linalg.norm(normal, axis=-1, keepdims=True)
    wanted = normalized(normal)
    actual = rotation @ hinge
    actual = normalized(actual - upper * np.sum(actual * upper, axis=-1, keepdims=True))
    sine = np.sum(np.cross(actual, wanted) * upper, axis=-1, keepdims=True)
    angle = np.arctan2(sine, np.sum(actual * wanted, axis=-1, keepdims=True))
    share = np.clip(bend / CERTAIN_BEND, 0.0, 1.0)
    return rotmat_from_rotvec(upper * angle * share**2 * (3 - 2 * share)) @ rotation


def _head(
    points: Mapping[str, FloatArray], rest: Mapping[str, FloatArray], chest: FloatArray
) -> dict[str, FloatArray]:
    """Neck toward the top of the head; with a nose, the way the face looks."""
    if "neck" not in points or "head" not in points:
        return {}
    up = points["head"] - points["neck"]
    rest_up = rest["top of head"] - rest["base of neck"]
    neck = rotmat_between(chest @ rest_up, up) @ chest
    if "nose" not in points:
        return {"neck": neck}
    face = points["nose"] - points["neck"]
    return {
        "neck": neck,
        "head": rotmat_from_axes(up, face)
        @ rotmat_from_axes(rest_up, rest["nose"] - rest["base of neck"]).T,
    }


def _foot(
    points: Mapping[str, FloatArray], rest: Mapping[str, FloatArray], side: str, shin: FloatArray
) -> FloatArray:
    """The ankle's rotation: the sole points from heel to toe, or as the shin says."""
    toe, heel = points.get(f"{side}_toe"), points.get(f"{side}_heel")
    if toe is None:
        return shin
    if heel is not None:
        return rotmat_between(shin @ _FORWARD, toe - heel) @ shin
    bone = rest[f"{side}_foot"] - rest[f"{side}_ankle"]
    return rotmat_between(shin @ bone, toe - points[f"{side}_ankle"]) @ shin


def _stacked(world: Mapping[str, FloatArray], frames: int) -> FloatArray:
    """[T, 24, 3, 3]; joints without an observation follow their parent."""
    rotations = np.empty((frames, len(SMPL_JOINT_NAMES), 3, 3))
    for number, name in enumerate(SMPL_JOINT_NAMES):
        rotations[:, number] = world.get(name, rotations[:, SMPL_PARENTS[number]])
    return rotations


def _legs(points: Mapping[str, FloatArray]) -> FloatArray:
    """Mean length of the two legs, meters."""
    lengths = [
        np.linalg.norm(points[f"{side}_{end}"] - points[f"{side}_{start}"], axis=-1)
        for side in ("left", "right")
        for start, end in (("hip", "knee"), ("knee", "ankle"))
    ]
    return np.sum(lengths, axis=0) / 2
