"""Checks of arrays from users' model files: right shapes, finite numbers, indices in range."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from ...core.errors import Sketch2PoseError
from ...core.untrusted_numbers import LARGEST, beyond_reason

_UNBOUNDED = ("kintree_table", "osim_kintree_table")  # a root's parent is 2³² - 1


class ModelChecker:
    """Takes arrays out of a model file; whatever is wrong is refused with the key's name."""

    def __init__(self, path: Path, stored: Mapping[str, Any]) -> None:
        self.path, self.stored = path, stored

    def floats(self, key: str, *shape: int | None) -> Array:
        """A finite float array [`shape`]; None in `shape` is any size."""
        array = self._array(key)
        if array.dtype.kind not in "fiub":
            raise self.refused(f"'{key}' does not hold numbers")
        if array.ndim != len(shape) or any(
            want is not None and have != want for have, want in zip(array.shape, shape, strict=True)
        ):
            wanted = " × ".join("n" if size is None else str(size) for size in shape)
            raise self.refused(f"'{key}' has the shape {array.shape} instead of {wanted}")
        values = array.astype(np.float64)
        if not np.isfinite(values).all():
            raise self.refused(f"'{key}' holds numbers that are not finite")
        if key not in _UNBOUNDED and beyond_reason(values):
            raise self.refused(f"'{key}' holds numbers beyond {LARGEST:,.0f}")
        return values

    def indices(self, key: str, below: int, *shape: int | None) -> NDArray[np.int64]:
        """Whole numbers [`shape`] from 0 to `below` - 1."""
        values = self.floats(key, *shape)
        if not values.size:
            raise self.refused(f"'{key}' is empty")
        if (values != np.round(values)).any() or values.min() < 0 or values.max() >= below:
            raise self.refused(f"'{key}' holds indices outside of 0 … {below - 1}")
        return values.astype(np.int64)

    def tree(self, key: str, joints: int) -> tuple[int, ...]:
        """Parents of SMPL's kinematic table [2, J]; its root has 2³² - 1 or -1."""
        table = self.floats(key, 2, joints)
        parents = tuple(int(p) if 0 <= p < joints else -1 for p in table[0])
        if parents[0] != -1 or any(not 0 <= p < j for j, p in enumerate(parents) if j):
            raise self.refused(f"'{key}' is not a tree with parents before children")
        return parents

    def weights(self, key: str, rows: int | None, columns: int) -> Array:
        """[rows, columns] skin weights, not negative, rows normalized."""
        weights = self.floats(key, rows, columns)
        if not weights.size:
            raise self.refused(f"'{key}' is empty")
        total = weights.sum(1, keepdims=True)
        if weights.min() < -1e-6 or np.abs(total - 1).max() > 0.05:
            raise self.refused(f"'{key}' does not hold weights that sum to 1")
        return weights / total

    def has(self, key: str) -> bool:
        """Whether the file has an array of that name."""
        return isinstance(self.stored.get(key), np.ndarray)

    def refused(self, why: str) -> Sketch2PoseError:
        """The error to raise for this file."""
        return Sketch2PoseError(
            f"The model file {self.path.name} was refused",
            why,
            "Use the file as you downloaded it from the model's own site",
            "model.content",
        )

    def _array(self, key: str) -> NDArray[Any]:
        if not self.has(key):
            raise self.refused(f"'{key}' is missing")
        return self.stored[key]
