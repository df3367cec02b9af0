"""``build.py demo``: bundled drawings become keyframes on two rigs, by the installed extension."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from . import environments, package
from .places import EXAMPLES, BuildError, say, show, this_platform
from .processes import run_or_stop

DRAWINGS = ("stick_wave.jpg", "lines_lunge.png", "stick_run.jpg", "lines_kick.png")


def run_demo(out: Path, drawing: Path | None) -> None:
    """Make the environment, build and install the zip, pose two rigs, save scene and picture.

    Args:
        out: folder for demo.blend and demo.png.
        drawing: a drawing of the user's own instead of the bundled ones.

    Raises:
        BuildError: when the drawing does not exist or a step fails.
    """
    start = time.monotonic()
    drawings = [drawing] if drawing else [EXAMPLES / name for name in DRAWINGS]
    missing = [str(path) for path in drawings if not path.is_file()]
    if missing:
        raise BuildError(f"There is no drawing {', '.join(missing)}: check the path.")
    python = environments.ensure(environments.MAIN)
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sketch2pose_demo_") as folder:
        # the light zip: the backend's libraries are those of the environment
        tool = environments.blender_tool(python)
        built = package.build_zip(tool, this_platform(), "light", out=Path(folder), python=python)
        user = Path(folder) / "user"
        user.mkdir()
        scene = [python, "-m", "tools.demo_scene", built, out, *(p.resolve() for p in drawings)]
        run_or_stop("The demo", scene, env={"BLENDER_USER_RESOURCES": str(user)}, timeout=600)
    say(f"Done in {time.monotonic() - start:.0f} s:")
    say(f"  scene    {show(out / 'demo.blend')}  (open it in Blender 4.5 or later)")
    say(f"  picture  {show(out / 'demo.png')}  (drawing | body | Rigify rig)")
