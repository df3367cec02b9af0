"""The repository's Python files as syntax trees: what the rules are checked on."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT_FOLDERS = ("core", "rigs", "inference", "sketch2pose_addon")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

STANDARD_LIBRARY = frozenset(sys.stdlib_module_names) | {"__future__"}
BLENDER = frozenset(
    {"bpy", "bpy_extras", "mathutils", "gpu", "gpu_extras", "blf", "addon_utils", "rna_keymap_ui"}
)
BLENDER |= {"rna_prop_ui", "rna_keymap_ui", "bl_ui", "bl_operators", "idprop"}
BACKEND_LIBRARIES = frozenset({"numpy", "cv2", "onnxruntime"})
TRAINING_LIBRARIES = frozenset(
    {"torch", "anny", "numba", "onnx", "scipy", "tflite", "ai_edge_litert"}
)


@dataclass(frozen=True)
class Import:
    """One import statement: the absolute dotted module, where it stands."""

    module: str
    line: int
    at_module_level: bool

    @property
    def top(self) -> str:
        return self.module.split(".")[0]


@cache
def source_files(*folders: str) -> list[Path]:
    """Python files of the repository under ``folders`` (paths relative to the root)."""
    found: list[Path] = []
    for folder in folders:
        path = ROOT / folder
        found += [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))
    return [p for p in found if p.exists() and "__pycache__" not in p.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file: walking a tree again and again is most of what these tests cost."""
    return tuple(ast.walk(tree_of(path)))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def dotted_package(path: Path) -> list[str]:
    """Package of the module in ``path`` as if the root were the import root."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return parts[:-1]


def module_of(path: Path) -> str:
    """Dotted name of the module in ``path``; a package's name for its ``__init__``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def import_graph() -> dict[str, set[str]]:
    """For each module of the product those it imports when it runs, lazily or not."""
    files = {module_of(path): path for path in source_files(*PRODUCT_FOLDERS)}
    return {name: set(_imported_modules(path, files)) - {name} for name, path in files.items()}


def _imported_modules(path: Path, files: dict[str, Path]) -> Iterator[str]:
    skipped = type_checking_lines(tree_of(path))
    package = dotted_package(path)
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom) and node.lineno not in skipped:
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield from (
                    name for name in (inner if inner in files else module,) if name in files
                )


@cache
def type_checking_lines(tree: ast.Module) -> set[int]:
    """Lines inside ``if TYPE_CHECKING:``: they never run."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in node.body:
                lines |= set(range(child.lineno, (child.end_lineno or child.lineno) + 1))
    return lines


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    """All imports of a file that can run, relative ones made absolute from the root."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[Import]:
    tree = tree_of(path)
    skipped = type_checking_lines(tree)
    module_level = {id(node) for node in module_level_statements(tree)}
    for node in nodes_of(path):
        if not isinstance(node, ast.Import | ast.ImportFrom) or node.lineno in skipped:
            continue
        at_top = id(node) in module_level
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, at_top)
        else:
            yield from _from_imports(node, path, at_top)


def _from_imports(node: ast.ImportFrom, path: Path, at_top: bool) -> Iterator[Import]:
    package = dotted_package(path)
    base = package[: len(package) - node.level + 1] if node.level else []
    module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
    if module in ("", *PRODUCT_FOLDERS):  # from .. import rigs | from inference import protocol
        for alias in node.names:
            yield Import(f"{module}.{alias.name}".strip("."), node.lineno, at_top)
    else:
        yield Import(module, node.lineno, at_top)


def module_level_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements that run at import, those inside of top-level if/try/with too."""
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        node = pending.pop(0)
        yield node
        for field in ("body", "orelse", "finalbody", "handlers"):
            if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
                for child in getattr(node, field, []):
                    pending += child.body if isinstance(child, ast.ExceptHandler) else [child]


def complain(problems: list[str], rule: str) -> None:
    assert not problems, f"{rule}:\n  " + "\n  ".join(problems)
