"""`blender -b scene.blend --command sketch2pose …`: the whole job without a window."""

from __future__ import annotations

import subprocess
from pathlib import Path

import bpy
import pytest

DRAWING = Path(__file__).resolve().parents[2] / "docs" / "examples" / "stick_wave.jpg"


@pytest.fixture
def run(addon):
    """The command's function, called as Blender calls it: with a list of arguments."""
    return addon("sketch2pose_addon.cli").run


@pytest.fixture
def body() -> bpy.types.Object:
    bpy.ops.sketch2pose.create_body()
    return bpy.context.object


def test_a_drawing_is_keyed_and_the_scene_saved(run, body, tmp_path, capsys):
    out = tmp_path / "mit Leerzeichen und Ümlaut" / "out.blend"
    arguments = ["--input", str(DRAWING), "--rig", body.name, "--save", str(out), "--frame", "7"]
    assert run(arguments) == 0
    assert out.is_file()
    assert str(out) in capsys.readouterr().out
    with bpy.data.libraries.load(str(out)) as (stored, _):
        assert stored.actions
    assert body.animation_data.action.frame_range[0] == 7


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"--input": "nothing here.png"}, "There is no file nothing here.png"),
        ({"--rig": "Nobody"}, "No armature is named Nobody: choose with --rig among: Body."),
        ({"--save": "out.fbx"}, "is not a Blender file"),
    ],
)
def test_wrong_arguments_are_a_sentence_and_status_two(run, body, tmp_path, capsys, change, words):
    arguments = {"--input": str(DRAWING), "--rig": body.name, "--save": str(tmp_path / "o.blend")}
    flat = [part for pair in {**arguments, **change}.items() for part in pair]
    assert run(flat) == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_missing_arguments_show_the_usage(run, capsys):
    assert run([]) == 2
    assert "--input" in capsys.readouterr().err


def test_an_input_without_a_figure_is_status_three_and_saves_nothing(run, body, tmp_path, capsys):
    text = tmp_path / "notes.png"
    text.write_text("this is no picture")
    out = tmp_path / "o.blend"
    assert run(["--input", str(text), "--rig", body.name, "--save", str(out)]) == 3
    assert capsys.readouterr().err.startswith("sketch2pose: ")
    assert not out.exists()
    assert body.animation_data is None or body.animation_data.action is None


def test_blender_itself_knows_the_command(extension):
    if not bpy.app.binary_path:
        pytest.skip("skipped: the module has no program to start")
    command = [bpy.app.binary_path, "-b", "--command", "sketch2pose", "--help"]
    if extension.__name__ not in bpy.context.preferences.addons:
        pytest.skip("skipped: the extension is not enabled in the user's preferences")
    bpy.ops.wm.save_userpref()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert "--rig" in done.stdout, done.stderr
