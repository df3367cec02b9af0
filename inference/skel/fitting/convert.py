"""SMPL motion → SKEL motion, with what is left over per bone and frame.

Conventions: as `motion` (meters, radians, y up).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.body_motion import BodyMotion
from ...body import BodyModel
from ...body.skinning import skin_vertices
from ..model.kinematics import SkelPose
from ..model.layout import BONE_COUNT, DOF_BONES, DOF_COUNT, HIGHEST, LOWEST, PARENTS
from ..model.skel_model import SkelModel
from ..model.sliding import slide_offsets
from ..motion import SkelMotion
from .fit import SkelFit, fit_skel
from .from_picture import PictureEvidence, fit_to_picture, picture_of
from .targets import FitTargets, targets_from_smpl

WEAK_JOINTS = 0.03  # m, mean over the joints of a frame
WEAK_DRAWN = 0.05  # of the figure's larger side in the picture, mean over the joints seen
FRAMES_TOGETHER = 4000  # memory stays under half a gigabyte; longer motions overlap
OVERLAP = 60


@dataclass(frozen=True)
class FitChoice:
    """What a fit follows besides joints and orientations.

    Attributes:
        surface: the skin.
        picture: where the joints were seen in the picture that the motion was read from, instead of
            the skin.
        shape: find the skeleton's shape from the skin instead of carrying the body's over; not
            with `picture`.
    """

    surface: bool = True
    picture: bool = False
    shape: bool = False


def skel_from_smpl(
    motion: BodyMotion,
    skel: SkelModel,
    body: BodyModel,
    surface: bool = True,
    report: Callable[[float], None] | None = None,
    betas: Array | None = None,
) -> SkelMotion:
    """Fits SKEL to a motion of an SMPL-format body; the shape is carried over.

    Args:
        motion: the motion.
        skel: a skeleton in the same skin.
        body: its body.
        surface: use skin markers besides joints and orientations.
        betas: [≤ K] the skeleton's shape, where it is not the body's (`fit_shape_to_smpl`).
        report: called with the share of work done; may raise to cancel.

    Returns:
        angles within the limits, continuous, with errors and low-confidence frames marked.
    """
    poses, trans = np.asarray(motion.poses, float), np.asarray(motion.trans, float)
    own = np.asarray(motion.betas if betas is None else betas, float)
    targets = targets_from_smpl(skel, body, poses, trans, motion.betas, surface, own)
    rest = skel.rest(own)
    fit = _fit_long(
        lambda part, before: fit_skel(rest, targets.part(part), before, report), len(poses)
    )
    return _skel_motion(motion, skel, targets, fit, own)


def skel_from_picture(
    motion: BodyMotion,
    skel: SkelModel,
    body: BodyModel,
    report: Callable[[float], None] | None = None,
) -> SkelMotion:
    """Fits SKEL to where a motion's joints were seen; arguments as of `skel_from_smpl`.

    Raises:
        Sketch2PoseError: the motion was not read from a picture.
    """
    fit, output, errors = fit_to_picture(motion, skel, body, report)
    weak = weakly_drawn(errors, picture_of(motion))
    fitted = _skel_motion(motion, skel, output, fit, np.asarray(motion.betas, float))
    return replace(fitted, drawn_errors=errors, weak_frames=weak)


def weakly_drawn(errors: Array, picture: PictureEvidence) -> NDArray[np.bool_]:
    """[T] frames in which the joints are far from where they were seen, for the figure's size."""
    seen = picture.weights > 0
    pixels = np.where(seen[..., None], picture.pixels, np.nan)
    known = seen.sum(1) > 1
    weak = ~known
    size = np.nanmax(pixels[known], axis=1) - np.nanmin(pixels[known], axis=1)
    weak[known] = np.nanmean(errors[known], axis=1) > WEAK_DRAWN * size.max(1)
    return weak


def _skel_motion(
    motion: BodyMotion, skel: SkelModel, targets: FitTargets, fit: SkelFit, betas: Array
) -> SkelMotion:
    pose = skel.forward(fit.q, fit.trans, betas)
    joint_errors, skin_errors = residuals(skel.rest(betas).joints, targets, pose)
    return SkelMotion(
        q=fit.q,
        trans=fit.trans,
        betas=betas,
        framerate=motion.mocap_framerate,
        joints=pose.positions,
        joint_errors=joint_errors,
        skin_errors=skin_errors,
        weak_frames=joint_errors.mean(1) > WEAK_JOINTS,
        model=skel.name,
        licence=skel.licence,
        rig=rig_arrays(skel, fit.q, betas),
    )


def rig_arrays(skel: SkelModel, q: Array, betas: Array) -> dict[str, NDArray]:
    """What a host needs to rebuild the moving skeleton without knowing SKEL.

    Args:
        skel: the model.
        q: [T, 46] radians.
        betas: [≤ K].

    Returns:
        `rest_joints` [24, 3] and `bone_vertices` [S, 3] in meters, `rest_axes` [46, 3] (rest body),
        `dof_bones` [46], `limits` [46, 2] radians, `parents` [24], `slides` [T, 24, 3] meters in
        the parent's frame, `bone_faces` [G, 3] and `bone_of_vertex` [S].
    """
    rest = skel.rest(betas)
    still = skel.forward(np.zeros((1, DOF_COUNT)), np.zeros((1, 3)), betas)
    return {
        "rest_joints": rest.joints.astype(np.float32),
        "rest_axes": rest.axes.astype(np.float32),
        "dof_bones": DOF_BONES,
        "limits": np.stack([LOWEST, HIGHEST], 1).astype(np.float32),
        "parents": np.array(PARENTS),
        "slides": slide_offsets(rest.slides, q)[0].astype(np.float32),
        "bone_vertices": skel.bones(still, betas)[0].astype(np.float32),
        "bone_faces": skel.bone_faces.astype(np.int32),
        "bone_of_vertex": skel.bone_weights.argmax(1).astype(np.uint8),
    }


def residuals(rest_joints: Array, targets: FitTargets, pose: SkelPose) -> tuple[Array, Array]:
    """Errors [T, 24] of the joints and, as a mean per bone, of the skin markers, in meters."""
    points = skin_vertices(targets.rest, targets.blend, pose.rotations, pose.positions, rest_joints)
    errors = np.linalg.norm(points - targets.places, axis=-1)
    skin = np.full((len(errors), BONE_COUNT), np.nan)
    for bone in range(BONE_COUNT):
        markers = targets.skin & (targets.bones == bone)
        if markers.any():
            skin[:, bone] = errors[:, markers].mean(1)
    return errors[:, :BONE_COUNT], skin


def _fit_long(fit: Callable[[slice, Array | None], SkelFit], frames: int) -> SkelFit:
    """One fit, or for very long motions several; each begins as its predecessor has it there."""
    whole = fit(slice(0, FRAMES_TOGETHER), None)
    while (done := len(whole.q)) < frames:
        first = done - OVERLAP
        part = fit(slice(first, first + FRAMES_TOGETHER), whole.q[first])
        whole = _joined(whole, part)
    return whole


def _joined(first: SkelFit, second: SkelFit) -> SkelFit:
    """Cross-fades the overlap; its weight starts and ends without a kink."""
    ramp = np.linspace(0, 1, OVERLAP)[:, None]
    share = ramp**2 * (3 - 2 * ramp)

    def blend(a: Array, b: Array) -> Array:
        middle = (1 - share) * a[-OVERLAP:] + share * b[:OVERLAP]
        return np.concatenate([a[:-OVERLAP], middle, b[OVERLAP:]])

    cost = np.concatenate([first.cost, second.cost[OVERLAP:]])
    q, trans = blend(first.q, second.q), blend(first.trans, second.trans)
    return SkelFit(q, trans, cost, first.iterations)
