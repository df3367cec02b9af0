"""The add-on's end of the backend: starts the process, sends requests, hands out messages.

Nothing here blocks: one thread reads the process, one writes to it, `poll` moves what has
arrived. The process starts again after a death, up to a limit; the job that was running
gets one typed error, jobs that were waiting are sent again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...core.errors import Sketch2PoseError
from . import messages
from .failures import (
    failed_to_start,
    gave_up,
    not_ready,
    other_version,
    spoke_nonsense,
    stopped_working,
)
from .process import BackendProcess, Ended, Nonsense
from .requests import Request
from .wire import checked, encode

READY_TIMEOUT = 60.0  # s; a cold disk and a virus scanner need their time
CANCEL_GRACE = 2.0  # s a cancelled job gets before its process is ended


@dataclass
class _Pending:
    request: Request
    started: bool = False
    sent: bool = False
    cancelled_at: float | None = None


@dataclass
class BackendClient:
    """One backend process, seen from Blender's main thread (or any one thread).

    Attributes:
        command: the program, for example `[python, "-m", "inference", "serve"]`; a log and the
            parent's process id are added.
        env: environment of the process; None = this process's, cleaned.
        log_path: the process's own rotating log.
        restart_limit: deaths in a row before it is not started again.
        ready_timeout: seconds to the first message.
        cancel_grace: seconds between a cancel and the end of a process that ignores it.
    """

    command: Sequence[str]
    env: Mapping[str, str] | None = None
    log_path: str | Path | None = None
    restart_limit: int = 3
    ready_timeout: float = READY_TIMEOUT
    cancel_grace: float = CANCEL_GRACE
    ready: messages.Ready | None = field(default=None, init=False)
    _process: BackendProcess | None = field(default=None, init=False)
    _pending: dict[int, _Pending] = field(default_factory=dict[int, _Pending], init=False)
    _ready_by: float = field(default=0.0, init=False)
    _deaths: int = field(default=0, init=False)
    _last_job: int = field(default=0, init=False)
    _refusal: Sketch2PoseError | None = field(default=None, init=False)
    _withdrawn: list[messages.Message] = field(default_factory=list[messages.Message], init=False)

    @property
    def process_id(self) -> int | None:
        """Process id of the backend; None when none is running."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process without waiting for it; does nothing when it runs.

        Raises:
            Sketch2PoseError: the program is not there or cannot run.
        """
        if self._process is not None:
            return
        self.ready = self._refusal = None  # the user may have mended what was wrong
        try:
            self._process = BackendProcess(self.command, self.env, self.log_path)
        except OSError as error:
            raise failed_to_start(self.command[0], error) from error
        self._ready_by = time.monotonic() + self.ready_timeout

    def submit(self, request: Request) -> int:
        """Send a request; it is queued until the backend is ready and free.

        Args:
            request: what to do.

        Returns:
            The number of the job, which all its messages carry.

        Raises:
            Sketch2PoseError: a field of the request makes no sense (named), or the process cannot
                be started.
        """
        checked(request)
        self.start()
        self._last_job += 1
        self._pending[self._last_job] = _Pending(request)
        self._send_waiting()
        return self._last_job

    def cancel(self, job_id: int) -> None:
        """Cancel a job; `Cancelled` follows, even from a process that does not answer.

        Args:
            job_id: from `submit`; unknown and finished ones are ignored.
        """
        job = self._pending.get(job_id)
        if job is None or job.cancelled_at is not None:
            return
        job.cancelled_at = time.monotonic()
        if job.sent and self._process is not None:
            self._process.send(encode(messages.Cancel(job_id)))
        if not job.started:  # nothing to wait for, another job may hold the backend for long
            del self._pending[job_id]
            self._withdrawn.append(messages.Cancelled(job_id))

    def stop_early(self, job_id: int) -> None:
        """Ask a job to make do with what it has; it ends as it would have, only sooner.

        Args:
            job_id: from `submit`; unknown, waiting and finished ones are ignored.
        """
        job = self._pending.get(job_id)
        if job is not None and job.started and self._process is not None:
            self._process.send(encode(messages.Cancel(job_id, keep=True)))

    def poll(self) -> list[messages.Message]:
        """Take everything that has arrived. Never blocks, never raises.

        Returns:
            Messages in order. Every submitted job ends with exactly one of `Result`, `Error`
            and `Cancelled`.
        """
        arrived, self._withdrawn = self._withdrawn, []
        while self._process is not None:
            event = self._process.next_event()
            if event is None:
                break
            if isinstance(event, Ended):
                arrived += self._died(stopped_working(event, self.log_path))
            elif isinstance(event, Nonsense):
                arrived += self._died(spoke_nonsense(event))
            else:
                arrived += self._received(event)
        return arrived + self._overdue()

    def close(self) -> None:
        """End the process (stdin ends, then it is killed); pending jobs are forgotten."""
        process, self._process = self._process, None
        self._pending.clear()
        self.ready = None
        if process is not None:
            process.close()

    def _received(self, message: messages.Message) -> list[messages.Message]:
        if isinstance(message, messages.Ready):
            return self._greeted(message)
        job = self._pending.get(message.job_id)
        if job is None:
            return []
        if isinstance(message, messages.Started):
            job.started = True
        elif isinstance(message, messages.FINAL_MESSAGES):
            self._deaths = 0
            del self._pending[message.job_id]
        return [message]

    def _greeted(self, ready: messages.Ready) -> list[messages.Message]:
        if ready.protocol != messages.PROTOCOL_VERSION:
            self._refusal = other_version(ready)
            return self._died(self._refusal)
        self.ready = ready
        self._send_waiting()
        return [ready]

    def _send_waiting(self) -> None:
        """Send what was submitted before the backend was ready, or before it died."""
        if self.ready is None or self._process is None:
            return
        for job_id, job in self._pending.items():
            if not job.sent:
                job.sent = True
                self._process.send(encode(messages.Submit(job_id, job.request)))

    def _overdue(self) -> list[messages.Message]:
        """Processes that do not greet and jobs that do not stop."""
        now = time.monotonic()
        if self._process is not None and self.ready is None and now > self._ready_by:
            return self._died(not_ready(self.ready_timeout, self.log_path))
        late = [
            job
            for job in self._pending.values()
            if job.cancelled_at is not None and now > job.cancelled_at + self.cancel_grace
        ]
        if late:
            return self._died(not_ready(self.cancel_grace, self.log_path))
        return []

    def _died(self, error: Sketch2PoseError) -> list[messages.Message]:
        """End the process, settle its jobs, start again when others are waiting."""
        process, self._process = self._process, None
        was_ready, self.ready = self.ready is not None, None
        if process is not None:
            process.kill()
        self._deaths += 1
        if self._refusal is None and self._deaths > self.restart_limit:
            self._refusal = gave_up(error, self._deaths)
        settled = self._settle(error, was_ready)
        if self._pending:
            settled += self._start_again()
        return settled

    def _settle(self, error: Sketch2PoseError, was_ready: bool) -> list[messages.Message]:
        """Final messages for jobs that cannot go on; the others wait to be sent again."""
        settled: list[messages.Message] = []
        for job_id, job in list(self._pending.items()):
            job.sent = False
            if job.cancelled_at is not None:
                settled.append(messages.Cancelled(job_id))
            elif job.started or not was_ready or self._refusal is not None:
                settled.append(messages.Error.of(job_id, self._refusal or error))
            else:
                continue
            del self._pending[job_id]
        return settled

    def _start_again(self) -> list[messages.Message]:
        try:
            self.start()
        except Sketch2PoseError as error:
            self._refusal = error
            return self._settle(error, was_ready=False)
        return []
