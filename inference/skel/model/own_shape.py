"""Another program's motion of the user's own body: in the shape that its file gives.

The importers put every motion on the default body, whose betas mean other things. With the user's
own models at hand the file's betas are the right ones.

Conventions: meters, radians, world y up, as the importers deliver.
"""

import io
from pathlib import Path

import numpy as np

from ....core.arrays import Array
from ....core.body_motion import BodyMotion
from ....core.body_motion.file import read_arrays
from ...body import BodyModel
from ...importers.bvh_smpl import finished_motion
from ...importers.npz_kinds import SHAPE_NAMES, has_shape
from ...importers.smpl_params import on_ground


def in_own_shape(path: Path, motion: BodyMotion, body: BodyModel) -> BodyMotion:
    """The motion on the user's body, standing on the ground.

    Args:
        path: file of the motion.
        motion: as it was imported.
        body: the user's, 24 joints.

    Returns:
        the same poses with the file's betas; the motion as it is when the file gives none or was
        written by Sketch2Pose.
    """
    betas = shape_of_file(path, body.shapedirs.shape[-1])
    if betas is None:
        return motion
    poses, trans = np.asarray(motion.poses, float), np.asarray(motion.trans, float)
    own = finished_motion(poses, trans, betas, motion.mocap_framerate, body)
    return on_ground(own, body)


def shape_of_file(path: Path, most: int) -> Array | None:
    """The first `most` betas of a person of an AMASS-like `.npz`, padded to [10]; None without."""
    if path.suffix.lower() != ".npz":
        return None
    arrays = read_arrays(io.BytesIO(path.read_bytes()), path.name)
    if "format_version" in arrays or not has_shape(arrays):
        return None
    values = np.asarray(next(arrays[name] for name in SHAPE_NAMES if name in arrays), float)
    first = values.reshape(-1, values.shape[-1])[0][: min(most, 10)]
    return np.pad(first, (0, 10 - len(first)))
