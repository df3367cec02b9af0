"""The people in the backend's answer, as motions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.body_motion import BodyMotion, read_body_motion
from ...core.errors import Sketch2PoseError

if TYPE_CHECKING:
    from ..backend.jobs import Job


def read_first_person(job: Job) -> BodyMotion:
    """The first person of a finished job; see `read_person`."""
    return read_person(job, 0)


def read_people(job: Job) -> list[BodyMotion]:
    """Everybody of a finished job, at least one.

    Raises:
        Sketch2PoseError: the backend left no file, or one that cannot be used.
    """
    count = sum(path.suffix == ".npz" for path in job.files)
    return [read_person(job, person) for person in range(max(count, 1))]


def read_person(job: Job, person: int) -> BodyMotion:
    """One person of a finished job.

    Args:
        job: the job.
        person: which one, from 0.

    Raises:
        Sketch2PoseError: the backend left no file, or one that cannot be used.
    """
    motions = [path for path in job.files if path.suffix == ".npz"]
    if not motions:
        raise Sketch2PoseError(
            "No pose was estimated",
            "the backend finished without a result",
            "Run Check Setup in Preferences > Add-ons > Sketch2Pose",
            "result.none",
        )
    if person >= len(motions):
        raise Sketch2PoseError(
            f"There is no person {person}",
            f"{len(motions)} were found, counted from 0",
            "Choose one of them",
            "result.person",
        )
    return read_body_motion(motions[person])
