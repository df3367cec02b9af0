"""The Correct tool behind the mouse: gestures become corrections, the rig follows while they last.

A *gesture* is one drag, stroke or turn of the wheel. While it lasts, its newest state is solved as
soon as the last answer is there, and shown without keys; when it ends, its last state is solved,
keyed, kept and becomes one undo step. `step()` never waits: the tool's timer calls it in a window,
a loop in tests. Between two steps only names and plain values are kept, because rig, frame and file
may change at any moment; then the gesture is dropped and the rig shows its kept pose again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ...core.body_motion import BodyMotion
from ...core.corrections import edits
from ...core.corrections.edits import Edit
from ...core.errors import Sketch2PoseError
from ..backend import jobs
from ..backend.job_operator import show_result
from ..host.armatures import refusal
from ..results import read_result
from ..results.stored_still import StoredStill
from . import solve_corrections
from .correction_layer import CorrectionLayer
from .edit_plane import EditPlane, edit_plane_of
from .stroke_interpretation import edit_of_stroke

if TYPE_CHECKING:
    from bpy.types import Context, Object

HINT = "Correct: drag a joint or draw a limb. Esc ends"


@dataclass
class Gesture:
    """One correction in the making.

    Attributes:
        stored: the result as it was when the gesture began.
        layer: its corrections then.
        paper: where it is corrected.
        shown: the result that the rig shows now.
        wanted: the newest state, not asked for yet.
        ended: whether `wanted`, or what is being solved, is the last one.
    """

    stored: StoredStill
    layer: CorrectionLayer
    plane: EditPlane
    shown: StoredStill
    wanted: CorrectionLayer | None = None
    ended: bool = False


@dataclass
class CorrectSession:
    """What the tool works on.

    Attributes:
        rig: name of the armature object.
        frame: scene frame of the gesture.
        paper: where the handles are; None until it is looked up again.
        layer: the corrections, for the pins and ignored joints among the handles.
        gesture: the gesture under way.
        job: the question under way and the layer it is about.
    """

    rig: str
    frame: int
    plane: EditPlane | None = None
    layer: CorrectionLayer | None = None
    gesture: Gesture | None = None
    job: tuple[jobs.Job, CorrectionLayer] | None = None


_session: CorrectSession | None = None


def session() -> CorrectSession | None:
    """The running session, if the tool is on."""
    return _session


def start(context: Context, rig: Object) -> None:
    """Turns the tool on.

    Raises:
        Sketch2PoseError: the rig's pose cannot be corrected.
    """
    global _session
    stop()
    stored, layer = solve_corrections.correctable(context, rig)
    plane = edit_plane_of(context, stored, rig)
    _session = CorrectSession(rig.name, context.scene.frame_current, plane, layer)
    show_result(context, HINT, "INFO")


def stop() -> None:
    """Turns the tool off; a gesture under way is dropped."""
    global _session
    ended, _session = _session, None
    if ended is not None:
        _drop_job(ended)
        _put_back(bpy.context, ended)


def begin(context: Context) -> Gesture | None:
    """Starts a gesture on the pose that the rig shows now; None when there is none to correct."""
    session, rig = _session, _rig()
    if session is None or rig is None or (session.gesture is not None and not _drop(context)):
        return None
    try:
        stored, layer = solve_corrections.correctable(context, rig)
        plane = edit_plane_of(context, stored, rig)
    except Sketch2PoseError as error:
        show_result(context, str(error), "WARNING")
        return None
    session.frame, session.plane, session.layer = context.scene.frame_current, plane, layer
    session.gesture = Gesture(stored, layer, plane, stored)
    return session.gesture


def propose(edit: Edit, *, last: bool) -> None:
    """Says what the gesture means now; `last` ends it."""
    if _session is None or _session.gesture is None:
        return
    gesture = _session.gesture
    gesture.wanted, gesture.ended = gesture.layer.adding(edit), last


def move(joint: int, place: np.ndarray, *, last: bool, pin: bool = False) -> None:
    """The joint is at a place [3] of Blender's world."""
    gesture = _session.gesture if _session is not None else None
    if gesture is None:
        return
    pixel = gesture.plane.pixels(place)[0]
    if np.isfinite(pixel).all():
        point = (float(pixel[0]), float(pixel[1]))
        kind = edits.PIN if pin else edits.JOINT
        view = gesture.plane.edit_view()
        propose(Edit(kind, joint=joint, points=(point,), view=view), last=last)


def nudge(joint: int, radians: float) -> None:
    """The bone that ends in a joint tilts away from the viewer."""
    if _session is not None and _session.gesture is not None:
        view = _session.gesture.plane.edit_view()
        propose(Edit(edits.DEPTH, joint=joint, radians=radians, view=view), last=True)


def ignore(joint: int) -> None:
    """The joint was read wrongly."""
    propose(Edit(edits.IGNORE, joint=joint), last=True)


def draw(context: Context, points: np.ndarray) -> None:
    """A finished stroke [N, 3] in Blender's world; one that means nothing is told and dropped."""
    gesture = _session.gesture if _session is not None else None
    if gesture is None:
        return
    try:
        propose(edit_of_stroke(points, gesture.plane, gesture.stored), last=True)
    except Sketch2PoseError as error:
        show_result(context, str(error), "WARNING")
        abandon(context)


def abandon(context: Context) -> None:
    """Drops the gesture; the rig shows its kept pose again."""
    if _session is not None:
        _drop_job(_session)
        _put_back(context, _session)


def step(context: Context | None = None) -> bool:
    """Looks once at the backend. Returns whether something has changed on the screen."""
    session, context = _session, context or bpy.context
    if session is None:
        return False
    if _rig() is None:
        stop()
        show_result(context, "Correct ended: the rig was deleted or cannot be posed", "WARNING")
        return True
    jobs.pump()
    changed = _follow_frame(context, session)
    if session.job is not None and session.job[0].finished:
        changed = _answer(context, session) or changed
    _ask(context, session)
    return changed


def look_again() -> None:
    """The rig's pose or corrections have changed behind the tool's back, as by undo."""
    if _session is not None and _session.gesture is None:
        _session.plane = _session.layer = None


def _rig() -> Object | None:
    rig = bpy.data.objects.get(_session.rig) if _session is not None else None
    return rig if refusal(rig) is None else None


def _follow_frame(context: Context, session: CorrectSession) -> bool:
    """On another frame there is another pose to correct; a gesture made for the old one is void."""
    if context.scene.frame_current != session.frame:
        session.frame, session.gesture = context.scene.frame_current, None
        _drop_job(session)
        session.plane = None
    rig = _rig()
    if session.plane is not None or rig is None:
        return False
    try:
        stored, session.layer = solve_corrections.correctable(context, rig)
        session.plane = edit_plane_of(context, stored, rig)
    except Sketch2PoseError as error:
        stop()
        show_result(context, str(error), "WARNING")
    return True


def _ask(context: Context, session: CorrectSession) -> None:
    gesture = session.gesture
    if gesture is None or gesture.wanted is None or session.job is not None:
        return
    wanted, gesture.wanted = gesture.wanted, None
    try:
        if wanted.needs_solver:
            session.job = (solve_corrections.submit(gesture.stored, wanted, quiet=True), wanted)
        else:
            _show(
                context, session, wanted, solve_corrections.reflected_motion(gesture.stored, wanted)
            )
    except Sketch2PoseError as error:
        _fail(context, session, error)


def _answer(context: Context, session: CorrectSession) -> bool:
    assert session.job is not None
    (job, layer), session.job = session.job, None
    try:
        if job.error is not None:
            _fail(context, session, job.error)
        elif job.state is jobs.JobState.DONE:
            _show(context, session, layer, read_result.read_first_person(job))
    except Sketch2PoseError as error:
        _fail(context, session, error)
    finally:
        job.discard()
    return True


def _show(
    context: Context, session: CorrectSession, layer: CorrectionLayer, motion: BodyMotion
) -> None:
    """Puts an answer on the rig; the last one of a gesture for good."""
    gesture, rig = session.gesture, _rig()
    if gesture is None or rig is None:
        return
    last = gesture.ended and gesture.wanted is None
    after, layer = solve_corrections.corrected(gesture.stored, layer, motion)
    key = None if last else False
    applied = solve_corrections.put_on(context, rig, gesture.shown, after, layer, key=key)
    gesture.shown = after
    session.layer = layer
    if last:
        session.gesture = None
        solve_corrections.remember(rig, after, layer)
        name = layer.edits[-1].label if layer.edits else "Restored the original pose"
        _end_step(f"Correct: {name}")
        show_result(context, ". ".join([name, *applied.notes, HINT]), "INFO")
    session.plane = edit_plane_of(context, after, rig)


def _end_step(message: str) -> None:
    """One gesture is one undo step; in background mode the calling operator makes it."""
    if not bpy.app.background:
        bpy.ops.ed.undo_push(message=message)


def _fail(context: Context, session: CorrectSession, error: Sketch2PoseError) -> None:
    show_result(context, str(error), "WARNING")
    _put_back(context, session)


def _drop(context: Context) -> bool:
    """Ends a gesture that another one follows on the heels of; False while it is being kept."""
    if _session is None or _session.gesture is None:
        return True
    if _session.gesture.ended:  # its last answer is under way: it must not be lost
        return False
    abandon(context)
    return True


def _drop_job(session: CorrectSession) -> None:
    if session.job is not None:
        jobs.cancel(session.job[0])
        session.job[0].discard()
        session.job = None


def _put_back(context: Context, session: CorrectSession) -> None:
    """Shows the kept pose again when a preview has changed it."""
    gesture, session.gesture, session.plane = session.gesture, None, None
    rig = bpy.data.objects.get(session.rig)
    if gesture is None or gesture.shown is gesture.stored or refusal(rig) is not None:
        return
    try:
        solve_corrections.put_on(
            context, rig, gesture.shown, gesture.stored, gesture.layer, key=False
        )
    except Sketch2PoseError as error:  # the rig was changed beyond recognition meanwhile
        show_result(context, str(error), "WARNING")


@bpy.app.handlers.persistent
def _before_load(*_args: object) -> None:
    global _session
    ended, _session = _session, None
    if ended is not None:
        _drop_job(ended)


@bpy.app.handlers.persistent
def _after_undo(*_args: object) -> None:
    look_again()


def _handlers() -> list[tuple[list, object]]:
    handlers = bpy.app.handlers
    return [
        (handlers.load_pre, _before_load),
        (handlers.undo_post, _after_undo),
        (handlers.redo_post, _after_undo),
    ]


def register() -> None:
    for handlers, handler in _handlers():
        handlers.append(handler)


def unregister() -> None:
    _before_load()
    for handlers, handler in _handlers():
        if handler in handlers:
            handlers.remove(handler)
