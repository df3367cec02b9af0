"""The pie menu, its shortcut and the context menus."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import bpy
import pytest

RELEVANT = {"Window", "Screen", "Screen Editing", "User Interface", "Frames", "3D View"}
RELEVANT |= {"3D View Generic", "Object Mode", "Object Non-modal", "Pose", "Armature", "Animation"}


def default_keys() -> set[tuple]:
    """Keys of Blender's default key map where the pie menu can be called: (type, modifiers)."""
    scripts = Path(bpy.utils.system_resource("SCRIPTS"))
    file = scripts / "presets" / "keyconfig" / "keymap_data" / "blender_default.py"
    if not file.exists():
        pytest.skip("skipped: this Blender comes without its default key map")
    spec = importlib.util.spec_from_file_location("blender_default", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    maps = module.generate_keymaps(module.Params(select_mouse="LEFT"))
    return {
        (key["type"], *(bool(key.get(name)) for name in ("any", "shift", "ctrl", "alt")))
        for name, _arguments, content in maps
        if name in RELEVANT or "Pencil" in name or "Paint" in name
        for _operator, key, *_ in content["items"]
    }


def test_the_shortcut_takes_nothing_from_blender(addon):
    key = addon("sketch2pose_addon.menus").KEY
    keys = default_keys()
    assert len(keys) > 100
    wanted = tuple(bool(key.get(name)) for name in ("any", "shift", "ctrl", "alt"))
    assert (key["type"], *wanted) not in keys
    assert (key["type"], True, False, False, False) not in keys


def test_the_shortcut_comes_and_goes_with_the_add_on(addon):
    menus = addon("sketch2pose_addon.menus")
    if not menus._shortcuts:
        pytest.skip("skipped: no key configuration in background mode")
    keymap, item = menus._shortcuts[0]
    assert keymap.name == "3D View"
    assert (item.idname, item.properties.name) == ("wm.call_menu_pie", "SKETCH2POSE_MT_pie")


class Layout:
    """Remembers what a menu names, and checks that it exists."""

    def __init__(self) -> None:
        self.named: list[str] = []

    def menu_pie(self) -> Layout:
        return self

    def separator(self) -> None:
        pass

    def menu(self, name: str, **_options: object) -> None:
        assert hasattr(bpy.types, name), name
        self.named.append(name)

    def operator(self, name: str, **_options: object) -> Layout:
        assert getattr(bpy.ops.sketch2pose, name.split(".")[1]).get_rna_type()
        self.named.append(name)
        return self


@pytest.mark.parametrize(
    "name", ["SKETCH2POSE_MT_pie", "SKETCH2POSE_MT_change_alternative", "SKETCH2POSE_MT_rig"]
)
def test_menus_name_things_that_exist(addon, name):
    menu = getattr(bpy.types, name)
    layout = Layout()
    menu.draw(type("Menu", (), {"layout": layout})(), bpy.context)
    assert layout.named
    if name.endswith("pie"):
        assert len(layout.named) <= 8


def test_context_menus_show_it_for_armatures_only(addon, rig):
    menus = addon("sketch2pose_addon.menus")
    shown: list[str] = []

    class Menu:
        layout = type(
            "L",
            (),
            {"separator": lambda _self: None, "menu": lambda _self, n, **_k: shown.append(n)},
        )()

    menus._append(Menu(), bpy.context)
    assert shown == ["SKETCH2POSE_MT_rig"]
    empty = bpy.data.objects.new("Empty", None)
    bpy.context.collection.objects.link(empty)
    bpy.context.view_layer.objects.active = empty
    menus._append(Menu(), bpy.context)
    assert len(shown) == 1
