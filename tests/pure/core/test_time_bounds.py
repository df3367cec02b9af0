"""A file cannot ask for more time or more frames than an animation has."""

from dataclasses import replace

import numpy as np
import pytest

from sketch2pose.core.body_motion import check
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.time_bounds import LONGEST, MOST_FRAMES
from sketch2pose.core.untrusted_numbers import LARGEST
from sketch2pose.inference.importers.bvh_text import parse_bvh
from sketch2pose.rigs.errors import RigError
from sketch2pose.rigs.human_motion import human_motion_from_smpl
from sketch2pose.rigs.resample import resampled
from tests.pure.core.test_body_motion import full_motion, least_motion


def moving(rows):
    motion = least_motion()
    return replace(
        motion, poses=np.zeros((rows, 72), np.float32), trans=np.zeros((rows, 3), np.float32)
    )


@pytest.mark.parametrize("rate", [0.0, 1e-6, 0.09, 1001.0, 1e300, np.inf, np.nan, -24.0])
def test_frame_rates_beyond_reason_are_named(rate):
    with pytest.raises(Sketch2PoseError, match=r"mocap_framerate.*expected 0.1 to 1000 frames"):
        check(replace(least_motion(), mocap_framerate=rate))


@pytest.mark.parametrize("rate", [0.1, 23.976, 1000.0])
def test_frame_rates_of_cameras_pass(rate):
    check(replace(least_motion(), mocap_framerate=rate))


@pytest.mark.parametrize(
    ("frames", "words"),
    [([0, 1, 1_000_000], "lasts"), ([-1, 0, 1], "runs from -1"), ([0, 1, 2**62], "runs from 0"),
     ([5, 5, 6], "does not increase"), ([-(2**63), 0, 2**63 - 1], "runs from -9")],
)  # fmt: skip
def test_source_frames_beyond_reason_are_named(frames, words):
    motion = replace(moving(3), frame_index=np.array(frames), mocap_framerate=30.0)
    with pytest.raises(Sketch2PoseError, match=f"frame_index.*{words}"):
        check(motion)


def test_numbers_beyond_reason_are_named():
    poses = full_motion().poses.copy()
    poses[0, 3] = 2 * LARGEST
    with pytest.raises(Sketch2PoseError, match=r"poses.*beyond 1,000,000"):
        check(replace(full_motion(), poses=poses))


def human(rows, rate):
    return human_motion_from_smpl(np.zeros((rows, 72)), np.zeros((rows, 24, 3)), rate)


def test_resampling_stops_before_an_animation_is_full():
    with pytest.raises(RigError, match=r"too long for an animation.*more than 120,000"):
        resampled(human(2, 30.0), 24.0, [0.0, MOST_FRAMES / 24.0])
    with pytest.raises(RigError, match="too long"):
        resampled(human(2, 1e-9), 24.0)
    assert resampled(human(2, 30.0), 24.0, [0.0, LONGEST / 100]).frame_count == 3457


BVH = """HIERARCHY
ROOT hips
{{
OFFSET 0 0 0
CHANNELS 3 Zrotation Xrotation Yrotation
}}
MOTION
Frames: {frames}
Frame Time: {time}
0 0 0
"""


@pytest.mark.parametrize(
    ("frames", "time", "words"),
    [("1", "100000", "frame time is 100000 s"), ("1", "1e-9", "frame rate"),
     ("1", "0", "frame rate"), ("1", "nan", "frame rate"), ("99999999999", "0.03", "more than")],
)  # fmt: skip
def test_bvh_times_beyond_reason_are_named(frames, time, words):
    with pytest.raises(ValueError, match=words):
        parse_bvh(BVH.format(frames=frames, time=time))
    assert parse_bvh(BVH.format(frames="1", time="0.033")).framerate == pytest.approx(1 / 0.033)
