"""Targets from a moving skin alone: any surface in the skeleton's topology becomes SKEL angles.

Conventions: meters, world y up.
"""

import numpy as np
from numpy.typing import ArrayLike

from ....core.arrays import Array
from ..model.layout import BONE_COUNT, PARENTS
from ..model.skel_model import SkelModel, shaped
from .targets import SURFACE_WEIGHT, FitTargets, marker_vertices

FEWEST_POINTS = 4  # below, a bone's turn is not known from its own skin


def targets_from_skin(
    skel: SkelModel, vertices: Array, betas: ArrayLike | None = None
) -> FitTargets:
    """Markers on the skin, with each bone's turn (Kabsch 1976) as a start.

    Args:
        skel: the skeleton.
        vertices: [T, V, 3] posed skin in its topology.
        betas: [≤ K].

    Returns:
        targets without joints: all points are skin.
    """
    ids = marker_vertices(skel)
    rest = np.asarray(shaped(skel.v_template[ids], skel.shapedirs[ids], betas), float)
    bones, places = skel.main_bone[ids], np.asarray(vertices, float)[:, ids]
    weights = np.full(len(ids), SURFACE_WEIGHT)
    oriented = np.empty((len(places), BONE_COUNT, 3, 3))
    for bone in range(BONE_COUNT):
        own = bones == bone
        if own.sum() >= FEWEST_POINTS:
            oriented[:, bone] = best_turns(rest[own], places[:, own])
        else:
            oriented[:, bone] = oriented[:, PARENTS[bone]] if bone else np.eye(3)
    return FitTargets(
        rest, bones, places, weights, np.ones(len(ids), bool), skel.weights[ids], oriented
    )


def best_turns(rest: Array, places: Array) -> Array:
    """[T, 3, 3] rotations that take points [N, 3] nearest to [T, N, 3], whatever the shift."""
    covariance = (places - places.mean(1, keepdims=True)).swapaxes(1, 2) @ (rest - rest.mean(0))
    left, _sizes, right = np.linalg.svd(covariance)
    left[..., -1] *= np.linalg.det(left @ right)[:, None]
    return left @ right
