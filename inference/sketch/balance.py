"""How a drawn figure stands: which way is down, and where the ground lies.

A drawing shows no horizon. A camera that looks down a little and a body that leans back make the
same picture; but people who stand keep their center of mass above their feet, and both feet on
one floor. So the camera is given the tilt with which the figure stands best, steep ones less
readily. The drawing's own vertical is kept: who leans to a side was drawn so.

Conventions: meters, radians; world y up, before a level camera (x right, y down, z forward); a
positive tilt looks down on the figure. Segment masses are those of Winter (2009), shares of the
body.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...core.arrays import Array
from ...core.body_motion import BodyMotion
from ...core.rotations import rotmat_from_rotvec
from ..body.model import BodyModel
from ..world_of_camera import in_world_of

SEGMENTS = (  # from joint, to joint, share of the mass
    (0, 12, 0.497),
    (12, 15, 0.081),
    *((16, 18, 0.028), (17, 19, 0.028), (18, 20, 0.022), (19, 21, 0.022)),
    *((1, 4, 0.1), (2, 5, 0.1), (4, 7, 0.061), (5, 8, 0.061)),
)
ALONG = 0.45  # of a segment, where its mass lies
FEET, SHINS = ((7, 10), (8, 11)), ((4, 7), (5, 8))  # joints that lie on the ground
LEGS = ((1, 4, 7), (2, 5, 8))
SUPPORTS = (*zip(FEET, LEGS, strict=True), *((shin, None) for shin in SHINS))  # with the leg
STRAIGHT = 0.82  # hip to ankle over the length of a leg: who bends both legs more may sit
STANDS = 0.3  # probability from which a foot or knee does: nearly everybody stands on something
SOLE = 0.03  # how far a foot or knee reaches beyond its joints
USUAL_TILT = np.radians(12.0)  # standard deviation of what people draw from
STEEP = 6.5  # squared deviations that a view from high above or far below costs: they are rare
BALANCE = 0.07  # how far from above the feet a standing body's mass may be, as seen in drawings
FLOOR = 0.1  # how far apart in height two standing feet may be
LIFTED = 0.25  # above another one no foot stands, whatever was read
OUTLIER = 4.0  # deviations from which more makes no difference: jumps, falls, misread feet
TILTS = np.radians(np.arange(-50.0, 51.0, 2.0))
SKIN_STRIDE = 9  # every ninth vertex is enough to find the lowest point of the body


def stand(motion: BodyMotion, body: BodyModel) -> BodyMotion:
    """The motion of one frame, balanced, with the lowest point of the body on y = 0.

    World and camera move together: through the camera everything stays where it is.
    """
    assert motion.joints3d is not None and motion.contacts is not None
    camera = motion.camera_at(0)
    assert camera is not None
    angle = tilt(motion.joints3d[0], motion.contacts[0])
    up = np.array([0.0, np.cos(angle), np.sin(angle)])
    ids = np.arange(0, len(body.v_template), SKIN_STRIDE)
    _, skin = body.forward_vertices(motion.poses, motion.trans, motion.betas, ids)
    ground = float((skin[0] @ up).min()) * up
    turn = camera.rotation @ rotmat_from_rotvec(np.array([angle, 0.0, 0.0]))
    shift = camera.translation + camera.rotation @ ground
    return in_world_of(motion, replace(camera, rotation=turn, translation=shift))


def tilt(joints: Array, contacts: Array) -> float:
    """The camera's tilt with which a body before a level camera stands best.

    Args:
        joints: [24, 3] world, as the level camera has them.
        contacts: [4] probabilities that left foot, right foot, left knee, right knee stand.

    Returns:
        Radians; 0 where nothing stands.
    """
    standing = _standing(joints, contacts)
    if not standing:
        return 0.0
    up = np.column_stack([np.zeros(len(TILTS)), np.cos(TILTS), np.sin(TILTS)])
    away = np.column_stack([np.zeros(len(TILTS)), np.sin(TILTS), -np.cos(TILTS)])
    cost = np.minimum((TILTS / USUAL_TILT) ** 2, STEEP) + _capped(
        _beside(joints, standing, away) / BALANCE
    )
    heights = np.stack([joints[rows[0]] @ up.T for rows in standing])
    cost += _capped(np.ptp(heights, axis=0) / FLOOR) if len(standing) > 1 else 0.0
    return float(TILTS[cost.argmin()])


def _standing(joints: Array, contacts: Array) -> list[tuple[int, ...]]:
    """The supports that are read as such, carry weight and are not high above the others."""
    read = [
        rows
        for (rows, leg), chance in zip(SUPPORTS, contacts, strict=True)
        if chance > STANDS and (leg is None or _is_straight(joints[list(leg)]))
    ]
    floor = min((joints[rows[0], 1] for rows in read), default=0.0)
    return [rows for rows in read if joints[rows[0], 1] < floor + LIFTED]


def _is_straight(leg: Array) -> bool:
    """Whether a leg [3, 3] (hip, knee, ankle) is stretched enough to stand on."""
    length = np.linalg.norm(np.diff(leg, axis=0), axis=1).sum()
    return bool(np.linalg.norm(leg[2] - leg[0]) > STRAIGHT * length)


def _beside(joints: Array, standing: list[tuple[int, ...]], away: Array) -> Array:
    """How far the mass is from above its support along each direction of [T, 3], meters, [T]."""
    mass = sum(share * (joints[a] + ALONG * (joints[b] - joints[a])) for a, b, share in SEGMENTS)
    feet = joints[[row for rows in standing for row in rows]] - mass
    reach = feet @ away.T
    return np.maximum(0.0, np.maximum(reach.min(0), -reach.max(0)) - SOLE)


def _capped(deviations: Array) -> Array:
    return np.square(np.minimum(deviations, OUTLIER))
