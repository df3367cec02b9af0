"""The zip as it is installed: what it unpacks, that its wheels load, that it leaves no trace."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import bpy
import pytest


def folder_of(extension) -> Path:
    return Path(extension.__file__).parent


def carried_wheels(extension) -> list[str]:
    text = (folder_of(extension) / "blender_manifest.toml").read_text(encoding="utf-8")
    return tomllib.loads(text).get("wheels", [])


def unpacked_wheels() -> Path:
    """Where Blender unpacks the wheels of extensions."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    local = Path(bpy.utils.user_resource("EXTENSIONS")) / ".local"
    return local / "lib" / version / "site-packages"


def test_the_workshop_is_not_installed(extension):
    names = {
        p.relative_to(folder_of(extension)).as_posix() for p in folder_of(extension).rglob("*")
    }
    assert {"LICENSE", "LICENSES.md", "inference/body/default_body.npz"} <= names
    assert not [n for n in names if n.startswith(("tests", "tools", "docs")) or "training" in n]


def test_its_own_wheels_run_a_net_in_blenders_python(extension):
    if not carried_wheels(extension):
        pytest.skip("skipped: this is the light zip")
    wheels, numpy = unpacked_wheels(), Path(sys.modules["numpy"].__file__).parents[1]
    code = (
        "import cv2, onnxruntime as o; print(cv2.__file__, o.__file__, o.get_all_providers()[-1])"
    )
    paths = f"import sys; sys.path[:0] = [{str(wheels)!r}]; sys.path.append({str(numpy)!r}); "
    command = [sys.executable, "-I", "-S", "-c", paths + code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    loaded_cv2, loaded_runtime, provider = done.stdout.split()
    assert Path(loaded_cv2).is_relative_to(wheels)
    assert Path(loaded_runtime).is_relative_to(wheels)
    assert provider == "CPUExecutionProvider"


def test_the_backend_is_given_the_libraries(extension, addon):
    backend = addon("sketch2pose_addon.backend.backend_process")
    preferences = bpy.context.preferences.addons[extension.__name__].preferences
    folders = [Path(folder) for folder in backend.library_folders(preferences)]
    for library in ("onnxruntime", "cv2"):
        assert any((folder / library).is_dir() for folder in folders), (library, folders)


def test_the_backend_starts_and_says_ready(extension, addon, wait_until):
    client = addon("sketch2pose_addon.backend.backend_process").new_client(bpy.context)
    try:
        client.start()
        assert wait_until(lambda: client.poll() or client.ready is not None)
        assert client.ready is not None
        assert client.ready.version == manifest_version(extension)
    finally:
        client.close()


def manifest_version(extension) -> str:
    text = (folder_of(extension) / "blender_manifest.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["version"]


def test_disabling_removes_every_class_and_enabling_brings_them_back(extension):
    name = extension.__name__

    def registered() -> set[str]:
        kinds = (bpy.types.Operator, bpy.types.Panel, bpy.types.PropertyGroup)
        classes = [cls for kind in kinds for cls in kind.__subclasses__()]
        return {c.__name__ for c in classes if c.__module__.startswith(name) and c.is_registered}

    before = registered()
    assert before
    bpy.ops.preferences.addon_disable(module=name)
    try:
        assert not hasattr(bpy.types, "SKETCH2POSE_OT_pose_from_image")
        assert not hasattr(bpy.types.Scene, "sketch2pose")
    finally:
        bpy.ops.preferences.addon_enable(module=name)
    assert hasattr(bpy.types, "SKETCH2POSE_OT_pose_from_image")
    assert hasattr(bpy.types.Scene, "sketch2pose")
