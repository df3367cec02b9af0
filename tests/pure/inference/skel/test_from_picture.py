"""SKEL from what a picture shows: nearer to the pixels, within the limits, and refused without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sketch2pose.core.axes import LEVEL_ROTATION
from sketch2pose.core.body_motion import BodyMotion, write_body_motion
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference import cli
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.skel.fitting.convert import (
    skel_from_picture,
    skel_from_smpl,
    weakly_drawn,
)
from sketch2pose.inference.skel.fitting.from_picture import PictureEvidence, picture_of, smpl_points
from sketch2pose.inference.skel.model.default import load_default_skel
from sketch2pose.inference.skel.model.layout import HIGHEST, LOWEST
from sketch2pose.inference.skel.motion import read_skel_motion

FRAMES = 6


def misread_motion(off: float = 0.15) -> tuple[BodyMotion, np.ndarray]:
    """A misread pose with the pixels of the true one, and the true joints [T, 24, 3]."""
    rng, body = np.random.default_rng(3), load_default_body()
    poses = np.repeat(rng.normal(0, 0.2, (1, 72)), FRAMES, 0)
    poses[:, 12], poses[:, 15] = 0.6, 0.3  # knees bend one way only
    trans = np.zeros((FRAMES, 3))
    joints = np.asarray(body.forward(poses, trans), float)
    shift = np.array([0.0, 0.0, 4.0]) - LEVEL_ROTATION @ joints[:, 0].mean(0)
    seen = joints @ LEVEL_ROTATION.T + shift
    pixels = 500 + 1000 * seen[..., :2] / seen[..., 2:] + rng.normal(0, 1, (FRAMES, 24, 2))
    misread = poses + rng.normal(0, off, (1, 72))
    return BodyMotion(
        poses=misread.astype(np.float32),
        trans=trans.astype(np.float32),
        betas=np.zeros(10, np.float32),
        joints2d=pixels.astype(np.float32),
        confidence=np.ones((FRAMES, 24), np.float32),
        camera_rotation=LEVEL_ROTATION.astype(np.float32),
        camera_translation=shift.astype(np.float32),
        camera_focal=1000.0,
        camera_center=np.array([500, 500], np.float32),
        image_size=np.array([1000, 1000]),
    ), joints


def from_root(points: np.ndarray) -> np.ndarray:
    return points - points[:, :1]


def test_frames_far_from_what_was_seen_are_weak() -> None:
    motion, _truth = misread_motion()
    picture = picture_of(motion)
    errors = np.full((FRAMES, 24), 2.0)
    errors[1] = 200.0
    hidden = replace(picture, weights=picture.weights * (np.arange(FRAMES) != 4)[:, None])
    assert np.flatnonzero(weakly_drawn(errors, hidden)).tolist() == [1, 4]


def test_it_follows_the_picture_within_the_limits() -> None:
    motion, truth = misread_motion()
    skel, body = load_default_skel(), load_default_body()
    fitted, plain = skel_from_picture(motion, skel, body), skel_from_smpl(motion, skel, body, False)
    assert (fitted.q >= LOWEST).all() and (fitted.q <= HIGHEST).all()
    before = picture_of(motion).errors(body.forward(motion.poses, motion.trans)).mean()
    assert fitted.drawn_errors is not None and fitted.drawn_errors.mean() < 0.4 * before
    assert not fitted.weak_frames.any()  # judged by the picture, not by a reading that was off
    off = [
        np.linalg.norm(from_root(smpl_points(skel, body, pose, motion.betas)) - from_root(truth))
        for pose in (skel.forward(f.q, f.trans, motion.betas) for f in (fitted, plain))
    ]
    assert off[0] < off[1]  # and nearer to the truth in space


def test_unseen_joints_do_not_count() -> None:
    motion, _truth = misread_motion()
    pixels = np.array(motion.joints2d)
    pixels[:, 20] = np.nan
    sure = np.array(motion.confidence)
    sure[:, 21] = 0
    fitted = skel_from_picture(
        replace(motion, joints2d=pixels, confidence=sure), load_default_skel(), load_default_body()
    )
    assert fitted.drawn_errors is not None and np.isfinite(fitted.q).all()
    assert np.isnan(fitted.drawn_errors[:, 20:22]).all()
    assert np.isfinite(fitted.drawn_errors[:, :20]).all()


def test_points_on_the_rays_project_to_their_pixels() -> None:
    picture: PictureEvidence = picture_of(misread_motion()[0])
    points = np.random.default_rng(0).normal(0, 0.5, (FRAMES, 24, 3))
    on_rays = picture.nearest_on_rays(points)
    assert picture.errors(on_rays).max() < 1e-6
    further = picture.nearest_on_rays(on_rays)
    assert np.allclose(further, on_rays)


def test_a_motion_without_a_picture_is_refused() -> None:
    motion = replace(misread_motion()[0], joints2d=None)
    with pytest.raises(Sketch2PoseError, match="no detected joints"):
        skel_from_picture(motion, load_default_skel(), load_default_body())


def test_the_command_line_follows_the_picture(tmp_path: Path, capsys) -> None:
    write_body_motion(tmp_path / "seen.npz", misread_motion()[0])
    arguments = ["skel", str(tmp_path / "seen.npz"), "--out", str(tmp_path), "--from-image"]
    assert cli.run(arguments) == 0
    assert "px from the detected joints" in capsys.readouterr().out
    assert read_skel_motion(tmp_path / "seen_skel.npz").drawn_errors is not None
