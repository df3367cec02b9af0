"""Keypoints of other detectors in place of a clip: followed, lifted and solved as one.

Conventions: px of the clip that the detector saw, origin top left.
"""

from pathlib import Path

import numpy as np

from ....core.filmed_camera import read_camera
from ...body.model import BodyModel
from ...importers.keypoint_files import KeypointFrames, read_keypoint_frames
from ...protocol.requests import VideoOptions
from ...report import Report
from .keypoint_depth import metric_landmarks
from .keypoint_people import FollowedPerson, filled, followed
from .landmarks import Track
from .observation import Observation, PersonSeen, as_stored

USUAL_SIZES = ((640, 480), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160), (7680, 4320))
FOLLOWED = 0.05  # share of the progress when everybody is followed


def observed_keypoints(
    path: Path, options: VideoOptions, body: BodyModel, report: Report
) -> Observation:
    """Everybody in files of keypoints.

    Args:
        path: see `read_keypoint_frames`.
        options: part, `framerate` as the clip's, `image_size`.
        body: whose proportions.
        report: progress, cancel and warnings.

    Raises:
        Sketch2PoseError: the files cannot be used, or the part leaves nothing.
    """
    report.progress(0.0, "Reading keypoints")
    found = read_keypoint_frames(path)
    rate, warnings = options.framerate, []
    size = options.image_size or found.image_size
    if size is None and options.camera is not None:
        width, height = read_camera(options.camera).size
        size = round(width), round(height)
    if size is None:
        size = likely_size(found)
        warnings.append(f"The file has no image size; {size[0]} x {size[1]} is assumed.")
    frames = {number: people for number, people in found.frames.items()
              if options.trim.has(number, rate)}  # fmt: skip
    step = options.trim.step
    people, seen = followed(frames, rate / step), []
    for number, person in enumerate(people):
        share = FOLLOWED + (1 - FOLLOWED) * number / len(people)
        report.progress(share, f"Lifting person {number + 1} of {len(people)}")
        seen.append(PersonSeen(_track(person, rate, body, report)))
        if report.enough():
            warnings.append(f"{len(people) - number - 1} people were left out: stopped on request.")
            break
    return Observation(tuple(seen), rate / step, size, len(frames), tuple(warnings))


def _track(person: FollowedPerson, framerate: float, body: BodyModel, report: Report) -> Track:
    points, visibility = filled(person)
    frames = np.array(person.frames)
    world = metric_landmarks(points, visibility, frames, framerate, body, report.check)
    return Track(frames, as_stored(points), as_stored(world), as_stored(visibility))


def likely_size(found: KeypointFrames) -> tuple[int, int]:
    """The smallest usual size of pictures, lying or upright, that holds all keypoints."""
    seen = np.concatenate(
        [p.points[p.points[:, 2] > 0, :2] for people in found.frames.values() for p in people]
    )
    width, height = (float(side) for side in seen.max(axis=0))
    upright = height > width
    for long, short in USUAL_SIZES:
        size = (short, long) if upright else (long, short)
        if width <= size[0] and height <= size[1]:
            return size
    return int(np.ceil(width)), int(np.ceil(height))
