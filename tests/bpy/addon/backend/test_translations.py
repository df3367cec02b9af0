"""The add-on speaks the interface's language."""

from __future__ import annotations

import bpy


def test_texts_are_translated_in_blender(addon):
    texts = addon("sketch2pose_addon.translations").read_translations()
    assert texts["de"]["Operator", "Draw"] == "Zeichnen"
    known = [name for name in ("de_DE", "de") if name in bpy.app.translations.locales]
    if not known:  # the module comes without Blender's own languages
        return
    view = bpy.context.preferences.view
    before = view.language, view.use_translate_interface
    try:
        view.language, view.use_translate_interface = known[0], True
        assert bpy.app.translations.pgettext_iface("Pose from Drawing", "Operator") == (
            "Pose aus Zeichnung"
        )
    finally:
        view.language, view.use_translate_interface = before


def test_disabling_takes_the_translations_out(extension):
    name = extension.__name__
    bpy.ops.preferences.addon_disable(module=name)
    bpy.ops.preferences.addon_enable(module=name)  # would fail if they were still registered
    assert name in bpy.context.preferences.addons
