"""Live drawing: every finished stroke poses the rig anew, without keys, until it is accepted.

`step()` does all the work in small bites and never waits: a timer calls it in a window, a loop in
tests. Answers to a drawing that has changed meanwhile are dropped. Only names and plain values are
kept between two steps, because rig, drawing and file may vanish at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ...core.body_motion import BodyMotion
from ...core.errors import Sketch2PoseError
from ...core.strokes import write_strokes
from ...inference.protocol.requests import SketchRequest
from ..backend import jobs
from ..backend.job_operator import show_result
from ..host.armatures import refusal
from ..host.drawing_capture import CapturedDrawing, capture_drawing
from ..host.grease_pencil import is_drawing, read_strokes
from ..host.pose_snapshot import PoseSnapshot, take_snapshot
from ..results import apply_still, placing, read_result
from ..results.source_view import view_of_drawing
from ..results.stored_still import StoredStill, result_of

if TYPE_CHECKING:
    from bpy.types import Context, Object

_INTERVAL = 0.02  # s between two steps
_EXPECTING = 0.008  # s between two steps while an answer is on its way
_SETTLED = 1  # steps without a change before a stroke counts as finished
HINT = "Live: Enter keys the pose, Esc restores the previous one"


@dataclass
class LiveSession:
    """What is being drawn for which rig.

    Attributes:
        rig: name of the armature object.
        drawing: name of the Grease Pencil object.
        before: the pose to go back to.
        signature: the drawing as last seen.
        settled: steps since it last changed.
        asked: whether the present drawing has been sent.
        job: the question under way.
        captured: the page of that question.
        result: the pose that is shown, ready to be keyed.
    """

    rig: str
    drawing: str
    before: PoseSnapshot
    frame: int
    signature: tuple = ()
    settled: int = 0
    asked: bool = True
    job: jobs.Job | None = None
    captured: CapturedDrawing | None = None
    result: tuple[BodyMotion, StoredStill] | None = None


_session: LiveSession | None = None


def session() -> LiveSession | None:
    """The running session, if live drawing is on."""
    return _session


def start(context: Context, rig: Object, drawing: Object) -> None:
    """Turns live drawing on."""
    global _session
    stop()
    _session = LiveSession(rig.name, drawing.name, take_snapshot(rig), context.scene.frame_current)
    show_result(context, HINT, "INFO")
    if not bpy.app.background and not bpy.app.timers.is_registered(step):
        bpy.app.timers.register(step, first_interval=_INTERVAL, persistent=True)


def stop() -> None:
    """Turns live drawing off and leaves the rig as it is."""
    global _session
    ended, _session = _session, None
    if ended is not None and ended.job is not None:
        jobs.cancel(ended.job)
        ended.job.discard()


def step() -> float | None:
    """Looks once at drawing and backend. Returns seconds to the next look, None when off."""
    live = _session
    if live is None:
        return None
    context = bpy.context
    rig, drawing = bpy.data.objects.get(live.rig), bpy.data.objects.get(live.drawing)
    if refusal(rig) is not None or not is_drawing(drawing):
        stop()
        show_result(context, "Live drawing ended: the rig or the drawing was deleted", "WARNING")
        return None
    _follow_frame(context, live, rig)
    _watch(context, live, drawing)
    if live.settled >= _SETTLED and not live.asked:
        _ask(context, live, drawing)
    jobs.pump()
    if live.job is not None and live.job.finished:
        _answer(context, live, rig)
    return _INTERVAL if live.job is None else _EXPECTING


def restore() -> bool:
    """Puts the pose back that the rig had before, and turns live drawing off."""
    live = _session
    stop()
    return live is not None and live.before.restore()


def take_result() -> tuple[BodyMotion, StoredStill] | None:
    """The pose that is shown, to be keyed by the caller; it becomes the one to go back to."""
    live = _session
    if live is None or live.result is None:
        return None
    shown, live.result = live.result, None
    rig = bpy.data.objects.get(live.rig)
    if rig is not None:
        live.before = take_snapshot(rig)
    return shown


def _follow_frame(context: Context, live: LiveSession, rig: Object) -> None:
    """On another frame the rig has another pose to go back to, and another drawing."""
    if context.scene.frame_current != live.frame:
        live.frame = context.scene.frame_current
        live.before, live.result = take_snapshot(rig), None


def _watch(context: Context, live: LiveSession, drawing: Object) -> None:
    """Notices strokes that were added, erased or moved; drops the answer to the older drawing."""
    seen = _signature(drawing, context.scene.frame_current)
    if seen == live.signature:
        live.settled += 1
        return
    live.signature, live.settled, live.asked = seen, 0, not seen[1:]
    if live.job is not None:
        jobs.cancel(live.job)
        live.job.discard()
        live.job = None


def _signature(drawing: Object, frame: int) -> tuple:
    """Cheap to compare: frame, and of each stroke its length and its ends."""
    strokes = [stroke.points for stroke in read_strokes(drawing, frame) if len(stroke.points)]
    return (frame, *((len(points), *points[0], *points[-1]) for points in strokes))


def _ask(context: Context, live: LiveSession, drawing: Object) -> None:
    live.asked = True
    try:
        captured = live.captured = capture_drawing(context, drawing)

        def request(folder: Path) -> Any:
            page = folder / "drawing.json"
            write_strokes(page, captured.page)
            return SketchRequest(inputs=(str(page),), out_dir=str(folder))

        live.job = jobs.submit("Following the drawing", request, quiet=True)
    except Sketch2PoseError as error:
        show_result(context, str(error), "WARNING")


def _answer(context: Context, live: LiveSession, rig: Object) -> None:
    job, live.job = live.job, None
    assert job is not None
    try:
        if job.error is not None:  # half a figure is no error while one is drawing it
            show_result(context, f"{HINT}. {job.error}", "INFO")
        elif job.state is jobs.JobState.DONE:
            _show(context, live, rig, read_result.read_first_person(job))
    except Sketch2PoseError as error:
        show_result(context, str(error), "WARNING")
    finally:
        job.discard()


def _show(context: Context, live: LiveSession, rig: Object, motion: BodyMotion) -> None:
    captured = live.captured
    assert captured is not None
    place = placing.place_of_drawing(context, captured, rig, motion)
    apply_still.apply_motion(context, motion, rig, place, live.frame, key=False)
    drawn = apply_still.drawn_joints(captured, motion)
    seen = view_of_drawing(captured.view, motion)
    live.result = (motion, result_of(motion, place, live.frame, drawn, seen))
    show_result(context, HINT, "INFO")


@bpy.app.handlers.persistent
def _before_load(*_args: object) -> None:
    stop()


def register() -> None:
    bpy.app.handlers.load_pre.append(_before_load)


def unregister() -> None:
    stop()
    if bpy.app.timers.is_registered(step):
        bpy.app.timers.unregister(step)
    if _before_load in bpy.app.handlers.load_pre:
        bpy.app.handlers.load_pre.remove(_before_load)
