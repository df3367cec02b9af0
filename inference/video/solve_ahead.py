"""A thread that solves what is settled of people's tracks while their clip is still watched.

Watching runs in onnxruntime and OpenCV, which let other threads run; solving is NumPy. So both
together take about as long as the longer of them, where there is a core for each.
"""

import contextlib
import queue
import threading
from collections.abc import Callable
from types import TracebackType

from inference.protocol.errors import Cancelled, Sketch2PoseError

from .clip import Clip
from .observation import PersonSeen
from .observe import seen_so_far
from .pieces import CONTEXT, OVERLAP, SHAPE_SECONDS, WINDOW
from .tracking import Person

Solve = Callable[[PersonSeen, Clip], None]


class SolvingAhead:
    """Use it in a `with` statement about the watching, and call `look` after every frame."""

    def __init__(self, solve: Solve) -> None:
        """Args: solve: what to do with somebody as seen so far; runs in the thread."""
        self._solve = solve
        self._waiting: queue.Queue[tuple[PersonSeen, Clip] | None] = queue.Queue()
        self._due: dict[int, int] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)

    def look(self, people: list[Person], clip: Clip) -> None:
        """Hand on everybody of whom another piece may be settled.

        Args:
            people: as followed so far. clip: that is watched.
        """
        rate = clip.framerate / clip.trim.step
        first = max(round(SHAPE_SECONDS * rate), WINDOW + round(CONTEXT * rate))
        for person in people:
            if person.frames:
                length = (person.frames[-1] - person.frames[0]) // clip.trim.step + 1
                if length >= self._due.get(id(person), first):
                    self._due[id(person)] = length + WINDOW - OVERLAP
                    self._waiting.put((seen_so_far(person, clip.scale), clip))

    def _run(self) -> None:
        try:
            while (item := self._waiting.get()) is not None:
                self._solve(*item)
        except (Cancelled, Sketch2PoseError):
            return  # what fails here fails again in the solve, and is told there

    def __enter__(self) -> "SolvingAhead":
        """Starts the thread."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Ends the thread; what it is at is finished, as it would have to be solved next anyway."""
        if kind is not None:
            with contextlib.suppress(queue.Empty):
                while True:
                    self._waiting.get_nowait()
        self._waiting.put(None)
        self._thread.join()
