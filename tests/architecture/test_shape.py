"""Files, functions, folders and names stay small and say what they are."""

from __future__ import annotations

import ast

import pytest
from source_tree import (
    MAX_FILE_LINES,
    MAX_FUNCTION_LINES,
    PRODUCT_FOLDERS,
    complain,
    name_of,
    nodes_of,
    source_files,
    tree_of,
)


def test_files_and_functions_stay_small():
    problems = []
    for path in source_files(*PRODUCT_FOLDERS, "build.py", "tools", "tests"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_FILE_LINES:
            problems.append(f"{name_of(path)}: {lines} lines")
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    problems.append(f"{name_of(path)}:{node.lineno} {node.name}: {length} lines")
    rule = f"a file has one idea (≤ {MAX_FILE_LINES} lines), a function ≤ {MAX_FUNCTION_LINES}"
    complain(problems, rule)


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "misc.py", "common.py"])
def test_modules_are_named_after_what_they_hold(name: str):
    found = [name_of(p) for p in source_files(*PRODUCT_FOLDERS, "tools") if p.name == name]
    assert found == []


def test_modules_with_public_functions_say_what_they_are():
    problems = [
        name_of(path)
        for path in source_files(*PRODUCT_FOLDERS, "tools", "build.py")
        if tree_of(path).body and not ast.get_docstring(tree_of(path))
    ]
    complain(problems, "each module starts with what it holds")


MOST_MODULES = 20  # of a folder of the add-on: what a stranger takes in at a glance


def test_rooms_of_the_addon_stay_small():
    folders: dict[str, int] = {}
    for path in source_files("sketch2pose_addon"):
        folders[name_of(path.parent)] = folders.get(name_of(path.parent), 0) + 1
    problems = [f"{folder}: {count}" for folder, count in folders.items() if count > MOST_MODULES]
    complain(problems, f"at most {MOST_MODULES} modules in a folder of the add-on")


def test_a_class_name_is_used_once():
    places: dict[str, list[str]] = {}
    for path in source_files(*PRODUCT_FOLDERS):
        for node in nodes_of(path):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(name_of(path))
    problems = [f"{name}: {', '.join(found)}" for name, found in places.items() if len(found) > 1]
    complain(problems, "one name, one thing")


def test_the_tree_of_smpl_is_written_once():
    problems = []
    for path in source_files(*PRODUCT_FOLDERS):
        text = "".join(path.read_text(encoding="utf-8").split())
        if "0,0,0,1,2,3,4,5,6,7,8,9,9,9,12,13,14" in text and name_of(path) != "core/smpl.py":
            problems.append(name_of(path))
    complain(problems, "SMPL's parents stand in core/smpl.py")
