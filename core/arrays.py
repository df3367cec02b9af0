"""Names of array types; shapes, units and frames stand in the docstrings of what takes them."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
"""Numbers of any floating type; results keep the type of their input."""
FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
ByteArray = NDArray[np.uint8]
"""Pixels: [H, W] gray or [H, W, 3], 0 to 255."""
