"""Looking at a clip: decoding ahead, stopping early, keeping what was seen."""

import os
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.errors import CancelledByUser, Sketch2PoseError
from sketch2pose.inference.protocol.requests import VideoOptions
from sketch2pose.inference.report import JobReport, PartReport, TimedReport, spoken_time
from sketch2pose.inference.video.clips.clip import Trim
from sketch2pose.inference.video.estimate import VideoEstimator, long_enough
from sketch2pose.inference.video.observing import observe as observe_module
from sketch2pose.inference.video.observing.hand_landmarks import HandTrack
from sketch2pose.inference.video.observing.landmarks import Landmarks, Track
from sketch2pose.inference.video.observing.observation import (
    Observation,
    PersonSeen,
    as_stored,
    read_observation,
    write_observation,
)
from sketch2pose.inference.video.observing.observation_cache import (
    SUFFIX,
    ObservationCache,
    observation_key,
)
from sketch2pose.inference.video.observing.observe import AHEAD, decoded_ahead, observe
from sketch2pose.inference.video.observing.region import Region
from sketch2pose.inference.video.observing.tracking import TrackedPerson


class Numbers:
    """A clip of black frames."""

    name, framerate, scale, image_size, gaps = "walk.mp4", 24.0, 0.5, (320, 180), 0

    def __init__(self, count=20, fails_at=None):
        self.trim, self.expected, self.count, self.fails_at = Trim(), count, count, fails_at
        self.decoded = self.read_to = 0
        self.threads = set()

    @property
    def share_read(self):
        return self.read_to / self.expected

    def frames(self):
        for number in range(self.count):
            if number == self.fails_at:
                raise Sketch2PoseError("The clip broke", "of the test", "Mend it", "test")
            self.decoded += 1
            self.read_to = number + 1
            self.threads.add(threading.get_ident())
            yield number, np.zeros((90, 160, 3), np.uint8)


class OnePerson:
    """A tracker that sees one person in every picture."""

    crowded = False

    def __init__(self):
        self.people = [TrackedPerson(Region(np.zeros(2), 10.0, 0.0), 0)]

    def add(self, _rgb, frame, count):
        person = self.people[0]
        person.last_seen = count
        person.frames.append(frame)
        person.moments.append(count)
        place = np.full((33, 2), 10.0 + frame)
        person.seen.append(Landmarks(place, np.zeros((33, 3)), np.ones(33)))
        return 1


def test_frames_are_decoded_in_a_thread_a_few_ahead():
    clip = Numbers()
    reader = decoded_ahead(clip)
    assert [next(reader)[0] for _ in range(3)] == [0, 1, 2]
    assert clip.decoded <= 3 + AHEAD + 1
    reader.close()
    assert clip.decoded < 20 and threading.get_ident() not in clip.threads


def test_an_error_of_the_decoder_arrives_and_leaves_no_thread():
    before = threading.active_count()
    with pytest.raises(Sketch2PoseError, match="broke"):
        list(decoded_ahead(Numbers(fails_at=4)))
    assert threading.active_count() == before


def test_cancelling_ends_the_decoder_too():
    before, report = threading.active_count(), JobReport()
    report.on_progress = lambda _done, text: report.cancelled.set() if "Frame 2" in text else None
    with pytest.raises(CancelledByUser):
        observe(Numbers(200), OnePerson(), None, report)
    assert threading.active_count() == before


def test_points_are_px_of_the_file_even_when_frames_were_shrunk():
    seen = observe(Numbers(3), OnePerson(), None, JobReport())
    np.testing.assert_array_equal(seen.people[0].track.points[:, 0, 0], [20, 22, 24])
    assert (seen.whole, seen.warnings) == (True, ())


def test_enough_keeps_what_was_seen_and_says_so():
    report = JobReport()
    report.on_progress = lambda _done, text: report.stopped.set() if "Frame 5" in text else None
    seen = observe(Numbers(50), OnePerson(), None, report)
    assert not seen.whole and len(seen.people[0].track.frames) == 5
    assert "stopped on request" in seen.warnings[0]


def test_a_clip_that_ends_early_says_so():
    clip = Numbers(10)
    clip.expected = 40
    assert "10 of 40" in observe(clip, OnePerson(), None, JobReport()).warnings[0]


def an_observation(seed=0, people=2, hands=True):
    rng = np.random.default_rng(seed)

    def person(count):
        track = Track(
            np.sort(rng.choice(100, count, replace=False)),
            *(as_stored(rng.random((count, 33, n))) for n in (2, 3)),
            as_stored(rng.random((count, 33))),
        )
        both = [as_stored(rng.random((count, 2, 21, n))) for n in (2, 3)]
        return PersonSeen(track, HandTrack(*both, as_stored(rng.random((count, 2)))))

    found = tuple(person(int(rng.integers(1, 9))) for _ in range(people))
    if not hands:
        found = tuple(PersonSeen(one.track) for one in found)
    return Observation(found, 29.97, (640, 360), 100, ("It is “uneven”.",))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 3), st.booleans())
def test_observations_survive_their_file(tmp_path_factory, seed, people, hands):
    path = tmp_path_factory.mktemp("kept") / "a.npz"
    seen = an_observation(seed, people, hands)
    write_observation(path, seen)
    again = read_observation(path)
    assert again is not None
    assert (again.framerate, again.image_size, again.warnings) == (29.97, (640, 360), seen.warnings)
    for one, other in zip(seen.people, again.people, strict=True):
        for name in ("frames", "points", "world", "visibility"):
            np.testing.assert_array_equal(getattr(one.track, name), getattr(other.track, name))
        assert (one.hands is None) == (other.hands is None)
        if one.hands is not None and other.hands is not None:
            np.testing.assert_array_equal(one.hands.world, other.hands.world)


def test_damaged_and_partial_observations_are_not_used(tmp_path):
    cache = ObservationCache(tmp_path / "cache")
    cache.keep("partial", Observation((), 24.0, (9, 9), 1, whole=False))
    cache.keep("good", an_observation())
    assert cache.find("good") is not None and cache.find("partial") is None
    path = tmp_path / "cache" / f"good{SUFFIX}"
    path.write_bytes(path.read_bytes()[:100])
    assert cache.find("good") is None


def test_the_folder_stays_small_and_keeps_what_was_used_last(tmp_path):
    one = an_observation()
    ObservationCache(tmp_path).keep("size", one)
    size = (tmp_path / f"size{SUFFIX}").stat().st_size
    cache = ObservationCache(tmp_path / "small", int(2.5 * size))
    for age, key in enumerate("ab"):
        cache.keep(key, one)
        os.utime(tmp_path / "small" / f"{key}{SUFFIX}", (age, age))
    assert cache.find("a") is not None  # used now
    cache.keep("c", one)
    assert cache.find("b") is None and cache.find("a") is not None and cache.find("c") is not None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    ObservationCache(blocked / "cache").keep("a", an_observation())
    assert blocked.read_bytes() == b""


def test_the_key_follows_content_and_options_but_not_the_name(tmp_path):
    first, second = tmp_path / "a.mp4", tmp_path / "b.mp4"
    first.write_bytes(b"same")
    second.write_bytes(b"same")
    key = observation_key(first, {"step": 1})
    assert observation_key(second, {"step": 1}) == key
    assert observation_key(first, {"step": 2}) != key
    second.write_bytes(b"other")
    assert observation_key(second, {"step": 1}) != key


def test_a_second_look_needs_neither_clip_nor_networks(tmp_path, monkeypatch):
    clip = tmp_path / "walk.mp4"
    clip.write_bytes(b"a clip")
    estimator = VideoEstimator(None, None, networks="of the test")  # type: ignore[arg-type]
    options = VideoOptions(cache=str(tmp_path / "cache"))
    key = estimator._key(str(clip), options)
    ObservationCache(tmp_path / "cache").keep(key, an_observation())
    monkeypatch.setattr(observe_module, "observe", None)
    found = estimator.observed(str(clip), options, JobReport())
    assert len(found.people) == 2
    assert estimator._key(str(tmp_path / "none.mp4"), VideoOptions()) == ""


def test_somebody_seen_for_three_frames_is_kept_when_nobody_else_is():
    brief = an_observation(people=1)
    track = brief.people[0].track
    person = PersonSeen(Track(*(getattr(track, name)[:1] for name in
                                ("frames", "points", "world", "visibility"))))  # fmt: skip
    warned = []
    report = JobReport(on_warning=warned.append)
    seen = Observation((person,), 24.0, (64, 64), 60)
    assert long_enough(seen, "a.mp4", report) == [person] and "1 frames" in warned[0]
    with pytest.raises(Sketch2PoseError, match="nobody"):
        long_enough(Observation((), 24.0, (64, 64), 60), "a.mp4", report)


def test_two_glimpses_with_a_long_gap_between_are_nobody():
    people = an_observation(people=2).people
    whole, glimpsed = people[0].track, people[1].track
    rows = np.array([0, 1, len(glimpsed.frames) - 1])
    far = np.array([0, 1, 40])

    def at(track, rows, frames):
        parts = (getattr(track, name)[rows] for name in ("points", "world", "visibility"))
        return PersonSeen(Track(frames, *parts))

    steady = at(whole, np.zeros(41, int), np.arange(0, 82, 2))  # every other frame was read
    ghost = at(glimpsed, rows, far)
    warned = []
    report = JobReport(on_warning=warned.append)
    seen = Observation((steady, ghost), 10.0, (64, 64), 60)
    assert long_enough(seen, "a.mp4", report) == [steady] and "long gaps" in warned[0]
    assert long_enough(replace(seen, people=(ghost,)), "a.mp4", report) == [ghost]


def test_progress_tells_the_time_left():
    now, said = [0.0], []
    whole = JobReport(on_progress=lambda fraction, text: said.append((fraction, text)))
    part = TimedReport(whole, 0.0, 0.5, clock=lambda: now[0])
    part.progress(0.1, "Frame 1")
    now[0] = 10.0
    part.progress(0.5, "Frame 5")
    assert said == [(0.05, "Frame 1"), (0.25, "Frame 5, 10 s left")]
    assert [spoken_time(t) for t in (0.1, 89, 200, 8000)] == ["1 s", "89 s", "3 min", "2 h 13 min"]
    assert not PartReport(whole, 0, 1).enough()
