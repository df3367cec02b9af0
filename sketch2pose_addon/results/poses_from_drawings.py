"""Drawings at several frames become poses of the people in them, and poses become keys.

People are matched by where they are drawn; which hypothesis of each drawing is meant is chosen
over all drawings together, so that a figure keeps its sides (see `core.hypotheses.continuity`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...core.body_motion import read_body_motion
from ...core.hypotheses.continuity import DrawnHypotheses, follow_figures, steady_poses
from ..host.drawing_capture import CapturedDrawing
from . import apply_still, placing
from .source_view import view_of_drawing
from .stored_still import StoredStill, result_of, store_still

if TYPE_CHECKING:
    from bpy.types import Context, Object

_HIPS = (1, 2)


@dataclass(frozen=True)
class ReadDrawing:
    """A drawing at a frame and the motion files of the figures found in it."""

    frame: int
    captured: CapturedDrawing
    files: tuple[Path, ...]


def same_drawing(first: CapturedDrawing, second: CapturedDrawing) -> bool:
    """Whether two pages show the very same strokes in the same place: the drawing is held."""
    a, b = first.page.strokes, second.page.strokes
    return (
        len(a) == len(b)
        and np.allclose(first.view.to_list(), second.view.to_list())
        and all(np.array_equal(s.points, t.points) for s, t in zip(a, b, strict=True))
    )


def followed_people(
    context: Context, drawings: Sequence[ReadDrawing], target: Object
) -> list[list[StoredStill]]:
    """Each person's poses, frame by frame, in order of appearance.

    Args:
        context: for the placement setting.
        drawings: in order of their frames, each with at least one figure.
        target: the rig, for the placement that keeps it where it is.
    """
    figures = [[_figure(context, drawing, path, target) for path in drawing.files]
               for drawing in drawings]  # fmt: skip
    people = follow_figures([[_place_of(figure) for figure in row] for row in figures])
    return [
        _steady([row[i] for row, i in zip(figures, person, strict=True) if i is not None])
        for person in people
    ]


def key_blocking(
    context: Context,
    target: Object,
    poses: Sequence[StoredStill],
    in_betweens: str,
    move_frames: int,
) -> None:
    """Keys one person's poses on a rig and keeps their hypotheses with it.

    Args:
        context: any context.
        target: the rig.
        poses: in order of their frames.
        in_betweens: a name of `properties.IN_BETWEENS`.
        move_frames: frames before the next pose in which ``HOLD`` moves there.

    Raises:
        Sketch2PoseError: the rig cannot take a pose.
    """
    kind = "CONSTANT" if in_betweens == "CONSTANT" else "BEZIER"
    for index, stored in enumerate(poses):
        frames = [stored.frame]
        if in_betweens == "HOLD" and index + 1 < len(poses):
            frames += _hold_ends(stored.frame, poses[index + 1].frame, move_frames)
        for frame in frames:
            apply_still.apply_motion(
                context, stored.motion(), target, stored.place, frame, key=True, interpolation=kind
            )
        store_still(target, stored)


def _hold_ends(frame: int, following: int, move_frames: int) -> list[int]:
    """Where a held pose is keyed once more before the rig moves on; [] when there is no time."""
    end = following - move_frames
    return [end] if end > frame else []


def _figure(context: Context, drawing: ReadDrawing, path: Path, target: Object) -> StoredStill:
    motion = read_body_motion(path)
    place = placing.place_of_drawing(context, drawing.captured, target, motion)
    drawn = apply_still.drawn_joints(drawing.captured, motion)
    seen = view_of_drawing(drawing.captured.view, motion)
    return result_of(motion, place, drawing.frame, drawn, seen)


def _place_of(stored: StoredStill) -> np.ndarray:
    """Where a figure is drawn [3]: its hips on the sheet."""
    return stored.drawn[list(_HIPS)].mean(0) if len(stored.drawn) else np.zeros(3)


def _steady(poses: Sequence[StoredStill]) -> list[StoredStill]:
    """One person with the hypotheses that go on from drawing to drawing."""
    drawings = [DrawnHypotheses(stored.poses, stored.scores, stored.view) for stored in poses]
    chosen = steady_poses(drawings)
    return [_with_reading(stored, pose) for stored, pose in zip(poses, chosen, strict=True)]


def _with_reading(stored: StoredStill, pose: np.ndarray) -> StoredStill:
    """The figure in this pose, which joins its hypotheses as the likeliest when it is a new one."""
    chosen = stored.posed(pose)
    if chosen.active is not None:
        return chosen
    poses = np.concatenate([pose[None], stored.poses])
    return replace(chosen, poses=poses, scores=np.concatenate([stored.scores[:1], stored.scores]))
