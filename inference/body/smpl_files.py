"""Users' own SMPL, SMPL-H and SMPL-X files as `BodyModel`s.

Conventions: as `model` (SMPL's): meters, y up, facing +z, left at +x, T-pose.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from ...core.errors import Sketch2PoseError
from ...core.smpl import SMPL_JOINT_NAMES
from .model import BodyModel, load_default_body
from .model_check import ModelChecker
from .safe_npz import load_npz
from .safe_pickle import load_pickle

SHAPE_COUNT = 10
FEWEST_VERTICES = 24  # fewer cannot even carry the joints
FINGERS = ("index", "middle", "pinky", "ring", "thumb")  # the order of SMPL-H and SMPL-X


def load_model_arrays(path: Path) -> dict[str, Any]:
    """Key → array of a `.npz` or `.pkl` model file, read without executing anything."""
    suffix = path.suffix.lower()
    if suffix == ".npz":
        return dict(load_npz(path))
    if suffix == ".pkl":
        return load_pickle(path)
    raise Sketch2PoseError(
        f"The model file {path.name} could not be read",
        "only .npz and .pkl files are supported",
        "Choose the SMPL, SMPL-H, SMPL-X or SKEL file itself, unpacked from its archive",
        "model.kind",
    )


def load_smpl_file(path: Path) -> BodyModel:
    """A body model of the SMPL family.

    Args:
        path: `.npz` or `.pkl` with 24 (SMPL), 52 (SMPL-H) or 55 (SMPL-X) joints.

    Returns:
        the model with pose correctives and the first 10 shape parameters.

    Raises:
        Sketch2PoseError: when the file is damaged, hostile, incomplete or no such model.
    """
    check = ModelChecker(path, load_model_arrays(path))
    template = check.floats("v_template", None, 3)
    count = len(template)
    if count < FEWEST_VERTICES:
        raise check.refused(f"its surface has {count} vertices")
    regressor = check.floats("J_regressor", None, count)
    joints = len(regressor)
    names = joint_names(joints)
    if names is None:
        raise check.refused(f"it has {joints} joints instead of 24, 52 or 55")
    shapedirs = check.floats("shapedirs", count, 3, None)[..., :SHAPE_COUNT]
    weights = check.weights("weights", count, joints)
    posedirs = None
    if check.has("posedirs"):
        posedirs = check.floats("posedirs", count, 3, 9 * (joints - 1)).astype(np.float32)
    strongest, values = sparse_weights(weights)
    return BodyModel(
        name={24: "SMPL", 52: "SMPL-H", 55: "SMPL-X"}[joints],
        licence="the license of your file",
        v_template=template.astype(np.float32),
        faces=check.indices("f", count, None, 3),
        weight_joints=strongest,
        weight_values=values.astype(np.float32),
        joints_template=(regressor @ template).astype(np.float32),
        shapedirs=shapedirs.astype(np.float32),
        joint_shapedirs=np.einsum("jv,vdk->jdk", regressor, shapedirs).astype(np.float32),
        parents=check.tree("kintree_table", joints),
        joint_names=names,
        landmarks=transferred_landmarks(template, regressor @ template, names),
        posedirs=posedirs,
    )


def joint_names(count: int) -> tuple[str, ...] | None:
    """Names of SMPL's 24, SMPL-H's 52 or SMPL-X's 55 joints; None for another number."""
    body = SMPL_JOINT_NAMES[:22]
    hands = tuple(
        f"{side}_{finger}{knuckle}"
        for side in ("left", "right")
        for finger in FINGERS
        for knuckle in (1, 2, 3)
    )
    layouts = {24: SMPL_JOINT_NAMES, 52: (*body, *hands)}
    layouts[55] = (*body, "jaw", "left_eye", "right_eye", *hands)
    return layouts.get(count)


def sparse_weights(weights: Array) -> tuple[NDArray[np.int64], Array]:
    """Joint indices and weights [V, W] of dense [V, J], W being the most influences of a vertex."""
    influences = int((weights > 0).sum(1).max())
    strongest = np.argsort(-weights, axis=1, kind="stable")[:, :influences]
    return strongest, np.take_along_axis(weights, strongest, 1)


def transferred_landmarks(template: Array, joints: Array, names: tuple[str, ...]) -> dict[str, int]:
    """Vertices of another T-posed mesh at the default body's landmarks, by place beside a joint.

    Args:
        template: [V, 3] meters.
        joints: [J, 3] meters.
        names: J joint names.

    Returns:
        landmark → nearest vertex, the default body being scaled to the same stature.
    """
    default = load_default_body()
    scale = np.ptp(template[:, 1]) / np.ptp(default.v_template[:, 1])
    found = {}
    for name, vertex in default.landmarks.items():
        joint = default.joint_names[int(default.weight_joints[vertex, 0])]
        joint = joint if joint in names else joint.replace("hand", "wrist")
        anchor = default.joints_template[default.joint_names.index(joint)]
        place = joints[names.index(joint)] + scale * (default.v_template[vertex] - anchor)
        found[name] = int(np.linalg.norm(template - place, axis=1).argmin())
    return found
