"""A corrected figure becomes a pose: the changed parts are solved, all others hold.

The same solver that reads drawings finds how the changed limbs turn and twist (learned prior, joint
limits), starting from the pose as it was. What no correction has touched is put back exactly.

Conventions: the world is the body's (y up); camera space as in `inference.solver`; part j carries
the bones that begin in joint j.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from ...core import smpl
from ...core.arrays import Array
from ...core.body_motion import BodyMotion
from ...core.camera import Camera
from ...core.corrections.edits import Edit
from ...core.errors import Sketch2PoseError
from ...core.rotations import rotmat_angle, rotmat_from_rotvec, rotvec_from_rotmat
from ..solver import features, initial_pose, terms, tree
from ..solver import levenberg_marquardt as lm
from ..solver.contacts import DrawnContacts
from ..solver.rank import COST_SHARE
from ..solver.weights import SolverWeights, load_weights
from . import foreshortening
from .corrected_figure import CorrectedFigure

ITERATIONS = 6
HELD = np.deg2rad(0.5) ** -2.0
"""Weight of what stays, 1/rad^2."""
BESIDE = np.deg2rad(20.0) ** -2.0
"""Weight of an untouched bone on a part that has to turn: hips and shoulders give way."""
PRIOR_SHARE = 0.2
FAR = np.deg2rad(60.0)
"""Turn from which the twist of a part is the learned one; a small change keeps the part's own."""
MOST_GUESSES = 3
FOLLOWS = {13: 9, 14: 9, 15: 12, 20: 18, 21: 19, 22: 20, 23: 21, 7: 4, 8: 5, 10: 7, 11: 8}
"""Parts that go along with the part above them when that one is corrected and they are not."""
YIELDS = {16: 13, 17: 14}
"""Shoulder girdles give way to the upper arms: nobody lifts an arm without them."""


def edited_motion(motion: BodyMotion, edits: tuple[Edit, ...]) -> BodyMotion:
    """Lays corrections over a result.

    Args:
        motion: a still (T = 1) with `joints3d`; corrections without a view of their own also need
            its camera and `joints2d`.
        edits: in order; switched-off ones do not count.

    Returns:
        The corrected still: pose, `joints3d`, `joints2d` and confidence; other hypotheses are left
        out, as they are hypotheses of what was corrected. The hips stay in their place.

    Raises:
        Sketch2PoseError: the motion is no still, or lacks what a correction needs.
    """
    layer = _layer(motion)
    counted = [edit for edit in edits if edit.enabled]
    if motion.joints2d is None and any(edit.view is None and edit.is_drawn for edit in counted):
        raise _refused("a correction is drawn over an image that is not part of the result")
    for edit in counted:
        layer.lay(edit)
    layer.lay_pins(counted)
    world = solved(layer)
    local = tree.local_from_world(world[None])
    joints = tree.positions(world[None], layer.rest) + np.asarray(motion.joints3d)[:, :1]
    return replace(
        motion,
        poses=rotvec_from_rotmat(local).reshape(1, -1).astype(np.float32),
        joints3d=joints.astype(np.float32),
        joints2d=None if motion.joints2d is None else layer.seen[None].astype(np.float32),
        confidence=np.clip(layer.confidence, 0, 1)[None].astype(np.float32),
        hypothesis_poses=None,
        hypothesis_scores=None,
    )


def _layer(motion: BodyMotion) -> CorrectedFigure:
    """The figure of a still, without corrections."""
    if motion.frame_count != 1 or motion.joints3d is None:
        raise _refused("it is not a still with joint positions")
    local = rotmat_from_rotvec(np.asarray(motion.poses[0], float).reshape(24, 3))
    world = tree.world_from_local(local[None])[0]
    joints = np.asarray(motion.joints3d[0], float)
    steps = (joints - joints[smpl.SMPL_OWNER])[..., None]
    turned = np.swapaxes(world[smpl.SMPL_OWNER], -1, -2) @ steps
    offsets = np.asarray(turned[..., 0], np.float64)
    lengths = np.linalg.norm(offsets, axis=-1)
    directions = offsets / np.where(lengths > 0, lengths, 1)[:, None]
    confidence = np.ones(24) if motion.confidence is None else motion.confidence[0]
    seen = np.zeros((24, 2)) if motion.joints2d is None else motion.joints2d[0]
    return CorrectedFigure(
        world=world,
        rest=tree.RestBody(offsets, lengths, directions),
        camera=_camera(motion),
        seen=np.asarray(seen, float).copy(),
        confidence=np.asarray(confidence, float).copy(),
        depths=_depths(motion, joints),
    )


def _depths(motion: BodyMotion, joints: Array) -> Array:
    camera = motion.camera_at(0)
    return np.full(24, np.nan) if camera is None else camera.depth(joints)


def _camera(motion: BodyMotion) -> Camera:
    """The camera of a still, or a parallel one where its lens is not known."""
    camera = motion.camera_at(0)
    if camera is not None:
        return camera
    if motion.camera_rotation is None:
        return foreshortening.parallel_camera()
    return foreshortening.parallel_camera(motion.camera_rotation.reshape(-1, 3, 3)[0])


def solved(layer: CorrectedFigure) -> Array:
    """World orientations [24, 3, 3] of a corrected figure; untouched parts keep theirs exactly."""
    if not layer.corrected.any():
        return layer.world
    turning, following = _moving_parts(layer)
    problem, first = _problem(layer, turning, following)
    solution = lm.solve(problem, first, ITERATIONS)
    exact = _as_drawn(solution, problem, _likeliest(solution, problem, layer))
    world = layer.world.copy()
    world[turning] = layer.camera.rotation.T @ exact[turning]
    for part in following:
        parent = FOLLOWS[part]
        world[part] = world[parent] @ layer.world[parent].T @ layer.world[part]
    return world


def _moving_parts(layer: CorrectedFigure) -> tuple[list[int], list[int]]:
    """Parts that are solved anew, and parts that go along, parents first."""
    owners = {int(smpl.SMPL_OWNER[bone]) for bone in np.flatnonzero(layer.corrected)}
    turning = sorted(owners | {YIELDS[part] for part in owners & set(YIELDS)})
    following: list[int] = []
    for part in sorted(FOLLOWS):
        if part not in turning and FOLLOWS[part] in (*turning, *following):
            following.append(part)
    return turning, following


def _problem(
    layer: CorrectedFigure, turning: list[int], following: list[int]
) -> tuple[lm.Problem, Array]:
    """The least-squares problem of all guesses [N] and where each starts."""
    weights = load_weights()
    turn = layer.camera.rotation
    directions = _guesses(layer) @ turn.T
    weight = np.tile(_direction_weights(layer, turning, following), (len(directions), 1))
    quality = features.quality_from_weight(weight)
    expected, deviation = initial_pose.neural_ik(weights.neural_ik, directions, quality)
    world = turn @ layer.world
    own = np.tile(tree.local_from_world(world[None]), (len(directions), 1, 1, 1))
    kept = initial_pose.aligned(own, directions, weight, layer.rest)
    mean, first = _between(own, kept, expected, world, weight, turning)
    precision = _prior_precision(deviation, turning, following)
    problem = lm.Problem(
        rest=layer.rest,
        targets=_targets(directions, weight),
        prior_mean=mean,
        prior_precision=precision,
        limits=weights.limits,
        contacts=DrawnContacts((), (), -turn[:, 1]),
    )
    return problem, initial_pose.aligned(first, directions, weight, layer.rest)


def _guesses(layer: CorrectedFigure) -> Array:
    """Directions [N, 24, 3] with every combination of the sides that the drawing leaves open."""
    open_bones = sorted(layer.other_side)[:MOST_GUESSES]
    variants = []
    for flips in product((False, True), repeat=len(open_bones)):
        directions = layer.directions.copy()
        for bone, flipped in zip(open_bones, flips, strict=True):
            if flipped:
                directions[bone] = layer.other_side[bone]
        variants.append(directions)
    return np.array(variants)


def _direction_weights(layer: CorrectedFigure, turning: list[int], following: list[int]) -> Array:
    weight = np.where(layer.corrected, np.nan_to_num(layer.weight), HELD)
    for bone in range(1, 24):
        owner = int(smpl.SMPL_OWNER[bone])
        if owner in following:
            weight[bone] = 0.0
        elif owner in turning and not layer.corrected[bone]:
            weight[bone] = BESIDE
    weight[0] = 0.0
    return weight


def _between(
    own: Array, kept: Array, expected: Array, world: Array, weight: Array, turning: list[int]
) -> tuple[Array, Array]:
    """Expected local rotations [N, 24, 3, 3], and those to start from.

    Parts that turn a little keep their own twist, parts that turn far take the learned one.
    """
    moved = rotmat_angle(tree.world_from_local(kept), world)
    unseen = np.isin(np.arange(24), smpl.SMPL_OWNER[(weight[0] == 0) & (np.arange(24) > 0)])
    share = np.where(unseen, 1.0, np.clip(moved / FAR, 0, 1))[..., None]
    step = rotvec_from_rotmat(np.swapaxes(kept, -1, -2) @ expected)
    blended = kept @ rotmat_from_rotvec(share * step)
    mean = own.copy()
    mean[:, turning] = blended[:, turning]
    mean[:, 0], first = own[:, 0], mean.copy()
    return mean, first


def _prior_precision(deviation: Array, turning: list[int], following: list[int]) -> Array:
    precision = np.full(deviation.shape, HELD)
    for part in range(1, 24):
        if part in turning:
            precision[:, part] = PRIOR_SHARE * deviation[:, part] ** -2.0
        elif part not in following and smpl.SMPL_PARENTS[part] in (*turning, *following):
            precision[:, part] = 0.0  # holds in the world, whatever its parent does
    precision[:, 0] = 0.0
    return precision


def _targets(directions: Array, weight: Array) -> terms.DirectionTargets:
    """Directions alone: where bones lie on paper has been read already."""
    none = np.zeros(weight.shape)
    zero = np.zeros(directions.shape)
    return terms.DirectionTargets(directions, weight, zero, none, 0.0, zero, none, none)


def _as_drawn(solution: lm.Solution, problem: lm.Problem, row: int) -> Array:
    """A solved guess [24, 3, 3] with its bones exactly where they were drawn.

    Joint ranges choose side and twist of a limb; whether it may go there the animator decides.
    """
    rows = slice(row, row + 1)
    local = tree.local_from_world(solution.world[rows])
    targets = problem.targets
    local = initial_pose.aligned(
        local, targets.directions[rows], targets.weight[rows], problem.rest
    )
    return tree.world_from_local(local)[0]


def _likeliest(solution: lm.Solution, problem: lm.Problem, layer: CorrectedFigure) -> int:
    """The guess that fits, and that people do: cost of the solve and the learned plausibility."""
    if len(solution.cost) == 1:
        return 0
    weights: SolverWeights = load_weights()
    quality = features.quality_from_weight(problem.targets.weight)
    bones = tree.bone_vectors(solution.world, layer.rest.directions)
    inputs, _ = features.net_input(bones, quality)
    plausible = weights.flip_ranker(inputs)[:, 0].astype(float)
    return int(np.argmax(plausible - COST_SHARE / 2 * solution.cost))


def _refused(why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "The result cannot be corrected",
        why,
        "Estimate the pose again and correct that",
        "edits.motion",
    )
