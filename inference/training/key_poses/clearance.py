"""Does a pose cut into itself? Capsules around the bones of the default body.

Conventions: metres; the radius of a bone's capsule is the median distance of its skin.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ....core import smpl
from ....core.arrays import Array
from ...body import load_default_body
from ...solver import tree

BONES = (3, 6, 12, 15, 4, 5, 7, 8, 10, 11, 18, 19, 20, 21, 22, 23)
TOLERANCE = 0.02
"""Metres that flesh gives way."""


@lru_cache(maxsize=1)
def _capsules() -> tuple[tree.RestBody, Array, NDArray[np.intp]]:
    """The body, radii [24] of its bones and the pairs [P, 2] of bones that must keep apart."""
    body = load_default_body()
    rest = tree.rest_body(np.asarray(body.joints(), np.float64))
    joints = np.asarray(body.joints(), np.float64)
    skin = np.asarray(body.v_template, np.float64)
    carrier = body.weight_joints[np.arange(len(skin)), body.weight_values.argmax(1)]
    radii = np.zeros(24)
    for bone in BONES:
        near = skin[carrier == smpl.SMPL_OWNER[bone]]
        start, end = joints[smpl.SMPL_OWNER[bone]], joints[bone]
        along = np.clip((near - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
        distance = np.linalg.norm(near - start - along[:, None] * (end - start), axis=-1)
        radii[bone] = np.median(distance)
    pairs = [
        (a, b) for index, a in enumerate(BONES) for b in BONES[index + 1 :] if not _neighbours(a, b)
    ]
    return rest, radii, np.array(pairs)


def _neighbours(a: int, b: int) -> bool:
    """Bones within two steps of each other in the tree, which always touch."""
    up_a, up_b = _ancestors(a), _ancestors(b)
    shared = next(joint for joint in up_a if joint in up_b)
    return up_a.index(shared) + up_b.index(shared) <= 3


def _ancestors(joint: int) -> list[int]:
    chain = [joint]
    while smpl.SMPL_PARENTS[chain[-1]] >= 0:
        chain.append(smpl.SMPL_PARENTS[chain[-1]])
    return chain


def deepest_overlap(pose: Array) -> float:
    """Greatest depth in metres by which two capsules cut into each other; negative is clear.

    Args:
        pose: local rotations [24, 3, 3].
    """
    rest, radii, pairs = _capsules()
    points = tree.positions(tree.world_from_local(pose[None]), rest)[0]
    first, second = pairs[:, 0], pairs[:, 1]
    gap = segment_distances(
        points[smpl.SMPL_OWNER[first]],
        points[first],
        points[smpl.SMPL_OWNER[second]],
        points[second],
    )
    return float((radii[first] + radii[second] - gap).max())


def segment_distances(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Distances [P] between segments a-b and c-d, each [P, 3] (Ericson 2005, section 5.1.9)."""
    u, v, w = b - a, d - c, a - c
    uu, vv, uv = (u * u).sum(-1), (v * v).sum(-1), (u * v).sum(-1)
    uw, vw = (u * w).sum(-1), (v * w).sum(-1)
    area = np.maximum(uu * vv - uv**2, 1e-12)
    s = np.clip((uv * vw - vv * uw) / area, 0, 1)
    t = np.clip((uv * s + vw) / vv, 0, 1)
    s = np.clip((uv * t - uw) / uu, 0, 1)
    return np.linalg.norm(w + s[:, None] * u - t[:, None] * v, axis=-1)
