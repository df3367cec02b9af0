"""One pinhole camera: two classes, one projection, one place that knows axes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from source_tree import PRODUCT_FOLDERS, complain, name_of, source_files, tree_of

CAMERAS = {"core/camera.py: Camera", "core/camera.py: CameraPath"}
PROJECTION = "core/projection.py"
ARTISTS = "inference/training/synthesis/sample.py"  # foreshorten figures that no camera sees
AXES = "core/axes.py"


BATCH = "inference/training/temporal_lifter/cameras.py: Cameras"  # thousands at once, drawn


def product() -> Iterator[tuple[str, ast.Module]]:
    """Files of the product, training included."""
    for path in source_files(*PRODUCT_FOLDERS):
        yield name_of(path), tree_of(path)


def fields_of(node: ast.ClassDef) -> set[str]:
    """Names of a class's annotated fields, and of what its methods set on `self`."""
    found = {item.target.id for item in node.body
             if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)}  # fmt: skip
    for item in ast.walk(node):
        if isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store):
            found.add(item.attr)
    return found


def is_camera(node: ast.ClassDef) -> bool:
    """Whether a class holds a focal length, or a camera's rotation and translation."""
    plain = {name.removeprefix("_").removeprefix("camera_") for name in fields_of(node)}
    return "focal" in plain or {"rotation", "translation"} <= plain


def test_two_classes_are_cameras():
    """`BodyMotion` has a camera's numbers as fields of its file and hands out a camera; training
    draws its cameras in batches."""
    found = {
        f"{name}: {node.name}"
        for name, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and is_camera(node)
    }
    assert found - {"core/body_motion/value.py: BodyMotion", BATCH} == CAMERAS


def names_in(node: ast.AST) -> set[str]:
    """Last parts of all names in an expression: `lens.focal` is `focal`."""
    return {n.attr if isinstance(n, ast.Attribute) else n.id
            for n in ast.walk(node) if isinstance(n, ast.Attribute | ast.Name)}  # fmt: skip


def slices_in(node: ast.AST) -> set[str]:
    """Last indices of all subscripts in an expression: `x[..., :2]` is `:2`."""
    indices = [n.slice for n in ast.walk(node) if isinstance(n, ast.Subscript)]
    return {ast.unparse(i.elts[-1] if isinstance(i, ast.Tuple) and i.elts else i) for i in indices}


def projects(node: ast.AST) -> bool:
    """Whether an expression looks like a projection or its inverse.

    Either a focal length meets a principal point, or something is divided by a focal length that
    is no number of the sensor, or x and y are divided by z.
    """
    if not isinstance(node, ast.BinOp):
        return False
    if {"focal", "center"} <= names_in(node):
        return True
    if not isinstance(node.op, ast.Div):
        return False
    return "focal" in names_in(node.right) or (
        ":2" in slices_in(node.left) and bool({"2", "2:"} & slices_in(node.right))
    )


def test_the_projection_is_written_once():
    problems = [
        f"{name}:{node.lineno} {ast.unparse(node)[:60]}"
        for name, tree in product()
        if name not in (PROJECTION, ARTISTS)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and projects(node)
    ]
    complain(problems, f"{PROJECTION} projects, `Camera` and `CameraPath` hand it out")


def test_axes_are_written_once():
    """Neither the quarter turn between the worlds nor the flip of a camera's axes is repeated."""
    problems = []
    for name, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, ast.List | ast.Call) and name != AXES:
                text = "".join(ast.unparse(node).split())
                if "[0.0,0.0,-1.0],[0.0,1.0,0.0]" in text or text == "np.diag([1.0,-1.0,-1.0])":
                    problems.append(f"{name}:{node.lineno} {text}")
    complain(problems, f"{AXES} turns axes")
