"""A motion file in, all files of its SKEL motion out: what `skel` and `fit_skel` do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.body_motion import BodyMotion, write_body_motion
from ...core.errors import Sketch2PoseError
from ..body import BodyModel, load_default_body
from ..body.smpl_files import load_smpl_file
from ..body.smpl_sized import smpl_sized
from .fitting.convert import FitChoice, skel_from_picture, skel_from_smpl
from .fitting.to_smpl import smpl_from_skel
from .model.default import load_default_skel
from .model.shape import fit_shape_to_smpl
from .model.skel_file import load_skel_file
from .model.skel_model import SkelModel, shaped
from .motion import SkelMotion, write_skel_motion
from .opensim.osim import write_osim
from .opensim.tables import write_csv, write_mot, write_trc

DEFAULT_CHOICE = FitChoice()


@dataclass(frozen=True)
class SkelModels:
    """A skeleton and the SMPL-format body with the same skin and shape parameters."""

    skel: SkelModel
    body: BodyModel


def load_models(skel_file: Path | None = None, body_file: Path | None = None) -> SkelModels:
    """The default models, or the user's own pair.

    Args:
        skel_file: SKEL file.
        body_file: SMPL file of the same gender.

    Raises:
        Sketch2PoseError: when a file is refused, only one is given, or they do not belong together.
    """
    if skel_file is None and body_file is None:
        return SkelModels(load_default_skel(), load_default_body())
    if skel_file is None or body_file is None:
        raise _mismatch("a SKEL file and an SMPL file are needed together")
    skel, body = load_skel_file(skel_file), smpl_sized(load_smpl_file(body_file))
    if len(skel.v_template) != len(body.v_template):
        raise _mismatch(
            f"the skin has {len(skel.v_template)} vertices and the body {len(body.v_template)}"
        )
    return SkelModels(skel, body)


def write_skel_files(
    motion: BodyMotion,
    stem: str,
    out: Path,
    models: SkelModels,
    choice: FitChoice = DEFAULT_CHOICE,
    report: Callable[[float], None] | None = None,
) -> tuple[SkelMotion, list[Path]]:
    """Fits SKEL to a motion and writes npz, mot, trc, csv and osim.

    Args:
        motion: of an SMPL-format body.
        stem: of the files.
        out: an existing folder.
        models: skeleton and body.
        choice: what the fit follows.
        report: called with the share of work done; may raise to cancel.

    Returns:
        the SKEL motion and the files, `<stem>_skel.npz` first.
    """
    skel, body = models.skel, models.body
    if choice.picture:
        fitted = skel_from_picture(motion, skel, body, report)
    else:
        betas = fit_shape_to_smpl(motion, skel, body, _still(report)) if choice.shape else None
        fitted = skel_from_smpl(motion, skel, body, choice.surface, report, betas)
    paths = [out / f"{stem}_skel{suffix}" for suffix in (".npz", ".mot", ".trc", ".csv", ".osim")]
    write_skel_motion(paths[0], fitted)
    write_mot(paths[1], fitted)
    write_trc(paths[2], fitted)
    write_csv(paths[3], fitted)
    skin = shaped(skel.v_template, skel.shapedirs, fitted.betas)
    write_osim(paths[4], skel.rest(fitted.betas), float(np.ptp(skin[:, 1])), f"{stem}_skel")
    return fitted, paths


def _still(report: Callable[[float], None] | None) -> Callable[[float], None] | None:
    """The report for work that comes first: it may cancel, and the share stays at nothing."""
    return None if report is None else lambda _share: report(0.0)


def write_smpl_file(motion: SkelMotion, stem: str, out: Path, models: SkelModels) -> Path:
    """The SMPL motion of a SKEL motion as `<stem>_smpl.npz`."""
    path = out / f"{stem}_smpl.npz"
    write_body_motion(path, smpl_from_skel(motion, models.skel, models.body))
    return path


def fit_sentence(motion: SkelMotion) -> str:
    """What is left over, for the user."""
    skin = motion.skin_errors[~np.isnan(motion.skin_errors)]
    text = f"{len(motion.q)} frames, joints within {1e3 * motion.joint_errors.mean():.1f} mm"
    text += f", skin within {1e3 * skin.mean():.1f} mm" if skin.size else ""
    if motion.drawn_errors is not None and np.isfinite(motion.drawn_errors).any():
        text += f", {np.nanmean(motion.drawn_errors):.1f} px from the detected joints"
    weak = int(motion.weak_frames.sum())
    return text + (f"; check {weak} low-confidence frames" if weak else "")


def _mismatch(why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "The body models cannot be used",
        why,
        "Choose a SKEL file and the SMPL file of the same gender, or neither",
        "skel.models",
    )
