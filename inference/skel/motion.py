"""A SKEL motion and its file: the angles as upstream's npz has them, with our report beside.

Conventions: meters, radians, world y up; `trans` is added to the rest position of the pelvis.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...core.array_archive import read_archive
from ...core.arrays import Array
from ...core.errors import Sketch2PoseError
from ...core.time_bounds import framerate_problem, length_problem
from .model.layout import BONE_NAMES, DOF_COUNT, DOF_NAMES

FORMAT_VERSION = 1
_NAMES_IN_FILE = {"q": "poses"}

# what reading an .npz raises that is damaged, cut off or none at all
DAMAGED = (OSError, ValueError, KeyError, TypeError, OverflowError)


@dataclass(frozen=True)
class SkelMotion:
    """Angles of T frames with what the fit left over.

    Attributes:
        q: [T, 46] radians, continuous over frames.
        trans: [T, 3] meters.
        betas: [K].
        framerate: frames a second.
        joints: [T, 24, 3] meters, world.
        joint_errors: [T, 24] meters between each joint and its target.
        skin_errors: [T, 24] meters, mean over each bone's markers; NaN where it has none.
        weak_frames: [T] True where the result should be looked at.
        model: name of the SKEL model.
        licence: of that model.
        drawn_errors: [T, 24] px between SMPL's joints and where a picture shows them, NaN where it
            does not; None without a picture.
        rig: what a host needs to build an armature of it (`rig_arrays`); empty when unknown.
    """

    q: Array
    trans: Array
    betas: Array
    framerate: float
    joints: Array
    joint_errors: Array
    skin_errors: Array
    weak_frames: NDArray[np.bool_]
    model: str
    licence: str
    rig: Mapping[str, NDArray] = field(default_factory=dict)
    drawn_errors: Array | None = None


def write_skel_motion(path: Path, motion: SkelMotion) -> None:
    """Writes `poses`, `betas` and `trans` as SKEL's tools name them, and our own fields."""
    drawn = {} if motion.drawn_errors is None else {"drawn_errors": motion.drawn_errors}
    np.savez_compressed(
        path,
        format_version=FORMAT_VERSION,
        poses=motion.q.astype(np.float32),
        betas=motion.betas.astype(np.float32),
        trans=motion.trans.astype(np.float32),
        pose_type="skel",
        mocap_framerate=motion.framerate,
        dof_names=np.array(DOF_NAMES),
        bone_names=np.array(BONE_NAMES),
        joints3d=motion.joints.astype(np.float32),
        joint_errors=motion.joint_errors.astype(np.float32),
        skin_errors=motion.skin_errors.astype(np.float32),
        weak_frames=motion.weak_frames,
        body_model=np.array([motion.model, motion.licence]),
        **{key: values.astype(np.float32) for key, values in drawn.items()},
        **motion.rig,
    )


def read_skel_motion(path: Path) -> SkelMotion:
    """Reads a file of `write_skel_motion`, or one with SKEL's own keys only.

    Raises:
        Sketch2PoseError: when it is no SKEL motion.
    """
    try:
        return skel_motion_from_arrays(read_archive(path))
    except DAMAGED as error:
        raise Sketch2PoseError(
            f"The SKEL motion {path.name} could not be read",
            str(error),
            "Choose a file made by `skel`, or by SKEL's own tools",
            "skel.motion",
        ) from error


def is_skel(fields: Mapping[str, NDArray]) -> bool:
    """Whether the arrays of an `.npz` are a SKEL motion's: they say so, or are poses [T, 46]."""
    if str(fields.get("pose_type", "")) == "skel":
        return True
    return "poses" in fields and np.shape(fields["poses"])[1:] == (DOF_COUNT,)


def skel_motion_from_arrays(fields: Mapping[str, NDArray]) -> SkelMotion:
    """The motion of a file's arrays.

    Args:
        fields: by name: `poses` [T, 46] radians, and what else a SKEL motion's file holds.

    Raises:
        KeyError: there are no poses.
        ValueError: an array has another shape.
    """
    q = np.asarray(fields["poses"], float)
    if q.ndim != 2 or q.shape[1] != DOF_COUNT or not len(q):
        raise ValueError(f"'poses' has the shape {q.shape} instead of n × {DOF_COUNT}")
    frames = len(q)
    nothing = np.full((frames, len(BONE_NAMES)), np.nan)
    model, licence = (str(part) for part in fields.get("body_model", np.array(["SKEL", ""])))
    motion = SkelMotion(
        q=q,
        trans=np.asarray(fields.get("trans", np.zeros((frames, 3))), float).reshape(frames, 3),
        betas=np.asarray(fields.get("betas", np.zeros(10)), float).reshape(-1)[:10],
        framerate=float(fields.get("mocap_framerate", np.array(30.0))),
        joints=np.asarray(fields.get("joints3d", np.full((*nothing.shape, 3), np.nan)), float),
        joint_errors=fields.get("joint_errors", nothing),
        skin_errors=fields.get("skin_errors", nothing),
        weak_frames=np.asarray(fields.get("weak_frames", np.zeros(frames, bool)), bool),
        model=model,
        licence=licence,
        drawn_errors=fields.get("drawn_errors"),
    )
    _check_numbers(motion)
    return motion


def _check_numbers(motion: SkelMotion) -> None:
    """ValueError unless what drives the skeleton is finite, also in single precision."""
    for name in ("q", "trans", "betas"):
        with np.errstate(over="ignore"):
            values = np.asarray(getattr(motion, name), np.float32)
        if not np.isfinite(values).all():
            named = _NAMES_IN_FILE.get(name, name)
            raise ValueError(f"'{named}' holds numbers that are not finite")
    if problem := framerate_problem(motion.framerate):
        raise ValueError(f"'mocap_framerate' {problem}")
    if problem := length_problem(len(motion.q) / motion.framerate):
        raise ValueError(f"it {problem}")
