"""Who may import whom."""

from __future__ import annotations

import ast

import pytest
from source_tree import (
    BACKEND_LIBRARIES,
    BLENDER,
    PRODUCT_FOLDERS,
    ROOT,
    STANDARD_LIBRARY,
    TRAINING_LIBRARIES,
    complain,
    import_graph,
    imports_of,
    name_of,
    nodes_of,
    source_files,
)


def allowed_only(folder: str, allowed: frozenset[str], own: tuple[str, ...]) -> list[str]:
    """Imports under ``folder`` that are neither in ``allowed`` nor below one of ``own``."""
    problems = []
    for path in source_files(folder):
        for imported in imports_of(path):
            inside = any(imported.module == o or imported.module.startswith(o + ".") for o in own)
            if not inside and imported.top not in allowed | STANDARD_LIBRARY:
                problems.append(f"{name_of(path)}:{imported.line} imports {imported.module}")
    return problems


def test_root_package_imports_nothing_before_register():
    eager = [i.module for i in imports_of(ROOT / "__init__.py") if i.at_module_level]
    assert eager == []


NUMPY = frozenset({"numpy"})
BACKEND = BACKEND_LIBRARIES
TRAINING = BACKEND_LIBRARIES | TRAINING_LIBRARIES
RULES = {
    "core": (NUMPY, ("core",)),
    "rigs": (NUMPY, ("core", "rigs")),
    "inference/protocol": (NUMPY, ("core", "inference.protocol")),
    "inference/training": (TRAINING, ("core", "inference")),
    "sketch2pose_addon": (
        BLENDER | NUMPY, ("core", "rigs", "inference.protocol", "sketch2pose_addon"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("folder", RULES)
def test_who_may_import_whom(folder: str):
    libraries, own = RULES[folder]
    complain(allowed_only(folder, libraries, own), f"{folder}/ may import {', '.join(own)}")


def test_backend_ships_without_torch_scipy_and_blender():
    problems = []
    for path in source_files("inference"):
        if "training" in path.parts:
            continue
        for imported in imports_of(path):
            legal = STANDARD_LIBRARY | BACKEND | {"inference", "core", "sketch2pose"}
            if imported.top not in legal or imported.module.startswith("inference.training"):
                problems.append(f"{name_of(path)}:{imported.line} imports {imported.module}")
    complain(problems, "the backend imports the standard library, numpy, cv2 and onnxruntime")


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other (Tarjan 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        path.append(module)
        for other in graph[module]:
            if other not in number:
                visit(other)
            if other in path:
                low[module] = min(low[module], low[other])
        if low[module] == number[module]:
            group = path[path.index(module) :]
            del path[path.index(module) :]
            found.append(group) if len(group) > 1 else None

    for module in graph:
        if module not in number:
            visit(module)
    return found


def test_no_modules_import_each_other_in_a_circle():
    groups = [" -> ".join(sorted(group)) for group in circles(import_graph())]
    complain(groups, "no import circle, imports inside of functions included")


FEATURES = (
    "host", "backend", "results", "bodies", "retargeting", "pose_library", "people", "drawing",
    "video", "review", "correction", "alternatives", "skel", "setup",
)  # fmt: skip


def feature_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "sketch2pose_addon" and len(parts) > 2 else ""


def test_features_of_the_addon_build_on_lower_ones():
    rank = {name: number for number, name in enumerate(FEATURES)}
    problems = [
        f"{module} imports {other}"
        for module, others in import_graph().items()
        for other in others
        if feature_of(module) and feature_of(other)
        if rank[feature_of(other)] > rank[feature_of(module)]
    ]
    complain(problems, f"lowest first: {', '.join(FEATURES)}")


def test_heavy_libraries_load_inside_the_stage_that_needs_them():
    heavy = {"onnxruntime", "cv2", "torch"}
    light_modules = [ROOT / "inference/__init__.py", ROOT / "inference/__main__.py"]
    light_modules += source_files("inference/protocol")
    problems = [
        f"{name_of(path)}:{i.line} imports {i.module} at import"
        for path in light_modules
        if path.exists()
        for i in imports_of(path)
        if i.at_module_level and i.top in heavy
    ]
    complain(problems, "the backend answers before it loads libraries")


def absolute_imports_of_the_product(folder: str) -> list[str]:
    """Imports of our own folders that are not relative, as ``file:line statement``."""
    problems = []
    for path in source_files(folder):
        for node in nodes_of(path):
            if isinstance(node, ast.ImportFrom):
                names = [] if node.level else [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            if any(name.split(".")[0] in PRODUCT_FOLDERS for name in names):
                problems.append(f"{name_of(path)}:{node.lineno} {ast.unparse(node)}")
    return problems


@pytest.mark.parametrize("folder", PRODUCT_FOLDERS)
def test_the_product_imports_itself_relatively(folder: str):
    """In Blender the package is ``bl_ext.<repository>.sketch2pose``: its name is not known."""
    complain(absolute_imports_of_the_product(folder), "imports inside the extension are relative")
