"""The loop behind every command and request: one input after the other, with a summary of each."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import CancelledByUser, Sketch2PoseError
from .protocol.summary import InputSummary
from .report import PartReport, Report

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What an input gave.

    Attributes:
        people: how many.
        files: results, one for each person or more.
        index: list of the people, when there are several.
    """

    people: int
    files: Sequence[Path]
    index: Path | None = None


Work = Callable[[str, PartReport], Outcome]


def each_input(inputs: Sequence[str], work: Work, report: Report) -> Iterator[InputSummary]:
    """Do the work for every input; one that fails does not stop the others.

    Args:
        inputs: paths.
        work: gets a path and the report of this part of the job.
        report: progress, warnings and cancelling of the whole.

    Yields:
        The outcome of each input, in order.

    Raises:
        CancelledByUser: the user has cancelled.
    """
    for number, path in enumerate(inputs):
        part = PartReport(report, number / len(inputs), (number + 1) / len(inputs))
        start = time.perf_counter()
        try:
            part.check()
            outcome = work(path, part)
        except CancelledByUser:
            raise
        except Exception as error:  # noqa: BLE001 - a failed input must not take the others along
            yield InputSummary.failed(path, understandable(error), _since(start), part.warnings)
            continue
        yield InputSummary(
            input=path,
            people=outcome.people,
            seconds=_since(start),
            warnings=part.warnings,
            files=[str(file) for file in outcome.files],
            index=str(outcome.index) if outcome.index else None,
        )


def understandable(error: Exception) -> Sketch2PoseError:
    """The error itself, or a sentence for what should never happen (with its trace logged)."""
    if isinstance(error, Sketch2PoseError):
        return error
    if isinstance(error, MemoryError):
        fix = "Close other programs or use a smaller input"
        return Sketch2PoseError("The work stopped", "there is not enough memory", fix, "memory")
    _log.error("unexpected error", exc_info=error)
    why = f"an error that should not happen ({type(error).__name__}: {error})"
    fix = "Please report it with the backend's log"
    return Sketch2PoseError("The work stopped", why, fix, "unexpected")


def _since(start: float) -> float:
    """Seconds from `start` to now."""
    return round(time.perf_counter() - start, 4)
