"""Public functions that take or return arrays name the arrays' shapes in their docstrings."""

from __future__ import annotations

import ast
import re

import pytest
from source_tree import complain, name_of, source_files, tree_of

ARRAYS = re.compile(r"\b(\w*Array|ArrayLike|ndarray|NDArray)\b")
SHAPE = re.compile(r"\[[^\]]*\]")
FOLDERS = ("core", "rigs", "inference")
ALLOWED = {"core": 0, "rigs": 0, "inference": 7}
"""How many functions may leave their shapes out; a number here only ever gets smaller."""


def public_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Public functions of a module, and public methods of its public classes."""
    classes = [n for n in tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]
    bodies = [tree.body, *(node.body for node in classes)]
    return [
        node
        for body in bodies
        for node in body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def deals_in_arrays(function: ast.FunctionDef) -> bool:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    annotations = [each.annotation for each in every] + [function.returns]
    return any(ARRAYS.search(ast.unparse(each)) for each in annotations if each is not None)


def without_shapes(folder: str) -> list[str]:
    found = []
    for path in source_files(folder):
        if "training" in path.parts:
            continue
        for function in public_functions(tree_of(path)):
            told = SHAPE.search(ast.get_docstring(function) or "")
            if deals_in_arrays(function) and not told:
                found.append(f"{name_of(path)}:{function.lineno} {function.name}")
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_array_functions_name_their_shapes(folder: str):
    found = without_shapes(folder)
    if len(found) > ALLOWED[folder]:
        complain(found, f"at most {ALLOWED[folder]} array functions of {folder} without a [shape]")
