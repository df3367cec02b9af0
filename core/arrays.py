"""Names of array types; shapes, units and frames stand in the docstrings of what takes them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

AnyArray = NDArray[Any]
"""Of a type that is checked where the array is read from a file."""
Array = NDArray[np.floating[Any]]
"""Numbers of any floating type; results keep the type of their input."""
FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]
IndexArray = NDArray[np.intp]
"""Places in another array."""
BoolArray = NDArray[np.bool_]
ByteArray = NDArray[np.uint8]
"""Pixels: [H, W] gray or [H, W, 3], 0 to 255."""


def einsum(subscripts: str, *operands: FloatArray) -> FloatArray:
    """NumPy's `einsum` with its type said: NumPy's own stubs leave it open.

    Args:
        subscripts: as NumPy reads them, for example ``"na,na->n"``.
        operands: one array [...] for each group of letters, in any unit.

    Returns:
        An array of the shape after the arrow.
    """
    return np.einsum(subscripts, *operands)  # pyright: ignore[reportUnknownMemberType]
