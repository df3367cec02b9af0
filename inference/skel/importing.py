"""SKEL motions as an import: on the default body, by way of the default skeleton.

Conventions: meters, radians, world y up.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..body import load_default_body
from ..importers.imported import Imported
from .fitting.to_smpl import smpl_from_skel
from .model.default import load_default_skel
from .motion import skel_motion_from_arrays


def motion_from_skel(fields: Mapping[str, NDArray]) -> Imported:
    """The SMPL motion of a SKEL file's arrays.

    Args:
        fields: `poses` [T, 46] radians, `trans` [T, 3] meters, `betas`, as SKEL's tools write them.

    Raises:
        ValueError: they are not a SKEL motion.
    """
    motion, skel = skel_motion_from_arrays(fields), load_default_skel()
    warnings = ()
    if motion.model != skel.name:
        motion = replace(motion, betas=np.zeros(10))
        warnings = ("The SKEL motion was transferred to the default body in its mean shape.",)
    return Imported((smpl_from_skel(motion, skel, load_default_body()),), warnings)
