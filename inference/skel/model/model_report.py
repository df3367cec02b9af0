"""What is in a user's own model files, as sentences for `info` and the preferences."""

from pathlib import Path

from ...body.smpl_files import load_smpl_file
from ..files import load_models
from .skel_file import load_skel_file


def describe_body(path: Path) -> str:
    """Kind and size of an SMPL-family file.

    Raises:
        Sketch2PoseError: it is damaged, hostile or no such file.
    """
    body = load_smpl_file(path)
    correctives = "with" if body.posedirs is not None else "without"
    return (
        f"{path.name}: {body.name}, {len(body.v_template)} vertices, {len(body.parents)} joints, "
        f"{len(body.faces)} faces, {correctives} pose correctives"
    )


def describe_skel(path: Path) -> str:
    """Size of a SKEL file; raises as `describe_body`."""
    skel = load_skel_file(path)
    return (
        f"{path.name}: SKEL, {len(skel.v_template)} skin vertices, {len(skel.bone_vertices)} bone "
        f"vertices, {len(skel.joints_template)} joints, {len(skel.faces)} faces"
    )


def describe_pair(skel: Path, body: Path) -> str:
    """That two files belong together.

    Raises:
        Sketch2PoseError: they do not.
    """
    load_models(skel, body)
    return f"{skel.name} and {body.name} belong together"
