"""Numbers that a file claims: exact and within bounds before anything is done with them.

A NumPy integer from a file wraps around at 64 bits, so that a check passes and the memory access
that it allowed does not fit. Here every size, step and offset becomes a Python integer, which has
no bounds, and only then is it compared. docs/security.md lists who uses this.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

import numpy as np

from .arrays import AnyArray

LARGEST = 1e6  # meters, radians, pixels, coefficients: anything beyond is no body and no picture


class ByteBudget:
    """How many bytes a reader may still make out of one file.

    All arrays of a file share it, as each may be small and all together not.
    """

    def __init__(self, most: int) -> None:
        """Start with the whole budget.

        Args:
            most: bytes that all arrays of the file may take together.
        """
        self._left = self._most = most

    def take(self, count: int) -> None:
        """Count bytes that are about to be allocated.

        Raises:
            ValueError: they are more than what is left.
        """
        if count < 0 or count > self._left:
            raise ValueError(f"it unpacks to more than {self._most >> 20} MiB")
        self._left -= count


def _is_array(value: object) -> TypeGuard[AnyArray]:
    return isinstance(value, np.ndarray)


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence)


def _is_whole(value: object) -> TypeGuard[int | np.integer[Any]]:
    number = isinstance(value, int | np.integer)
    return number and not isinstance(value, bool | np.bool_)


def exact_int(value: object) -> int:
    """A whole number of a file as a Python integer.

    Args:
        value: a Python or NumPy integer, or an array of one.

    Raises:
        ValueError: anything else; a truth value is no number.
    """
    if _is_array(value) and value.size == 1:
        value = value.reshape(-1)[0]
    if not _is_whole(value):
        raise ValueError("a size is not a whole number")
    return int(value)


def exact_sizes(values: object) -> tuple[int, ...]:
    """Sizes, steps or places of a file as Python integers, none below 0.

    Raises:
        ValueError: no sequence, not whole, or negative.
    """
    if not (_is_array(values) or _is_sequence(values)) or isinstance(values, str | bytes):
        raise ValueError("sizes are not a list of whole numbers")
    sizes = tuple(exact_int(value) for value in values)
    if any(size < 0 for size in sizes):
        raise ValueError("a size is negative")
    return sizes


def product(sizes: Iterable[int]) -> int:
    """The number of elements of an array of these sizes, exact."""
    count = 1
    for size in sizes:
        count *= size
    return count


def check_within(offset: int, sizes: Sequence[int], steps: Sequence[int], available: int) -> None:
    """Refuse a view that reaches beyond what it looks at.

    Args:
        offset: of its first element.
        sizes: along each axis.
        steps: elements between neighbors.
        available: number of elements that are there.

    Raises:
        ValueError: it lies outside, or sizes and steps do not belong together.
    """
    if len(sizes) != len(steps) or min([offset, *sizes, *steps]) < 0:
        raise ValueError("a tensor has impossible sizes")
    if offset > available or (0 not in sizes and last_place(offset, sizes, steps) >= available):
        raise ValueError("a tensor is larger than its storage")


def beyond_reason(values: AnyArray) -> bool:
    """Whether an array [...] holds NaN, infinity, or a number that its square would lose."""
    if not values.size:
        return False
    return not max(float(values.max()), -float(values.min())) <= LARGEST


def last_place(offset: int, sizes: Sequence[int], steps: Sequence[int]) -> int:
    """The place of the last element of a view."""
    return offset + sum((size - 1) * step for size, step in zip(sizes, steps, strict=True))
