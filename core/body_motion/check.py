"""Checks that a BodyMotion holds what its fields promise; the first bad field is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from ..arrays import AnyArray
from ..errors import Sketch2PoseError
from ..smpl import SMPL_JOINT_NAMES
from ..time_bounds import frame_numbers_problem, framerate_problem, length_problem
from ..untrusted_numbers import LARGEST, beyond_reason
from .value import GENDERS, BodyMotion

JOINT_COUNT = len(SMPL_JOINT_NAMES)
HAND_JOINT_COUNT = 30  # SMPL-H: 15 a hand
FACE_WEIGHT_COUNT = 52  # ARKit blendshapes
BETA_COUNT = 10
ORTHONORMAL_TOLERANCE = 1e-3

_NUMBERED = ("frame_index", "hypothesis_scores")  # have bounds of their own, or none

Size = int | str  # a number, or the letter of a size that must agree between fields
Problem = tuple[str, str]


@dataclass(frozen=True)
class ArraySpec:
    """Allowed shapes of one array field; `static` is the shape when it does not move."""

    shape: tuple[Size, ...]
    static: tuple[Size, ...] | None = None
    required: bool = False


ARRAY_SPECS: dict[str, ArraySpec] = {
    "poses": ArraySpec(("T", 3 * JOINT_COUNT), required=True),
    "trans": ArraySpec(("T", 3), required=True),
    "betas": ArraySpec((BETA_COUNT,), required=True),
    "joints3d": ArraySpec(("T", JOINT_COUNT, 3)),
    "joints2d": ArraySpec(("T", JOINT_COUNT, 2)),
    "confidence": ArraySpec(("T", JOINT_COUNT)),
    "camera_rotation": ArraySpec(("T", 3, 3), static=(3, 3)),
    "camera_translation": ArraySpec(("T", 3), static=(3,)),
    "camera_center": ArraySpec((2,)),
    "image_size": ArraySpec((2,)),
    "contacts": ArraySpec(("T", "K")),
    "hands": ArraySpec(("T", HAND_JOINT_COUNT, 3)),
    "face": ArraySpec(("T", FACE_WEIGHT_COUNT)),
    "hypothesis_poses": ArraySpec(("H", "T", 3 * JOINT_COUNT)),
    "hypothesis_scores": ArraySpec(("H",)),
    "frame_index": ArraySpec(("T",)),
}


def check(motion: BodyMotion) -> None:
    """Refuse a motion whose fields do not fit together.

    Args:
        motion: the motion to check.

    Raises:
        Sketch2PoseError: code "body_motion.<field>", with the first bad field named.
    """
    for rule in (_shape_problems, _value_problems, _camera_problems, _pairing_problems):
        problem = next(rule(motion), None)
        if problem is not None:
            raise bad_field(*problem)


def bad_field(field: str, why: str) -> Sketch2PoseError:
    """The error for one bad field of a motion."""
    return Sketch2PoseError(
        "The motion is not usable",
        f'its field "{field}" {why}',
        "Export it again, or see docs/body_motion.md for what the field must hold",
        f"body_motion.{field}",
    )


def _shape_problems(motion: BodyMotion) -> Iterator[Problem]:
    sizes: dict[str, int] = {}
    for field, spec in ARRAY_SPECS.items():
        value = getattr(motion, field)
        if value is None:
            if spec.required:
                yield field, "is missing"
            continue
        if not _is_array(value) or value.dtype.kind not in "fiu":
            yield field, "is not an array of numbers"
            continue
        if not (_fits(value.shape, spec.shape, sizes) or _fits(value.shape, spec.static, sizes)):
            yield field, f"has shape {list(value.shape)}, expected {_describe(spec, sizes)}"
        elif not np.all(np.isfinite(value)):
            yield field, "has values that are not finite (NaN or infinity)"
        elif field not in _NUMBERED and beyond_reason(value):
            yield field, f"has values beyond {LARGEST:,.0f}"
    if sizes.get("T") == 0:
        yield "poses", "has no frames"


def _is_array(value: object) -> TypeGuard[AnyArray]:
    return isinstance(value, np.ndarray)


def _fits(shape: tuple[int, ...], wanted: tuple[Size, ...] | None, sizes: dict[str, int]) -> bool:
    """Whether `shape` is as wanted; the first field with a lettered size decides it."""
    if wanted is None or len(shape) != len(wanted):
        return False
    found: dict[str, int] = {}
    for actual, size in zip(shape, wanted, strict=True):
        expected = sizes.get(size, actual) if isinstance(size, str) else size
        if actual != expected:
            return False
        if isinstance(size, str):
            found[size] = actual
    sizes.update(found)
    return True


def _describe(spec: ArraySpec, sizes: dict[str, int]) -> str:
    def text(shape: tuple[Size, ...]) -> str:
        return "[" + ", ".join(str(sizes.get(str(size), size)) for size in shape) + "]"

    return text(spec.shape) if spec.static is None else f"{text(spec.static)} or {text(spec.shape)}"


def _value_problems(motion: BodyMotion) -> Iterator[Problem]:
    if motion.gender not in GENDERS:
        yield "gender", f'is "{motion.gender}", expected one of {", ".join(GENDERS)}'
    yield from _time_problems(motion)
    for field in ("confidence", "contacts"):
        array = getattr(motion, field)
        if array is not None and (np.min(array, initial=0) < 0 or np.max(array, initial=0) > 1):
            yield field, "has values outside [0, 1]"
    scores = motion.hypothesis_scores
    if scores is not None and np.any(np.diff(scores) > 0):
        yield "hypothesis_scores", "is not in descending order"
    if motion.person_id < 0:
        yield "person_id", f"is {motion.person_id}, expected 0 or more"


def _time_problems(motion: BodyMotion) -> Iterator[Problem]:
    """In this order: the length means nothing before rate and frames are sound."""
    if problem := framerate_problem(motion.mocap_framerate):
        yield "mocap_framerate", problem
    elif motion.frame_index is not None and (problem := frame_numbers_problem(motion.frame_index)):
        yield "frame_index", problem
    elif problem := length_problem(float(motion.times[-1])):
        field = "mocap_framerate" if motion.frame_index is None else "frame_index"
        yield field, f"says that the motion {problem}"


def _camera_problems(motion: BodyMotion) -> Iterator[Problem]:
    rotation = motion.camera_rotation
    if rotation is not None:
        gram = rotation @ np.swapaxes(rotation, -1, -2)
        orthonormal = np.allclose(gram, np.eye(3), atol=ORTHONORMAL_TOLERANCE)
        if not orthonormal or np.any(np.linalg.det(rotation) < 0):
            yield "camera_rotation", "is not a rotation matrix"
    focal = motion.camera_focal
    if focal is not None and not (np.isfinite(focal) and focal > 0):
        yield "camera_focal", f"is {focal}, expected a positive number of pixels"
    if motion.image_size is not None and np.any(motion.image_size <= 0):
        yield "image_size", "is not positive"


def _pairing_problems(motion: BodyMotion) -> Iterator[Problem]:
    together: tuple[tuple[str, str], ...] = (
        ("contacts", "contact_names"),
        ("hypothesis_poses", "hypothesis_scores"),
        ("camera_rotation", "camera_translation"),
    )
    for first, second in together:
        for present, absent in ((first, second), (second, first)):
            if getattr(motion, present) is not None and getattr(motion, absent) is None:
                yield absent, f'is missing although "{present}" is there'
    contacts, names = motion.contacts, motion.contact_names
    if contacts is not None and names is not None and contacts.shape[1] != len(names):
        why = f'has {len(names)} names for {contacts.shape[1]} columns of "contacts"'
        yield "contact_names", why
