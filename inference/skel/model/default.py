"""The default skeleton: SKEL's format on the license-clean body, so nothing needs a license.

Its skin and shape parameters are the default body's; only weights, joints and bones are its own.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...body import load_default_body
from ...body.body_file import read_body_file
from .layout import BONE_COUNT
from .skel_model import SkelModel

DEFAULT_SKEL_PATH = Path(__file__).with_name("default_skel.npz")


@lru_cache(maxsize=1)
def load_default_skel() -> SkelModel:
    """The skeleton that ships with Sketch2Pose, in the skin of the default body."""
    stored, body = read_body_file(DEFAULT_SKEL_PATH), load_default_body()
    weights = np.zeros((len(body.v_template), BONE_COUNT), np.float32)
    rows = np.arange(len(weights))[:, None]
    np.add.at(weights, (rows, stored["weight_joints"]), stored["weight_values"].astype(np.float32))
    bones = stored["bone_of_vertex"]
    return SkelModel(
        name=str(stored["name"]),
        licence=str(stored["licence"]),
        v_template=body.v_template,
        faces=body.faces,
        weights=weights / weights.sum(1, keepdims=True),
        shapedirs=body.shapedirs,
        joints_template=stored["joints_template"],
        joint_shapedirs=stored["joint_shapedirs"],
        bone_vertices=stored["bone_vertices"],
        bone_faces=stored["bone_faces"].astype(np.int64),
        bone_weights=np.eye(BONE_COUNT, dtype=np.float32)[bones],
        bone_stretch=_stretch(bones, stored["bone_end"], stored["bone_along"]),
        apose_rel_transfo=stored["apose_rel_transfo"],
        per_joint_rot=stored["per_joint_rot"],
        body_name=body.name,
    )


def _stretch(start: NDArray, end: NDArray, along: NDArray) -> NDArray[np.float32]:
    """[S, 24]: a vertex lies `along` (0 to 1) the way from one joint to another."""
    part = along.astype(np.float32)[:, None]
    unit = np.eye(BONE_COUNT, dtype=np.float32)
    return (1 - part) * unit[start] + part * unit[end]
