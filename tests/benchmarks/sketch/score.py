"""Scores of one outcome against what is known of its drawing.

Conventions: as in `metrics`; lengths are given in millimetres after both bodies have been
brought to the limb lengths of an adult.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.inference.body.model import BodyModel, load_default_body
from sketch2pose.inference.solver.confidence import GOOD_ANGLE

from . import metrics
from .character import LIMB_LENGTH_SUM
from .drawings import RealDrawing
from .observed import Observed, observe
from .run import Outcome

Array = NDArray[np.floating]

HYPOTHESES = 5
FOUND_OVERLAP = 0.3  # of the joints' boxes, from which the found person is the marked one
TRUTH_REACHED = 40.0  # mm: a hypothesis this near is the truth
MILLIMETRES = 1000.0

_BONE_ENDS = tuple(end for _, end in metrics.LIMB_BONES)


@dataclass(frozen=True)
class RealScore:
    """Scores of a real drawing; the joints are those drawn.

    Attributes:
        people: how many were found.
        found: one of them is the marked one.
        errors: [J] px of the observed joints, relative to the drawing's size.
        posed_errors: [J] the same of the solved body, projected.
    """

    people: int
    found: bool
    errors: Array
    posed_errors: Array

    def pck(self, threshold: float, posed: bool = False) -> float:
        """Share of drawn joints within the threshold; 0 when nobody was found."""
        return metrics.pck(self.posed_errors if posed else self.errors, 1.0, threshold)


@dataclass(frozen=True)
class PoseScore:
    """Scores of a drawing whose 3D truth is known.

    Attributes:
        found: somebody was found.
        pa_mm, mpjpe_mm, best_mm: of the first reading, and PA of the best of five.
        directions: [8] degrees, camera frame.
        swapped: fits better with left and right exchanged.
        ambiguous: the drawing can be read as another pose.
        confidence: [8] as stated for the joints in which the limb bones end.
        correct: [8] whether each bone points within the angle that confidence speaks of.
    """

    found: bool
    pa_mm: float = np.nan
    mpjpe_mm: float = np.nan
    best_mm: float = np.nan
    directions: Array = field(default_factory=lambda: np.full(8, np.nan))
    swapped: bool = False
    ambiguous: bool = False
    confidence: Array = field(default_factory=lambda: np.zeros(0))
    correct: Array = field(default_factory=lambda: np.zeros(0, bool))


def score_real(drawing: RealDrawing, outcome: Outcome) -> RealScore:
    """The found person that fits the marked one best; nobody found scores no joint."""
    nobody = np.full(3 * (len(drawing.arms) + len(drawing.legs)), np.inf)
    best = RealScore(len(outcome.motions), False, nobody, nobody)
    for motion in outcome.motions:
        seen = observe(motion)
        errors = drawn_errors(metrics.limb_points(seen.joints2d), drawing)
        posed = drawn_errors(metrics.limb_points(seen.reprojected()), drawing)
        if np.mean(errors) < np.mean(best.errors):
            found = _overlaps(seen, drawing)
            best = RealScore(len(outcome.motions), found, errors, posed)
    return best


def _overlaps(seen: Observed, drawing: RealDrawing) -> bool:
    marked = np.concatenate([drawing.arms, drawing.legs]).reshape(-1, 2)
    found = metrics.limb_points(seen.joints2d)
    return metrics.box_overlap(found, marked) >= FOUND_OVERLAP


def drawn_errors(limbs: Array, drawing: RealDrawing) -> Array:
    """[J] distances of limb joints [12, 2] to the marked ones, relative to the size."""
    chains = limbs[list(metrics.LIMB_CHAINS)]  # [4, 3, 2]
    errors = []
    for pair, marked in ((chains[:2], drawing.arms), (chains[2:], drawing.legs)):
        if drawing.sided:
            errors.append(np.linalg.norm(pair - marked, axis=-1))
        else:
            errors.append(metrics.pair_errors(pair, marked))
    return np.concatenate([part.ravel() for part in errors]) / drawing.size


def score_pose(
    truth: Array,
    outcome: Outcome,
    pixels: Array | None = None,
    body: BodyModel | None = None,
    ambiguous: bool = False,
) -> PoseScore:
    """Scores against exact joints.

    Args:
        truth: [12, 3] limb joints in camera space, metres.
        outcome: of the estimator; of several people the first is taken whose joints lie
            nearest to `pixels` (when given).
        pixels: [12, 2] the truth in the image, px.
        body: whose hypotheses these are; the default body when None.
        ambiguous: the drawing can be read as another pose, see `ambiguous.is_ambiguous`.
    """
    if not outcome.motions:
        return PoseScore(found=False, ambiguous=ambiguous)
    motion = nearest(outcome.motions, pixels)
    truth = adult(truth)
    seen = observe(motion)
    estimate = adult(metrics.limb_points(seen.in_camera(seen.joints3d)))
    readings = np.concatenate([estimate[None], _readings(motion, body or load_default_body())])
    directions = metrics.limb_direction_error(estimate, truth)
    return PoseScore(
        found=True,
        pa_mm=metrics.pa_mpjpe(estimate, truth) * MILLIMETRES,
        mpjpe_mm=metrics.mpjpe(estimate, truth) * MILLIMETRES,
        best_mm=metrics.best_of(readings[:HYPOTHESES], truth) * MILLIMETRES,
        directions=directions,
        swapped=metrics.left_right_swapped(estimate, truth),
        ambiguous=ambiguous,
        confidence=metrics.limb_points(seen.confidence[:, None])[list(_BONE_ENDS), 0],
        correct=directions <= np.degrees(GOOD_ANGLE),
    )


def adult(limbs: Array) -> Array:
    """[12, 3] limbs of any size as those of an adult."""
    start, end = np.array(metrics.LIMB_BONES).T
    return limbs * LIMB_LENGTH_SUM / np.linalg.norm(limbs[end] - limbs[start], axis=-1).sum()


def nearest(motions: tuple[BodyMotion, ...], pixels: Array | None) -> BodyMotion:
    """Of several people the one whose joints lie nearest to [12, 2] px, or the first."""
    if pixels is None:
        return motions[0]

    def distance(motion: BodyMotion) -> float:
        return float(np.linalg.norm(metrics.limb_points(observe(motion).joints2d) - pixels))

    return min(motions, key=distance)


def _readings(motion: BodyMotion, body: BodyModel) -> Array:
    """[H, 12, 3] the hypotheses other than the first reading, world space."""
    if motion.hypothesis_poses is None:
        return np.zeros((0, 12, 3))
    poses = np.asarray(motion.hypothesis_poses, float)[:, 0]
    others = poses[np.abs(poses - motion.poses[0]).max(1) > 1e-5]
    if not len(others):
        return np.zeros((0, 12, 3))
    joints = body.forward(others, np.zeros((len(others), 3)), motion.betas)
    return metrics.limb_points(joints)
