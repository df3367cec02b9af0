"""The example drawings and the poses they show."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from sketch2pose.inference.body.model import load_default_body
from tools.examples.__main__ import BODY_LINES, STICK_FIGURES
from tools.examples.pen import Pen, resampled
from tools.examples.poses import POSES, Pose, local_rotations
from tools.places import EXAMPLES


@pytest.mark.parametrize("name", sorted(POSES))
def test_poses_are_rotations_of_joints_that_exist(name):
    rotations = local_rotations(POSES[name], load_default_body().joint_names)
    identity = rotations @ rotations.swapaxes(-1, -2)
    np.testing.assert_allclose(identity, np.broadcast_to(np.eye(3), identity.shape), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(rotations), 1.0)


def test_a_joint_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="tail"):
        local_rotations(Pose({"tail": (("x", 10),)}), ("pelvis", "head"))


@pytest.mark.parametrize(
    "file", [f"stick_{n}.jpg" for n in STICK_FIGURES] + [f"lines_{n}.png" for n in BODY_LINES]
)
def test_bundled_drawings_hold_ink_on_paper(file):
    picture = cv2.imdecode(np.fromfile(EXAMPLES / file, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture.shape == (720, 720)
    assert 0.002 < (picture < 128).mean() < 0.06


def test_stroke_example_is_in_our_format():
    page = json.loads((EXAMPLES / "stick_cheer.json").read_text(encoding="utf-8"))
    assert (page["format"], page["version"]) == ("sketch2pose-strokes", 1)
    assert all(len(stroke["points"]) >= 2 for stroke in page["strokes"])


def test_a_curve_passes_through_its_points():
    points = np.array([[0.0, 0.0], [40.0, 10.0], [60.0, 50.0]])
    curve = resampled(points, 1.0)
    distances = np.linalg.norm(curve[:, None] - points, axis=-1).min(0)
    assert distances.max() < 1.0


def test_the_pen_repeats_itself():
    def drawn() -> np.ndarray:
        pen = Pen(64, np.random.default_rng(5), 3.0, 1.0)
        pen.stroke(np.array([[8.0, 8.0], [50.0, 40.0]]))
        return pen.scan()

    np.testing.assert_array_equal(drawn(), drawn())
