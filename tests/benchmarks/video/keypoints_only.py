"""How much is left when a clip comes as another detector's keypoints, without depths or feet.

The tracked landmarks of the same run are written as OpenPose files of 25 and of 17 points.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sketch2pose.inference.importers.keypoint_files import DetectedPerson
from sketch2pose.inference.protocol.requests import VideoOptions
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.video.estimate import VideoEstimator
from sketch2pose.inference.video.observing.keypoint_people import landmarks_of
from sketch2pose.inference.video.observing.landmarks import Track
from tests.benchmarks.sketch.table import Row
from tests.benchmarks.video.measures import aligned_error, in_camera, root_error

MM = 1e3
LAYOUTS = {"BODY_25": 25, "COCO": 17}


def detector_rows(track: Track, count: int) -> np.ndarray:
    """[T, N, 3] keypoints of a layout, as a detector with these landmarks would write them."""
    numbered = np.repeat(np.arange(1.0, count + 1)[:, None], 3, axis=1)
    sources = landmarks_of(DetectedPerson(numbered))[:, 0].astype(int) - 1
    rows = np.zeros((len(track.frames), count, 3))
    for landmark, source in enumerate(sources):
        if source >= 0:
            rows[:, source, :2] = track.points[:, landmark]
            rows[:, source, 2] = track.visibility[:, landmark]
    return rows


def keypoint_rows(
    estimator: VideoEstimator, name: str, track: Track, truth: np.ndarray, framerate: float,
    image_size: tuple[int, int],
) -> list[Row]:  # fmt: skip
    """Figures of a clip read from its keypoints alone.

    Args:
        estimator: with the shipped lifter. name: of the clip.
        track: of the person. truth: [T, 12, 3] joints in the camera's axes.
        framerate: frames a second. image_size: px.
    """
    rows = []
    options = VideoOptions(framerate=framerate, image_size=image_size)
    for layout, count in LAYOUTS.items():
        with TemporaryDirectory() as folder:
            for frame, row in zip(track.frames, detector_rows(track, count), strict=True):
                people = [{"person_id": [-1], "pose_keypoints_2d": row.ravel().tolist()}]
                place = Path(folder) / f"{name}_{frame:012d}_keypoints.json"
                place.write_text(json.dumps({"people": people}), encoding="utf-8")
            motions = estimator.estimate_clip(folder, options, JobReport())
        motion = max(motions, key=lambda one: one.frame_count)
        found, known = in_camera(motion), truth[motion.source_frames]
        label, count = f"{name}, {layout} keypoints only", motion.frame_count
        rows += [
            Row(f"{label}: PA-MPJPE", aligned_error(found, known) * MM, "mm", cases=count),
            Row(f"{label}: root MPJPE", root_error(found, known) * MM, "mm", cases=count),
        ]
    return rows
