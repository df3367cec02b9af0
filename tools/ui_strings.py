"""The texts of the add-on's interface, read from its source, and what of them is translated.

    python -m tools.ui_strings            lists what each language lacks, and what it has too much
    python -m tools.ui_strings --add      adds the missing texts to the files, untranslated

Contexts are Blender's: labels of operators have the context "Operator", all else "*". Texts that
are made at run time (names, numbers, sentences of errors) are not translated.
"""

from __future__ import annotations

import argparse
import ast
import json
from collections.abc import Iterator
from pathlib import Path

from .places import ROOT, say, show

ADDON = ROOT / "sketch2pose_addon"
LANGUAGES = ADDON / "translations"
DEFAULT, OPERATOR = "*", "Operator"
_PROPERTY_TEXTS = {"name", "description"}
_LAYOUT_CALLS = {"operator", "label", "prop", "menu", "column", "row", "progress", "popover"}
Text = tuple[str, str]  # context, text


def interface_texts(folder: Path = ADDON) -> set[Text]:
    """All texts of the interface in the folder's Python files."""
    texts: set[Text] = set()
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            texts |= set(_texts(node))
    return {(context, text) for context, text in texts if any(map(str.isalpha, text))}


def _texts(node: ast.AST) -> Iterator[Text]:
    if isinstance(node, ast.ClassDef):
        yield from _of_class(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        yield from _of_table(node)


def _of_class(node: ast.ClassDef) -> Iterator[Text]:
    """Labels and descriptions of operators, panels and menus."""
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            name, text = line.targets[0].id, _constant(line.value)
            if name == "bl_label" and text:
                yield (OPERATOR if "Operator" in bases else DEFAULT), text
            elif name == "bl_description" and text:
                yield DEFAULT, text


def _of_call(node: ast.Call) -> Iterator[Text]:
    called = ast.unparse(node.func).rpartition(".")[2]
    keywords = {word.arg: word.value for word in node.keywords if word.arg}
    if called.endswith("Property"):
        for name in _PROPERTY_TEXTS & set(keywords):
            yield from _default(keywords[name])
        yield from _items(keywords.get("items"))
    elif called in _LAYOUT_CALLS and "translate" not in keywords:
        context = OPERATOR if called == "operator" else DEFAULT
        for name in {"text", "heading"} & set(keywords):
            yield from ((context, text) for _, text in _default(keywords[name]))
    elif called == "poll_message_set" and node.args:
        yield from _default(node.args[0])


def _of_table(node: ast.Assign | ast.AnnAssign) -> Iterator[Text]:
    """Tables of enum items: tuples of (IDENTIFIER, name, description, …) in capitals."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name) and target.id.isupper():
        yield from _items(node.value)


def _items(value: ast.AST | None) -> Iterator[Text]:
    rows = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    for row in rows:
        texts = [_constant(part) for part in row.elts] if isinstance(row, ast.Tuple) else []
        if len(texts) >= 3 and all(isinstance(text, str) for text in texts[:3]):
            yield from ((DEFAULT, text) for text in texts[1:3] if text)


def _default(value: ast.AST) -> Iterator[Text]:
    text = _constant(value)
    if text:
        yield DEFAULT, text


def _constant(value: ast.AST) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def read_language(path: Path) -> dict[Text, str]:
    """The texts of a language: (context, text) → translation."""
    stored = json.loads(path.read_text("utf-8"))
    return {
        (context, text): told for context, part in stored.items() for text, told in part.items()
    }


def write_language(path: Path, texts: dict[Text, str]) -> None:
    """Write a language, sorted, so that changes are easy to review."""
    contexts = sorted({context for context, _ in texts})
    stored = {
        context: {text: texts[context, text] for c, text in sorted(texts) if c == context}
        for context in contexts
    }
    path.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")


def main() -> None:
    """Compare every language with the source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--add", action="store_true", help="add what is missing, drop what is gone")
    arguments = parser.parse_args()
    wanted = interface_texts()
    for path in sorted(LANGUAGES.glob("*.json")):
        known = read_language(path)
        missing = sorted(wanted - set(known) | {key for key, told in known.items() if not told})
        gone = sorted(set(known) - wanted)
        say(f"{show(path)}: {len(wanted)} texts, {len(missing)} missing, {len(gone)} too many")
        for context, text in missing:
            say(f"  {context}: {text}")
        if arguments.add:
            write_language(path, {key: known.get(key, "") for key in wanted})


if __name__ == "__main__":
    main()
