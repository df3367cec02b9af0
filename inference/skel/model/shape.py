"""The shape of a skeleton that moves inside a given skin, where it cannot be carried over.

SMPL and SKEL share their shape parameters when their files belong together. A body with parameters
of its own, or a scan that moves, leaves them to be found. Shape and pose can make up for each
other, so fitting them in turn creeps. Here the pose is fitted to the skin with the shape as it is;
then the shape is moved by what no change of the pose could do as well (variable projection, Golub
& Pereyra 1973), and so on: a handful of rounds.

Conventions: meters, radians, world y up.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....core.arrays import Array
from ....core.body_motion import BodyMotion
from ....core.errors import Sketch2PoseError
from ...body import BodyModel
from ..fitting.fit import fit_skel
from ..fitting.skin_targets import targets_from_skin
from .kinematics import SkelPose, carries, dof_twists
from .skel_model import SkelModel

MOST_FRAMES = 16  # spread over the motion; a body has one shape
VERTICES_USED = 1000
ROUNDS = 8
ENOUGH = 0.01  # of a standard deviation
PRIOR = 1e-4  # m a standard deviation, mean over the vertices


def fit_shape(
    skel: SkelModel,
    vertices: Array,
    start: ArrayLike | None = None,
    report: Callable[[float], None] | None = None,
) -> Array:
    """Shape parameters whose skin comes nearest to a moving one.

    Args:
        skel: the skeleton.
        vertices: [T, V, 3] posed skin in its topology, meters.
        start: [≤ K] a first guess; None is the mean.
        report: called with the share of work done; may raise to cancel.

    Returns:
        [K] shape parameters.
    """
    betas = np.zeros(skel.shapedirs.shape[-1])
    if start is not None:
        betas[: np.size(start)] = np.ravel(start)[: len(betas)]
    skin = np.asarray(vertices, float)[chosen_rows(len(vertices))]
    ids = np.arange(0, skin.shape[1], max(skin.shape[1] // VERTICES_USED, 1))
    for number in range(ROUNDS):
        if report is not None:
            report(number / ROUNDS)
        step = _shape_step(skel, skin, ids, betas)
        betas = betas + step
        if np.abs(step).max() < ENOUGH:
            break
    return betas


def fit_shape_to_smpl(
    motion: BodyMotion,
    skel: SkelModel,
    body: BodyModel,
    report: Callable[[float], None] | None = None,
) -> Array:
    """The same [K] for the skin of an SMPL motion, which is computed where it is looked at only.

    Raises:
        Sketch2PoseError: the body's skin is not the skeleton's.
    """
    if len(body.v_template) != len(skel.v_template):
        raise Sketch2PoseError(
            "The shape cannot be fitted",
            f"the body has {len(body.v_template)} vertices and the skeleton {len(skel.v_template)}",
            "Choose files that belong together, or disable this option",
            "skel.shape",
        )
    rows = chosen_rows(len(motion.poses))
    poses, trans = np.asarray(motion.poses, float)[rows], np.asarray(motion.trans, float)[rows]
    skin = body.forward_vertices(poses, trans, motion.betas)[1]
    return fit_shape(skel, skin, report=report)


def chosen_rows(frames: int) -> NDArray[np.integer]:
    """At most `MOST_FRAMES` rows [N], rising and spread evenly."""
    return np.unique(np.linspace(0, frames - 1, MOST_FRAMES).round().astype(int))


def _shape_step(skel: SkelModel, skin: Array, ids: NDArray, betas: Array) -> Array:
    """[K] change of the shape that the skin asks for, poses fitted anew."""
    targets = targets_from_skin(skel, skin, betas)
    fit = fit_skel(skel.rest(betas), targets, smoothness=0.0)

    def placed(shape: Array) -> Array:
        """[T, 3 S] the skin in the pose that was fitted."""
        pose = skel.forward(fit.q, fit.trans, shape)
        return skel.skin(pose, shape, ids).reshape(len(skin), -1)

    base = placed(betas)
    moved = np.stack([placed(betas + unit) - base for unit in np.eye(len(betas))], -1)
    error = skin[:, ids].reshape(len(skin), -1, 1) - base[..., None]
    by_pose = _pose_steps(skel, skel.forward(fit.q, fit.trans, betas), base, ids)
    basis = np.linalg.qr(by_pose)[0]
    both = np.concatenate([moved, error], -1)
    both -= basis @ (basis.swapaxes(1, 2) @ both)  # what the pose cannot do
    rows = np.concatenate(both)
    moved, error = rows[:, :-1], rows[:, -1]
    prior = PRIOR**2 * ids.size * len(skin)
    normal = moved.T @ moved + prior * np.eye(len(betas))
    return np.linalg.solve(normal, moved.T @ error - prior * betas)


def _pose_steps(skel: SkelModel, pose: SkelPose, base: Array, ids: NDArray) -> Array:
    """[T, 3 S, 49] how the skin moves with each angle and with the pelvis' place."""
    points = base.reshape(len(base), -1, 1, 3)
    share = np.asarray(skel.weights[ids], float) @ carries().T  # [S, 46]
    twists = dof_twists(pose)[:, None]  # [T, 1, 46, 6]
    turned = share[..., None] * (np.cross(twists[..., :3], points) + twists[..., 3:])
    shifted = np.broadcast_to(np.eye(3), (*points.shape[:2], 3, 3))
    return np.concatenate([turned, shifted], 2).swapaxes(2, 3).reshape(*base.shape, -1)
