"""Costumes: they bend with the body, and a face is drawn only where it can be seen."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="skipped: training libraries are not installed")
pytest.importorskip("numba", reason="skipped: training libraries are not installed")

from sketch2pose.inference.training.synthesis import body_lines, body_marks, costume
from sketch2pose.inference.training.synthesis.figure import VIEW_FROM_WORLD, make_figures
from sketch2pose.inference.training.synthesis.layout import KEYPOINTS
from sketch2pose.inference.training.synthesis.pens import Pen

SIZE = 160
VIEW = VIEW_FROM_WORLD[None]  # level, from the front


def t_pose(seed: int = 0):
    local = np.tile(np.eye(3, dtype=np.float32), (1, 24, 1, 1))
    scales = np.ones((1, KEYPOINTS), np.float32)
    return make_figures(local, scales, np.random.default_rng(seed), VIEW)


def drawn(body: body_lines.LowPolyBody, turned: bool) -> np.ndarray:
    """The T-posed body from the front, or turned about the vertical to show its back."""
    vertices = body.vertices * ([-1, -1, 1] if turned else [1, -1, -1])
    pixels = vertices[:, :2] * 75 + [SIZE / 2, SIZE / 3]
    ink = np.zeros((SIZE, SIZE), np.uint8)
    pen = Pen(width=1, wobble=0.0)
    body_lines.draw_body(ink, body, pixels, vertices[:, 2], pen, np.random.default_rng(3))
    return ink


def with_marks(names: list[str], monkeypatch) -> body_lines.LowPolyBody:
    monkeypatch.setattr(body_marks, "_names", lambda rng: names)
    return body_marks.random_marks(body_lines.low_poly_body(), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("names", "seen_from_behind"),
    [(["left eye", "right eye", "mouth"], False), (["spine", "seat"], True)],
)
def test_marks_show_on_their_side_only(names, seen_from_behind, monkeypatch):
    marked, plain = with_marks(names, monkeypatch), body_lines.low_poly_body()
    shown, hidden = (
        int((drawn(marked, turned) != drawn(plain, turned)).sum())
        for turned in (seen_from_behind, not seen_from_behind)
    )
    assert shown > 0 and hidden == 0


@pytest.mark.parametrize("seed", range(12))
def test_every_costume_is_whole(seed):
    rng = np.random.default_rng(seed)
    body = costume.random_costume(rng)
    count = len(body.vertices)
    assert body.faces.max() < count and all(stroke.max() < count for stroke in body.strokes)
    for rows in (body.shapes, body.weights, body.joints, body.region):
        assert len(rows) == count
    assert np.allclose(body.weights.sum(1), 1, atol=0.02)
    skin = body_lines.skin(body, t_pose(seed), 0, rng)
    assert np.isfinite(skin).all() and np.abs(skin).max() < 3


def test_thighs_spread_a_skirt():
    body = costume._add(
        body_lines.low_poly_body(), *costume._skirt(np.random.default_rng(0)), body_lines.SKIRT
    )
    local = np.tile(np.eye(3, dtype=np.float32), (1, 24, 1, 1))
    angle = 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0]])
    local[0, 1, :2] = turn
    hem = np.flatnonzero(body.region == body_lines.SKIRT)[-costume.RING :]

    def width(pose):
        scales = np.ones((1, KEYPOINTS), np.float32)
        figures = make_figures(pose, scales, np.random.default_rng(0), VIEW)
        skin = body_lines.skin(body, figures, 0, np.random.default_rng(1))[hem]
        return np.linalg.norm(skin[:, None] - skin[None], axis=-1).max()

    straight = np.tile(np.eye(3, dtype=np.float32), (1, 24, 1, 1))
    assert width(local) > width(straight) * 1.2
