"""The backend process: requests on stdin, messages on a private copy of stdout.

The main thread does one job at a time; a second thread reads stdin, so that a cancel is
seen while the first one computes. The process ends when stdin does, which happens when
Blender closes or dies.
"""

import argparse
import logging
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from ..core.errors import CancelledByUser, Sketch2PoseError
from .backend_log import redirect_output_to_log
from .estimators import Estimators, Settings, list_models
from .parent_watchdog import die_with_parent
from .protocol import messages
from .protocol.wire import ProtocolError, RequestRefusedError, decode, encode
from .report import JobReport
from .run_request import run_request
from .version import read_version

FAREWELL = 1.0  # s a job gets to stop after stdin has ended, before the process ends anyway

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Job:
    submit: messages.Submit
    cancelled: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)


class Server:
    """Reads commands, queues jobs, does them one by one.

    Args:
        commands: binary stream of lines.
        say: sends a message; called from both threads.
        estimators: loaded on first use.
    """

    def __init__(
        self,
        commands: BinaryIO,
        say: Callable[[messages.Message], None],
        estimators: Estimators,
    ) -> None:
        self._commands = commands
        self._say = say
        self._estimators = estimators
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._jobs: dict[int, _Job] = {}
        self._finished = threading.Event()

    def run(self, on_end: Callable[[], None] = lambda: None) -> None:
        """Serve until the stream of commands ends.

        Args:
            on_end: called in the reading thread when a job does not stop in time.
        """
        threading.Thread(target=self._read, args=(on_end,), name="commands", daemon=True).start()
        self._warm_up()
        while (job := self._queue.get()) is not None:
            self._say(self._outcome(job))
            self._jobs.pop(job.submit.job_id, None)
        self._finished.set()

    def _read(self, on_end: Callable[[], None]) -> None:
        for line in self._commands:
            try:
                self._obey(decode(line))
            except RequestRefusedError as refused:
                self._say(messages.Error.of(refused.job_id, refused.error))
            except ProtocolError as error:
                _log.error("ignored a line that is no command: %s", error)
        for job in list(self._jobs.values()):
            job.cancelled.set()
        self._queue.put(None)
        if not self._finished.wait(FAREWELL):
            on_end()

    def _obey(self, command: messages.Message | messages.Command) -> None:
        if isinstance(command, messages.Submit):
            self._jobs[command.job_id] = job = _Job(command)
            self._queue.put(job)
        elif isinstance(command, messages.Cancel):
            job = self._jobs.get(command.job_id)
            if job is not None:
                (job.stopped if command.keep else job.cancelled).set()

    def _warm_up(self) -> None:
        """Load what the first job will need while the user is still drawing."""
        try:
            _ = self._estimators.sketch
        except Exception:  # noqa: BLE001 - the job that needs it will say what is wrong
            _log.exception("could not load the sketch estimator ahead of time")

    def _outcome(self, job: _Job) -> messages.Message:
        number = job.submit.job_id
        report = JobReport(
            on_progress=lambda done, text: self._say(messages.Progress(number, done, text)),
            on_warning=lambda text: self._say(messages.Warning(number, text)),
            cancelled=job.cancelled,
            stopped=job.stopped,
        )
        try:
            report.check()
            self._say(messages.Started(number))
            summaries = list(run_request(job.submit.request, self._estimators, report))
        except CancelledByUser:
            return messages.Cancelled(number)
        except Sketch2PoseError as error:
            return messages.Error.of(number, error)
        errors = [summary.exception() for summary in summaries]
        if errors and all(errors):
            return messages.Error.of(number, next(error for error in errors if error))
        files = [path for summary in summaries for path in summary.files]
        return messages.Result(number, files, [summary.json() for summary in summaries])


def serve(options: argparse.Namespace, make_settings: Callable[..., Settings]) -> int:
    """Run the backend process on this process's stdin and stdout.

    Args:
        options: with `log` (rotating log that also receives whatever libraries print; None =
            stderr), `parent` (process whose death ends this one) and what `make_settings` needs.
        make_settings: makes the settings; it may load libraries, which then cannot corrupt
            the protocol any more.

    Returns:
        The exit code.
    """
    die_with_parent(options.parent)
    channel = private_stdout()
    redirect_output_to_log(options.log)
    settings = make_settings(options)
    lock = threading.Lock()

    def say(message: messages.Message) -> None:
        with lock:
            channel.write(encode(message))
            channel.flush()

    _log.info("version %s, device %s", read_version(), settings.device.name)
    say(_ready(settings))
    with open(0, "rb", closefd=False) as commands:
        try:
            Server(commands, say, Estimators(settings)).run(on_end=lambda: os._exit(0))
        except BrokenPipeError:
            _log.info("nobody listens any more")
    logging.shutdown()
    os._exit(0)  # the reading thread may still hold stdin; nothing is left to clean up


def _ready(settings: Settings) -> messages.Ready:
    return messages.Ready(
        protocol=messages.PROTOCOL_VERSION,
        version=read_version(),
        device=settings.device.name,
        device_note=settings.device.note,
        models=[path.name for path in list_models(settings.model_folder)],
    )


def private_stdout() -> BinaryIO:
    """Take stdout for the protocol; what prints to stdout from now on goes to stderr.

    Works on file descriptors, so that C and C++ libraries are caught as well.

    Returns:
        Binary stream to what was stdout.
    """
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel
