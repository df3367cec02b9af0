"""A track cut into pieces that are solved alone: the first are done while the rest is watched.

What comes of a piece depends on its frames, on some around it, on the shape and the camera, and on
nothing else. `Done` keeps it by that content: whoever solves ahead leaves results there, and a
piece whose frames have changed since is solved again. So no result depends on who was faster.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..observing.landmarks import TRACK_FIELDS, Track

Result = TypeVar("Result")

WINDOW = 150  # frames solved at once
OVERLAP = 30  # frames that two pieces share
CONTEXT = 0.8  # s on either side that are lifted with a piece
SHAPE_SECONDS = 10.0  # of the beginning that tell somebody's shape


@dataclass(frozen=True)
class Piece:
    """Rows of a track: `part` is solved, `around` is looked at for it."""

    part: slice
    around: slice

    @property
    def within(self) -> slice:
        """Where the part is in what is looked at."""
        return slice(self.part.start - self.around.start, self.part.stop - self.around.start)


def pieces_of(count: int, framerate: float) -> list[Piece]:
    """Pieces that cover `count` frames; a larger count changes only those near the end."""
    context = round(CONTEXT * framerate)
    pieces = []
    for first in range(0, max(count - OVERLAP, 1), WINDOW - OVERLAP):
        last = min(first + WINDOW, count)
        around = slice(max(first - context, 0), min(last + context, count))
        pieces.append(Piece(slice(first, last), around))
    return pieces


def settled_pieces(count: int, framerate: float) -> list[Piece]:
    """Pieces of a track of which `count` frames are there so far, that more will not change."""
    if count < SHAPE_SECONDS * framerate:
        return []
    whole = WINDOW + round(CONTEXT * framerate)
    return [piece for piece in pieces_of(count, framerate) if piece.part.start + whole <= count]


def beginning(track: Track, framerate: float) -> Track:
    """The frames that tell somebody's shape."""
    return rows_of(track, slice(0, max(round(SHAPE_SECONDS * framerate), 1)))


def rows_of(track: Track, rows: slice) -> Track:
    """Some frames of a track."""
    return replace(track, **{name: getattr(track, name)[rows] for name in TRACK_FIELDS})


class Done(Generic[Result]):
    """What came of pieces, by their content; several threads may use it."""

    def __init__(self, on_new: Callable[[bytes, Result], None] | None = None) -> None:
        """Start with no piece solved.

        Args:
            on_new: is told the key and the result of each piece that is solved here.
        """
        self._results: dict[bytes, Result] = {}
        self._on_new = on_new

    def of(self, content: tuple[NDArray, ...], solve: Callable[[], Result]) -> Result:
        """The result of a piece.

        Args:
            content: everything it depends on.
            solve: makes it, when it is not there.
        """
        digest = hashlib.sha256()
        for array in content:
            digest.update(np.ascontiguousarray(array).tobytes())
        key = digest.digest()
        if key not in self._results:
            self._results[key] = solve()
            if self._on_new is not None:
                self._on_new(key, self._results[key])
        return self._results[key]

    def put(self, key: bytes, result: Result) -> None:
        """Keep a result that another process has made."""
        self._results[key] = result

    def items(self) -> list[tuple[bytes, Result]]:
        """All results with their keys."""
        return list(self._results.items())

    def __len__(self) -> int:
        return len(self._results)
