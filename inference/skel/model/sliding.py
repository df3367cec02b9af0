"""The joints of SKEL that slide while they turn: the spine along arcs, the scapulae on the ribs.

Conventions: meters, radians. Offsets are displacements of a joint from its rest place, in the
parent bone's world-parallel frame (y up, left at +x, facing +z).
"""

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from .layout import BONE_COUNT, SCAPULAE, SPINE_BONES, dofs_of

REST_TILT = np.pi / 4  # where on its ellipse a scapula rests
_SMALL = 1e-4


@dataclass(frozen=True)
class Slides:
    """Sizes in meters: distance of the scapulae, height of the thorax, [3] heights of the arcs."""

    thorax_width: float
    thorax_height: float
    rises: Array


def slide_dofs() -> tuple[int, ...]:
    """The 10 degrees of freedom that slide: two of each spine bone, then two of each scapula."""
    return tuple(dof for bone in (*SPINE_BONES, *SCAPULAE) for dof in dofs_of(bone)[:2])


def slide_offsets(slides: Slides, q: Array) -> tuple[Array, Array]:
    """Displacements of the joints and their derivatives.

    Args:
        slides: sizes.
        q: [T, 46] radians.

    Returns:
        offsets [T, 24, 3] meters and steps [T, 10, 3] meters per radian of `slide_dofs`.
    """
    offsets = np.zeros((len(q), BONE_COUNT, 3))
    steps = []
    for bone, rise in zip(SPINE_BONES, slides.rises, strict=True):
        bending, extension = dofs_of(bone)[:2]
        offsets[:, bone], pair = _arc_offset(q[:, bending], q[:, extension], float(rise))
        steps += pair
    for bone, side in zip(SCAPULAE, (-1.0, 1.0), strict=True):
        abduction, elevation = dofs_of(bone)[:2]
        offsets[:, bone], pair = _rib_offset(slides, q[:, abduction], q[:, elevation], side)
        steps += pair
    return offsets, np.stack(steps, 1)


def _arc_offset(bending: Array, extension: Array, length: float) -> tuple[Array, list[Array]]:
    """The upper end of an arc of constant curvature, relative to the straight one."""
    side, side_rise, d_side, d_side_rise = _arc(bending, length)
    back, back_rise, d_back, d_back_rise = _arc(extension, length)
    zero = np.zeros_like(bending)
    offset = np.stack([-side, side_rise + back_rise, -back], -1)
    by_bending = np.stack([-d_side, d_side_rise, zero], -1)
    by_extension = np.stack([zero, d_back_rise, -d_back], -1)
    return offset, [by_bending, by_extension]


def _arc(angle: Array, length: float) -> tuple[Array, Array, Array, Array]:
    """Sideways shift L(1-cos a)/a and loss of height L(sin a/a - 1), with their derivatives."""
    small = np.abs(angle) < _SMALL
    a = np.where(small, 1.0, angle)
    sine, cosine = np.sin(a), np.cos(a)
    shift = np.where(small, angle / 2, (1 - cosine) / a)
    loss = np.where(small, -(angle**2) / 6, sine / a - 1)
    d_shift = np.where(small, 0.5, (a * sine - (1 - cosine)) / a**2)
    d_loss = np.where(small, -angle / 3, (a * cosine - sine) / a**2)
    return length * shift, length * loss, length * d_shift, length * d_loss


def _rib_offset(
    slides: Slides, abduction: Array, elevation: Array, side: float
) -> tuple[Array, list[Array]]:
    """Gliding on an ellipsoid; `side` is -1 for the right scapula and +1 for the left."""
    a, tilt = -side * abduction, -side * elevation - REST_TILT
    radius, half_height = slides.thorax_width / 4, slides.thorax_height / 2
    cos_a, sin_a, cos_t, sin_t = np.cos(a), np.sin(a), np.cos(tilt), np.sin(tilt)
    rest = np.array([side * radius * np.cos(REST_TILT), half_height * np.sin(REST_TILT), 0.0])
    offset = np.stack([side * radius * cos_t * cos_a, -half_height * sin_t, radius * sin_a], -1)
    zero = np.zeros_like(a)
    by_a = np.stack([-side * radius * cos_t * sin_a, zero, radius * cos_a], -1)
    by_tilt = np.stack([-side * radius * sin_t * cos_a, -half_height * cos_t, zero], -1)
    return offset - rest, [-side * by_a, -side * by_tilt]
