"""No data is run, no import has effects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from source_tree import (
    PRODUCT_FOLDERS,
    complain,
    module_level_statements,
    name_of,
    nodes_of,
    source_files,
    tree_of,
)

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
    for node in nodes_of(path):
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
