"""Translations: every text of the interface has one, and no text has one that is not there."""

from __future__ import annotations

import ast
import re

import pytest

from tools import ui_strings

LANGUAGES = sorted(ui_strings.LANGUAGES.glob("*.json"))
HINT = "run `python -m tools.ui_strings --add` and fill in the empty ones"


def test_there_is_a_language():
    assert [path.stem for path in LANGUAGES] == ["de"]


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_every_text_of_the_interface_is_translated(path):
    known = ui_strings.read_language(path)
    missing = sorted(key for key in ui_strings.interface_texts() if not known.get(key))
    assert not missing, f"{HINT}: {missing}"


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_nothing_is_translated_that_nobody_sees(path):
    gone = sorted(set(ui_strings.read_language(path)) - ui_strings.interface_texts())
    assert not gone, f"{HINT}: {gone}"


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_translations_keep_blenders_style(path):
    for (_context, text), told in ui_strings.read_language(path).items():
        assert not told.endswith(".") or text.endswith("."), told
        assert re.findall(r"%\w|\{\w*\}", text) == re.findall(r"%\w|\{\w*\}", told), told
        assert told == told.strip()


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language_survives_writing(path, tmp_path):
    again = tmp_path / path.name
    ui_strings.write_language(again, ui_strings.read_language(path))
    assert again.read_bytes() == path.read_bytes()


def test_tooltips_end_without_a_period():
    """Blender adds none and shows none; a sentence inside may have its own."""
    periods = [text for _, text in ui_strings.interface_texts() if re.search(r"[^.]\.$", text)]
    assert periods == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('class A(bpy.types.Operator):\n bl_label = "Go On"', {("Operator", "Go On")}),
        ('class A(Base, bpy.types.Panel):\n bl_label = "Side"', {("*", "Side")}),
        (
            'x = FloatProperty(name="Share", description="How much")',
            {("*", "Share"), ("*", "How much")},
        ),
        ('row.operator("a.b", text="Press")', {("Operator", "Press")}),
        ('row.label(text="Told")', {("*", "Told")}),
        ('row.label(text="12 / 3", translate=False)', set()),
        ('KINDS = (("A", "First", "The first"),)', {("*", "First"), ("*", "The first")}),
        ('cls.poll_message_set("Nothing there")', {("*", "Nothing there")}),
        ('row.label(text=f"{count} poses")', set()),
    ],
)
def test_texts_are_found_in_source(source, found, tmp_path):
    (tmp_path / "panel.py").write_text(source)
    ast.parse(source)
    assert ui_strings.interface_texts(tmp_path) == found
