"""What the set-up check says of paths, and that its report names no user."""

from __future__ import annotations

from pathlib import Path

import bpy


def test_folders_that_are_not_there_are_named(addon, tmp_path):
    check = addon("sketch2pose_addon.setup.op_setup_check")
    settings = addon("sketch2pose_addon.backend.addon").preferences(bpy.context)
    assert list(check._folder_problems(bpy.context)) == []
    settings.model_folder = str(tmp_path / "nowhere")
    try:
        problems = list(check._folder_problems(bpy.context))
        assert len(problems) == 1
        assert problems[0].startswith("! Models: ") and "does not exist. Choose" in problems[0]
    finally:
        settings.model_folder = ""


def test_a_report_can_be_shown_to_others(addon):
    check = addon("sketch2pose_addon.setup.op_setup_check")
    assert check._short(Path.home() / "blender" / "log.txt") == str(
        Path("~") / "blender" / "log.txt"
    )
