"""SVG drawings: geometry, styles, safety."""

import contextlib
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.pictures.page import load_page
from sketch2pose.inference.pictures.svg_file import read_svg
from sketch2pose.inference.pictures.svg_path import arc_points, polylines_from_path
from sketch2pose.inference.pictures.svg_style import (
    affine_from_transform,
    gray_from_paint,
    px_from_length,
    rules_from_css,
)

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def svg(body, attributes='width="100" height="100"'):
    return read_svg(f"{HEAD}{attributes}>{body}</svg>".encode(), "d.svg")


def outline(body):
    (shape,) = svg(f'<g stroke="black" fill="none">{body}</g>').shapes
    return [line.round(6).tolist() for line in shape.polylines]


STRAIGHT = {
    "M0 0L10 0 10 10": [[[0, 0], [10, 0], [10, 10]]],
    "m5,5 10,0 0,10z": [[[5, 5], [15, 5], [15, 15], [5, 5]], [[5, 5]]],
    "M1 2H5V6h-2v-1": [[[1, 2], [5, 2], [5, 6], [3, 6], [3, 5]]],
    "M0 0 5 5M10 10-5.5.5": [[[0, 0], [5, 5]], [[10, 10], [-5.5, 0.5]]],
    "M1e1-2.5e0L.5.5": [[[10, -2.5], [0.5, 0.5]]],
    "M0 0L5 5 9": [[[0, 0], [5, 5]]],
    "M0 0L5 5 x L9 9": [[[0, 0], [5, 5]]],
    "M0 0L5 0zL9 9": [[[0, 0], [5, 0], [0, 0]], [[0, 0], [9, 9]]],
    "": [],
    "garbage": [],
}


@pytest.mark.parametrize("text", STRAIGHT)
def test_straight_path_commands(text):
    found = [line.round(9).tolist() for line in polylines_from_path(text)]
    assert found == STRAIGHT[text]


def test_curves_end_where_they_should_and_stay_in_their_hull():
    (line,) = polylines_from_path("M0 0C0 10 10 10 10 0s10-10 10 0Q25 10 30 0T40 0")
    np.testing.assert_allclose(line[[24, 48, 72, 96]], [[10, 0], [20, 0], [30, 0], [40, 0]])
    np.testing.assert_allclose(line[[12, 36, 60, 84]], [[5, 7.5], [15, -7.5], [25, 5], [35, -5]])


def test_arc_flags_may_stick_together():
    (line,) = polylines_from_path("M0 0a5 5 0 0110 0")
    np.testing.assert_allclose(line[-1], [10, 0])
    np.testing.assert_allclose(np.linalg.norm(line - [5, 0], axis=1), 5.0)
    assert line[:, 1].min() < -4.9


coordinates = st.floats(-50, 50)


@given(coordinates, coordinates, st.floats(1, 80), st.floats(1, 80), st.floats(0, 3), st.booleans(),
       st.booleans())  # fmt: skip
def test_every_arc_lies_on_one_ellipse(x, y, rx, ry, tilt, large, sweep):
    start, end = np.zeros(2), np.array([x, y])
    if np.linalg.norm(end) < 1e-3:
        return
    points = np.vstack([start, arc_points(start, end, (rx, ry), tilt, large, sweep)])
    np.testing.assert_allclose(points[-1], end)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    circle = (points @ turn) / (rx, ry)
    # all points of a circle are equally far from its centre, found by least squares
    system = np.column_stack([2 * circle, np.ones(len(circle))])
    solution, *_ = np.linalg.lstsq(system, (circle**2).sum(axis=1), rcond=None)
    radii = np.linalg.norm(circle - solution[:2], axis=1)
    np.testing.assert_allclose(radii, radii[0], rtol=1e-4, atol=1e-6)
    (x0, y0), (x1, y1) = (circle[:-1] - solution[:2]).T, (circle[1:] - solution[:2]).T
    area = np.sum(x0 * y1 - y0 * x1)
    assert (area > 0) == sweep


def test_basic_shapes():
    assert outline('<line x1="1" y1="2" x2="3" y2="4"/>') == [[[1, 2], [3, 4]]]
    assert outline('<polyline points="0,0 5,5 9"/>') == [[[0, 0], [5, 5]]]
    assert outline('<polygon points="0 0 5 0 5 5"/>') == [[[0, 0], [5, 0], [5, 5], [0, 0]]]
    assert outline('<rect x="1" y="1" width="2" height="3"/>')[0][2] == [3, 4]
    circle = np.array(outline('<circle cx="10" cy="20" r="5"/>')[0])
    np.testing.assert_allclose(np.linalg.norm(circle - [10, 20], axis=1), 5.0, atol=1e-5)
    ellipse = np.array(outline('<ellipse cx="0" cy="0" rx="6" ry="2"/>')[0])
    np.testing.assert_allclose((ellipse**2 / [36, 4]).sum(axis=1), 1.0, atol=1e-5)


def test_transforms_nest_and_scale_the_pen():
    body = (
        '<g transform="translate(10 20)" stroke="#000" stroke-width="2">'
        '<g transform="scale(2)"><line x1="0" y1="0" x2="5" y2="0"/></g></g>'
    )
    (shape,) = svg(body).shapes
    np.testing.assert_allclose(shape.polylines[0], [[10, 20], [20, 20]])
    assert shape.stroke_width == 4.0


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("matrix(1 2 3 4 5 6)", [9, 12]),
        ("translate(3)", [4, 1]),
        ("scale(2,3)", [2, 3]),
        ("rotate(90)", [-1, 1]),
        ("rotate(90 1 1)", [1, 1]),
        ("skewX(45)", [2, 1]),
        ("translate(1,0) scale(2)", [3, 2]),
        ("nonsense(3)", [1, 1]),
        (None, [1, 1]),
    ],
)
def test_transform_lists(text, point):
    np.testing.assert_allclose((affine_from_transform(text) @ [1, 1, 1])[:2], point, atol=1e-12)


@pytest.mark.parametrize(
    ("paint", "gray"),
    [("none", None), ("#000", 0), ("#ffffff", 255), ("#FF0000", 76), ("rgb(0, 0, 255)", 29),
     ("rgb(100%,100%,100%)", 255), ("white", 255), ("currentColor", 0), ("url(#g)", 128)],
)  # fmt: skip
def test_paints(paint, gray):
    assert gray_from_paint(paint) == gray


def test_lengths():
    assert px_from_length("25.4mm") == pytest.approx(96)
    assert px_from_length("1in") == px_from_length("96") == 96
    assert px_from_length("50%") is None
    assert px_from_length("2em", 3.0) == 3.0


def test_style_sheets_attributes_and_hidden_parts():
    body = """<style>/* c */ .pen { fill: none; stroke: #000; stroke-width: 3 }
        #gone{display:none}</style>
        <path class="pen" d="M0 0L9 9"/><path class="pen" id="gone" d="M1 1L9 9"/>
        <path class="pen" style="stroke:white" d="M2 2L9 9"/>
        <path class="pen" style="visibility:hidden" d="M3 3L9 9"/>
        <path class="pen" opacity="0" d="M4 4L9 9"/>
        <defs><path class="pen" d="M5 5L9 9"/></defs>"""
    shapes = svg(body).shapes
    assert [(s.stroke_gray, s.stroke_width, s.fill_gray) for s in shapes] == [
        (0, 3, None),
        (255, 3, None),
    ]


def test_use_draws_again_and_endless_use_is_refused():
    body = (
        '<defs><path id="a" d="M0 0L9 0" stroke="#000"/></defs><use xlink:href="#a" x="5" y="6"/>'
    )
    (shape,) = svg(body).shapes
    np.testing.assert_allclose(shape.polylines[0], [[5, 6], [14, 6]])
    with pytest.raises(Sketch2PoseError, match="deep"):
        svg('<g id="a"><use href="#a"/></g>')


def test_a_small_file_cannot_multiply_without_bound(monkeypatch):
    monkeypatch.setattr("sketch2pose.inference.pictures.svg_file.MOST_SHAPES", 500)
    levels = ['<g id="l0"><path d="M0 0L9 9" stroke="#000"/></g>']
    levels += [f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" for n in range(1, 9)]
    with pytest.raises(Sketch2PoseError, match="more than"):
        svg("".join(levels))


BILLION_LAUGHS = """<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
<svg xmlns="http://www.w3.org/2000/svg"><path d="&b;"/></svg>"""
FILE_ENTITY = """<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<svg xmlns="http://www.w3.org/2000/svg"><path d="&a;"/></svg>"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BILLION_LAUGHS, "entity"),
        (FILE_ENTITY, "entity"),
        ("<html><body/></html>", "not SVG"),
        ("<svg", "well-formed"),
        (f"{HEAD}/>", "no lines"),
        (f"{HEAD}><text>hello</text></svg>", "only text"),
        (f'{HEAD}><path stroke="#000" d="M1e999 0L0 0"/></svg>', "finite"),
        (f'{HEAD} width="1e9" height="1e9"><path stroke="#000" d="M1 0L0 0"/></svg>', "size"),
    ],
)
def test_bad_documents_are_one_sentence(text, words):
    with pytest.raises(Sketch2PoseError, match=words):
        read_svg(text.encode(), "d.svg")


def test_a_doctype_without_entities_is_fine():
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    body = '<path stroke="#000" d="M0 0L9 9"/>'
    text = f'<?xml version="1.0" encoding="UTF-8"?>{doctype}{HEAD}>{body}</svg>'
    assert len(read_svg(text.encode(), "d").shapes) == 1


def test_view_box_is_fitted_and_centred():
    drawing = svg(
        '<line stroke="#000" x1="0" y1="0" x2="10" y2="0"/>',
        'width="40" height="20" viewBox="0 0 10 10"',
    )
    np.testing.assert_allclose(drawing.shapes[0].polylines[0], [[10, 0], [30, 0]])
    assert (drawing.width, drawing.height) == (40, 20)


def test_without_any_size_the_drawing_gives_it():
    drawing = svg('<line stroke="#000" x1="10" y1="10" x2="60" y2="40"/>', "")
    assert (drawing.width, drawing.height) == (52, 32)


def test_pages_of_line_art_keep_polylines_and_painted_ones_do_not(tmp_path):
    line = '<path d="M10 10L90 90" stroke="#000" fill="none" stroke-width="4"/>'
    blob = '<path d="M10 10H90V90H10Z"/>'
    for body, kept in ((line, True), (line + blob, False)):
        (tmp_path / "d.svg").write_text(f'{HEAD}width="100" height="100">{body}</svg>')
        page = load_page(tmp_path / "d.svg")
        assert (page.strokes is not None) == kept
        assert page.gray.shape == (1024, 1024)
        assert page.image_size == (100, 100)
        assert page.gray[512, 512] < 30
        assert (page.gray[300, 700] < 30) == (not kept)


def doubled(depth, inner, hidden=""):
    """Each group uses the one before it twice."""
    groups = [f'<g id="g0">{inner}</g>']
    groups += [f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>'
               for n in range(1, depth)]  # fmt: skip
    return f'{HEAD}><defs>{"".join(groups)}</defs><use href="#g{depth - 1}" {hidden}/></svg>'


@pytest.mark.parametrize("inner", ["", '<path display="none" d="M0 0h9"/>', '<path d=""/>'])
def test_parts_that_repeat_without_drawing_are_refused(inner):
    with pytest.raises(Sketch2PoseError, match="repeats its parts"):
        read_svg(doubled(40, inner).encode(), "a.svg")


@pytest.mark.parametrize(
    "attributes",
    ["stroke-width='" + "1" * 60_000 + "!'", "stroke-width='1" + " " * 60_000 + "!'",
     "transform='" + "scale(" * 20_000 + "'", "style='" + "stroke:" * 20_000 + "'"],
)  # fmt: skip
def test_attributes_are_read_in_time_that_grows_with_their_length(attributes):
    start = time.process_time()
    with contextlib.suppress(Sketch2PoseError):
        read_svg(f"{HEAD}><path d='M0 0L99 99' stroke='#000' {attributes}/></svg>".encode(), "a")
    assert time.process_time() - start < 2.0


@pytest.mark.parametrize(
    "css", ["a" * 200_000, "/*" * 100_000, "a{" * 50_000, "a," * 50_000 + "b{" + "c:d;" * 50_000]
)
def test_style_sheets_are_read_in_time_that_grows_with_their_length(css):
    start = time.process_time()
    rules_from_css(css + "}")
    assert time.process_time() - start < 2.0


def test_rules_in_a_style_sheet():
    css = "/* x { } */ .a, #b { stroke : red ; z: 1 } @media p { g { fill:none!important } } /* c"
    assert rules_from_css(css) == {
        ".a": {"stroke": "red"}, "#b": {"stroke": "red"}, "g": {"fill": "none"}
    }  # fmt: skip
