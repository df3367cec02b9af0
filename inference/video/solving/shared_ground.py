"""People on one ground: how large each of them is, so that their feet stand on one level.

One camera sees a large person far away like a small one nearby: body and distance grow by the same
factor about the camera, and the picture stays. Alone somebody's size is a guess from proportions;
several who stand on one ground tell which guesses go together.

Conventions: meters; *below* is how far under the camera somebody's feet stand, along the world's
up. A factor scales somebody about the camera: distance and stature.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.body_motion import BodyMotion
from ....core.smpl import SMPL_JOINT_NAMES
from ...body.model import BodyModel

SIZE_SPREAD = 0.06  # of people's stature about what it was guessed to be
LEVEL_SPREAD = 0.03  # meters by which feet on one ground seem to differ
LARGEST_MISFIT = 2.0  # spreads; who is farther off does not stand on that ground
UPRIGHT_LEGS = 0.7  # of a leg's length between pelvis and foot; less is sitting, or kneeling
SHAPE_RIDGE = 0.005  # meters of a bone's length that one unit of shape is worth
FEET = tuple(SMPL_JOINT_NAMES.index(f"{side}_foot") for side in ("left", "right"))
LOWEST = 10.0  # percent of the frames of a person who never stands


def standing_feet(motion: BodyMotion, body: BodyModel) -> tuple[Array, bool]:
    """Where somebody's feet rest on what is under them.

    Args:
        motion: a person on their own ground.
        body: theirs.

    Returns:
        [N, 3] places of feet, world; whether these carry them. Feet of somebody who only sits may
        dangle: then they are those in contact, or without any the lowest ones.
    """
    joints = np.asarray(motion.joints3d, np.float64)
    feet, rest = joints[:, list(FEET)], np.asarray(body.joints(motion.betas))
    touching = feet[..., 1] <= np.percentile(feet[..., 1], LOWEST)
    if motion.contacts is not None and (np.asarray(motion.contacts) > 0.5).any():
        touching = np.asarray(motion.contacts) > 0.5
    leg = UPRIGHT_LEGS * (rest[0, 1] - rest[list(FEET), 1])
    carrying = touching & (joints[:, :1, 1] - feet[..., 1] > leg)
    return (feet[carrying], True) if carrying.any() else (feet[touching], False)


def level_of_most(below: Array, carrying: NDArray[np.bool_]) -> Array:
    """How far under the camera the ground lies on which most people stand.

    Args:
        below: [P, …] of each person.
        carrying: [P] whether their feet carry them; who only sits
            is asked when nobody stands.
    """
    return np.median(below[carrying] if carrying.any() else below, axis=0)


def misfit(below: Array, ground: Array) -> Array:
    """Squared spreads by which people's feet are off a ground, when their size may change.

    Args:
        below: [P, …] of each person.
        ground: […] of the ground.
    """
    return (below - ground) ** 2 / (LEVEL_SPREAD**2 + (SIZE_SPREAD * below) ** 2)


def factors_on(ground: float, below: Array) -> Array:
    """[P] the likeliest factors of people whose feet are `below` [P].

    The factor minimizes ((factor below - ground) / level)^2 + ((factor - 1) / size)^2. Who is too
    far off to stand on that ground (on a stage, on a table, in the air) keeps their size, and so
    does everybody when it is left to one of them.
    """
    change = (ground - below) * below / (below**2 + (LEVEL_SPREAD / SIZE_SPREAD) ** 2)
    fits = misfit(below, np.asarray(ground)) < LARGEST_MISFIT**2
    return np.where(fits & (fits.sum() > 1), 1 + change, 1.0)


def resized(motion: BodyMotion, body: BodyModel, factor: float) -> BodyMotion:
    """Somebody larger and as much farther away, or smaller and nearer; the picture stays.

    Args:
        motion: with a camera that stands still.
        body: theirs.
        factor: of stature and distance; within what people vary.
    """
    if abs(factor - 1) < 1e-6:
        return motion
    joints = np.asarray(motion.joints3d, np.float64)
    camera = motion.camera_at(0)
    assert camera is not None
    eye = camera.eye
    wanted = eye + factor * (joints - eye)
    betas = resized_shape(body, np.asarray(motion.betas, np.float64), factor)
    trans = np.asarray(motion.trans, np.float64)
    trans = trans + (wanted - body.forward(motion.poses, trans, betas)).mean(axis=1)
    return replace(
        motion,
        betas=betas.astype(np.float32),
        trans=trans.astype(np.float32),
        joints3d=body.forward(motion.poses, trans, betas).astype(np.float32),
    )


def resized_shape(body: BodyModel, betas: Array, factor: float) -> Array:
    """[K] shape whose bones are as nearly as bodies go `factor` times as long, in the least step.

    Args:
        body: whose shapes.
        betas: [K] shape to start from.
        factor: of all lengths.
    """
    slopes = np.asarray(body.joint_shapedirs, np.float64)[..., : len(betas)]
    parents = np.asarray(body.parents[1:])
    rows = (slopes[1:] - slopes[parents]).reshape(-1, len(betas))
    wanted = (factor - 1) * np.asarray(body.rest_offsets(betas), np.float64)[1:].reshape(-1)
    stiff = rows.T @ rows + SHAPE_RIDGE**2 * np.eye(len(betas))
    return betas + np.linalg.solve(stiff, rows.T @ wanted)
