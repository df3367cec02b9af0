"""What the add-on and the backend say to each other; `wire` makes lines of it.

Every message is a frozen dataclass; its `type` on the line is its class's name in lower case.
Arrays never travel here: they are `.npz` files named by path. docs/protocol.md shows an example
of each.
"""

from dataclasses import dataclass, field
from typing import Any

from ...core.errors import Sketch2PoseError
from .requests import Request

PROTOCOL_VERSION = 2


@dataclass(frozen=True)
class Submit:
    """Client → backend: do this request; jobs run one after the other."""

    job_id: int
    request: Request


@dataclass(frozen=True)
class Cancel:
    """Client → backend: stop the job, whether it runs or waits.

    With `keep`, a stage that can, goes on with what it has and ends with a `Result`.
    """

    job_id: int
    keep: bool = False


@dataclass(frozen=True)
class Ready:
    """Backend → client, once and first: who is there."""

    protocol: int
    version: str
    device: str
    device_note: str = ""
    models: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Started:
    """Backend → client: the job has left the queue."""

    job_id: int


@dataclass(frozen=True)
class Progress:
    """Backend → client: `fraction` in [0, 1] and what is being done."""

    job_id: int
    fraction: float
    text: str


@dataclass(frozen=True)
class Warning:  # noqa: A001 - the name of the message in the protocol
    """Backend → client: a sentence the user should read; the job goes on."""

    job_id: int
    text: str


@dataclass(frozen=True)
class Error:
    """Backend → client, last of a job: it failed."""

    job_id: int
    what: str
    why: str
    fix: str
    code: str = ""

    def error(self) -> Sketch2PoseError:
        """The exception this message stands for."""
        return Sketch2PoseError(self.what, self.why, self.fix, self.code)

    @classmethod
    def of(cls, job_id: int, error: Sketch2PoseError) -> "Error":
        """The message that stands for an exception."""
        return cls(job_id, error.what, error.why, error.fix, error.code)


@dataclass(frozen=True)
class Result:
    """Backend → client, last of a job: its files, in the order of people and inputs.

    Attributes:
        job_id: the job.
        files: BodyMotion files.
        summaries: one object for each input, see `summary.InputSummary`.
    """

    job_id: int
    files: list[str]
    summaries: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@dataclass(frozen=True)
class Cancelled:
    """Backend → client, last of a job: it was cancelled and left nothing behind."""

    job_id: int


Message = Ready | Started | Progress | Warning | Error | Result | Cancelled
Command = Submit | Cancel

FINAL_MESSAGES = (Error, Result, Cancelled)
MESSAGES: dict[str, type[Message | Command]] = {
    kind.__name__.lower(): kind
    for kind in (Submit, Cancel, Ready, Started, Progress, Warning, Error, Result, Cancelled)
}
"""The name of each on the line."""
