"""Ending with the process that started this one, even when it is killed."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int | None) -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere the end of stdin does it.

    Args:
        parent: process id of the parent; None when nobody asked for it.
    """
    if parent is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we could ask
        os._exit(0)
