"""While a clip is watched, a process of its own solves what is settled of people's tracks."""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, cast

import numpy as np

from ....core.camera import AnyCamera
from ....core.errors import Sketch2PoseError
from ..clips.clip import Clip
from ..observing.landmarks import Track
from ..observing.observation import PersonSeen
from ..observing.observe import seen_so_far
from ..observing.tracking import TrackedPerson
from .person import Solved
from .solve_windows import CONTEXT, OVERLAP, SHAPE_SECONDS, WINDOW, Done
from .solver_worker import SOLVED, Message, read_message, track_message, write_message

Prepare = Callable[[PersonSeen, Clip], tuple[Track, AnyCamera]]

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 3.0  # s that the last piece under way is waited for


@dataclass(frozen=True)
class Helper:
    """Whom to start: the lifter's file, and threads for it (0 = as many as fit)."""

    lifter: Path
    threads: int = 0


class SolvingAhead:
    """Use it in a `with` statement about the watching, and call `look` after every frame.

    The process starts when somebody is half as long in view as it takes to settle a piece: short
    clips need none. What goes wrong with it is no error: pieces that are not done are solved after
    the watching.
    """

    def __init__(self, helper: Helper | None, prepare: Prepare, done: Done[Solved]) -> None:
        """Make it.

        Args:
            helper: whom to start; None solves nothing ahead.
            prepare: what somebody is solved from.
            done: receives the pieces.
        """
        self._helper, self._prepare, self._done = helper, prepare, done
        self._waiting: queue.Queue[Message | None] = queue.Queue()
        self._due: dict[int, int] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def look(self, people: list[TrackedPerson], clip: Clip) -> None:
        """Hand on everybody of whom another piece may be settled.

        Args:
            people: as followed so far.
            clip: that is watched.
        """
        rate = clip.framerate / clip.trim.step
        first = max(round(SHAPE_SECONDS * rate), WINDOW + round(CONTEXT * rate))
        for person in people if self._helper is not None else ():
            if not person.frames:
                continue
            length = (person.frames[-1] - person.frames[0]) // clip.trim.step + 1
            if length == first // 2:
                self._waiting.put({})  # it takes a while to start
            if length >= self._due.get(id(person), first):
                self._due[id(person)] = length + WINDOW - OVERLAP
                with contextlib.suppress(Sketch2PoseError):  # it is told after the watching
                    track, lens = self._prepare(seen_so_far(person, clip.scale), clip)
                    self._waiting.put(track_message(track, clip.trim.step, rate, lens))

    def _run(self) -> None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            while (message := self._waiting.get()) is not None:
                self._process = self._process or self._started()
                if not message:
                    continue
                write_message(cast("IO[bytes]", self._process.stdin), message)
                while (piece := read_message(cast("IO[bytes]", self._process.stdout))) is not None:
                    if not piece:
                        break
                    key = piece["key"].tobytes()
                    self._done.put(key, Solved(*(piece.get(name) for name in SOLVED)))  # type: ignore[arg-type]
                else:
                    return  # it has ended

    def _started(self) -> subprocess.Popen[bytes]:
        assert self._helper is not None
        folders = [str(ROOT), *(folder for folder in sys.path if folder)]
        process = subprocess.Popen(
            [sys.executable, "-m", "sketch2pose.inference.video.solving.solver_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threads, lifter = np.array(self._helper.threads), np.array(str(self._helper.lifter))
        write_message(cast("IO[bytes]", process.stdin), {"lifter": lifter, "threads": threads})
        return process

    def __enter__(self) -> "SolvingAhead":
        """Starts the thread that talks to the process."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Ends both; only what is under way is waited for, and not for long."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        self._waiting.put(None)
        self._thread.join(0.0 if kind is not None else PATIENCE)
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._thread.join()
        for stream in (self._process.stdin, self._process.stdout) if self._process else ():
            with contextlib.suppress(OSError):
                cast("IO[bytes]", stream).close()
