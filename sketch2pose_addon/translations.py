"""Translations of the interface: one JSON file a language in `translations/`.

A file is `{context: {English text: translated text}}` with Blender's contexts ("Operator" for
labels of operators, "*" for all else). A language is registered by both of its names ("de_DE" and
"de"), as Blender's versions differ. `python -m tools.ui_strings` says what a file lacks.
"""

from __future__ import annotations

import json
from pathlib import Path

import bpy

from .backend.addon import ADDON_ID

FOLDER = Path(__file__).resolve().parent / "translations"
_LOCALES = {"de": ("de_DE", "de")}


def read_translations(folder: Path = FOLDER) -> dict[str, dict[tuple[str, str], str]]:
    """All languages as Blender wants them: locale → (context, text) → translation."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for path in sorted(folder.glob("*.json")):
        stored = json.loads(path.read_text("utf-8"))
        texts = {
            (context, text): told
            for context, part in stored.items()
            for text, told in part.items()
            if told
        }
        for locale in _LOCALES.get(path.stem, (path.stem,)):
            found[locale] = texts
    return found


def register() -> None:
    bpy.app.translations.register(ADDON_ID, read_translations())


def unregister() -> None:
    bpy.app.translations.unregister(ADDON_ID)
