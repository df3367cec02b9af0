"""A user's body model as plain arrays that a host can make a rig of, without knowing its format.

Conventions: as `model`: meters, y up, facing +z, left at +x, T-pose. The keys are those of
`body_file` where they mean the same.
"""

from pathlib import Path

import numpy as np

from .model import BodyModel

FORMAT_VERSION = 1


def write_rig_file(path: Path, body: BodyModel) -> None:
    """Writes what a rig needs of a body; nothing of it is compressed, as it is read once.

    Args:
        path: the `.npz`, for the user's own use: it holds what the user's file holds.
        body: the model.
    """
    correctives = {} if body.posedirs is None else {"posedirs": body.posedirs.astype(np.float32)}
    np.savez(
        path,
        format_version=FORMAT_VERSION,
        name=body.name,
        licence=body.licence,
        v_template=body.v_template.astype(np.float32),
        faces=body.faces.astype(np.int32),
        weight_joints=body.weight_joints.astype(np.int16),
        weight_values=body.weight_values.astype(np.float32),
        joints_template=body.joints_template.astype(np.float32),
        shapedirs=body.shapedirs.astype(np.float32),
        joint_shapedirs=body.joint_shapedirs.astype(np.float32),
        parents=np.asarray(body.parents, np.int16),
        joint_names=np.asarray(body.joint_names),
        landmark_names=np.asarray(list(body.landmarks)),
        landmark_vertices=np.asarray(list(body.landmarks.values()), np.int32),
        beta_traits=np.asarray([""] * body.shapedirs.shape[-1]),
        **correctives,
    )
