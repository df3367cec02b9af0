"""Solving ahead: pieces of a track that still grows, and the same result whoever was first."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.body import load_default_body
from inference.protocol.errors import Cancelled, Sketch2PoseError
from inference.video.clip import Trim
from inference.video.landmarks import Landmarks, Track
from inference.video.person import PersonSolver
from inference.video.pieces import (
    OVERLAP,
    WINDOW,
    Done,
    beginning,
    pieces_of,
    rows_of,
    settled_pieces,
)
from inference.video.region import Region
from inference.video.solve_ahead import SolvingAhead
from inference.video.tracking import Person
from tests.pure import test_video_solve as scene

RATE = 15.0


@given(st.integers(1, 900), st.sampled_from([5.0, 24.0, 60.0]))
def test_pieces_cover_every_frame_and_overlap(count, rate):
    pieces = pieces_of(count, rate)
    assert pieces[0].part.start == 0 and pieces[-1].part.stop == count
    for before, after in zip(pieces, pieces[1:], strict=False):
        assert before.part.stop - after.part.start == OVERLAP
    for piece in pieces:
        assert piece.part.stop - piece.part.start <= WINDOW
        rows = np.arange(count)[piece.around][piece.within]
        np.testing.assert_array_equal(rows, np.arange(count)[piece.part])


@given(st.integers(1, 900), st.integers(0, 500), st.sampled_from([5.0, 24.0, 60.0]))
def test_what_is_settled_stays_as_the_track_grows(count, more, rate):
    settled = settled_pieces(count, rate)
    assert settled == pieces_of(count + more, rate)[: len(settled)]
    assert not settled or count >= 10 * rate


def test_results_are_kept_by_content():
    done, solved = Done(), []
    content = (np.arange(3.0), np.ones(2))
    for _ in range(2):
        done.of(content, lambda: solved.append(1))
    done.of((np.arange(3.0), np.ones(2) * 2), lambda: solved.append(2))
    assert solved == [1, 2] and len(done) == 2


def test_what_was_solved_ahead_is_what_would_be_solved_later(monkeypatch):
    base = scene.seen_track(scene.small_poses(8), noise=1.0)
    rows = np.concatenate([np.arange(8), np.arange(8)[::-1]] * 13)
    track = Track(np.arange(len(rows)), base.points[rows], base.world[rows], base.visibility[rows])
    solver, calls = PersonSolver(load_default_body()), []
    real = solver._window
    monkeypatch.setattr(solver, "_window", lambda *a: calls.append(len(a[0].frames)) or real(*a))
    done, check = Done(), lambda: None
    solver.solve_ahead(rows_of(track, slice(0, 140)), 1, RATE, scene.LENS, check, done)
    assert not calls  # the shape is not settled yet
    solver.solve_ahead(rows_of(track, slice(0, 170)), 1, RATE, scene.LENS, check, done)
    assert calls == [WINDOW]
    ahead = solver.solve(track, 1, RATE, scene.LENS, scene.SIZE, check, done)
    assert calls == [WINDOW, len(rows) - WINDOW + OVERLAP]
    alone = solver.solve(track, 1, RATE, scene.LENS, scene.SIZE, check)
    for name in ("poses", "trans", "betas", "contacts", "confidence"):
        np.testing.assert_array_equal(getattr(ahead, name), getattr(alone, name))
    changed = Track(track.frames, track.points + 1.0, track.world, track.visibility)
    del calls[:]
    solver.solve(changed, 1, RATE, scene.LENS, scene.SIZE, check, done)
    assert len(calls) == 2  # sights were taken back: solved again
    assert len(beginning(track, RATE).frames) == 150


class Watched:
    """What solving ahead asks of a clip."""

    framerate, scale, trim = RATE, 1.0, Trim()


def growing(frames):
    """Somebody who has been seen for some frames."""
    base = scene.seen_track(scene.small_poses(1))
    person = Person(Region(np.zeros(2), 10.0, 0.0), frames - 1)
    sight = Landmarks(base.points[0], base.world[0], base.visibility[0])
    for number in range(frames):
        person.frames.append(number)
        person.seen.append(sight)
    return person


def test_people_are_handed_on_whenever_a_piece_is_settled():
    handed, person = [], growing(1)
    with SolvingAhead(lambda seen, _clip: handed.append(len(seen.track.frames))) as ahead:
        for number in range(1, 420):
            person.frames.append(number)
            person.seen.append(person.seen[0])
            ahead.look([person], Watched())
    first = WINDOW + round(0.8 * RATE)
    assert handed == [first, first + 120, first + 240]


@pytest.mark.parametrize("error", [Cancelled(), Sketch2PoseError("A", "b", "c", "d")])
def test_what_fails_ahead_leaves_the_watching_alone(error):
    def solve(_seen, _clip):
        raise error

    before = threading.active_count()
    person = growing(200)
    with SolvingAhead(solve) as ahead:
        ahead.look([person], Watched())
    with pytest.raises(ZeroDivisionError), SolvingAhead(solve) as ahead:
        ahead.look([growing(200)], Watched())
        raise ZeroDivisionError
    assert threading.active_count() == before
