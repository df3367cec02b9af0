"""SKEL refined against the picture that a motion was read from, so that the result obeys anatomy.

An estimator's SMPL pose becomes SKEL angles, and these are moved until the joints project to where
they were seen, coarse to fine as SKEL-CF (2025) does in its network: first the whole body, then the
large joints, then all. What the picture leaves open (depth, turns about a bone's own axis) stays as
near to the estimator's reading as the limits allow.

Each joint is drawn to the nearest point of the ray through its pixel, again and again: that needs
no other solver than the fit's, and leaves the depth to the reading.

Conventions: meters, radians; world y up; camera from world with OpenCV's axes; pixels from
the top left.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.body_motion import BodyMotion
from ....core.camera import AnyCamera
from ....core.errors import Sketch2PoseError
from ....core.smpl import SMPL_JOINT_NAMES
from ...body import BodyModel
from ..model.kinematics import SkelPose
from ..model.layout import BONE_COUNT, BONE_NAMES, DOF_BONES, DOF_COUNT
from ..model.skel_model import SkelModel
from .fit import SkelFit, Stage, fit_skel, refit_skel
from .targets import ORIENTED, FitTargets, targets_from_smpl

_STEM = {"hip": "femur", "knee": "tibia", "ankle": "talus", "foot": "calcn", "collar": "thorax",
         "shoulder": "humerus", "elbow": "ulna", "wrist": "hand", "hand": "hand"}  # fmt: skip
_MIDDLE = {"pelvis": "pelvis", "spine1": "pelvis", "spine2": "lumbar_body", "spine3": "thorax",
           "neck": "thorax", "head": "head"}  # fmt: skip
JOINT_PRIOR, TURN_PRIOR = 0.15, 0.25  # weights of the reading's joints and turns; seen joints: 1
LARGE_JOINTS = ("pelvis", "femur_r", "femur_l", "lumbar_body", "thorax", "humerus_r", "humerus_l")
ROUNDS = (4, 4, 8)  # root, large joints, all


@dataclass(frozen=True)
class PictureEvidence:
    """Where the joints of a motion were seen.

    Attributes:
        pixels: [T, 24, 2] px; 0 where unseen.
        weights: [T, 24] confidence; 0 where unseen.
        camera: from the motion's world; a path has T rows.
    """

    pixels: Array
    weights: Array
    camera: AnyCamera

    def nearest_on_rays(self, points: Array) -> Array:
        """The points of the pixels' rays that are nearest to world points [T, 24, 3]."""
        eye = self.camera.to_world(np.zeros((len(points), 1, 3)))
        rays = self.camera.vectors_to_world(self.camera.rays(self.pixels))
        depth = ((points - eye) * rays).sum(-1, keepdims=True)
        return eye + depth * rays

    def errors(self, points: Array) -> Array:
        """[T, 24] px between world points [T, 24, 3] and where they were seen; NaN where unseen."""
        pixels = self.camera.project(points, nearest=1e-6)
        error = np.linalg.norm(pixels - self.pixels, axis=-1)
        return np.where(self.weights > 0, error, np.nan)


def picture_of(motion: BodyMotion) -> PictureEvidence:
    """The 2D evidence of a motion.

    Raises:
        Sketch2PoseError: the motion was not read from a picture.
    """
    camera = motion.camera
    if motion.joints2d is None or camera is None:
        raise Sketch2PoseError(
            "The skeleton cannot be fitted to the image",
            "the motion contains no detected joints or no camera",
            "Use a motion made by `sketch`, `image` or `video`, or leave this option off",
            "skel.picture",
        )
    pixels = np.asarray(motion.joints2d, float)
    seen = np.isfinite(pixels).all(-1)
    sure = (
        np.ones(seen.shape) if motion.confidence is None else np.asarray(motion.confidence, float)
    )
    return PictureEvidence(
        np.where(seen[..., None], pixels, 0.0), np.where(seen, sure, 0.0), camera
    )


def host_bones() -> NDArray[np.integer]:
    """[24] the SKEL bone that carries the place of each SMPL joint."""

    def host(joint: str) -> str:
        if joint in _MIDDLE:
            return _MIDDLE[joint]
        side, part = joint.split("_")
        stem = _STEM[part]
        return stem if stem in BONE_NAMES else f"{stem}_{side[0]}"

    return np.array([BONE_NAMES.index(host(joint)) for joint in SMPL_JOINT_NAMES])


def smpl_points(skel: SkelModel, body: BodyModel, pose: SkelPose, betas: Array) -> Array:
    """[T, 24, 3] places of SMPL's joints on the posed skeleton, meters."""
    bones = host_bones()
    arms = np.asarray(body.joints(betas), float) - skel.rest(betas).joints[bones]
    return pose.positions[:, bones] + (pose.rotations[:, bones] @ arms[..., None])[..., 0]


def fit_to_picture(
    motion: BodyMotion,
    skel: SkelModel,
    body: BodyModel,
    report: Callable[[float], None] | None = None,
) -> tuple[SkelFit, FitTargets, Array]:
    """Fits SKEL to what was seen and, where that leaves choice, to the motion.

    Args:
        motion: with `joints2d` and a camera.
        skel: the skeleton.
        body: in the same shape space.
        report: called with the share of work done; may raise to cancel.

    Returns:
        the fit, the targets of the motion itself, and errors [T, 24] in px (NaN: unseen).

    Raises:
        Sketch2PoseError: the motion has no 2D evidence.
    """
    picture, rest = picture_of(motion), skel.rest(motion.betas)
    poses, trans = np.asarray(motion.poses, float), np.asarray(motion.trans, float)
    output = targets_from_smpl(skel, body, poses, trans, motion.betas, surface=False)
    first = fit_skel(rest, output, report=report)
    seen = _with_seen_joints(output, picture, np.asarray(body.joints(motion.betas), float))

    def aims(pose: SkelPose) -> FitTargets:
        points = smpl_points(skel, body, pose, np.asarray(motion.betas))
        places = seen.places.copy()
        places[:, -len(SMPL_JOINT_NAMES) :] = picture.nearest_on_rays(points)
        return replace(seen, places=places)

    fit = refit_skel(rest, aims, first, stages())
    pose = skel.forward(fit.q, fit.trans, motion.betas)
    errors = picture.errors(smpl_points(skel, body, pose, np.asarray(motion.betas)))
    return fit, output, errors


def stages() -> tuple[Stage, ...]:
    """Coarse to fine: which angles move, and for how many rounds."""
    root, large = (
        np.isin(DOF_BONES, [BONE_NAMES.index(name) for name in names])
        for names in (LARGE_JOINTS[:1], LARGE_JOINTS)
    )
    return tuple(zip((root, large, np.ones(DOF_COUNT, bool)), ROUNDS, strict=True))


def _with_seen_joints(output: FitTargets, picture: PictureEvidence, joints: Array) -> FitTargets:
    """The reading's joints and turns as a prior, and behind them the 24 joints that were seen."""
    prior = np.full(len(output.rest), JOINT_PRIOR)
    prior[BONE_COUNT : BONE_COUNT + 3 * len(ORIENTED)] = TURN_PRIOR
    frames, bones = len(output.places), host_bones()
    weights = np.concatenate([np.tile(prior, (frames, 1)), picture.weights], 1)
    return FitTargets(
        rest=np.concatenate([output.rest, joints]),
        bones=np.concatenate([output.bones, bones]),
        places=np.concatenate([output.places, np.zeros((frames, len(joints), 3))], 1),
        weights=weights,
        skin=np.zeros(len(prior) + len(joints), bool),
        blend=np.concatenate([output.blend, np.eye(BONE_COUNT)[bones]]),
        oriented=output.oriented,
        pace=output.pace,
    )
