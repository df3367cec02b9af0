"""Lines of the protocol: one JSON object each, ASCII; read, written and checked here.

A request is checked by one rule, whoever made it: `checked` reads what `encode` would write.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from ...core.errors import Sketch2PoseError
from .fields import FieldError, build, plain
from .messages import MESSAGES, Command, Message, Submit
from .requests import REQUESTS, Request

R = TypeVar("R", bound=Request)

_FIX_TYPE = f"Its type is one of {', '.join(REQUESTS)}"


class ProtocolError(ValueError):
    """A line that is no message of this protocol."""


class RequestRefusedError(ProtocolError):
    """A request that makes no sense; its job ends with `error` before it begins.

    Attributes:
        job_id: the job.
        error: the sentence for the user.
    """

    def __init__(self, job_id: int, error: Sketch2PoseError) -> None:
        super().__init__(str(error))
        self.job_id = job_id
        self.error = error


def encode(message: Message | Command) -> bytes:
    """The line of a message.

    Args:
        message: what to say.

    Returns:
        JSON with its line feed.
    """
    body = plain(message)
    if isinstance(message, Submit):
        body["request"] = {"type": kind_of(message.request), **body["request"]}
    line = json.dumps({"type": type(message).__name__.lower(), **body}, allow_nan=False)
    return line.encode("ascii") + b"\n"


def decode(line: bytes) -> Message | Command:
    """The message on a line.

    Args:
        line: one line, with or without its line feed.

    Returns:
        The message.

    Raises:
        RequestRefusedError: a `submit` whose request makes no sense; the field is named.
        ProtocolError: no JSON, an unknown type, or a field that is missing or of another type.
    """
    try:
        body = _object(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {line[:80]!r}") from error
    name = body.pop("type", None)
    kind = MESSAGES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ProtocolError(f"unknown message: {line[:80]!r}")
    try:
        message = build(kind, body, newer=True) if kind is not Submit else _submit(body)
    except FieldError as error:
        raise ProtocolError(f"{name}: {error}") from error
    return message


def read_request(document: object) -> Request:
    """The request that plain JSON stands for.

    Raises:
        Sketch2PoseError: its type or a field is unknown, missing, of another type, not finite or
            out of range (named).
    """
    values = _object(document)
    name = values.pop("type", None)
    kind = REQUESTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise _refused(f"its type is {str(name)[:60]}", _FIX_TYPE, "request.type")
    try:
        return build(kind, values)
    except FieldError as error:
        raise _refused(error.why, error.fix, f"{name}.{error.field}") from error


def checked(request: R) -> R:
    """The request, if every field makes sense.

    Raises:
        Sketch2PoseError: one does not (named).
    """
    return cast("R", read_request({"type": kind_of(request), **plain(request)}))


def kind_of(request: Request) -> str:
    """The name of a request's kind on the line."""
    return next(name for name, kind in REQUESTS.items() if type(request) is kind)


def _submit(body: Mapping[str, object]) -> Submit:
    if type(job_id := body.get("job_id")) is not int:
        raise FieldError("job_id", "is no whole number", "Give one")
    try:
        return Submit(job_id, read_request(body.get("request")))
    except Sketch2PoseError as error:
        raise RequestRefusedError(job_id, error) from error


def _object(document: object) -> dict[str, Any]:
    """A copy of a JSON object; nothing in it when the document is none."""
    return dict(cast("dict[str, Any]", document)) if isinstance(document, dict) else {}


def _refused(why: str, fix: str, code: str) -> Sketch2PoseError:
    return Sketch2PoseError("The request cannot be carried out", why, fix, code)
