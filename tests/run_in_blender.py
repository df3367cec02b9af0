"""Run pytest inside of a Blender program: ``blender -b --python tests/run_in_blender.py -- ARGS``.

BLENDER_USER_RESOURCES must name an existing folder before Blender starts, so that the user's own
settings are neither read nor written.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Run pytest with the arguments after ``--`` and leave with its status."""
    if not os.environ.get("BLENDER_USER_RESOURCES"):
        sys.exit("run_in_blender.py: set BLENDER_USER_RESOURCES to an empty folder first")
    import pytest

    root = Path(__file__).resolve().parents[1]
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    os.chdir(root)
    status = pytest.main(["-p", "no:cacheprovider", *(arguments or ["tests/bpy"])])
    sys.stdout.flush()
    os._exit(int(status))


if __name__ == "__main__":
    main()
