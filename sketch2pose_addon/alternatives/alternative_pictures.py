"""The hypotheses of a drawing as pictures: as it was drawn, and from the side."""

from __future__ import annotations

import hashlib

import numpy as np

from ...core.arrays import Float32Array
from ...rigs.poses.thumbnail import side_view
from ..pose_library import thumbnails
from ..results.stored_still import StoredStill


def views_of(stored: StoredStill) -> tuple[np.ndarray, np.ndarray]:
    """Directions of looking [3]: the drawing's own, and square to it."""
    return np.asarray(stored.view, dtype=float), side_view(stored.view)


def pictures_of_alternative(stored: StoredStill, index: int) -> tuple[Float32Array | None, ...]:
    """Both pictures of a hypothesis; None for those that are being drawn."""
    pose = stored.poses[index]
    return tuple(thumbnails.picture(_key(pose, view), pose, view) for view in views_of(stored))


def alternative_icons(stored: StoredStill, index: int) -> tuple[int, ...]:
    """Both pictures as icons; 0 for those that are being drawn."""
    pose = stored.poses[index]
    return tuple(thumbnails.icon(_key(pose, view), pose, view) for view in views_of(stored))


def share_text(stored: StoredStill, index: int) -> str:
    """How likely a hypothesis is among all of the drawing, for example ``62%``."""
    scores = np.maximum(np.asarray(stored.scores, dtype=float), 0.0)
    total = float(scores.sum())
    return f"{scores[index] / total:.0%}" if total > 0.0 else ""


def _key(pose: np.ndarray, view: np.ndarray) -> str:
    """A name for the picture: equal for equal numbers."""
    numbers = np.concatenate([pose, view]).astype(np.float32).round(4)
    return "reading " + hashlib.sha1(numbers.tobytes(), usedforsecurity=False).hexdigest()
