"""Body requests of the backend process: users' model files in, files for making rigs out."""

import time
from collections.abc import Iterator
from pathlib import Path

from ...core.errors import Sketch2PoseError
from ..protocol.messages import BodyRequest
from ..protocol.summary import InputSummary
from ..report import Report
from .rig_file import write_rig_file
from .smpl_files import load_smpl_file


def run_body_request(request: BodyRequest, report: Report) -> Iterator[InputSummary]:
    """Read every model; one that is refused does not stop the others.

    Args:
        request: what to read.
        report: progress and cancelling.

    Yields:
        The outcome of each file, with `<stem>_body.npz`.

    Raises:
        Cancelled: the user has cancelled.
    """
    for name in request.inputs:
        report.check()
        start, source = time.perf_counter(), Path(name)
        report.progress(0.1, f"Loading {source.name}")
        try:
            body = load_smpl_file(source)
            target = Path(request.out_dir) / f"{source.stem}_body.npz"
            write_rig_file(target, body)
        except Sketch2PoseError as error:
            yield InputSummary.failed(name, error, time.perf_counter() - start, [])
            continue
        report.progress(1.0, f"{source.name} is loaded")
        seconds = round(time.perf_counter() - start, 4)
        yield InputSummary(name, 1, seconds, [], [str(target)])
