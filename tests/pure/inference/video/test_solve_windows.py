"""Solving ahead: pieces of a track that still grows, and the same result whoever was first."""

import io
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.camera import Camera, CameraPath
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.devices import Device, create_session
from sketch2pose.inference.estimators import LIFTER_NETWORK, find_model
from sketch2pose.inference.video.clips.clip import Trim
from sketch2pose.inference.video.observing.landmarks import Landmarks, Track
from sketch2pose.inference.video.observing.observe import seen_so_far
from sketch2pose.inference.video.observing.region import Region
from sketch2pose.inference.video.observing.tracking import TrackedPerson
from sketch2pose.inference.video.solving.background_solver import Helper, SolvingAhead
from sketch2pose.inference.video.solving.known_camera import camera_of_numbers
from sketch2pose.inference.video.solving.lifter import TemporalLifter
from sketch2pose.inference.video.solving.person import PersonSolver
from sketch2pose.inference.video.solving.solve_windows import (
    OVERLAP,
    WINDOW,
    Done,
    beginning,
    pieces_of,
    rows_of,
    settled_pieces,
)
from sketch2pose.inference.video.solving.solver_worker import (
    read_message,
    track_message,
    write_message,
)
from tests.pure.inference.video import test_solve as scene

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
    person = TrackedPerson(Region(np.zeros(2), 10.0, 0.0), frames - 1)
    sight = Landmarks(base.points[0], base.world[0], base.visibility[0])
    for number in range(frames):
        person.frames.append(number)
        person.seen.append(sight)
    return person


@pytest.fixture(scope="module")
def lifter():
    return find_model(LIFTER_NETWORK)


def prepared(seen, _clip):
    return seen.track, scene.LENS


def grown(person, frames):
    for number in range(len(person.frames), frames):
        person.frames.append(number)
        person.seen.append(person.seen[0])


def test_another_process_solves_what_is_settled_just_the_same(lifter):
    done, person = Done(), growing(1)
    with SolvingAhead(Helper(lifter, 1), prepared, done) as ahead:
        for count in range(2, 200):
            grown(person, count)
            ahead.look([person], Watched())
        until = time.monotonic() + 120
        while not len(done) and time.monotonic() < until:
            time.sleep(0.05)
    assert len(done) == 1
    solver = PersonSolver(
        load_default_body(), TemporalLifter(create_session(lifter, Device(threads=1)))
    )
    track, calls = seen_so_far(person, 1.0).track, []
    real, solver._window = solver._window, lambda *a: calls.append(1) or real(*a)
    solver.solve(track, 1, RATE, scene.LENS, scene.SIZE, lambda: None, done)
    assert len(calls) == 1  # two pieces, one of them done
    mine = Done()
    solver.solve_ahead(track, 1, RATE, scene.LENS, lambda: None, mine)
    (key, solved), (other, alone) = done.items()[0], mine.items()[0]
    assert key == other
    np.testing.assert_allclose(solved.orientations, alone.orientations, atol=1e-6)
    np.testing.assert_allclose(solved.pelvis, alone.pelvis, atol=1e-6)


def test_tracks_and_pieces_survive_their_messages():
    path = CameraPath(np.eye(3)[None].repeat(3, 0), np.ones((3, 3)), 5.0, np.ones(2))
    track = seen_so_far(growing(3), 1.0).track
    stream = io.BytesIO()
    for lens in (scene.LENS, path):
        write_message(stream, track_message(track, 2, 30.0, lens))
    write_message(stream, {})
    stream.seek(0)
    plain, known = read_message(stream), read_message(stream)
    assert plain is not None and known is not None
    assert isinstance(camera_of_numbers(plain), Camera)
    assert isinstance(camera_of_numbers(known), CameraPath)
    np.testing.assert_array_equal(known["translation"], path.translation)
    np.testing.assert_array_equal(plain["points"], track.points)
    assert (int(plain["step"]), float(known["focal"])) == (2, 5.0)
    assert read_message(stream) == {} and read_message(stream) is None
    assert read_message(io.BytesIO(b"\x09" + bytes(7) + b"cut")) is None


def test_a_process_that_cannot_start_is_no_error(tmp_path):
    done, before = Done(), threading.active_count()
    with SolvingAhead(Helper(tmp_path / "none.onnx"), prepared, done) as ahead:
        ahead.look([growing(200)], Watched())
    with SolvingAhead(None, prepared, done) as ahead:
        ahead.look([growing(200)], Watched())
    with pytest.raises(ZeroDivisionError), SolvingAhead(None, prepared, done):
        raise ZeroDivisionError
    assert threading.active_count() == before and not len(done)
