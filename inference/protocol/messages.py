"""Messages between the add-on and the backend: one JSON object a line, UTF-8.

Every message is a frozen dataclass; its `type` on the line is its class's name in
lower case. Arrays never travel here: they are `.npz` files named by path.
docs/protocol.md shows an example of each.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any, get_origin

from ...core.errors import Sketch2PoseError

PROTOCOL_VERSION = 1


class ProtocolError(ValueError):
    """A line that is no message of this protocol."""


@dataclass(frozen=True)
class _FilesRequest:
    """Do something with files.

    Attributes:
        inputs: paths of the files.
        out_dir: folder for the results; must exist.
        options: settings of the stage by name.
    """

    inputs: list[str]
    out_dir: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SketchRequest(_FilesRequest):
    """Estimate the poses of the figures in drawings.

    Attributes:
        inputs: paths of drawings.
        out_dir: folder for the results; must exist.
        options: settings of the stage by name.
    """


@dataclass(frozen=True)
class ImageRequest(_FilesRequest):
    """Estimate the poses of the people in photos, renders and paintings.

    Attributes:
        inputs: paths of pictures.
        out_dir: folder for the results; must exist.
        options: `lens` (mm on full frame); `drawings` (bool): read what looks like a drawing
            as one.
    """


@dataclass(frozen=True)
class VideoRequest(_FilesRequest):
    """Estimate the motion of every person in clips.

    Attributes:
        inputs: paths of clips.
        out_dir: folder for the results; must exist.
        options: `start`, `end` (seconds), `step` (frames), `lens` (mm on full frame).
    """


@dataclass(frozen=True)
class SkelRequest(_FilesRequest):
    """Convert BodyMotion files to SKEL.

    Attributes:
        inputs: paths of BodyMotion files.
        out_dir: folder for the results; must exist.
        options: `surface`, `picture` and `shape` (bool), `skel_model` and `body_model` (paths of
            the user's own files).
    """


@dataclass(frozen=True)
class BodyRequest(_FilesRequest):
    """Read the user's own body models, each into a file that a rig can be made of.

    Attributes:
        inputs: paths of SMPL, SMPL-H or SMPL-X files.
        out_dir: folder for the results; must exist.
        options: none.
    """


@dataclass(frozen=True)
class EditRequest(_FilesRequest):
    """Solve results again with the animator's corrections; no net runs.

    Attributes:
        inputs: paths of BodyMotion stills.
        out_dir: folder for the results; must exist.
        options: `edits`, see `core.corrections.edits.edits_to_json`.
    """


@dataclass(frozen=True)
class ImportRequest(_FilesRequest):
    """Read motions of other programs; everybody in a file becomes a BodyMotion file.

    Attributes:
        inputs: paths of files that docs/body_motion.md lists.
        out_dir: folder for the results; must exist.
        options: none.
    """


@dataclass(frozen=True)
class BesideRequest(_FilesRequest):
    """Put rendered pictures of rigs beside the clip that they perform.

    Attributes:
        inputs: path of one clip.
        out_dir: folder for the result, `beside.mp4` or `beside.png`; must exist.
        options: `motions` (paths of BodyMotion files, the first is the one looked at), `frames`
            (of the clip), `pictures` (folder of `<view>_<frame>.png`), `views` (their names, the
            first seen through the clip's camera), `kind` (".mp4", every frame, or ".png", a
            sheet), `framerate` (of numbered pictures).
    """


Request = (
    SketchRequest
    | ImageRequest
    | VideoRequest
    | SkelRequest
    | BodyRequest
    | EditRequest
    | ImportRequest
    | BesideRequest
)


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
    models: list[str] = field(default_factory=list)


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
    summaries: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Cancelled:
    """Backend → client, last of a job: it was cancelled and left nothing behind."""

    job_id: int


Message = Ready | Started | Progress | Warning | Error | Result | Cancelled
Command = Submit | Cancel

FINAL_MESSAGES = (Error, Result, Cancelled)
REQUESTS: dict[str, type] = {
    "sketch": SketchRequest,
    "image": ImageRequest,
    "video": VideoRequest,
    "skel": SkelRequest,
    "body": BodyRequest,
    "edit": EditRequest,
    "import": ImportRequest,
    "beside": BesideRequest,
}

_MESSAGES: dict[str, type] = {
    kind.__name__.lower(): kind
    for kind in (Submit, Cancel, Ready, Started, Progress, Warning, Error, Result, Cancelled)
}
_PLAIN = (int, float, str, list, dict)


def encode(message: Message | Command) -> bytes:
    """The line of a message.

    Args:
        message: what to say.

    Returns:
        JSON with its line feed.
    """
    body = asdict(message)
    if isinstance(message, Submit):
        name = next(key for key, kind in REQUESTS.items() if type(message.request) is kind)
        body["request"] = {"type": name, **body["request"]}
    line = json.dumps({"type": type(message).__name__.lower(), **body}, allow_nan=False)
    return line.encode("ascii") + b"\n"


def decode(line: bytes) -> Message | Command:
    """The message on a line.

    Args:
        line: one line, with or without its line feed.

    Returns:
        The message.

    Raises:
        ProtocolError: no JSON, an unknown type, or a field that is missing or of another type.
    """
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {line[:80]!r}") from error
    message = _build(body, _MESSAGES)
    if isinstance(message, Submit):
        return Submit(message.job_id, _build(message.request, REQUESTS))
    return message


def _build(body: object, kinds: dict[str, type]) -> Any:
    kind = kinds.get(str(body.get("type"))) if isinstance(body, dict) else None
    if not isinstance(body, dict) or kind is None:
        raise ProtocolError(f"unknown message: {str(body)[:80]}")
    values = {item.name: body[item.name] for item in fields(kind) if item.name in body}
    for item in fields(kind):
        wanted = get_origin(item.type) or item.type
        accepted = (int, float) if wanted is float else (wanted,)
        value = values.get(item.name)
        if item.name in values and wanted in _PLAIN and type(value) not in accepted:
            raise ProtocolError(f"{body['type']}: {item.name} is {value!r}")
    try:
        return kind(**values)
    except TypeError as error:
        raise ProtocolError(f"{body['type']}: {error}") from error
