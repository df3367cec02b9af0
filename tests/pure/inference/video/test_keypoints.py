"""Keypoints of other detectors over time: read, followed, lifted and solved as a clip is."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.body_motion import read_body_motion
from sketch2pose.core.body_motion.check import check
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.cli import run
from sketch2pose.inference.importers.keypoint_files import DetectedPerson, read_keypoint_frames
from sketch2pose.inference.importers.keypoints2d import LAYOUTS
from sketch2pose.inference.importers.read_motion import read_motion
from sketch2pose.inference.protocol.requests import Trim, VideoOptions
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.video.estimate import VideoEstimator
from sketch2pose.inference.video.observing.keypoint_clip import likely_size
from sketch2pose.inference.video.observing.keypoint_depth import key_frames, likeliest_chain
from sketch2pose.inference.video.observing.keypoint_people import (
    _FACE,
    filled,
    followed,
    landmarks_of,
)
from sketch2pose.inference.video.observing.landmarks import LANDMARKS, NUMBER
from tests.pure.inference.video import test_moving_camera as scene


@pytest.fixture(scope="module")
def waving():
    """The track of somebody who waves in front of a camera that stands, and their joints."""
    path = scene.dolly()
    turns, places = path.rotation[:1].repeat(24, 0), path.translation[:1].repeat(24, 0)
    still = replace(path, rotation=turns, translation=places)
    track, joints = scene.filmed(still, np.zeros(10))
    return track, still.to_camera(joints)


def row_of(points, count, shift=0.0):
    """A detector's row of `count` keypoints of landmarks [33, 2]."""
    row = np.zeros((count, 3))
    for name, sources in LAYOUTS[count].items():
        name = name.replace("_foot", "_foot_index")
        if name in NUMBER and len(sources) == 1:
            row[sources[0]] = [*points[NUMBER[name]] + [shift, 0.0], 0.9]
    for name, source in _FACE[count].items():
        row[source] = [*points[NUMBER[name]] + [shift, 0.0], 0.9]
    return row.ravel().tolist()


def write_openpose(folder, track, count=25, shifts=(0.0,)):
    folder.mkdir(exist_ok=True)
    for number, points in zip(track.frames, track.points, strict=True):
        people = [{"person_id": [-1], "pose_keypoints_2d": row_of(points, count, shift)}
                  for shift in shifts]  # fmt: skip
        place = folder / f"wave é_{number:012d}_keypoints.json"
        place.write_text(json.dumps({"version": 1.3, "people": people}))
    return folder


def coco_of(track, **more):
    return [
        {"image_id": int(n), "category_id": 1, "keypoints": row_of(p, 17), **more}
        for n, p in zip(track.frames, track.points, strict=True)
    ]


@pytest.mark.parametrize("count", LAYOUTS)
def test_every_layout_fills_the_same_landmarks(waving, count):
    points = waving[0].points[0]
    found = landmarks_of(DetectedPerson(np.array(row_of(points, count)).reshape(-1, 3)))
    limbs = [NUMBER[f"{s}_{p}"] for s in ("left", "right") for p in ("hip", "knee", "wrist")]
    for number in [*limbs, NUMBER["nose"], NUMBER["left_ear"]]:
        np.testing.assert_allclose(found[number], [*points[number], 0.9])


def test_a_folder_and_one_list_hold_the_same_frames(tmp_path, waving):
    track = waving[0]
    folder = write_openpose(tmp_path / "json", track, 17)
    (tmp_path / "coco.json").write_text(json.dumps(coco_of(track)))
    pictures = [{"id": int(n), "file_name": f"a-{n:04d}.png", "width": 1280, "height": 720}
                for n in track.frames]  # fmt: skip
    whole = {"images": pictures, "annotations": coco_of(track)}
    (tmp_path / "whole.json").write_text(json.dumps(whole))
    found = [read_keypoint_frames(p) for p in
             (folder, tmp_path / "coco.json", tmp_path / "whole.json")]  # fmt: skip
    for other in found[1:]:
        assert list(other.frames) == list(found[0].frames) == list(range(24))
        for number in other.frames:
            ours, theirs = other.frames[number][0], found[0].frames[number][0]
            np.testing.assert_array_equal(ours.points, theirs.points)
    assert [one.image_size for one in found] == [None, None, (1280, 720)]
    later = read_keypoint_frames(sorted(folder.iterdir())[20])
    assert list(later.frames) == [20, 21, 22, 23]


def test_names_that_are_no_frame_numbers_are_ranked(tmp_path, waving):
    rows = coco_of(waving[0])[:3]
    for row, name in zip(rows, (397133, 37777, 252219), strict=True):
        row["image_id"] = name
    (tmp_path / "a.json").write_text(json.dumps(rows))
    assert list(read_keypoint_frames(tmp_path / "a.json").frames) == [0, 1, 2]


def test_people_who_pass_each_other_keep_their_numbers(waving):
    points, frames = waving[0].points[0], {}
    for number in range(30):
        near, far = (np.array(row_of(points, 17, x)).reshape(-1, 3)
                     for x in (-200 + 20 * number, 400 - 20 * number))  # fmt: skip
        far[:, 1] -= 150.0  # farther up in the picture
        seen = [DetectedPerson(near), DetectedPerson(far)]
        frames[number] = seen[1:] if number in (13, 14, 15) else seen[:: -1 if number % 2 else 1]
    people = followed(frames, 24.0)
    assert [len(person.frames) for person in people] == [27, 30]
    for person, way in zip(people, (20.0, -20.0), strict=True):
        nose = np.array([seen[0, 0] for seen in person.seen])
        np.testing.assert_allclose(np.diff(nose) / np.diff(person.frames), way)


def test_the_files_own_numbers_are_followed(tmp_path, waving):
    track = waving[0]
    rows = coco_of(track, idx=7) + coco_of(track, idx=3)
    rows = [row for row in rows if not (row["idx"] == 3 and 5 < row["image_id"] < 15)]
    (tmp_path / "alphapose-results.json").write_text(json.dumps(rows))
    people = followed(read_keypoint_frames(tmp_path / "alphapose-results.json").frames, 2.0)
    assert {person.number: len(person.frames) for person in people} == {7: 24, 3: 15}


def test_what_the_detector_does_not_know_is_likely_and_unseen(waving):
    track = waving[0]
    frames = {n: [DetectedPerson(np.array(row_of(p, 17)).reshape(-1, 3))]
              for n, p in enumerate(track.points)}  # fmt: skip
    frames[5][0].points[9, 2] = 0.0  # the left wrist is hidden once
    (person,) = followed(frames, 24.0)
    points, visible = filled(person)
    wrist, heel = NUMBER["left_wrist"], NUMBER["left_heel"]
    assert visible[5, wrist] == 0 and visible[4, wrist] == 0.9 and not visible[:, heel].any()
    expected = (points[4, wrist] + points[6, wrist]) / 2
    np.testing.assert_allclose(points[5, wrist], expected)
    np.testing.assert_array_equal(points[:, heel], points[:, NUMBER["left_ankle"]])
    assert np.isfinite(points).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 999))
def test_the_chain_is_the_likeliest_of_all(frames, count, seed):
    rng = np.random.default_rng(seed)
    readings = [rng.normal(0, 0.05, (count, len(LANDMARKS), 3)) for _ in range(frames)]
    scores = [np.log(rng.uniform(0.05, 1, count)) for _ in range(frames)]

    def worth(chain):
        from sketch2pose.inference.video.observing.keypoint_depth import _MARKS, CHANGE

        total = sum(score[row] for score, row in zip(scores, chain, strict=True))
        for before, now in itertools.pairwise(zip(readings, chain, strict=True)):
            way = (now[0][now[1]] - before[0][before[1]])[_MARKS]
            total -= 0.5 * (np.linalg.norm(way, axis=-1) / CHANGE).mean() ** 2
        return total

    best = max(itertools.product(range(count), repeat=frames), key=worth)
    assert worth(likeliest_chain(readings, scores)) == pytest.approx(worth(best))


def test_key_frames_are_those_with_most_to_see():
    visibility = np.ones((12, 33))
    visibility[[0, 1, 6, 7, 8], NUMBER["left_knee"]] = 0
    rows = key_frames(visibility, np.arange(12), 60.0)
    assert len(rows) == 2 and rows[0] in (2, 3, 4, 5) and rows[1] in (9, 10, 11)


def solved(path, **options):
    warned = []
    estimator = VideoEstimator(None, None)  # type: ignore[arg-type]
    report = JobReport(on_warning=warned.append)
    motions = estimator.estimate_clip(str(path), VideoOptions(**options), report)
    for motion in motions:
        check(motion)
    return motions, warned


def test_a_known_motion_comes_back_from_keypoints_alone(tmp_path, waving):
    track, joints = waving
    folder = write_openpose(tmp_path / "json", track)
    (motion,), _ = solved(folder, image_size=(1280, 720), framerate=24, lens=31)
    assert motion.frame_count == 24 and motion.image_size.tolist() == [1280, 720]
    seen = motion.joints3d @ motion.camera_rotation.T + motion.camera_translation
    away = (seen - seen[:, :1]) - (joints - joints[:, :1])
    limbs = [4, 5, 7, 8, 18, 19, 20, 21]
    assert np.linalg.norm(away[:, limbs], axis=-1).mean() < 0.15
    raised = joints[:, 20, 1] - joints[:, 16, 1]
    follows = (seen[:, 20, 1] - seen[:, 16, 1]) - raised
    assert np.abs(follows).mean() < 0.1


def test_part_size_and_people(tmp_path, waving):
    folder = write_openpose(tmp_path / "json", waving[0], shifts=(-150.0, 150.0))
    motions, warned = solved(folder, trim=Trim(start=0.5, step=2), framerate=24)
    assert [motion.frame_index.tolist() for motion in motions] == [list(range(12, 24, 2))] * 2
    assert any("1280 x 720 is assumed" in sentence for sentence in warned)
    assert motions[0].joints2d[0, 4, 0] != motions[1].joints2d[0, 4, 0]
    high = read_keypoint_frames(write_openpose(tmp_path / "high", waving[0], shifts=(900.0,)))
    assert likely_size(high) == (1920, 1080)


def test_the_command_reads_keypoints_and_convert_points_to_it(tmp_path, waving, capsys):
    (tmp_path / "coco.json").write_text(json.dumps(coco_of(waving[0])))
    code = run(["video", str(tmp_path / "coco.json"), "--out", str(tmp_path), "--size", "1280x720",
                "--framerate", "24"])  # fmt: skip
    assert code == 0 and read_body_motion(tmp_path / "coco.npz").frame_count == 24
    with pytest.raises(Sketch2PoseError, match="Import it as a clip"):
        read_motion(tmp_path / "coco.json")


def person(**change):
    return {"person_id": [-1], "pose_keypoints_2d": [5.0] * 75, **change}


BAD = {
    "empty": (b"", "not valid JSON"),
    "cut short": (b'{"people": [', "not valid JSON"),
    "another kind": (b'{"shapes": []}', "no keypoints"),
    "nobody": (b'{"people": []}', "nobody"),
    "other count": (json.dumps({"people": [person(pose_keypoints_2d=[1.0] * 9)]}), "3 keypoints"),
    "texts": (json.dumps({"people": [person(pose_keypoints_2d=["a"] * 75)]}), "damaged"),
    "no points": (json.dumps({"people": [{"name": "Anna"}]}), "damaged"),
    "shares": (json.dumps({"people": [person(pose_keypoints_2d=[0.5] * 75)]}), "not in pixels"),
    "hand": (json.dumps({"people": [person(hand_left_keypoints_2d=[9.0] * 6)]}), "of a hand"),
}


@pytest.mark.parametrize(("content", "why"), BAD.values(), ids=BAD)
def test_bad_keypoints_are_one_sentence(tmp_path, content, why):
    path = tmp_path / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Sketch2PoseError, match=why):
        solved(path)
