"""The clip beside the rig: which frames tell most, and films and sheets of rendered pictures."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.body_motion import BodyMotion, write_body_motion
from sketch2pose.core.errors import CancelledByUser
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.estimators import Estimators, Settings
from sketch2pose.inference.protocol.requests import BesideRequest
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.run_request import run_request
from sketch2pose.inference.video.showing.contact_sheet import (
    CELL_HEIGHT,
    arranged,
    box_at,
    box_size,
    resting,
)
from sketch2pose.inference.video.showing.overlay import pixels_of
from sketch2pose.rigs.feet.contact_key_frames import contact_key_frames

SIZE, FRAMES = (320, 240), 8
GREEN = (40, 200, 40)
VIEWS = ("filmed", "side")


@pytest.fixture(scope="module")
def walker():
    """Somebody who glides past a camera at rest, on the left foot, then on the right one."""
    body = load_default_body()
    poses, way = np.zeros((FRAMES, 72)), np.linspace(-0.5, 0.5, FRAMES)
    trans = np.stack([way, np.full(FRAMES, 0.9), np.full(FRAMES, -3.0)], axis=1)
    joints = body.forward(poses, trans)
    turn, shift = np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.9, 0.0])
    seen = joints @ turn.T + shift
    left = np.arange(FRAMES) < FRAMES // 2
    return BodyMotion(
        poses=poses.astype(np.float32), trans=trans.astype(np.float32),
        betas=np.zeros(10, np.float32), joints3d=joints.astype(np.float32),
        joints2d=(250 * seen[..., :2] / seen[..., 2:] + [160, 120]).astype(np.float32),
        camera_rotation=turn.astype(np.float32), camera_translation=shift.astype(np.float32),
        camera_focal=250.0, camera_center=np.array([160.0, 120.0], np.float32),
        image_size=np.array(SIZE), contact_names=("left_foot", "right_foot"),
        contacts=np.stack([left, ~left], axis=1).astype(np.float32),
        confidence=np.ones((FRAMES, 24), np.float32), frame_index=np.arange(FRAMES),
    )  # fmt: skip


@pytest.fixture
def asked(tmp_path, walker):
    """Makes the request for a kind of result; all pictures lie beside the clip."""
    clip = tmp_path / "clip é.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 12.0, SIZE)
    for frame in range(FRAMES):
        writer.write(np.full((SIZE[1], SIZE[0], 3), 100 + 10 * frame, np.uint8))
    writer.release()
    write_body_motion(tmp_path / "motion.npz", walker)

    def make(kind, frames, missing=()):
        for frame in set(frames) - set(missing):
            for view, (width, height) in zip(VIEWS, (SIZE, (160, 240)), strict=True):
                picture = np.zeros((height, width, 4), np.uint8)
                picture[: height // 2] = (*GREEN, 255)  # the rest is transparent
                cv2.imwrite(str(tmp_path / f"{view}_{frame:06d}.png"), picture)
        return BesideRequest(
            (str(clip),), str(tmp_path), motions=(str(tmp_path / "motion.npz"),),
            frames=tuple(frames), pictures=str(tmp_path), views=tuple(VIEWS), kind=kind,
        )  # fmt: skip

    return make


def outcome(request, report=None):
    (summary,) = run_request(request, Estimators(Settings()), report or JobReport())
    return summary


def test_a_film_shows_clip_and_views_of_the_same_frames(asked):
    summary = outcome(asked(".mp4", range(2, 6)))
    assert summary.error is None and summary.people == 1
    capture = cv2.VideoCapture(summary.files[0])
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(read[1].astype(int))
    assert len(pictures) == 4 and capture.get(cv2.CAP_PROP_FPS) == pytest.approx(12.0)
    assert pictures[0].shape == (720, 960 + 960 + 480, 3)
    for number, picture in enumerate(pictures, start=2):
        assert abs(np.median(picture[:100, :960]) - (100 + 10 * number)) < 8  # the clip's frame
        for left in (960, 1920):
            assert np.abs(picture[100:200, left + 50 : left + 400] - GREEN).max() < 40
            assert picture[500:, left + 50 : left + 400].max() < 70  # paper below


def test_a_film_of_every_other_frame_keeps_its_pace(asked):
    capture = cv2.VideoCapture(outcome(asked(".mp4", (1, 3, 5, 7))).files[0])
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 4
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(6.0)


def test_a_sheet_shows_the_person_large(asked, walker):
    frames = (0, 2, 7)
    sheet = cv2.imread(outcome(asked(".png", frames)).files[0]).astype(int)
    width, height = box_size(walker, frames)
    part = round(width * CELL_HEIGHT / height / 2) * 2
    cell = sheet[:, : 2 * part]
    skeleton = np.abs(cell[30:, :part] - 100).max(-1) > 60
    rows, _ = np.nonzero(skeleton)
    assert np.ptp(rows) > 0.6 * CELL_HEIGHT
    assert np.abs(cell[40:80, part + 10 : 2 * part - 10] - GREEN).max() < 2


@pytest.mark.parametrize("kind", [".mp4", ".png"])
def test_a_missing_picture_is_a_sentence_and_leaves_no_file(asked, tmp_path, kind):
    summary = outcome(asked(kind, (1, 2, 3), missing=(2,)))
    assert "no image of the rig at frame 2" in str(summary.exception())
    assert not list(tmp_path.glob("*beside*"))


def test_no_frames_are_a_sentence(asked):
    assert "no frames" in str(outcome(asked(".mp4", ())).exception())


@pytest.mark.parametrize("kind", [".mp4", ".png"])
def test_cancelling_leaves_no_file(asked, tmp_path, kind):
    report = JobReport()
    report.on_progress = lambda share, _text: report.cancelled.set() if share > 0.2 else None
    with pytest.raises(CancelledByUser):
        outcome(asked(kind, range(FRAMES)), report)
    assert not list(tmp_path.glob("*beside*"))


def test_boxes_hold_the_person_and_lie_in_the_clip(walker):
    frames = tuple(range(FRAMES))
    size = box_size(walker, frames)
    for frame in frames:
        left, top, width, height = box_at(walker, frame, size, SIZE)
        assert left >= 0 and top >= 0 and left + width <= SIZE[0] and top + height <= SIZE[1]
        seen = pixels_of(walker, frame)
        assert (seen >= [left - 1, top - 1]).all()
        assert (seen <= [left + width + 1, top + height + 1]).all()


def test_cells_are_laid_out_in_rows():
    cells = [np.full((50, 900, 3), number + 1, np.uint8) for number in range(3)]
    sheet = arranged(cells)
    assert sheet.shape == (110, 1810, 3)
    assert [sheet[5, 5, 0], sheet[5, 1000, 0], sheet[70, 5, 0]] == [1, 2, 3]


def test_a_label_names_what_rests(walker):
    assert resting(walker, 0) == ["left_foot"] and resting(walker, 7) == ["right_foot"]
    assert resting(replace(walker, contacts=None), 0) == [] and resting(walker, 99) == []


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60),
       st.integers(1, 14))  # fmt: skip
def test_telling_rows_rise_and_are_as_many_as_wanted(flags, count):
    resting_rows = np.array(flags)
    rows = contact_key_frames(resting_rows, count)
    assert rows == sorted(set(rows)) and len(rows) == min(count, len(flags))
    assert rows[0] >= 0 and rows[-1] < len(flags)


def test_telling_rows_are_those_of_landing_and_leaving():
    resting_rows = np.zeros((100, 2), bool)
    resting_rows[10:40, 0] = resting_rows[35:, 1] = True
    assert {10, 39, 35} <= set(contact_key_frames(resting_rows, 6))
    assert contact_key_frames(np.zeros((9, 0), bool), 3) == [0, 4, 8]
