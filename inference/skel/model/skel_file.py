"""Users' own SKEL files (`skel_male.pkl`, `skel_female.pkl`) as `SkelModel`s."""

from pathlib import Path

import numpy as np

from ...body.model_check import ModelChecker
from ...body.smpl_files import SHAPE_COUNT, load_model_arrays
from .layout import BONE_COUNT, PARENTS
from .skel_model import SkelModel

LICENCE = "SKEL license (non-commercial; your own file)"


def load_skel_file(path: Path) -> SkelModel:
    """A SKEL model, read without executing anything of the file.

    Args:
        path: `.pkl` as distributed, or an `.npz` with the same keys.

    Returns:
        the model; the agreement of its kinematics with an independent implementation is tested.

    Raises:
        Sketch2PoseError: when the file is damaged, hostile, incomplete or no SKEL model.
    """
    check = ModelChecker(path, load_model_arrays(path))
    skin = check.floats("skin_template_v", None, 3)
    bones = check.floats("skel_template_v", None, 3)
    shapedirs = check.floats("shapedirs", len(skin), 3, None)[..., :SHAPE_COUNT]
    regressor = check.floats("J_regressor_osim", BONE_COUNT, len(skin))
    _check_tree(check)
    posedirs = None
    if check.has("posedirs"):
        posedirs = check.floats("posedirs", len(skin), 3, 207).astype(np.float32)
    return SkelModel(
        name="SKEL",
        licence=LICENCE,
        v_template=skin.astype(np.float32),
        faces=check.indices("skin_template_f", len(skin), None, 3),
        weights=check.weights("skin_weights", len(skin), BONE_COUNT).astype(np.float32),
        shapedirs=shapedirs.astype(np.float32),
        joints_template=(regressor @ skin).astype(np.float32),
        joint_shapedirs=np.einsum("jv,vdk->jdk", regressor, shapedirs).astype(np.float32),
        bone_vertices=bones.astype(np.float32),
        bone_faces=check.indices("skel_template_f", len(bones), None, 3),
        bone_weights=check.weights("skel_weights_rigid", len(bones), BONE_COUNT).astype(np.float32),
        bone_stretch=check.weights("skel_weights", len(bones), BONE_COUNT).astype(np.float32),
        apose_rel_transfo=check.floats("apose_rel_transfo", BONE_COUNT, 4, 4),
        per_joint_rot=check.floats("per_joint_rot", BONE_COUNT, 3, 3),
        posedirs=posedirs,
        body_name="SMPL" if len(skin) == 6890 else "",
    )


def _check_tree(check: ModelChecker) -> None:
    table = check.floats("osim_kintree_table", 2, BONE_COUNT)
    if tuple(int(parent) for parent in table[0, 1:]) != PARENTS[1:]:
        raise check.refused("'osim_kintree_table' is not the tree of SKEL")
