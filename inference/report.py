"""How a stage talks to whoever waits for it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ..core.errors import CancelledByUser

SURE_AFTER = 2.0  # s of work after which the time left is told


class Report(Protocol):
    """What every stage receives; it calls `check` at least ten times a second."""

    def progress(self, fraction: float, text: str) -> None:
        """Tell how far the work is, `fraction` in [0, 1]."""
        ...

    def warn(self, text: str) -> None:
        """Tell the user a sentence; the work goes on."""
        ...

    def check(self) -> None:
        """Raise `CancelledByUser` when the user has cancelled."""
        ...

    def enough(self) -> bool:
        """Whether the user wants what there is so far; stages that can, go on with that."""
        ...


def _ignore(*_: object) -> None:
    """Default listener: nobody is listening."""


@dataclass
class JobReport:
    """Report of one job: forwards to listeners, knows whether it was cancelled.

    Attributes:
        on_progress: called with fraction and text.
        on_warning: called with the sentence.
        cancelled: set from any thread to make the next `check` raise.
        stopped: set from any thread when what there is so far is enough.
    """

    on_progress: Callable[[float, str], None] = _ignore
    on_warning: Callable[[str], None] = _ignore
    cancelled: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    def progress(self, fraction: float, text: str) -> None:
        """Forward to the listener, unless cancelled."""
        self.check()
        self.on_progress(min(max(fraction, 0.0), 1.0), text)

    def warn(self, text: str) -> None:
        """Forward to the listener."""
        self.on_warning(text)

    def check(self) -> None:
        """Raise `CancelledByUser` when `cancelled` is set."""
        if self.cancelled.is_set():
            raise CancelledByUser

    def enough(self) -> bool:
        """Whether `stopped` is set."""
        return self.stopped.is_set()


@dataclass
class PartReport:
    """Report of one part of a job: its progress covers `start` to `end` of the whole.

    Attributes:
        whole: report of the job.
        start: fraction where this part begins.
        end: fraction where it ends.
        warnings: the sentences this part gave.
    """

    whole: Report
    start: float
    end: float
    warnings: list[str] = field(default_factory=list)

    def progress(self, fraction: float, text: str) -> None:
        """Forward as progress of the whole."""
        self.whole.progress(self.start + (self.end - self.start) * fraction, text)

    def warn(self, text: str) -> None:
        """Keep the sentence and forward it."""
        self.warnings.append(text)
        self.whole.warn(text)

    def check(self) -> None:
        """Raise `CancelledByUser` when the whole is cancelled."""
        self.whole.check()

    def enough(self) -> bool:
        """Whether the user wants what the whole has so far."""
        return self.whole.enough()


@dataclass
class TimedReport(PartReport):
    """Report of a long part: its progress tells how much time is left.

    Attributes:
        clock: seconds that pass; the part begins when the report is made.
    """

    clock: Callable[[], float] = time.monotonic
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def progress(self, fraction: float, text: str) -> None:
        """Forward, with the time left once it can be told."""
        passed = self.clock() - self._began
        if passed > SURE_AFTER and fraction > 0:
            left = passed * (1 - fraction) / fraction
            text = f"{text}, {spoken_time(left)} left"
        super().progress(fraction, text)


def spoken_time(seconds: float) -> str:
    """Seconds in words that do not flicker: "8 s", "3 min", "1 h 20 min"."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
