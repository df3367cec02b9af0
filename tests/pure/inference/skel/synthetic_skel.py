"""A synthetic file in SKEL's format, made from the default skeleton: no licence is involved."""

import pickle
from pathlib import Path

import numpy as np

from sketch2pose.inference.skel.model.default import load_default_skel
from sketch2pose.inference.skel.model.layout import BONE_NAMES, PARENTS


def synthetic_arrays(every: int = 4, seed: int = 0) -> dict:
    """Key → array of a SKEL file with random bone frames and a thinned skin.

    The regressor is exact for the template only: it spreads each joint over its nearest vertices.
    """
    model, rng = load_default_skel(), np.random.default_rng(seed)
    keep = np.arange(0, len(model.v_template), every)
    skin = model.v_template[keep].astype(float)
    apose = model.apose_rel_transfo.copy()
    apose[:, :3, :3] = small_turns(rng, 24, 0.3)
    apose[1:, :3, 3] += rng.normal(0, 0.01, (23, 3))
    rot = small_turns(rng, 24, 0.1) @ model.per_joint_rot
    faces = np.arange(len(keep) // 3 * 3).reshape(-1, 3)
    return {
        "skin_template_v": skin,
        "skin_template_f": faces,
        "shapedirs": model.shapedirs[keep].astype(float),
        "posedirs": np.zeros((len(keep), 3, 207)),
        "skin_weights": model.weights[keep].astype(float),
        "J_regressor": np.full((24, len(keep)), 1 / len(keep)),
        "J_regressor_osim": regressor(skin, model.joints_template.astype(float)),
        "osim_kintree_table": np.array([PARENTS, range(24)]),
        "skel_template_v": model.bone_vertices.astype(float),
        "skel_template_f": model.bone_faces,
        "skel_weights": model.bone_stretch.astype(float),
        "skel_weights_rigid": model.bone_weights.astype(float),
        "apose_rel_transfo": apose,
        "per_joint_rot": rot,
        "bone_names": list(BONE_NAMES),
    }


def regressor(skin: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """[24, V] affine weights of the 12 nearest vertices that give the joints exactly."""
    weights = np.zeros((24, len(skin)))
    for bone, joint in enumerate(joints):
        near = np.argsort(np.linalg.norm(skin - joint, axis=1))[:60:5]
        system = np.vstack([skin[near].T, np.ones(len(near))])
        weights[bone, near] = np.linalg.pinv(system) @ np.append(joint, 1.0)
    return weights


def small_turns(rng: np.random.Generator, count: int, size: float) -> np.ndarray:
    """[count, 3, 3] random rotations of about `size` radians."""
    from sketch2pose.core.rotations import rotmat_from_rotvec

    return rotmat_from_rotvec(rng.normal(0, size, (count, 3)))


def write_synthetic(path: Path, sparse: bool = False, **changes: object) -> Path:
    """Writes the file as a pickle, its sparse parts as SciPy matrices when asked (SciPy needed)."""
    arrays = {**synthetic_arrays(), **changes}
    if sparse:
        from scipy.sparse import csc_matrix

        for key in ("skin_weights", "J_regressor", "J_regressor_osim", "skel_weights"):
            arrays[key] = csc_matrix(arrays[key])
        arrays["skel_weights_rigid"] = csc_matrix(arrays["skel_weights_rigid"])
    path.write_bytes(pickle.dumps(arrays, protocol=4))
    return path
