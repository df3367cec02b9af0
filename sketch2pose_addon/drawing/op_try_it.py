"""The first minute: one click gives a body, a drawing beside it and the pose."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ...core.strokes import write_strokes
from ...inference.protocol.requests import SketchRequest
from ..backend import jobs
from ..backend.job_operator import JobOperator
from ..backend.jobs import job_is_running
from ..host import grease_pencil
from ..host.drawing_capture import page_of, store_view
from ..host.properties import settings
from ..host.targets import scene_is_linked
from ..host.viewport_camera import facing_camera
from ..results import apply_still, placing, read_result
from ..results.source_view import view_of_drawing
from ..results.stored_still import result_of, store_still

if TYPE_CHECKING:
    from bpy.types import Context, Object

# A waving figure: joints in meters right of and above the ground below its hips.
_LIMBS = (
    ((0.0, 1.45), (0.02, 1.2), (0.0, 0.95)),
    ((0.0, 1.42), (0.28, 1.3), (0.42, 1.62)),
    ((0.0, 1.42), (-0.22, 1.2), (-0.3, 0.95)),
    ((0.0, 0.95), (0.16, 0.5), (0.22, 0.05)),
    ((0.0, 0.95), (-0.14, 0.5), (-0.2, 0.05)),
)
_HEAD = (0.0, 1.6, 0.13)  # middle and radius
_INK = 0.015  # m


class SKETCH2POSE_OT_try_it(JobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.try_it"
    bl_label = "Try It"
    bl_description = "Add a body and a small drawing and pose the body like the drawing"

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not (job_is_running(cls) or scene_is_linked(cls, context))

    def begin(self, context: Context) -> jobs.Job:
        origin = np.array(context.scene.cursor.location)
        self._polylines = [line + origin for line in example_figure()]
        radius = np.full(1, _INK)
        strokes = [grease_pencil.WorldStroke(line, radius) for line in self._polylines]
        self._view = facing_camera(np.concatenate(self._polylines))
        self._captured = page_of(strokes, self._view)
        self._frame = context.scene.frame_current

        def request(folder: Path) -> SketchRequest:
            page = folder / "drawing.json"
            write_strokes(page, self._captured.page)
            return SketchRequest(inputs=(str(page),), out_dir=str(folder))

        return jobs.submit("Estimating the pose", request)

    def complete(self, context: Context, job: jobs.Job) -> str:
        motion = read_result.read_first_person(job)
        bpy.ops.sketch2pose.create_body()
        rig = context.view_layer.objects.active
        settings(context).target, settings(context).drawing = rig, self._add_drawing(context)
        place = placing.place_of_drawing(context, self._captured, rig, motion)
        applied = apply_still.apply_motion(context, motion, rig, place, self._frame)
        drawn = apply_still.drawn_joints(self._captured, motion)
        seen = view_of_drawing(self._captured.view, motion)
        store_still(rig, result_of(motion, place, self._frame, drawn, seen))
        return apply_still.result_line(applied, 1)

    def _add_drawing(self, context: Context) -> Object:
        drawing = grease_pencil.new_drawing("Figure Drawing")
        context.scene.collection.objects.link(drawing)
        grease_pencil.add_strokes(drawing, self._polylines, self._frame, _INK)
        context.view_layer.update()
        store_view(drawing, self._view)
        return drawing


def example_figure() -> list[np.ndarray]:
    """The strokes of the example, [N, 3] each, in the x-z plane."""
    lines = [np.concatenate([_between(a, b) for a, b in _pairs(limb)]) for limb in _LIMBS]
    turn = np.linspace(0.0, 2.0 * math.pi, 33)
    x, z, radius = _HEAD
    head = np.stack([x + radius * np.cos(turn), z + radius * np.sin(turn)], axis=1)
    return [np.stack([line[:, 0], 0 * line[:, 0], line[:, 1]], axis=1) for line in [*lines, head]]


def _pairs(corners: tuple) -> list[tuple]:
    return list(zip(corners[:-1], corners[1:], strict=True))


def _between(start: tuple, end: tuple) -> np.ndarray:
    return np.linspace(start, end, 12)


classes = (SKETCH2POSE_OT_try_it,)
