"""How well clips are followed: real footage beside markerless triangulation, two people, speed.

    python tests/benchmarks/bench_video.py [--out FOLDER]

Reference: Pose2Sim's balancing trial (S2P_SHARED), triangulated from four cameras to 20-30 mm.
*raw* are the network's metric landmarks of the same run, without smoothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.core.body_motion import BodyMotion  # noqa: E402
from sketch2pose.inference.body.model import load_default_body  # noqa: E402
from sketch2pose.inference.devices import Device, create_session  # noqa: E402
from sketch2pose.inference.estimators import LIFTER_NETWORK, find_model  # noqa: E402
from sketch2pose.inference.protocol.requests import VideoOptions  # noqa: E402
from sketch2pose.inference.report import JobReport  # noqa: E402
from sketch2pose.inference.video.clips.clip import Clip  # noqa: E402
from sketch2pose.inference.video.estimate import VideoEstimator  # noqa: E402
from sketch2pose.inference.video.observing.landmarks import NUMBER, Track  # noqa: E402
from sketch2pose.inference.video.observing.tracking import Tracker  # noqa: E402
from sketch2pose.inference.video.solving.shared_ground import standing_feet  # noqa: E402
from tests.benchmarks.sketch.table import Row, print_table  # noqa: E402
from tests.benchmarks.video.joint_angles import angle_rows  # noqa: E402
from tests.benchmarks.video.keypoints_only import keypoint_rows  # noqa: E402
from tests.benchmarks.video.known_camera import (  # noqa: E402
    calibrated,
    known_camera_rows,
    world_truth,
)
from tests.benchmarks.video.measures import (  # noqa: E402
    JOINTS,
    POSE_NETWORKS,
    acceleration_error,
    aligned_error,
    in_camera,
    root_error,
    rooted,
    slide,
)

MM = 1e3
MARKS = [NUMBER[joint] for joint in JOINTS]


@dataclass(frozen=True)
class Run:
    """One clip's observation and result: pictures a second of the whole, and the raw track."""

    motions: list[BodyMotion]
    tracks: list[Track]
    rate: float
    frames: int


def reference(folder: Path, camera: str) -> np.ndarray:
    """[T, 12, 3] triangulated joints in the camera's axes, metres."""
    turn, shift = calibrated(folder, camera)
    return world_truth(folder)[..., [2, 0, 1]] @ turn.T + shift


def shipped_estimator() -> VideoEstimator:
    """The estimator with the usual networks, each on one thread."""
    sessions = [create_session(find_model(name), Device(threads=1)) for name in POSE_NETWORKS]
    lifter = create_session(find_model(LIFTER_NETWORK), Device(threads=1))
    return VideoEstimator(*sessions, lifter=lifter)


def run(clip: Path) -> Run:
    """Estimate a clip with timing, and observe it again for the raw landmarks."""
    estimator = shipped_estimator()
    start = time.process_time()  # of all threads: other work on the machine does not count
    motions = estimator.estimate_clip(str(clip), VideoOptions(), JobReport())
    seconds = time.process_time() - start
    with Clip(clip) as opened:
        tracker = Tracker(estimator.detector, estimator.landmarker, opened.framerate)
        frames = [tracker.add(rgb, number, number) for number, rgb in opened.frames()]
    tracks = [person.track() for person in tracker.people]
    return Run(motions, tracks, len(frames) / seconds, len(frames))


def of_camera(folder: Path, name: str, camera: str) -> list[Row]:
    """Figures of one view of the balancing trial."""
    done, truth = run(folder / f"{name}.mp4"), reference(folder, camera)
    motion = max(done.motions, key=lambda one: one.frame_count)
    track = max(done.tracks, key=lambda one: len(one.frames))
    found, truth_here = in_camera(motion), truth[motion.source_frames]
    raw = track.world[:, MARKS]
    raw_truth = truth[track.frames]
    count = motion.frame_count
    jitter = acceleration_error(found, truth_here) / acceleration_error(raw, raw_truth)
    covered = 100 * float((np.asarray(motion.confidence).mean(1) > 0.1).sum()) / done.frames
    return [
        Row(f"{name}: PA-MPJPE", aligned_error(found, truth_here) * MM, "mm", 50, 45, False, count),
        Row(f"{name}: PA-MPJPE, raw", aligned_error(raw, raw_truth) * MM, "mm", cases=count),
        Row(f"{name}: root MPJPE", root_error(found, truth_here) * MM, "mm", 80, 70, False, count),
        Row(f"{name}: root MPJPE, raw", root_error(raw, raw_truth) * MM, "mm", cases=count),
        Row(f"{name}: acceleration error / raw", jitter, "", 1 / 3, 0.2, False, count),
        Row(f"{name}: frames with a result", covered, "%", 100, 100, True, done.frames),
        Row(f"{name}: gravity, off by", gravity_error(motion, folder, camera), "°"),
        Row(f"{name}: slide in contact", slide(motion) * MM, "mm", 3, 2, False, count),
        Row(f"{name}: frames a second of one core", done.rate, "/s", 25, 30, True, done.frames),
        *oracles(name, found, truth_here),
        *angle_rows(name, folder / "balancing_opensim_ik.mot", motion, truth),
        *keypoint_rows(
            shipped_estimator(),
            name,
            track,
            truth,
            motion.mocap_framerate,
            (int(motion.image_size[0]), int(motion.image_size[1])),
        ),
    ]


def oracles(name: str, found: np.ndarray, truth: np.ndarray) -> list[Row]:
    """What would be left if depths, or places in the picture, were those of the reference."""
    solved, known = rooted(found), rooted(truth)
    flat = np.concatenate([known[..., :2], solved[..., 2:]], axis=-1)
    deep = np.concatenate([solved[..., :2], known[..., 2:]], axis=-1)
    return [
        Row(f"{name}: PA-MPJPE with the true picture", aligned_error(flat, truth) * MM, "mm"),
        Row(f"{name}: PA-MPJPE with true depths", aligned_error(deep, truth) * MM, "mm"),
    ]


def two_people(folder: Path) -> list[Row]:
    """How many ids two people get, and the share of the clip that each is followed."""
    done = run(folder / "two_people_cam01.mp4")
    shortest = min((len(track.frames) for track in done.tracks), default=0)
    levels = [np.median(standing_feet(motion, load_default_body())[0][:, 1])
              for motion in done.motions]  # fmt: skip
    return [
        Row("two people: ids beyond two", float(abs(len(done.tracks) - 2)), "", 0, 0,
            cases=done.frames),
        Row("two people: followed, the worse", 100 * shortest / done.frames, "%", 100, 100, True,
            done.frames),
        Row("two people: levels of their feet differ by", float(np.ptp(levels)), "m"),
        Row("two people: gravity, off by", gravity_error(done.motions[0], folder, "cam_01"), "°"),
        Row("two people: slide in contact, the worse", max(map(slide, done.motions)) * MM, "mm", 3,
            2, cases=done.frames),
    ]  # fmt: skip


def gravity_error(motion: BodyMotion, folder: Path, camera: str) -> float:
    """Degrees between the motion's up and that of the calibrated camera that filmed it."""
    up = calibrated(folder, camera)[0][:, 2]
    found = np.asarray(motion.camera_rotation)[:, 1]
    return float(np.rad2deg(np.arccos(np.clip(found @ up, -1, 1))))


def main() -> int:
    """Measure, print and write ``video.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    folder = Path(os.environ.get("S2P_SHARED", ROOT.parent / "shared")) / "data/video/pose2sim"
    if not folder.is_dir():
        print(f"skipped: no footage at {folder} (set S2P_SHARED)")
        return 0
    rows = of_camera(folder, "cam01", "cam_01") + of_camera(folder, "cam02", "cam_02")
    rows += two_people(folder)
    for name in ("cam01", "cam02"):
        rows += known_camera_rows(shipped_estimator(), folder, name)
    print_table(rows)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        report = {"benchmark": "video", "rows": [row.as_json() for row in rows]}
        (options.out / "video.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
