"""Drawings without people, what surrounds people, and paper: by seed, in range, never hiding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.inference.training.synthesis import props
from sketch2pose.inference.training.synthesis.drawing import MODES, Hand, draw_paths, random_hand
from sketch2pose.inference.training.synthesis.negatives import SUBJECTS, draw_negative, draw_subject
from sketch2pose.inference.training.synthesis.paper import CHANCES as PAPER_CHANCES
from sketch2pose.inference.training.synthesis.paper import TRACES, add_paper
from sketch2pose.inference.training.synthesis.pens import Pen
from sketch2pose.inference.training.synthesis.shapes import (
    box,
    ellipse,
    fit,
    fitted,
    placed,
    smooth,
    tube,
)

SIZE = 160
SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=25, deadline=None)


def standing_joints() -> np.ndarray:
    """[24, 2] px, SMPL order: somebody who stands with arms a little out."""
    half = {
        1: (5, 3), 4: (8, 25), 7: (10, 50), 10: (14, 54), 13: (4, -32), 16: (12, -32),
        18: (25, -20), 20: (32, -35), 22: (34, -40),
    }  # fmt: skip
    joints = np.zeros((24, 2))
    for joint, y in ((3, -8), (6, -18), (9, -25), (12, -35), (15, -44)):
        joints[joint] = (0, y)
    for joint, (x, y) in half.items():
        joints[joint] = (x, y)
        joints[joint + 1] = (-x, y)
    return joints + 80


def figure() -> np.ndarray:
    ink = np.zeros((SIZE, SIZE), np.uint8)
    ink[60:130, 78:82] = 200
    return ink


def is_ink_map(ink: np.ndarray, size: int = SIZE) -> bool:
    return ink.dtype == np.uint8 and ink.shape == (size, size)


@FEW
@given(SEEDS)
def test_negative_is_a_function_of_its_seed(seed):
    first = draw_negative(np.random.default_rng(seed), SIZE)
    assert is_ink_map(first)
    assert np.array_equal(first, draw_negative(np.random.default_rng(seed), SIZE))


def test_negatives_are_drawings_not_floods():
    rng = np.random.default_rng(5)
    covered = np.array([(draw_negative(rng, SIZE) > 0).mean() for _ in range(120)])
    assert (covered > 0).mean() > 0.97
    assert np.median(covered) < 0.2


@pytest.mark.parametrize("size", [64, 96, 160, 256])
def test_negatives_come_in_any_size(size):
    rng = np.random.default_rng(size)
    assert all(is_ink_map(draw_negative(rng, size), size) for _ in range(20))


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_subject_leaves_ink_inside_its_place(name):
    rng = np.random.default_rng(3)
    for _ in range(6):
        ink = np.zeros((SIZE, SIZE), np.uint8)
        hand = Hand(Pen(width=1, wobble=0.0), "xray")
        assert draw_subject(ink, rng, np.array([80.0, 80.0]), 40.0, hand, {name: 1.0}) == name
        rows, columns = np.nonzero(ink)
        assert len(rows) > 0
        assert min(rows.min(), columns.min()) >= 80 - 40 * 2
        assert max(rows.max(), columns.max()) <= 80 + 40 * 2


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_draws_every_subject(mode):
    rng = np.random.default_rng(8)
    for name in SUBJECTS:
        ink = np.zeros((SIZE, SIZE), np.uint8)
        hand = random_hand(rng, SIZE)._replace(mode=mode)
        draw_subject(ink, rng, np.array([80.0, 80.0]), 60.0, hand, {name: 1.0})
        assert ink.any(), name


def test_solid_covers_more_than_its_outline():
    disc = [ellipse(80, 80, 30)]
    inks = {}
    for mode in ("solid", "outline", "hatch"):
        inks[mode] = np.zeros((SIZE, SIZE), np.uint8)
        draw_paths(inks[mode], disc, Hand(Pen(width=1), mode), np.random.default_rng(1))
    filled = {mode: int((ink > 0).sum()) for mode, ink in inks.items()}
    assert filled["solid"] > filled["hatch"] > filled["outline"] > 0
    assert abs(filled["solid"] / (np.pi * 30**2) - 1) < 0.12


def test_nearer_part_hides_what_it_covers():
    ink = np.zeros((SIZE, SIZE), np.uint8)
    hand = Hand(Pen(width=1, wobble=0.0), "parts")
    draw_paths(ink, [box(20, 70, 140, 90), box(60, 40, 100, 120)], hand, np.random.default_rng(0))
    assert ink[70, 30] > 200
    assert not ink[50:110, 65:95].any()


def test_drawing_nothing_leaves_the_page():
    ink = figure()
    draw_paths(ink, [], Hand(Pen()), np.random.default_rng(0))
    assert np.array_equal(ink, figure())


@FEW
@given(SEEDS)
def test_props_never_take_ink_away(seed):
    ink, before = figure(), figure()
    after = props.draw_props(ink, standing_joints(), np.random.default_rng(seed))
    assert after is ink
    assert is_ink_map(after)
    assert (after >= before).all()
    again = props.draw_props(figure(), standing_joints(), np.random.default_rng(seed))
    assert np.array_equal(after, again)


@pytest.mark.parametrize("kind", props.CHANCES)
def test_every_kind_of_prop_can_be_drawn_alone(kind):
    marked = 0
    for seed in range(12):
        ink = np.zeros((SIZE, SIZE), np.uint8)
        props.draw_props(ink, standing_joints(), np.random.default_rng(seed), {kind: 1.0})
        marked += bool(ink.any())
    assert marked >= 6


def test_props_of_no_chance_leave_the_page():
    for seed in range(5):
        ink = props.draw_props(figure(), standing_joints(), np.random.default_rng(seed), {})
        assert np.array_equal(ink, figure())


def test_props_survive_figures_of_one_point_and_outside_of_the_page():
    for joints in (np.full((24, 2), 80.0), standing_joints() * 5 - 400, standing_joints() + 500):
        for seed in range(8):
            chances = dict.fromkeys(props.CHANCES, 1.0)
            ink = np.zeros((SIZE, SIZE), np.uint8)
            assert is_ink_map(props.draw_props(ink, joints, np.random.default_rng(seed), chances))


def test_neighbour_is_drawn_by_the_callers_hand():
    def corner(layer: np.ndarray, rng: np.random.Generator) -> None:
        layer[:10, :10] = 77

    ink = np.zeros((SIZE, SIZE), np.uint8)
    chances = {"neighbour": 1.0}
    props.draw_props(ink, standing_joints(), np.random.default_rng(0), chances, corner)
    assert (ink[:10, :10] == 77).all()
    assert not ink[10:].any()


def test_every_prop_has_a_chance():
    assert set(props.CHANCES) == set(props.KINDS) | {"companion"}
    assert set(props.COMPANIONS) <= set(SUBJECTS)


@FEW
@given(SEEDS)
def test_paper_is_a_function_of_its_seed_and_leaves_its_input(seed):
    ink = figure()
    first = add_paper(ink, np.random.default_rng(seed))
    assert is_ink_map(first)
    assert np.array_equal(ink, figure())
    assert np.array_equal(first, add_paper(ink, np.random.default_rng(seed)))


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("size", [64, 160, 700])
def test_each_trace_keeps_the_figure_darker_than_the_paper(trace, size):
    ink = np.zeros((size, size), np.uint8)
    ink[size // 4 : 3 * size // 4, size // 3 : size // 2] = 220
    for seed in range(6):
        result = TRACES[trace](ink.copy(), np.random.default_rng(seed))
        assert is_ink_map(result, size)
        assert result[ink > 0].mean() > result[ink == 0].mean() + 30


def test_corners_of_a_page_stay_paper():
    rng = np.random.default_rng(2)
    pages = [add_paper(figure(), rng) for _ in range(200)]
    corners = np.array([[p[0, 0], p[0, -1], p[-1, 0], p[-1, -1]] for p in pages])
    assert np.median(corners) == 0
    assert (corners < 64).mean() > 0.95


def test_empty_page_survives_every_trace():
    empty = np.zeros((SIZE, SIZE), np.uint8)
    for trace in TRACES.values():
        assert is_ink_map(trace(empty.copy(), np.random.default_rng(0)))


def test_every_trace_has_a_chance():
    assert set(PAPER_CHANCES) == set(TRACES)


@given(st.integers(2, 9), st.integers(2, 40), st.booleans())
@settings(max_examples=40, deadline=None)
def test_smooth_curves_pass_through_their_controls(count, per_span, closed):
    controls = np.random.default_rng(count).normal(size=(count, 2))
    spans = count if closed else count - 1
    samples = spans * per_span + (0 if closed else 1)
    drawn = smooth(controls, samples, closed)
    assert np.allclose(drawn[::per_span][:count], controls)


def test_tube_is_as_wide_as_told():
    limb = tube([(0, 0), (1, 0), (2, 0)], [0.1, 0.1, 0.1])
    assert limb.spine is not None
    assert np.ptp(limb.points[:, 1]) == pytest.approx(0.2)
    assert limb.points[:, 0].min() == pytest.approx(-0.1)
    assert limb.points[:, 0].max() == pytest.approx(2.1)


@FEW
@given(st.floats(0, 6.3), st.booleans())
def test_fit_fills_the_unit_square(angle, flip):
    paths = [box(3, 4, 5, 9), tube([(4, 4), (8, 8)], [0.5, 0.2])]
    linear, offset = fit(paths, angle, flip)
    points = np.concatenate([path.points for path in placed(paths, linear, offset)])
    assert np.abs(points).max() == pytest.approx(1.0)
    assert np.allclose(points.min(0) + points.max(0), 0.0, atol=1e-9)
    assert np.sign(np.linalg.det(linear)) == (-1 if flip else 1)
    spine = fitted(paths)[1].spine
    assert spine is not None
    assert np.abs(spine).max() <= 1.0
