"""Clips, regions, the detector's decoding, and following people."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.video.clips.clip import Clip, Trim
from sketch2pose.inference.video.observing import tracking
from sketch2pose.inference.video.observing.detector import (
    Detection,
    anchors,
    detect_people,
    merge_same,
    parts_of,
)
from sketch2pose.inference.video.observing.landmarker import LandmarkOutput
from sketch2pose.inference.video.observing.landmarks import Landmarks
from sketch2pose.inference.video.observing.region import Region, between, overlap, region_about
from sketch2pose.inference.video.observing.tracking import Tracker

FRAMES = 12


@pytest.fixture
def write_clip(tmp_path):
    def write(name="clip é.avi", frames=FRAMES, size=(96, 64)):
        path = tmp_path / name
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 24.0, size)
        for number in range(frames):
            writer.write(np.full((size[1], size[0], 3), 10 * number, np.uint8))
        writer.release()
        return path

    return write


def test_a_clip_gives_its_frames_with_their_numbers(write_clip):
    with Clip(write_clip()) as clip:
        assert (clip.framerate, clip.image_size, clip.expected) == (24.0, (96, 64), FRAMES)
        frames = list(clip.frames())
    assert [number for number, _ in frames] == list(range(FRAMES))
    assert frames[5][1].shape == (64, 96, 3)
    assert abs(int(frames[5][1].mean()) - 50) < 4


def test_trim_and_step_keep_the_numbers_of_the_file(write_clip):
    with Clip(write_clip(), Trim(start=2 / 24, end=8 / 24, step=3)) as clip:
        assert [number for number, _ in clip.frames()] == [2, 5, 8]
        assert clip.expected == 2 or clip.expected == 3


BAD_CLIPS = {
    "empty": b"",
    "text": b"this is no clip " * 100,
    "sound": b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00"
    b"\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x08\x00\x00" + bytes(2048),
}


@pytest.mark.parametrize("content", BAD_CLIPS.values(), ids=BAD_CLIPS)
def test_what_is_no_clip_gives_one_sentence(tmp_path, content):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(Sketch2PoseError) as caught:
        Clip(path)
    assert "a.mp4" in str(caught.value)


def test_missing_tiny_and_overtrimmed_clips_say_so(tmp_path, write_clip):
    for make in (
        lambda: Clip(tmp_path / "none.mp4"),
        lambda: Clip(write_clip("tiny.avi", size=(32, 32))),
        lambda: list(Clip(write_clip(), Trim(start=60.0)).frames()),
    ):
        with pytest.raises(Sketch2PoseError):
            make()


def test_a_clip_cut_short_keeps_what_it_has(write_clip):
    path = write_clip(frames=40)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with Clip(path) as clip:
        assert 0 < len(list(clip.frames())) < 40


coordinates = st.floats(-500, 500)


@given(coordinates, coordinates, coordinates, coordinates)
def test_a_region_holds_both_points_with_the_second_above_the_first(x, y, dx, dy):
    hips, along = np.array([x, y]), np.array([dx, dy])
    if np.linalg.norm(along) < 1:
        return
    region = region_about(hips, hips + along)
    share = np.linalg.norm(along) / region.side
    np.testing.assert_allclose(region.to_picture(np.array([0.5, 0.5])), hips)
    np.testing.assert_allclose(
        region.to_picture(np.array([0.5, 0.5 - share])), hips + along, atol=1e-6
    )
    turned = region.turned_back(np.array([0.0, -1.0, 0.0]))
    np.testing.assert_allclose(turned[:2], along / np.linalg.norm(along), atol=1e-9)


def test_a_turned_crop_shows_the_picture_upright():
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[95:105, 140:160] = 255  # right of the middle: up when the trunk points right
    region = Region(np.array([100.0, 100.0]), 160.0, np.pi / 2)
    crop = region.crop(picture, 80)
    y, x = np.argwhere(crop[..., 0] > 128).mean(0)
    assert abs(x - 40) < 2 and abs(y - 15) < 2


def test_regions_overlap_and_turn_the_short_way():
    one = Region(np.array([0.0, 0.0]), 10.0, np.radians(170))
    assert overlap(one, one) == 1.0
    assert overlap(one, Region(np.array([20.0, 0.0]), 10.0, 0.0)) == 0.0
    half = between(one, Region(np.array([4.0, 0.0]), 20.0, np.radians(-170)), 0.5)
    assert (half.center[0], half.side) == (2.0, 15.0)
    assert abs(half.turn - np.pi) < 1e-9


class ScriptedDetector:
    """A detector that is sure of one anchor."""

    def run(self, names, feed):
        boxes = np.zeros((1, 2254, 12), np.float32)
        scores = np.full((1, 2254, 1), -20.0, np.float32)
        scores[0, 28 * 2 * 14 + 2 * 14] = 5.0  # row 14, column 14 of the finest grid
        boxes[0, :, 2:4] = 50
        boxes[0, :, 7] = -40  # the circle's point lies above the hips
        return [boxes, scores]


def test_detections_are_decoded_about_their_anchor():
    assert anchors().shape == (2254, 2)
    picture = np.zeros((100, 200, 3), np.uint8)
    (found,) = detect_people(ScriptedDetector(), picture)
    scale = 224 / 200
    place = (np.array([14.5, 14.5]) / 28 * 224 - [0, 56]) / scale
    np.testing.assert_allclose(found.region.center, place, atol=0.6)
    assert abs(found.region.side - 2 * 1.25 * 40 / scale) < 1e-6
    assert found.score > 0.99


def test_boxes_of_one_person_are_averaged():
    box = np.array([[10.0, 10], [4, 4], [10, 10], [10, 8], [0, 0], [0, 0]])
    moved, far = box + [[1, 0]] + 0, box + 100
    far[1] = [4, 4]
    moved[1] = [4, 4]
    people = merge_same(np.stack([box, moved, far]), np.array([0.9, 0.9, 0.6]))
    assert [score for _, score in people] == [0.9, 0.6]
    np.testing.assert_allclose(people[0][0][0], [10.5, 10.0])


class Scene:
    """People at places of a picture, instead of the networks."""

    def __init__(self, monkeypatch):
        self.places, self.hides = [], 0.0
        monkeypatch.setattr(tracking, "detect_people", self.detect)
        monkeypatch.setattr(tracking, "read_landmarks", self.read)

    def detect(self, _session, _rgb):
        return [Detection(0.9, Region(np.array(place, float), 40.0, 0.0)) for place in self._seen()]

    def _seen(self):
        """The places less those hidden by a nearer person, who comes first."""
        seen = []
        for place in self.places:
            if all(np.linalg.norm(np.subtract(place, other)) >= self.hides for other in seen):
                seen.append(place)
        return seen

    def read(self, _session, _rgb, region):
        near = [p for p in self._seen() if np.linalg.norm(region.center - p) < 30]
        near.sort(key=lambda p: float(np.linalg.norm(region.center - p)))
        place = np.array(near[0] if near else region.center, float)
        box = np.array([[-8.0, -16], [8, 16]])
        points = place + box[np.arange(33) % 2]
        landmarks = Landmarks(points, np.zeros((33, 3)), np.ones(33))
        return LandmarkOutput(1.0 if near else 0.0, landmarks, Region(place, 40.0, 0.0))


@pytest.fixture
def scene(monkeypatch):
    return Scene(monkeypatch)


def follow(scene, moments, shades=None):
    tracker = Tracker(None, None, 10.0)
    for number, places in enumerate(moments):
        scene.places = places
        shade = 0 if shades is None else shades[number]
        tracker.add(np.full((90, 160, 3), shade, np.uint8), number, number)
    return [(person.frames[0], person.frames[-1], len(person.frames)) for person in tracker.people]


def test_two_people_keep_their_numbers(scene):
    moments = [[(30 + n, 50), (120 - n, 50)] for n in range(20)]
    assert follow(scene, moments) == [(0, 19, 20), (0, 19, 20)]


def test_two_people_who_cross_keep_their_numbers(scene):
    """They pass each other; for a moment the one behind is not to be seen."""
    scene.hides = 14.0
    paths = [(lambda n: 20 + 6 * n), (lambda n: 140 - 6 * n)]
    tracker = Tracker(None, None, 10.0)
    for number in range(20):
        scene.places = [(path(number), 50) for path in paths]
        tracker.add(np.zeros((90, 160, 3), np.uint8), number, number)
    assert len(tracker.people) == 2
    for person, path in zip(tracker.people, paths, strict=True):
        assert person.frames[0] == 0 and person.frames[-1] == 19
        middle = [one.points.mean(0)[0] for one in person.seen]
        away = [abs(x - path(n)) for x, n in zip(middle, person.frames, strict=True)]
        assert max(away) < 15


def test_a_person_who_comes_back_is_the_same_and_one_who_stays_away_is_not(scene):
    here, gone = [(50, 50)], []
    assert follow(scene, [here] * 5 + [gone] * 8 + [here] * 5) == [(0, 17, 10)]
    assert follow(scene, [here] * 5 + [gone] * 25 + [here] * 5) == [(0, 4, 5), (30, 34, 5)]


def test_after_a_cut_everybody_is_new(scene):
    assert follow(scene, [[(50, 50)]] * 10, [0] * 5 + [200] * 5) == [(0, 4, 5), (5, 9, 5)]


@pytest.mark.parametrize(("count", "crowded"), [(tracking.MOST_PEOPLE, False), (20, True)])
def test_of_a_crowd_ten_are_followed_and_that_is_told(scene, count, crowded):
    places = [(60 * (n % 5), 60 * (n // 5)) for n in range(count)]
    tracker = Tracker(None, None, 10.0)
    scene.places = places
    for number in range(6):
        tracker.add(np.zeros((90, 160, 3), np.uint8), number, number)
    assert tracker.crowded == crowded
    assert [len(person.frames) for person in tracker.people] == [6] * tracking.MOST_PEOPLE


@pytest.mark.parametrize(("size", "count"), [((90, 160), 1), ((100, 900), 8), ((640, 80), 7)])
def test_long_pictures_are_looked_at_in_parts_that_overlap(size, count):
    rgb = np.arange(size[0] * size[1]).reshape(*size, 1).repeat(3, -1)
    parts = parts_of(rgb)
    assert len(parts) == count
    covered = np.zeros(size, int)
    for corner, part in parts:
        x, y = corner.astype(int)
        rows, columns = slice(y, y + part.shape[0]), slice(x, x + part.shape[1])
        np.testing.assert_array_equal(rgb[rows, columns], part)
        covered[rows, columns] += 1
    assert covered.min() >= 1
