"""Jobs of the backend, seen from Blender's main thread.

`pump()` moves everything the backend has said into the jobs and the panel; it never blocks and
knows nothing of windows. In a window a persistent timer calls it, in background mode (where timers
never fire) `wait()` does. The backend stays warm between jobs; it starts with the first one.
Only plain values are kept here: Blender data may vanish between two calls of `pump()`.
"""

from __future__ import annotations

import atexit
import enum
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ...core.errors import Sketch2PoseError
from ...inference.protocol import messages
from ...inference.protocol.client import BackendClient
from ...inference.protocol.summary import InputSummary
from ..host.redraw import redraw_panels
from . import backend_process

_INTERVAL = 0.02  # s between two looks at the backend while a job runs
_WAIT_STEP = 0.005  # s, the same in background mode


class JobState(enum.Enum):
    """Where a job is."""

    RUNNING = enum.auto()
    DONE = enum.auto()
    FAILED = enum.auto()
    CANCELLED = enum.auto()


@dataclass
class Job:
    """One request to the backend and what came of it.

    Attributes:
        title: what the panel says is being done.
        folder: private folder for the request's files; removed by `discard()`.
        state: changes only in `pump()`, `cancel()` and `stop()`.
        files: the results, once done.
        summaries: what came of each input, once done.
        error: why it failed.
        may_stop_early: what it has so far is of use, see `stop_early()`.
    """

    title: str
    folder: Path
    number: Any = None
    state: JobState = JobState.RUNNING
    factor: float = 0.0
    text: str = ""
    warnings: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    summaries: list[InputSummary] = field(default_factory=list)
    error: Sketch2PoseError | None = None
    may_stop_early: bool = False
    quiet: bool = False  # live jobs do not touch the panel's result line
    done_before: float = 0.0  # share of the whole that Blender itself has done

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.state is not JobState.RUNNING

    def discard(self) -> None:
        """Removes the job's folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


_client: BackendClient | None = None
_jobs: dict[Any, Job] = {}


def submit(
    title: str,
    make_request: Callable[[Path], Any],
    *,
    quiet: bool = False,
    may_stop_early: bool = False,
) -> Job:
    """Sends a request to the backend, which is started if need be.

    Args:
        title: what the panel shows.
        make_request: gets the job's folder, writes its inputs there and returns the request.
        quiet: leave the panel's lines alone.
        may_stop_early: offer to go on with what it has so far.

    Raises:
        Sketch2PoseError: the inputs cannot be written or the backend cannot start.
    """
    job = Job(title, _new_folder(), quiet=quiet, may_stop_early=may_stop_early)
    try:
        job.number = _warm_client().submit(make_request(job.folder))
    except OSError as error:
        job.discard()
        raise _unwritable(error) from error
    except BaseException:
        job.discard()
        raise
    _jobs[job.number] = job
    _show(job)
    _start_timer()
    return job


def begin_here(title: str) -> Job:
    """Begins a job whose first part Blender does itself; see `tell` and `hand_over`.

    Raises:
        Sketch2PoseError: its folder cannot be made.
    """
    job = Job(title, _new_folder(), number=object())
    _jobs[job.number] = job
    _show(job)
    return job


def tell(job: Job, factor: float, text: str) -> None:
    """Says how far Blender is with its part of a job."""
    job.factor, job.text = factor, text
    _show(job)


def hand_over(job: Job, request: Any) -> None:
    """Lets the backend do the rest of a job that was begun here.

    Raises:
        Sketch2PoseError: the backend cannot start.
    """
    client = _warm_client()
    del _jobs[job.number]
    job.number, job.done_before = client.submit(request), job.factor
    _jobs[job.number] = job
    _start_timer()


def give_up(job: Job, error: Sketch2PoseError) -> None:
    """Ends a job because Blender's part of it failed."""
    job.error = error
    _finish(job, JobState.FAILED)


def pump() -> float | None:
    """Moves the backend's messages into the jobs. Never blocks.

    Returns:
        Seconds until it wants to be called again; None when nothing runs.
    """
    if _client is not None:
        for message in _client.poll():
            _receive(message)
    return _INTERVAL if _jobs else None


def wait(job: Job) -> None:
    """Pumps until the job is finished; Ctrl-C cancels it."""
    try:
        while not job.finished:
            pump()
            time.sleep(_WAIT_STEP)
    except KeyboardInterrupt:
        cancel(job)
        while not job.finished:
            pump()
            time.sleep(_WAIT_STEP)


def running() -> Job | None:
    """The job the panel shows, if one is running."""
    return next((job for job in _jobs.values() if not job.quiet), None)


def job_is_running(operator: type[bpy.types.Operator]) -> bool:
    """For `poll()`: whether the backend is busy; the grayed button then says so."""
    if running() is None:
        return False
    operator.poll_message_set("Another job is running. Wait for it to finish or cancel it")
    return True


def cancel(job: Job) -> None:
    """Cancels a job; its results, if any are under way, are dropped."""
    if job.finished:
        return
    _finish(job, JobState.CANCELLED)
    if _client is not None and isinstance(job.number, int):
        _client.cancel(job.number)


def stop_early(job: Job) -> None:
    """Ask a job to make do with what it has; it goes on to a result."""
    if not job.finished and _client is not None:
        _client.stop_early(job.number)


def cancel_all() -> None:
    """Cancels every job, for example before another file is loaded."""
    for job in list(_jobs.values()):
        cancel(job)


def stop() -> None:
    """Cancels all jobs and ends the backend process."""
    global _client
    cancel_all()
    client, _client = _client, None
    if client is not None:
        client.close()


def _warm_client() -> BackendClient:
    global _client
    if _client is None:
        client = backend_process.new_client(bpy.context)
        client.start()
        _client = client
    return _client


def _new_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="sketch2pose_", dir=bpy.app.tempdir or None))
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> Sketch2PoseError:
    return Sketch2PoseError(
        "The job could not be prepared",
        f"its temporary folder cannot be written ({error.strerror or error})",
        "Check Preferences > File Paths > Temporary Files and the free space of the disk",
        "job.folder",
    )


def _receive(message: Any) -> None:
    job = _jobs.get(getattr(message, "job_id", None))
    if job is None:
        return
    if isinstance(message, messages.Progress):
        left = 1.0 - job.done_before
        tell(job, job.done_before + left * message.fraction, message.text)
    elif isinstance(message, messages.Warning):
        job.warnings.append(message.text)
    elif isinstance(message, messages.Result):
        job.files = [Path(name) for name in message.files]
        job.summaries = [InputSummary(**summary) for summary in message.summaries]
        _finish(job, JobState.DONE)
    elif isinstance(message, messages.Error):
        job.error = message.error()
        _finish(job, JobState.FAILED)
    elif isinstance(message, messages.Cancelled):
        _finish(job, JobState.CANCELLED)


def _finish(job: Job, state: JobState) -> None:
    job.state = state
    _jobs.pop(job.number, None)
    _show(job)


def _show(job: Job) -> None:
    if job.quiet:
        return
    status = bpy.context.window_manager.sketch2pose
    status.running = not job.finished
    status.may_stop_early = job.may_stop_early
    status.factor = min(max(job.factor, 0.0), 1.0)
    status.text = job.text or job.title
    redraw_panels()


def _start_timer() -> None:
    if not bpy.app.background and not bpy.app.timers.is_registered(pump):
        bpy.app.timers.register(pump, first_interval=_INTERVAL, persistent=True)


@bpy.app.handlers.persistent
def _before_load(*_args: object) -> None:
    cancel_all()


def register() -> None:
    bpy.app.handlers.load_pre.append(_before_load)
    atexit.register(stop)


def unregister() -> None:
    if bpy.app.timers.is_registered(pump):
        bpy.app.timers.unregister(pump)
    if _before_load in bpy.app.handlers.load_pre:
        bpy.app.handlers.load_pre.remove(_before_load)
    stop()
    atexit.unregister(stop)
