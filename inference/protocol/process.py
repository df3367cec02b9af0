"""A child process that speaks the protocol, with its threads and its end."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import messages
from .wire import ProtocolError, decode

CLOSE_GRACE = 1.5  # s between the end of stdin and the kill
_LAST_WORDS = 20  # lines of stderr that are kept for the error sentence
_LONGEST_LINE = 16 << 20  # bytes; a message is a few hundred
_NOT_INHERITED = ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONDEBUG")


@dataclass(frozen=True)
class Ended:
    """The process is gone: its exit code (negative: a signal) and its last words."""

    code: int | None
    last_words: str


@dataclass(frozen=True)
class Nonsense:
    """The process wrote a line that is no message."""

    line: str


Event = messages.Message | Ended | Nonsense


class BackendProcess:
    """Starts the process at once; what it says is taken with `next_event`.

    Args:
        command: program and arguments.
        env: environment; None = this process's, cleaned.
        log_path: passed on as `--log`; None = its stderr is only kept for error sentences.

    Raises:
        OSError: the program cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        log_path: str | Path | None = None,
    ) -> None:
        arguments = [*command, "--parent", str(os.getpid())]
        if log_path is not None:
            arguments += ["--log", str(log_path)]
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(env),
            **_own_group(),
        )
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._stderr_reader = self._thread(self._read_stderr)
        self._thread(self._read_messages)
        self._thread(self._write_lines)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def send(self, line: bytes) -> None:
        """Queue a line for the process's stdin. Never blocks."""
        self._lines.put(line)

    def next_event(self) -> Event | None:
        """The next thing that happened, None when there is nothing new. Never blocks."""
        try:
            return self._events.get_nowait()
        except queue.Empty:
            return None

    def close(self) -> None:
        """End stdin and let the process go; a thread kills it when it stays."""
        self._lines.put(None)
        self._thread(self._kill_after_grace)

    def kill(self) -> None:
        """End the process now, and whatever it started."""
        self._lines.put(None)
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._process.kill()

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def _kill_after_grace(self) -> None:
        try:
            self._process.wait(CLOSE_GRACE)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def _read_messages(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            while line := stream.readline(_LONGEST_LINE):
                try:
                    message = decode(line)
                except ProtocolError as error:
                    self._events.put(Nonsense(str(error)))
                    continue
                if not isinstance(message, messages.Command):
                    self._events.put(message)
        code = self._process.wait()
        self._stderr_reader.join(1.0)
        self._events.put(Ended(code, "\n".join(self._last_words)))

    def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in stream:
                self._last_words.append(line.decode("utf-8", "replace").rstrip())

    def _write_lines(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin as stream:
            while (line := self._lines.get()) is not None:
                stream.write(line)
                stream.flush()


def clean_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment in which the backend finds its own libraries and nothing of the user's Python.

    Args:
        env: where to start from; None = this process's environment.

    Returns:
        A copy without variables that change how Python starts, with UTF-8 output.
    """
    source = os.environ if env is None else env
    cleaned = {key: value for key, value in source.items() if key not in _NOT_INHERITED}
    # a file called numpy.py in Blender's current folder must not be imported
    cleaned.update(PYTHONSAFEPATH="1", PYTHONNOUSERSITE="1", PYTHONUTF8="1")
    return cleaned


def _own_group() -> dict[str, Any]:
    """Arguments that keep Ctrl-C in Blender's terminal and console windows away from it."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags}
    return {"start_new_session": True}
