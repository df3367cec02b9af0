"""Hold the import rules and the safety rules of docs/architecture.md by reading the syntax tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT_FOLDERS = ("sketch2pose_addon", "inference", "rigs")
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


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def dotted_package(path: Path) -> list[str]:
    """Package of the module in ``path`` as if the root were the import root."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return parts[:-1]


def type_checking_lines(tree: ast.Module) -> set[int]:
    """Lines inside ``if TYPE_CHECKING:``: they never run."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in node.body:
                lines |= set(range(child.lineno, (child.end_lineno or child.lineno) + 1))
    return lines


def imports_of(path: Path) -> Iterator[Import]:
    """All imports of a file that can run, relative ones made absolute from the root."""
    tree = tree_of(path)
    skipped = type_checking_lines(tree)
    module_level = {id(node) for node in module_level_statements(tree)}
    for node in ast.walk(tree):
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


def test_rigs_import_only_numpy():
    complain(allowed_only("rigs", frozenset({"numpy"}), ("rigs",)), "rigs/ is pure numpy")


def test_addon_knows_only_blender_numpy_rigs_and_the_protocol():
    own = ("sketch2pose_addon", "rigs", "inference.protocol")
    problems = allowed_only("sketch2pose_addon", BLENDER | {"numpy"}, own)
    complain(problems, "sketch2pose_addon/ may import Blender, numpy, rigs and inference.protocol")


def test_protocol_is_standard_library_and_numpy():
    problems = allowed_only("inference/protocol", frozenset({"numpy"}), ("inference.protocol",))
    complain(problems, "inference/protocol is shared with Blender's process")


def test_backend_ships_without_torch_scipy_and_blender():
    problems = []
    for path in source_files("inference"):
        if "training" in path.parts:
            continue
        for imported in imports_of(path):
            legal = STANDARD_LIBRARY | BACKEND_LIBRARIES | {"inference"}
            if imported.top not in legal or imported.module.startswith("inference.training"):
                problems.append(f"{name_of(path)}:{imported.line} imports {imported.module}")
    complain(problems, "the backend imports the standard library, numpy, cv2 and onnxruntime")


def test_training_stays_away_from_blender_and_rigs():
    allowed = BACKEND_LIBRARIES | TRAINING_LIBRARIES
    complain(allowed_only("inference/training", allowed, ("inference",)), "training tools")


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
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom):
                names = [] if node.level else [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            if any(name.split(".")[0] in PRODUCT_FOLDERS for name in names):
                problems.append(f"{name_of(path)}:{node.lineno} {ast.unparse(node)}")
    return problems


@pytest.mark.parametrize("folder", ["sketch2pose_addon", "rigs", "inference/protocol"])
def test_what_runs_in_blender_imports_itself_relatively(folder: str):
    """There the package is ``bl_ext.<repository>.sketch2pose``: its name is not known."""
    complain(absolute_imports_of_the_product(folder), "imports inside the extension are relative")


DANGEROUS_CALLS = {
    "eval": "evaluates text",
    "exec": "runs text",
    "os.system": "starts a shell",
    "os.popen": "starts a shell",
    "pickle.load": "runs code from a file",
    "pickle.loads": "runs code from a file",
    "torch.load": "runs code from a file",
    "joblib.load": "runs code from a file",
    "marshal.loads": "runs code from a file",
}


def dangerous_calls(path: Path) -> Iterator[str]:
    """Calls that run code out of data, or that hide behind a shell."""
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        keywords = {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg}
        guarded = called == "torch.load" and keywords.get("weights_only") == "True"
        if called in DANGEROUS_CALLS and not guarded:
            yield f"{name_of(path)}:{node.lineno} {called} {DANGEROUS_CALLS[called]}"
        for option in ("shell", "allow_pickle"):
            if keywords.get(option) == "True":
                yield f"{name_of(path)}:{node.lineno} {option}=True"


def test_no_file_of_the_product_can_run_code_out_of_data():
    files = source_files(*PRODUCT_FOLDERS, "build.py", "tools")
    complain([p for path in files for p in dangerous_calls(path)], "data is never code")


def is_harmless_at_import(node: ast.stmt) -> bool:
    """Whether a module-level statement only defines things."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)  # docstring
    if isinstance(node, ast.For | ast.While | ast.With | ast.Delete | ast.AugAssign):
        return isinstance(node, ast.AugAssign)
    return True


PROBING_CALLS = (
    "subprocess.", "urllib.", "socket.", "requests.", "os.environ", "os.getenv", "open(",
    "np.load(", "onnxruntime.InferenceSession", "parse_args", "tempfile.", ".read_text(",
    ".read_bytes(", ".mkdir(",
)  # fmt: skip


def side_effects_at_import(path: Path) -> Iterator[str]:
    """Module-level statements that do something: loops, bare calls, files, processes, argv."""
    tree = tree_of(path)
    main_guard = [n for n in tree.body if isinstance(n, ast.If) and "__main__" in ast.dump(n.test)]
    guarded = {id(s) for guard in main_guard for s in ast.walk(guard)}
    for node in module_level_statements(tree):
        if id(node) in guarded or isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If):
            continue
        text = ast.unparse(node)
        if not is_harmless_at_import(node):
            yield f"{name_of(path)}:{node.lineno} {text.splitlines()[0][:70]}"
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            lazy = isinstance(node.value, ast.Lambda)
            if not lazy and any(call in text for call in PROBING_CALLS):
                yield f"{name_of(path)}:{node.lineno} {text.splitlines()[0][:70]}"


def test_importing_a_module_does_nothing():
    files = source_files(*PRODUCT_FOLDERS, "build.py", "tools")
    complain([p for path in files for p in side_effects_at_import(path)], "imports have no effects")


def test_files_and_functions_stay_small():
    problems = []
    for path in source_files(*PRODUCT_FOLDERS, "build.py", "tools", "tests"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_FILE_LINES:
            problems.append(f"{name_of(path)}: {lines} lines")
        for node in ast.walk(tree_of(path)):
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
