"""Corrections that an animator lays over a result: a list of plain values, in order.

The result itself stays as it was estimated; switching a correction off or taking it away and
solving again gives what there would have been without it. docs/correcting.md shows each kind.

Conventions: pixels with the origin top left, x right, y down; a view's `rotation` is "camera from
the body's world" with OpenCV axes (x right, y down, z forward); joints are SMPL's; radians.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import FloatArray
from ..camera import Camera
from ..errors import Sketch2PoseError
from ..json_values import is_list, is_object
from ..smpl import SMPL_JOINT_NAMES
from .limbs import LIMBS

LIMB, JOINT, PIN, IGNORE, DEPTH, FLIP, CHANGE = (
    "limb", "joint", "pin", "ignore", "depth", "flip", "change",
)  # fmt: skip
KINDS = (LIMB, JOINT, PIN, IGNORE, DEPTH, FLIP, CHANGE)
FLIPPED_LIMBS = tuple(limb for limb in LIMBS if limb not in ("SPINE", "HEAD"))
CHANGES = ("FRONT_BACK", "SWAP_SIDES", "MIRROR")
HANDLES = (1, 2, 4, 5, 7, 8, 10, 11, 12, 15, 16, 17, 18, 19, 20, 21)
"""Joints that can be taken hold of: those that people draw."""
MOST_POINTS = 4096
_FIELDS = ("kind", "enabled", "limb", "joint", "points", "radians", "change", "view")


@dataclass(frozen=True)
class EditView:
    """The view in which a correction was drawn, when it is not that of the result itself.

    Attributes:
        camera: from the body's world; only its rotation, focal length and principal point count.
        seen: [24, 2] px, where the joints of the figure were in this view.
    """

    camera: Camera
    seen: FloatArray


@dataclass(frozen=True)
class Edit:
    """One correction.

    Attributes:
        kind: one of `KINDS`.
        limb: of `limb` and `flip`: one of `LIMBS`.
        joint: of `joint`, `pin`, `ignore` and `depth`: number of an SMPL joint.
        points: [N, 2] px: the stroke of `limb`, or the one new place of `joint` and `pin`.
        radians: of `depth`: how far the bone tilts away from the viewer; below 0 toward them.
        change: of `change`: one of `CHANGES`.
        view: where `points` were drawn; None in the view of the result itself.
        enabled: whether it counts.
    """

    kind: str
    limb: str = ""
    joint: int = -1
    points: tuple[tuple[float, float], ...] = ()
    radians: float = 0.0
    change: str = ""
    view: EditView | None = None
    enabled: bool = True

    @property
    def is_drawn(self) -> bool:
        """Whether it needs the solver; flips and whole-body changes are plain reflections."""
        return self.kind not in (FLIP, CHANGE)

    @property
    def label(self) -> str:
        """What it is, in a few words for a list."""
        name = self.limb.replace("_", " ").capitalize() or joint_label(self.joint)
        words = {
            LIMB: f"{name} redrawn",
            JOINT: f"{name} moved",
            PIN: f"{name} pinned",
            IGNORE: f"{name} ignored",
            DEPTH: f"{name} {'away' if self.radians > 0 else 'closer'}",
            FLIP: f"{name} flipped",
            CHANGE: self.change.replace("_", " ").capitalize(),
        }
        return words[self.kind]


def joint_label(joint: int) -> str:
    """The name of a joint as people say it: 18 is "Left elbow"."""
    named = 0 <= joint < len(SMPL_JOINT_NAMES)
    return SMPL_JOINT_NAMES[joint].replace("_", " ").capitalize() if named else "Figure"


def edits_to_json(edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """Plain lists, numbers and strings; what a kind does not need is left out."""
    return [_to_plain(edit) for edit in edits]


def edits_from_json(document: object) -> tuple[Edit, ...]:
    """Inverse of `edits_to_json`.

    Raises:
        Sketch2PoseError: a value is missing, of another type, not finite or out of range (named).
    """
    if not is_list(document):
        raise _refused("they are not a list")
    return tuple(_from_plain(item, number) for number, item in enumerate(document, start=1))


def _to_plain(edit: Edit) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": edit.kind, "enabled": edit.enabled}
    if edit.limb:
        plain["limb"] = edit.limb
    if edit.joint >= 0:
        plain["joint"] = edit.joint
    if edit.points:
        plain["points"] = [[float(x), float(y)] for x, y in edit.points]
    if edit.kind == DEPTH:
        plain["radians"] = float(edit.radians)
    if edit.change:
        plain["change"] = edit.change
    if edit.view is not None:
        camera = edit.view.camera.to_plain()
        del camera["translation"]
        plain["view"] = camera | {"seen": np.asarray(edit.view.seen).tolist()}
    return plain


def _from_plain(item: object, number: int) -> Edit:
    label = f"correction {number}"
    if not is_object(item) or item.get("kind") not in KINDS:
        raise _refused(f"{label} is of an unknown kind")
    strange = [str(name) for name in item if name not in _FIELDS]
    if strange:
        raise _refused(f'{label}: "{strange[0][:40]}" is unknown')
    edit = Edit(
        kind=str(item["kind"]),
        limb=_text(item.get("limb", ""), f"{label}: its limb"),
        joint=_joint(item.get("joint", -1), label),
        points=_points(item.get("points", []), label),
        radians=float(_array(item.get("radians", 0.0), (), f"{label}: radians")),
        change=_text(item.get("change", ""), f"{label}: its change"),
        view=_view(item.get("view"), label),
        enabled=_switch(item.get("enabled", True), label),
    )
    _check_kind(edit, label)
    return edit


def _check_kind(edit: Edit, label: str) -> None:
    """Raises unless the edit has what its kind needs."""
    if edit.kind in (LIMB, FLIP):
        choices = LIMBS if edit.kind == LIMB else FLIPPED_LIMBS
        if edit.limb not in choices:
            raise _refused(f'{label}: "{edit.limb}" is not a limb that it can change')
    if edit.kind in (JOINT, PIN, IGNORE, DEPTH) and edit.joint not in HANDLES:
        raise _refused(f"{label}: joint {edit.joint} cannot be moved")
    if edit.kind == CHANGE and edit.change not in CHANGES:
        raise _refused(f'{label}: unknown change "{edit.change}"')
    needed = {LIMB: 2, JOINT: 1, PIN: 1}.get(edit.kind, 0)
    if len(edit.points) < needed or len(edit.points) > MOST_POINTS:
        raise _refused(f"{label} has {len(edit.points)} points")


def _joint(value: object, label: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _refused(f"{label}: its joint is not a whole number")


def _text(value: object, label: str) -> str:
    if isinstance(value, str):
        return value
    raise _refused(f"{label} is not a text")


def _switch(value: object, label: str) -> bool:
    if isinstance(value, bool):
        return value
    raise _refused(f'{label}: "enabled" is neither true nor false')


def _points(value: object, label: str) -> tuple[tuple[float, float], ...]:
    if is_list(value) and not value:
        return ()
    array = _array(value, (None, 2), f"{label}: points")
    return tuple((float(x), float(y)) for x, y in array)


def _view(value: object, label: str) -> EditView | None:
    if value is None:
        return None
    if not is_object(value):
        raise _refused(f"{label}: its view is not an object")
    rotation = _array(value.get("rotation"), (3, 3), f"{label}: rotation")
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3):
        raise _refused(f"{label}: the rotation of its view is not a rotation")
    focal = float(_array(value.get("focal"), (), f"{label}: focal"))
    if focal <= 0:
        raise _refused(f"{label}: the focal length of its view is not positive")
    center = _array(value.get("center"), (2,), f"{label}: center")
    seen = _array(value.get("seen"), (24, 2), f"{label}: seen")
    return EditView(Camera(rotation, np.zeros(3), focal, center), seen)


def _array(value: object, shape: tuple[int | None, ...], label: str) -> FloatArray:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise _refused(f"{label}: not numbers") from error
    fits = array.ndim == len(shape) and all(
        wanted in (None, size) for wanted, size in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise _refused(f"{label}: shape {list(array.shape)}")
    if not np.isfinite(array).all():
        raise _refused(f"{label}: a value is not finite (NaN or infinity)")
    return array


def _refused(why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "The corrections could not be used",
        why,
        "Remove the corrections and make them again",
        "edits.bad",
    )
