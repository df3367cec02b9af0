"""How a stage talks to whoever waits for it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from inference.protocol.errors import Cancelled


class Report(Protocol):
    """What every stage receives; it calls `check` at least ten times a second."""

    def progress(self, fraction: float, text: str) -> None:
        """Tell how far the work is, `fraction` in [0, 1]."""
        ...

    def warn(self, text: str) -> None:
        """Tell the user a sentence; the work goes on."""
        ...

    def check(self) -> None:
        """Raise `Cancelled` when the user has cancelled."""
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
    """

    on_progress: Callable[[float, str], None] = _ignore
    on_warning: Callable[[str], None] = _ignore
    cancelled: threading.Event = field(default_factory=threading.Event)

    def progress(self, fraction: float, text: str) -> None:
        """Forward to the listener, unless cancelled."""
        self.check()
        self.on_progress(min(max(fraction, 0.0), 1.0), text)

    def warn(self, text: str) -> None:
        """Forward to the listener."""
        self.on_warning(text)

    def check(self) -> None:
        """Raise `Cancelled` when `cancelled` is set."""
        if self.cancelled.is_set():
            raise Cancelled


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
        """Raise `Cancelled` when the whole is cancelled."""
        self.whole.check()
