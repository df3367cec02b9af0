"""The corrections that lie over a kept result, kept with the rig beside it.

A `CorrectionLayer` remembers what it was laid over, so that the original comes back when
corrections are switched off. It is text in a custom property of the armature object: saved with
the file, undone with it. A layer counts as long as the rig's result is the one it made; a new
drawing, photo or clip at the same frame starts a new one.

Conventions: poses are SMPL's in the body's y-up world; pixels are those of the result's picture.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.corrections.edits import CHANGE, FLIP, Edit, edits_from_json, edits_to_json
from ...core.corrections.limbs import changed_picture
from ...core.errors import Sketch2PoseError
from ...core.hypotheses import pose_hypotheses
from ..results.stored_still import StoredStill

if TYPE_CHECKING:
    from bpy.types import Object

KEY = "sketch2pose_corrections"
_SAME_POSE = 1e-4  # rad


@dataclass(frozen=True)
class CorrectionLayer:
    """Corrections over one result.

    Attributes:
        edits: in the order in which they were made.
        pose: [72] what they are laid over: a hypothesis of the drawing, or the rig's own pose.
        observed: [24, 2] px where its joints were seen; [0, 2] when they were not.
        confidence: [24] of that.
        result: [72] the pose that came of them.
        partial: the result is the rig's own pose: only corrected limbs are written back to it.
    """

    edits: tuple[Edit, ...]
    pose: np.ndarray
    observed: np.ndarray
    confidence: np.ndarray
    result: np.ndarray
    partial: bool = False

    @property
    def needs_solver(self) -> bool:
        """Whether a correction that counts has to be solved by the backend."""
        return any(edit.enabled and edit.is_drawn for edit in self.edits)

    def with_edits(self, edits: tuple[Edit, ...]) -> CorrectionLayer:
        """The same original under other corrections."""
        return replace(self, edits=edits)

    def adding(self, edit: Edit) -> CorrectionLayer:
        """One correction more.

        Moving or pinning a joint again replaces the last time; flipping or changing twice in a row
        is as if neither had happened; nudges in a row add up.
        """
        last = self.edits[-1] if self.edits else None
        if last is None or not last.enabled or not _same_subject(last, edit):
            return self.with_edits((*self.edits, edit))
        if edit.kind in (FLIP, CHANGE):
            return self.with_edits(self.edits[:-1])
        if edit.kind == "depth":
            edit = replace(edit, radians=last.radians + edit.radians)
        return self.with_edits((*self.edits[:-1], edit))

    def over_reading(self, pose: np.ndarray) -> CorrectionLayer:
        """The corrections by hand over another hypothesis [72]; flips were about the one before."""
        drawn = tuple(edit for edit in self.edits if edit.is_drawn)
        return replace(self, pose=np.asarray(pose, float), edits=drawn)

    def toggled(self, row: int) -> CorrectionLayer:
        """The same with one correction switched."""
        edits = list(self.edits)
        edits[row] = replace(edits[row], enabled=not edits[row].enabled)
        return self.with_edits(tuple(edits))

    def reflected(self, view: np.ndarray) -> np.ndarray:
        """The pose [72] of a layer that needs no solver: flips and changes are reflections."""
        pose = self.pose
        for edit in self.edits:
            if edit.enabled and not edit.is_drawn:
                pose = _reflected(pose, edit, view)
        return pose

    def reflected_picture(self) -> np.ndarray:
        """Where its joints are seen after that, [24, 2] px or [0, 2]."""
        observed = self.observed
        for edit in self.edits:
            if edit.enabled and edit.kind == CHANGE and len(observed):
                observed = changed_picture(observed, edit.change)
        return observed


def layer_over(target: Object, stored: StoredStill) -> CorrectionLayer:
    """The layer of a result; an empty one when it has none or it belongs to another result."""
    layer = _stored_layer(target, stored.frame)
    if layer is not None and _same_pose(layer.result, stored.pose):
        return layer
    observed = np.zeros((0, 2)) if stored.seen is None else stored.seen.observed
    return CorrectionLayer((), stored.pose, observed, stored.confidence, stored.pose)


def store_layer(target: Object, frame: int, layer: CorrectionLayer) -> None:
    """Keeps a layer with the rig."""
    stored = dict(target.get(KEY, {}))
    stored[str(frame)] = json.dumps(_to_plain(layer))
    target[KEY] = stored


def _stored_layer(target: Object, frame: int) -> CorrectionLayer | None:
    text = dict(target.get(KEY, {})).get(str(frame))
    if not text:
        return None
    try:
        return _from_plain(json.loads(text))
    except (ValueError, KeyError, TypeError, Sketch2PoseError):  # by hand or by another version
        return None


def _same_subject(one: Edit, other: Edit) -> bool:
    subjects = [(edit.kind, edit.limb, edit.joint, edit.change) for edit in (one, other)]
    same_view = (one.view is None) == (other.view is None)
    return subjects[0] == subjects[1] and same_view and one.kind != "limb"


def _same_pose(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one - other).max() < _SAME_POSE)


def _reflected(pose: np.ndarray, edit: Edit, view: np.ndarray) -> np.ndarray:
    if edit.kind == FLIP:
        return pose_hypotheses.flip_limb(pose, edit.limb, view)
    if edit.change == "FRONT_BACK":
        return pose_hypotheses.front_back(pose, view)
    return (
        pose_hypotheses.swap_sides(pose)
        if edit.change == "SWAP_SIDES"
        else pose_hypotheses.mirror(pose)
    )


def _to_plain(layer: CorrectionLayer) -> dict[str, Any]:
    return {
        "edits": edits_to_json(layer.edits),
        "pose": np.asarray(layer.pose, float).tolist(),
        "observed": np.asarray(layer.observed, float).tolist(),
        "confidence": np.asarray(layer.confidence, float).tolist(),
        "result": np.asarray(layer.result, float).tolist(),
        "partial": layer.partial,
    }


def _from_plain(plain: dict[str, Any]) -> CorrectionLayer:
    return CorrectionLayer(
        edits=edits_from_json(plain["edits"]),
        pose=np.array(plain["pose"], float).reshape(72),
        observed=np.array(plain["observed"], float).reshape(-1, 2),
        confidence=np.array(plain["confidence"], float).reshape(24),
        result=np.array(plain["result"], float).reshape(72),
        partial=bool(plain["partial"]),
    )
