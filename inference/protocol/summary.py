"""What came of one input, as `--json` prints it and `Result` carries it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ...core.errors import Sketch2PoseError


@dataclass(frozen=True)
class InputSummary:
    """Outcome of one input.

    Attributes:
        input: the path as it was given.
        people: number of people found.
        seconds: time from opening the input to its last file.
        warnings: sentences for the user.
        files: paths of the BodyMotion files, one for each person.
        index: path of the list of people, when there are several.
        error: what, why, fix and code when there is no result.
    """

    input: str
    people: int = 0
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list[str])
    files: list[str] = field(default_factory=list[str])
    index: str | None = None
    error: dict[str, str] | None = None

    @classmethod
    def failed(
        cls, path: str, error: Sketch2PoseError, seconds: float, warnings: list[str]
    ) -> "InputSummary":
        """Summary of an input that gave no result."""
        text = {"what": error.what, "why": error.why, "fix": error.fix, "code": error.code}
        return cls(path, seconds=seconds, warnings=warnings, error=text)

    def exception(self) -> Sketch2PoseError | None:
        """The error as an exception; None when there is a result."""
        return Sketch2PoseError(**self.error) if self.error else None

    def json(self) -> dict[str, Any]:
        """Plain lists, numbers and strings."""
        return asdict(self)
