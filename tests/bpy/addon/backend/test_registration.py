"""The add-on comes and goes without a trace, and its panel draws in every state."""

from __future__ import annotations

import bpy
import pytest

OPERATORS = (
    "draw", "pose_from_sketch", "pose_from_image", "cancel", "create_body", "setup_check",
    "pick_hypothesis", "flip_limb", "pose_from_frames", "live", "try_it",
)  # fmt: skip


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_have_their_stable_names(name):
    operator = getattr(bpy.ops.sketch2pose, name)
    assert operator.get_rna_type().description


def test_disabling_takes_everything_out_and_enabling_brings_it_back(extension):
    name = extension.__name__
    for _ in range(2):
        bpy.ops.preferences.addon_disable(module=name)
        assert not hasattr(bpy.types.Scene, "sketch2pose")
        assert not hasattr(bpy.types.WindowManager, "sketch2pose")
        assert not [item for item in dir(bpy.types) if item.startswith("SKETCH2POSE")]
        bpy.ops.preferences.addon_enable(module=name)
        assert bpy.context.scene.sketch2pose.placement == "GROUND"
        assert "SKETCH2POSE_PT_main" in dir(bpy.types)


class Layout:
    """Stands in for `UILayout`: remembers texts, and checks that what is drawn exists."""

    def __init__(self, texts: list[str] | None = None) -> None:
        object.__setattr__(self, "texts", [] if texts is None else texts)

    def __setattr__(self, _name: str, _value: object) -> None:
        pass

    def _part(self, *_args: object, **_options: object) -> Layout:
        return Layout(self.texts)

    row = column = box = split = column_flow = grid_flow = _part

    def separator(self, *_args: object, **_options: object) -> None:
        pass

    def label(self, *, text: str = "", **_options: object) -> None:
        self.texts.append(text)

    def progress(self, *, text: str, **_options: object) -> None:
        self.texts.append(text)

    def prop(self, data: bpy.types.bpy_struct, name: str, **_options: object) -> None:
        assert name in data.bl_rna.properties, name

    def template_list(self, *args: object, **_options: object) -> None:
        pass

    def menu(self, name: str, **_options: object) -> None:
        assert hasattr(bpy.types, name), name

    def operator(self, name: str, **options: object) -> Layout:
        assert hasattr(bpy.types, name.replace(".", "_OT_").replace("sketch2pose", "SKETCH2POSE"))
        self.texts.append(str(options.get("text", "")))
        return self


def drawn(addon, context=None) -> list[str]:
    panels = addon("sketch2pose_addon.main_panel")
    layout = Layout()
    for panel in panels.classes:
        if not hasattr(panel, "draw"):
            continue
        shown = not hasattr(panel, "poll") or panel.poll(bpy.context)
        if shown:
            panel.draw(type("Panel", (), {"layout": layout})(), context or bpy.context)
    return layout.texts


def test_the_panel_draws_when_nothing_runs(addon):
    assert drawn(addon)


def test_the_panel_draws_progress_and_result(addon):
    state = bpy.context.window_manager.sketch2pose
    state.running, state.text = True, "Finding the figure"
    try:
        assert "Finding the figure" in drawn(addon)
    finally:
        state.running = False
    state.result, state.level = "Nothing was found: the page is blank. Draw a figure.", "ERROR"
    texts = drawn(addon)
    assert " ".join(texts).count("Nothing was found") == 1
    state.result = ""


def test_preferences_draw(addon):
    preferences = addon("sketch2pose_addon.backend.preferences")
    settings = addon("sketch2pose_addon.backend.addon").preferences(bpy.context)
    settings.report = "+ fine\n! broken"
    try:
        assert settings.bl_rna.properties["device"].default == "auto"
        lines: list[str] = []
        preferences.Sketch2PosePreferences._draw_report(settings, Layout(lines))
        assert lines[:2] == ["fine", "broken"]
    finally:
        settings.report = ""
