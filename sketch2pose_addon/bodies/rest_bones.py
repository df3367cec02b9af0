"""Where the bones of a body rest for every shape, kept with its armature.

Joints and the ends of bones are linear in the shape, so the mean person and one change a parameter
say everything; the user's model file is not needed again.

Conventions: bones in the armature object's space (z up, facing -y), meters; the pelvis in body
space (y up), as motions count from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .body import BodyData, load_body_data

if TYPE_CHECKING:
    from bpy.types import Object

KEY = "sketch2pose_rest_bones"


@dataclass(frozen=True)
class RestBones:
    """A body's bones at rest.

    Attributes:
        names: J bones.
        ends: [1 + K, J, 2, 3] heads and tails: of the mean, and what each parameter adds.
        pelvis: [1 + K, 3] the first joint, in the same way.
    """

    names: tuple[str, ...]
    ends: np.ndarray
    pelvis: np.ndarray

    @property
    def shape_count(self) -> int:
        """Number K of shape parameters."""
        return len(self.ends) - 1

    def at(self, betas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Heads and tails [J, 3] of a shape; parameters beyond K are left out."""
        ends = self._mixed(self.ends, betas)
        return ends[:, 0], ends[:, 1]

    def pelvis_at(self, betas: np.ndarray) -> np.ndarray:
        """[3] the resting pelvis of a shape, body space."""
        return self._mixed(self.pelvis, betas)

    def _mixed(self, values: np.ndarray, betas: np.ndarray) -> np.ndarray:
        return values[0] + np.tensordot(np.asarray(betas)[: self.shape_count], values[1:], 1)


def rest_bones_of_data(data: BodyData) -> RestBones:
    """The resting bones of a body file."""
    mean = data.shape(np.zeros(data.shape_count))
    shapes = [mean, *(data.shape(betas) for betas in np.eye(data.shape_count))]
    ends = np.array([np.stack([shape.heads, shape.tails], 1) for shape in shapes])
    ends[1:] -= ends[0]
    steps = data.joint_shapedirs[0, :, : data.shape_count].T
    return RestBones(data.names, ends, np.concatenate([data.joints_template[:1], steps]))


@lru_cache(maxsize=1)
def default_rest_bones() -> RestBones:
    """The default body's, worked out once: every move of a slider asks for them."""
    return rest_bones_of_data(load_body_data())


def store_rest_bones(rig: Object, rest: RestBones) -> None:
    """Stores them with the armature as plain values."""
    rig[KEY] = {
        "names": "\n".join(rest.names),
        "ends": np.ravel(rest.ends).tolist(),
        "pelvis": np.ravel(rest.pelvis).tolist(),
    }


def rest_bones_of(rig: Object) -> RestBones:
    """What is kept with an armature; the default body's when nothing is, or when it is spoilt."""
    try:
        stored = rig[KEY]
        names = tuple(str(stored["names"]).split("\n"))
        ends = np.array(list(stored["ends"]), float).reshape(-1, len(names), 2, 3)
        pelvis = np.array(list(stored["pelvis"]), float).reshape(len(ends), 3)
    except (KeyError, TypeError, ValueError):
        return default_rest_bones()
    return RestBones(names, ends, pelvis)
