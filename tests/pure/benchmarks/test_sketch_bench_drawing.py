"""The benchmark's own drawing: what the z-buffer sees, where lines fall, what a pen leaves."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.sketch import lineart, raster
from tests.benchmarks.sketch.drawings import load_amateur, load_annotated, load_nobody
from tests.benchmarks.sketch.metrics import reliability
from tests.benchmarks.sketch.reliability import draw_reliability

SIZE, FOCAL, CENTER = 96, 100.0, np.array([48.0, 48.0])


def square(depth: float, half: float) -> np.ndarray:
    """Corners of a square across the view, metres."""
    return np.array(
        [[-half, -half, depth], [half, -half, depth], [half, half, depth], [-half, half, depth]]
    )


TWO_TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]])


@given(st.floats(1.0, 5.0), st.floats(0.05, 0.4), st.booleans())
def test_the_nearer_surface_hides_the_farther(depth: float, gap: float, far_first: bool) -> None:
    near, far = square(depth, 0.1), square(depth + gap, 0.4)
    points = np.concatenate([far, near] if far_first else [near, far])
    faces = np.concatenate([TWO_TRIANGLES, TWO_TRIANGLES + 4])
    seen = raster.rasterise(points, faces, FOCAL, CENTER, SIZE)
    assert seen.depth[48, 48] == pytest.approx(depth, rel=1e-6)
    assert (seen.face[48, 48] >= 2) == far_first


@given(st.floats(-0.8, 0.8), st.floats(-0.8, 0.8))
def test_depth_of_a_tilted_plane_is_exact(slope_x: float, slope_y: float) -> None:
    corners = square(0.0, 0.3)
    corners[:, 2] = 2.0 + slope_x * corners[:, 0] + slope_y * corners[:, 1]
    seen = raster.rasterise(corners, TWO_TRIANGLES, FOCAL, CENTER, SIZE)
    rows, columns = np.nonzero(seen.face != raster.NOTHING)
    ray = (np.stack([columns, rows], 1) - CENTER) / FOCAL
    expected = 2.0 / (1.0 - ray @ [slope_x, slope_y])
    np.testing.assert_allclose(seen.depth[rows, columns], expected, rtol=1e-9)


def test_what_is_outside_or_degenerate_is_not_seen() -> None:
    beside = square(2.0, 0.1) + [50.0, 0.0, 0.0]
    line = np.array([[0.0, 0, 2], [0.1, 0, 2], [0.2, 0, 2]])
    points = np.concatenate([beside, line])
    faces = np.concatenate([TWO_TRIANGLES, [[4, 5, 6]]])
    seen = raster.rasterise(points, faces, FOCAL, CENTER, SIZE)
    assert np.all(seen.face == raster.NOTHING)
    assert np.all(np.isinf(seen.depth))


def test_lines_follow_outline_overlap_and_crease() -> None:
    near, far = square(2.0, 0.2), square(2.5, 0.8)
    points = np.concatenate([far, near])
    faces = np.concatenate([TWO_TRIANGLES, TWO_TRIANGLES + 4])
    seen = raster.rasterise(points, faces, FOCAL, CENTER, SIZE)
    normals, one_part = raster.face_normals(points, faces), np.zeros(4, int)
    lines = lineart.find_lines(seen, normals, one_part, interior=False)
    assert lines[48, :].sum() == 4  # both sides of the far square and of the near one
    assert not lines[48, 48]
    parts = np.array([0, 1, 0, 0])  # the far square's diagonal becomes a border
    bordered = lineart.find_lines(seen, normals, parts, interior=True)
    assert bordered.sum() > lines.sum()
    assert np.array_equal(lineart.find_lines(seen, normals, parts, interior=False), lines)


def test_a_crease_is_drawn_only_when_asked() -> None:
    roof = np.array([[-0.3, -0.3, 2.3], [0.0, -0.3, 2.0], [0.3, -0.3, 2.3]])
    points = np.concatenate([roof, roof + [0.0, 0.6, 0.0]])
    faces = np.array([[0, 1, 4], [0, 4, 3], [1, 2, 5], [1, 5, 4]])
    seen = raster.rasterise(points, faces, FOCAL, CENTER, SIZE)
    normals = raster.face_normals(points, faces)
    with_crease = lineart.find_lines(seen, normals, np.zeros(4, int), interior=True)
    without = lineart.find_lines(seen, normals, np.zeros(4, int), interior=False)
    assert with_crease[48, 40:56].any()
    assert not without[48, 40:56].any()


@pytest.mark.parametrize("pen", lineart.PENS, ids=lambda pen: pen.name)
def test_pens_leave_ink_near_the_line_and_paper_elsewhere(pen: lineart.Pen) -> None:
    lines, figure = np.zeros((512, 512), bool), np.zeros((512, 512), bool)
    lines[256, 100:400] = True
    page = lineart.draw(lines, figure, pen, 256, seed=1)
    assert page.shape == (256, 256)
    assert np.median(page) >= 255 - 3 * pen.grain
    assert page[112:144, 80:170].min() < 200
    assert np.array_equal(page, lineart.draw(lines, figure, pen, 256, seed=1))


def test_annotated_and_amateur_drawings_are_read(shared_data: Path) -> None:
    sketches = shared_data / "sketches"
    drawings = load_annotated(sketches / "annotated") + load_amateur(sketches / "animated_drawings")
    assert len(drawings) == 15
    for drawing in drawings:
        height, width = cv2.imread(str(drawing.path)).shape[:2]
        joints = np.concatenate([drawing.arms, drawing.legs]).reshape(-1, 2)
        assert np.all((joints >= 0) & (joints <= [width, height]))
        assert 0 < drawing.size <= max(width, height)
    assert len(load_nobody(sketches / "no_person")) == 28


def test_reliability_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "reliability.png"
    draw_reliability(reliability([0.1, 0.9, 0.95], [False, True, True]), path)
    assert cv2.imread(str(path)).shape[2] == 3
