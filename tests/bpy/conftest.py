"""Tests inside of Blender's Python: the bpy module, or ``blender -b`` (tests/run_in_blender.py).

The extension under test is the *built* light zip (or S2P_ZIP), installed as a user would into a
user folder of its own. Each test starts with an empty scene. bpy 4.2 crashes and 4.5 hangs at
interpreter exit while classes are registered, hence the hard exit with pytest's own status.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "user_default"
HAS_BLENDER = "bpy" in sys.modules or importlib.util.find_spec("bpy") is not None

if not HAS_BLENDER:
    collect_ignore_glob = ["test_*.py"]
else:
    if "bpy" not in sys.modules:  # Blender reads the variable while it is imported
        os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="s2p_blender_")
    import bpy


def pytest_report_header(config: pytest.Config) -> str:
    if not HAS_BLENDER:
        return "skipped: tests/bpy needs the bpy module or Blender"
    kind = "module" if getattr(bpy.app, "module", "bpy" in (bpy.app.binary_path or "bpy")) else "-b"
    return f"Blender {bpy.app.version_string} ({kind}), Python {sys.version.split()[0]}"


def _built_zip() -> Path:
    """The zip under test: S2P_ZIP, or a light one built now from the working tree."""
    given = os.environ.get("S2P_ZIP")
    if given:
        return Path(given)
    sys.path.insert(0, str(ROOT))
    import bl_pkg

    from tools import package
    from tools.places import this_platform

    tool = Path(bl_pkg.__file__).parent / "cli" / "blender_ext.py"
    out = Path(tempfile.mkdtemp(prefix="s2p_zip_"))
    return package.build_zip(tool, this_platform(), "light", out=out)


@pytest.fixture(scope="session", autouse=True)
def extension() -> ModuleType:
    """The installed and enabled extension's root module."""
    name = f"bl_ext.{REPOSITORY}.sketch2pose"
    if os.environ.get("S2P_INSTALLED") != "1":
        bpy.ops.extensions.package_install_files(
            filepath=str(_built_zip()), repo=REPOSITORY, enable_on_install=True
        )
    if name not in bpy.context.preferences.addons:
        pytest.exit("the extension is installed but not enabled: see the trace above", 1)
    return sys.modules[name]


@pytest.fixture(scope="session")
def addon(extension: ModuleType) -> Callable[[str], ModuleType]:
    """Import a module of the installed extension: ``addon("sketch2pose_addon.results.apply")``."""

    def load(name: str) -> ModuleType:
        return importlib.import_module(f"{extension.__name__}.{name}")

    return load


def empty_scene() -> None:
    """One scene without objects, at frame 1, with nothing left of the test before."""
    if bpy.context.object and bpy.context.object.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    scene = bpy.context.scene
    for other in [s for s in bpy.data.scenes if s != scene]:
        bpy.data.scenes.remove(other)
    kinds = (
        "objects",
        "collections",
        "actions",
        "armatures",
        "meshes",
        "cameras",
        "lights",
        "curves",
    )
    kinds += ("images", "materials", "texts", "grease_pencils", "grease_pencils_v3", "libraries")
    doomed = [block for kind in kinds for block in getattr(bpy.data, kind, ())]
    bpy.data.batch_remove(doomed)
    if scene.animation_data:
        scene.animation_data_clear()
    scene.timeline_markers.clear()
    scene.frame_start, scene.frame_end = 1, 250
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.frame_set(1)


@pytest.fixture(autouse=True)
def clean_scene(extension: ModuleType) -> Iterator[None]:
    empty_scene()
    yield


@pytest.fixture
def wait_until() -> Callable[..., bool]:
    """Call a function until it is true: timers never fire in background mode."""

    def wait(done: Callable[[], object], timeout: float = 60.0, interval: float = 0.02) -> bool:
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if done():
                return True
            time.sleep(interval)
        return False

    return wait


def keyed_frames(rig: bpy.types.Object) -> set[float]:
    """Frames with keys in the rig's action, on every Blender."""
    data = rig.animation_data
    if data is None or data.action is None:
        return set()
    action = data.action
    if bpy.app.version < (4, 4, 0):
        curves = action.fcurves
    else:
        curves = action.layers[0].strips[0].channelbag(data.action_slot).fcurves
    return {point.co.x for curve in curves for point in curve.keyframe_points}


@pytest.fixture(name="keyed_frames")
def keyed_frames_fixture() -> Callable[[bpy.types.Object], set[float]]:
    return keyed_frames


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    status = config.stash.get(_STATUS, None)
    if status is not None and HAS_BLENDER:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


_STATUS: pytest.StashKey[int] = pytest.StashKey()
