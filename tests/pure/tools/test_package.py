"""The zip's manifest and its wheels, without downloading any."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import package, places, wheels
from tools.places import BuildError

MANIFEST = places.MANIFEST.read_text(encoding="utf-8")
# The tags that extensions.blender.org knows for add-ons.
BLENDERS_TAGS = {
    "3D View", "Add Curve", "Add Mesh", "Animation", "Bake", "Camera", "Compositing",
    "Development", "Game Engine", "Geometry Nodes", "Grease Pencil", "Import-Export", "Lighting",
    "Material", "Mesh", "Modeling", "Node", "Object", "Paint", "Physics", "Pipeline", "Render",
    "Rigging", "Scene", "Sculpt", "Sequencer", "System", "Text Editor", "Tracking",
    "User Interface", "UV",
}  # fmt: skip
wheel_names = st.lists(
    st.from_regex(r"[a-z]{1,9}-[0-9]\.[0-9]-cp311-abi3-any\.whl", fullmatch=True),
    unique=True,
    max_size=5,
)


@given(names=wheel_names, platform=st.sampled_from([None, *wheels.PLATFORMS]))
def test_completed_manifest_is_the_manifest_plus_what_the_zip_carries(names, platform):
    text = package.manifest_text(MANIFEST, [Path(name) for name in names], platform)
    parsed, original = tomllib.loads(text), tomllib.loads(MANIFEST)
    assert parsed.pop("wheels", []) == [f"./wheels/{name}" for name in names]
    assert parsed.pop("platforms", []) == ([platform] if platform else [])
    assert parsed == original


def test_manifest_keeps_blenders_rules():
    manifest = tomllib.loads(MANIFEST)
    assert manifest["id"].isidentifier()
    texts = [manifest["tagline"], *manifest["permissions"].values()]
    assert all(len(text) <= 64 and text[-1].isalnum() for text in texts)
    assert set(manifest["permissions"]) <= {"files", "network", "clipboard", "camera", "microphone"}
    assert set(manifest["tags"]) <= BLENDERS_TAGS
    assert manifest["website"].startswith("https://")


@pytest.mark.parametrize("platform", wheels.PLATFORMS)
@pytest.mark.parametrize("variant", wheels.VARIANTS)
def test_every_zip_is_locked_for_both_pythons(platform, variant):
    wanted = wheels.wanted(platform, variant)
    lock = wheels.read_lock()
    assert [w for w in wanted if w.key not in lock] == []
    runtimes = {w.python for w in wanted if w.distribution.startswith("onnxruntime")}
    assert runtimes == (set() if variant == "light" else {"3.11", "3.13"})


def test_locked_wheels_fit_their_platform_and_python():
    tags = {"linux-x64": "manylinux", "windows-x64": "win_amd64"}
    tags |= {"macos-arm64": "arm64", "macos-x64": "x86_64"}
    for wheel in wheels.read_lock().values():
        abi = "abi3" if "opencv" in wheel.file else f"cp{wheel.python.replace('.', '')}"
        assert tags[wheel.platform] in wheel.file and abi in wheel.file, wheel.file
        assert len(wheel.sha256) == 64


@pytest.mark.parametrize("platform", wheels.PLATFORMS)
def test_full_zip_stays_below_the_size_limit(platform):
    lock = wheels.read_lock()
    size = sum(lock[w.key].megabytes for w in wheels.wanted(platform, "full"))
    weights = sum(p.stat().st_size for p in (places.ROOT / "inference").rglob("*.[on][np]*")) / 1e6
    assert size + weights < package.SIZE_LIMIT_MB


def test_the_environments_have_the_versions_that_ship():
    pins = (places.REQUIREMENTS / "backend.txt").read_text(encoding="utf-8")
    assert f"onnxruntime=={wheels.RUNTIME_VERSIONS['3.11']}" in pins
    assert "==".join(wheels.OPENCV) in pins


def test_unknown_platform_is_refused_with_the_known_ones():
    with pytest.raises(BuildError, match="linux-x64, windows-x64"):
        wheels.wanted("amiga", "full")


def test_wheel_that_differs_from_its_pin_is_removed_and_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(wheels, "CACHE", tmp_path)
    wheel = next(iter(wheels.read_lock().values()))
    (tmp_path / wheel.file).write_bytes(b"something else")
    with pytest.raises(BuildError, match="sha256 differs"):
        wheels.fetch([wheel])
    assert not (tmp_path / wheel.file).exists()


def test_staging_leaves_the_workshop_out(tmp_path):
    package.stage(tmp_path / "stage", [], None)
    names = {p.relative_to(tmp_path / "stage").as_posix() for p in tmp_path.rglob("*")}
    assert {"blender_manifest.toml", "__init__.py", "LICENSE", "LICENSES.md"} <= names
    assert not [n for n in names if "training" in n or n.startswith(("tests", "tools", "docs"))]
