"""Sentences for everything that can go wrong with the backend process itself."""

from pathlib import Path

from ...core.errors import Sketch2PoseError
from . import messages
from .process import Ended, Nonsense

_RETRY = "Try again"
_SETUP = "Run Check Setup in the preferences of Sketch2Pose"


def failed_to_start(program: str, error: OSError) -> Sketch2PoseError:
    """The program is not there or may not run."""
    why = f'"{program}" cannot be run ({error.strerror or error})'
    return Sketch2PoseError("The backend could not be started", why, _SETUP, "backend.start")


def stopped_working(ended: Ended, log_path: str | Path | None) -> Sketch2PoseError:
    """The process died."""
    if ended.code is not None and ended.code < 0:
        why = f"its process was ended by signal {-ended.code}"
    else:
        why = f"its process ended with code {ended.code}"
    lines = [line.strip() for line in ended.last_words.splitlines() if line.strip()]
    why += f" ({lines[-1][:200]})" if lines else ""
    fix = f'{_RETRY}; if it happens again, see the log "{log_path}"' if log_path else _RETRY
    return Sketch2PoseError("The backend stopped working", why, fix, "backend.died")


def not_ready(seconds: float, log_path: str | Path | None) -> Sketch2PoseError:
    """The process does not answer."""
    why = f"its process has not answered for {seconds:g} seconds"
    fix = f'{_RETRY}; if it happens again, see the log "{log_path}"' if log_path else _RETRY
    return Sketch2PoseError("The backend does not answer", why, fix, "backend.timeout")


def spoke_nonsense(nonsense: Nonsense) -> Sketch2PoseError:
    """The process wrote something that is no message."""
    why = f"it sent an invalid message ({nonsense.line[:120]})"
    return Sketch2PoseError("The backend's answer is not valid", why, _SETUP, "backend.garbage")


def other_version(ready: messages.Ready) -> Sketch2PoseError:
    """The process belongs to another version of the add-on."""
    why = (
        f"it is version {ready.version} and speaks protocol {ready.protocol}, "
        f"this add-on speaks protocol {messages.PROTOCOL_VERSION}"
    )
    fix = "Install the backend and the add-on from the same release"
    return Sketch2PoseError("The backend does not match this add-on", why, fix, "backend.version")


def gave_up(error: Sketch2PoseError, deaths: int) -> Sketch2PoseError:
    """The process died too often."""
    why = f"{error.why}, {deaths} times in a row"
    return Sketch2PoseError("The backend keeps stopping", why, _SETUP, "backend.gave_up")
