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


BVH = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
%s}
MOTION
Frames: 2
Frame Time: 0.041667
%s
%s
"""


def bvh_text():
    """Two frames of a figure with MotionBuilder's names that stands still."""

    def joint(name, offset, inner=""):
        return (
            f"  JOINT {name}\n  {{\n  OFFSET {offset}\n"
            f"  CHANNELS 3 Zrotation Xrotation Yrotation\n{inner}  }}\n"
        )

    def end(offset):
        return f"  End Site\n  {{\n  OFFSET {offset}\n  }}\n"

    parts, count = "", 0
    for side, x in (("Left", 1), ("Right", -1)):
        foot = joint(f"{side}Foot", "0 -40 0", end("0 -8 12"))
        parts += joint(f"{side}UpLeg", f"{9 * x} -5 0", joint(f"{side}Leg", "0 -42 0", foot))
        count += 3
    arms = ""
    for side, x in (("Left", 1), ("Right", -1)):
        hand = joint(f"{side}Hand", f"{25 * x} 0 0", end(f"{12 * x} 0 0"))
        arm = joint(f"{side}Arm", f"{12 * x} 0 0", joint(f"{side}ForeArm", f"{28 * x} 0 0", hand))
        arms += joint(f"{side}Shoulder", f"{5 * x} 20 0", arm)
        count += 4
    neck = joint("Neck", "0 24 0", joint("Head", "0 10 0", end("0 18 0")))
    parts += joint("Spine", "0 10 0", joint("Spine1", "0 12 0", arms + neck))
    row = " ".join(["0", "95", "0"] + ["0"] * 3 * (count + 5))
    return BVH % (parts, row, row)


def test_a_motion_of_another_program_is_keyed(run, body, tmp_path, capsys):
    source, out = tmp_path / "walk.bvh", tmp_path / "out.blend"
    source.write_text(bvh_text())
    assert run(["--input", str(source), "--rig", body.name, "--save", str(out)]) == 0
    assert out.is_file(), capsys.readouterr().err
    assert tuple(body.animation_data.action.frame_range) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"--input": "nothing here.png"}, "There is no file nothing here.png"),
        ({"--rig": "Nobody"}, "No armature is named Nobody: choose with --rig among: Body."),
        ({"--save": "out.fbx"}, "is not a Blender file"),
        (
            {"--side-by-side": "film.avi"},
            "is neither a video nor a contact sheet: the name must end in .mp4 or .png",
        ),
        ({"--side-by-side": "film.mp4"}, "There is no clip to show next to the rig"),
        ({"--side-by-side": "a.png", "--clip": "gone.mp4"}, "There is no clip gone.mp4"),
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
