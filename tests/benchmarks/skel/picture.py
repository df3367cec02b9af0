"""SKEL from pictures: validation poses seen through a camera with noise, and the bundled drawings.

Conventions: metres, px; the camera is level, 4 m away.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sketch2pose.core.axes import LEVEL_ROTATION
from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.skel.fitting.convert import skel_from_picture
from sketch2pose.inference.skel.fitting.from_picture import picture_of, smpl_points
from sketch2pose.inference.skel.model.default import load_default_skel
from sketch2pose.inference.skel.model.layout import HIGHEST, LOWEST
from tests.benchmarks.sketch.table import Row

FRAMES, FOCAL, DISTANCE = 30, 1000.0, 4.0
PIXEL_NOISE, READING_NOISE = 3.0, 0.15  # px; radians of each rotation, the same in all frames
DRAWINGS = Path(__file__).resolve().parents[3] / "docs" / "examples"


def from_pictures(motions: list[BodyMotion]) -> list[Row]:
    """2D error before and after, error in space, limits."""
    rng = np.random.default_rng(0)
    pairs = [_as_seen(motion, rng) for motion in motions]
    results = [_refined(seen, truth) for seen, truth in pairs]
    rows = _rows("val poses seen with noise", results)
    before, after = (np.mean([result[i] for result in results]) for i in (3, 4))
    rows.append(Row("val poses seen with noise: MPJPE of the reading", before, "mm"))
    rows.append(Row("val poses seen with noise: MPJPE", after, "mm", before, before))
    return rows + _rows("drawings", [_refined(motion, None) for motion in drawn_motions()])


def _rows(what: str, results: list) -> list[Row]:
    before, after = (float(np.mean([result[i] for result in results])) for i in (0, 1))
    violations, count = sum(result[2] for result in results), len(results)
    return [
        Row(f"{what}: 2D error of the reading", before, "px", cases=count),
        Row(f"{what}: 2D error", after, "px", before, before / 2, cases=count),
        Row(f"{what}: limit violations", violations, "", 0, 0, cases=count),
    ]


def _as_seen(motion: BodyMotion, rng: np.random.Generator) -> tuple[BodyMotion, np.ndarray]:
    """A reading that is off, with the pixels of the true joints."""
    poses, trans = motion.poses[:FRAMES], motion.trans[:FRAMES]
    joints = np.asarray(load_default_body().forward(poses, trans), float)
    shift = np.array([0.0, 0.0, DISTANCE]) - LEVEL_ROTATION @ joints[:, 0].mean(0)
    seen = joints @ LEVEL_ROTATION.T + shift
    pixels = FOCAL * seen[..., :2] / seen[..., 2:]
    pixels += rng.normal(0, PIXEL_NOISE, pixels.shape)
    output = BodyMotion(
        poses=(poses + rng.normal(0, READING_NOISE, (1, 72))).astype(np.float32),
        trans=trans,
        betas=motion.betas,
        mocap_framerate=motion.mocap_framerate,
        joints2d=pixels.astype(np.float32),
        camera_rotation=LEVEL_ROTATION.astype(np.float32),
        camera_translation=shift.astype(np.float32),
        camera_focal=FOCAL,
        camera_center=np.zeros(2, np.float32),
    )
    return output, joints


def _refined(motion: BodyMotion, truth: np.ndarray | None) -> tuple:
    skel, body = load_default_skel(), load_default_body()
    picture = picture_of(motion)
    before = np.asarray(body.forward(motion.poses, motion.trans, motion.betas), float)
    fitted = skel_from_picture(motion, skel, body)
    pose = skel.forward(fitted.q, fitted.trans, motion.betas)
    after = smpl_points(skel, body, pose, np.asarray(motion.betas))
    violations = int(((fitted.q < LOWEST) | (fitted.q > HIGHEST)).sum())
    off = [np.nan if truth is None else _mpjpe(points, truth) for points in (before, after)]
    return np.nanmean(picture.errors(before)), np.nanmean(fitted.drawn_errors), violations, *off


def _mpjpe(points: np.ndarray, truth: np.ndarray) -> float:
    difference = (points - points[:, :1]) - (truth - truth[:, :1])
    return 1e3 * float(np.linalg.norm(difference, axis=-1).mean())


def drawn_motions() -> list[BodyMotion]:
    """Readings of the bundled drawings."""
    from sketch2pose.inference.devices import choose_device
    from sketch2pose.inference.estimators import Estimators, Settings
    from sketch2pose.inference.pictures.page import load_page

    estimator = Estimators(Settings(choose_device("cpu", 1), None)).sketch
    drawings = sorted(path for path in DRAWINGS.iterdir() if path.suffix in (".png", ".jpg"))
    return [motion for path in drawings for motion in estimator.estimate(load_page(path), Quiet())]


class Quiet:
    """A report that nobody reads."""

    def progress(self, fraction: float, text: str) -> None:
        """Nothing to show."""

    def warn(self, text: str) -> None:
        """Nothing to show."""

    def check(self) -> None:
        """Nobody cancels."""
