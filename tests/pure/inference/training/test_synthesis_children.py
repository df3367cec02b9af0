"""Figures as children draw them: flat on the page, of any length, from the front."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba", reason="skipped: training libraries are not installed")

from sketch2pose.inference.training.synthesis.children import (
    careless_scales,
    flat_poses,
    frontal_views,
)
from sketch2pose.inference.training.synthesis.figure import make_figures
from sketch2pose.inference.training.synthesis.layout import KEYPOINTS
from sketch2pose.inference.training.synthesis.look import FACE_ONLY, HEADLESS_TORSO, shape_look
from sketch2pose.inference.training.synthesis.pens import Pen

LIMBS = [4, 5, 7, 8, 18, 19, 20, 21]


def drawn(seed: int, count: int = 200):
    rng = np.random.default_rng(seed)
    local, scales = flat_poses(rng, count), careless_scales(rng, count)
    return make_figures(local, scales, rng, frontal_views(rng, count))


def test_limbs_lie_in_the_page():
    slope = np.abs(drawn(0).directions[:, LIMBS, 2])
    assert np.degrees(np.arcsin(np.median(slope))) < 12
    assert np.degrees(np.arcsin(np.quantile(slope, 0.95))) < 30


def test_they_face_the_viewer_and_stand():
    figures = drawn(1)
    assert (figures.directions[:, 0, 2] < -0.8).all()  # the pelvis looks at the viewer
    pelvis, foot = figures.points[:, 0, 1], figures.points[:, [7, 8], 1]
    assert (foot.mean(1) > pelvis).all()  # y points down


def test_lengths_vary_more_than_people_do():
    scales = careless_scales(np.random.default_rng(2), 500)
    assert scales.shape == (500, KEYPOINTS)
    assert np.log(scales[:, 4]).std() > 0.3
    assert scales[:, KEYPOINTS - 1].mean() > 1.5  # heads


def test_the_same_seed_draws_the_same():
    assert np.array_equal(drawn(3, 5).points, drawn(3, 5).points)


def test_a_head_in_the_trunk_is_only_its_face():
    pen = Pen(width=1, wobble=0.0)
    looks = [shape_look(np.random.default_rng(seed), pen, 80.0) for seed in range(200)]
    faces = [look for look in looks if look.torso == HEADLESS_TORSO]
    assert faces
    assert {look.head for look in faces} == {FACE_ONLY}
    assert FACE_ONLY not in {look.head for look in looks if look.torso != HEADLESS_TORSO}


def test_bow_legged_knees_lie_farther_out_than_the_feet():
    points = drawn(4, 400).points
    knees = np.abs(points[:, 4, 0] - points[:, 5, 0])
    feet = np.abs(points[:, 7, 0] - points[:, 8, 0])
    assert 0.15 < (knees > feet * 1.1).mean() < 0.6
