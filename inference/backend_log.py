"""The backend's own log file, which also catches what libraries print at C level."""

import logging
import logging.handlers
import os
from io import TextIOWrapper
from pathlib import Path

LOG_BYTES = 1 << 20
LOG_COUNT = 3
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


class _OutputCatchingHandler(logging.handlers.RotatingFileHandler):
    """Rotating log whose file is also file descriptors 1 and 2."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        return stream

    def doRollover(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):  # Windows cannot rename a file that is open
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
        try:
            super().doRollover()
        except OSError:  # another Blender's backend has it open: go on in the same file
            self.stream = self._open()


def redirect_output_to_log(path: Path | None) -> None:
    """Log to a rotating file and send whatever is printed there too.

    Args:
        path: the file; its folder is made. None, or a place that cannot be written: stderr.
    """
    handler: logging.Handler = logging.StreamHandler()
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = _OutputCatchingHandler(
                path, maxBytes=LOG_BYTES, backupCount=LOG_COUNT, encoding="utf-8"
            )
        except OSError:
            logging.getLogger(__name__).warning("no log at %s", path)
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=[handler], force=True)
