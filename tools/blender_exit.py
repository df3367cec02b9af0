"""Leaving Blender's module: some versions hang or crash at the interpreter's own exit."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn


def run_and_leave(main: Callable[..., object], *arguments: object) -> NoReturn:
    """Calls ``main`` and ends the process at once, with status 1 if it has failed.

    Blender 4.5 hangs at interpreter exit while an extension is registered.
    """
    status = 0
    try:
        main(*arguments)
    except Exception:  # noqa: BLE001  whatever it is, it must not hang in bpy's exit
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
