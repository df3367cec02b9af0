"""The file of the default body: a small `.npz` without pickles (keys in docs/body_models.md).

Conventions: meters, y up, facing +z, left at +x, T-pose. Directions are stored as float16
(at most 0.03 mm of error per standard deviation), positions as float32.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FORMAT_VERSION = 1
LICENCE = "CC0-1.0"


def write_body_file(
    path: Path,
    *,
    name: str,
    licence: str,
    source: str,
    v_template: NDArray,
    quads: NDArray,
    weight_joints: NDArray,
    weight_values: NDArray,
    joints_template: NDArray,
    shapedirs: NDArray,
    joint_shapedirs: NDArray,
    parents: Sequence[int],
    joint_names: Sequence[str],
    landmarks: Mapping[str, int],
    beta_traits: Sequence[str],
) -> None:
    """Writes one body model.

    Args:
        path: the `.npz` to write.
        name: shown to the user.
        licence: SPDX identifier.
        source: where the geometry is from.
        v_template: [V, 3] meters.
        quads: [F, 4] vertex indices.
        weight_joints: [V, 4] joint indices.
        weight_values: [V, 4], rows sum to 1.
        joints_template: [J, 3] meters.
        shapedirs: [V, 3, K].
        joint_shapedirs: [J, 3, K].
        parents: J indices, -1 for the root.
        joint_names: J names.
        landmarks: name → vertex index.
        beta_traits: K short descriptions.
    """
    np.savez_compressed(
        path,
        format_version=FORMAT_VERSION,
        name=name,
        licence=licence,
        source=source,
        v_template=v_template.astype(np.float32),
        quads=quads.astype(np.uint16),
        weight_joints=weight_joints.astype(np.uint8),
        weight_values=weight_values.astype(np.float16),
        joints_template=joints_template.astype(np.float32),
        shapedirs=shapedirs.astype(np.float16),
        joint_shapedirs=joint_shapedirs.astype(np.float32),
        parents=np.asarray(parents, np.int16),
        joint_names=np.asarray(joint_names),
        landmark_names=np.asarray(list(landmarks)),
        landmark_vertices=np.asarray(list(landmarks.values()), np.uint16),
        beta_traits=np.asarray(beta_traits),
    )


def read_body_file(path: Path) -> dict[str, NDArray]:
    """The arrays of a body file.

    Args:
        path: a file written by `write_body_file`.

    Returns:
        key → array [...], as stored.

    Raises:
        OSError: when the file cannot be read.
        ValueError: when it would need pickle.
    """
    with np.load(path, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}
