"""A motion file of another program becomes keyframes of the rig."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ...inference.protocol.messages import ImportRequest
from ...rigs import RetargetOptions
from ..backend import jobs
from ..backend.file_job_operator import FileJobOperator, existing_file
from ..host.targets import checked_target
from ..people.person_table import ClipPerson, others_line, remember
from ..results import read_result
from ..results.apply import ApplyOptions, apply_body_motion
from ..results.low_confidence_frames import store_clip_confidence
from . import clip_scene

if TYPE_CHECKING:
    from bpy.types import Context

    from ..results.apply import AppliedMotion

_KINDS = "*.npz;*.npy;*.pt;*.pkl;*.json;*.bvh;*.trc"
_PLACES = (
    ("RIG", "At the Rig", "Keep the figure where the rig stands, facing as the rig does"),
    ("WORLD", "As in the File", "Put people where the file has them, its ground at z = 0"),
)


class SKETCH2POSE_OT_import_motion(FileJobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.import_motion"
    bl_label = "Import Motion"
    bl_description = (
        "Move the rig as a file of another program says, from the current frame on: AMASS, SMPL, "
        "GVHMR, WHAM, 4D-Humans, TRAM, SAM 3D Body, BVH, TRC and others. The keys go into a new "
        "action; the present one is kept"
    )

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default=_KINDS, options={"HIDDEN"})
    target: StringProperty(name="Rig", description="Armature to move; empty: the one in the panel")
    person: IntProperty(
        name="Person", description="Which person of the file, counted from 0", default=0, min=0
    )
    place: EnumProperty(name="Place", items=_PLACES)
    lock_contacts: BoolProperty(
        name="Lock Feet", description="Hold planted feet still by bending the legs"
    )
    set_scene: BoolProperty(
        name="Set Frame Rate and Range",
        description="Give the scene the motion's frame rate and the range of the keys",
    )

    def begin(self, context: Context) -> jobs.Job:
        path = existing_file(self.filepath, "motion", "import.none")
        self._target = checked_target(context, self.target).name

        def request(folder: Path) -> ImportRequest:
            return ImportRequest(inputs=[str(path)], out_dir=str(folder))

        return jobs.submit(f"Reading {path.name}", request)

    def complete(self, context: Context, job: jobs.Job) -> str:
        target = checked_target(context, self._target)
        motion, everybody = read_result.read_person(job, self.person), read_result.read_people(job)
        start = context.scene.frame_current
        if self.set_scene:
            clip_scene.set_framerate(context, clip_scene.file_framerate(motion))
        in_world = self.place == "WORLD"
        applied = apply_body_motion(
            context,
            motion,
            target,
            frame_start=start,
            options=ApplyOptions(
                retarget=RetargetOptions(in_world=in_world, lock_contacts=self.lock_contacts)
            ),
        )
        store_clip_confidence(context, target, motion, start)
        if self.set_scene:
            clip_scene.set_range(context, applied)
        others = [one for number, one in enumerate(everybody) if number != self.person]
        people = [
            ClipPerson(one, clip_scene.start_beside(context, motion, one, start), in_world,
                       self.lock_contacts)
            for one in (motion, *others)
        ]  # fmt: skip
        remember(context, people, target)
        return _line(applied, len(people))


def _line(applied: AppliedMotion, count: int) -> str:
    line = f"Keyed {applied.target} from frame {applied.frame_start} to {applied.frame_end}"
    return ". ".join([line + others_line(count), *applied.notes])


def _append(self: bpy.types.Menu, _context: Context) -> None:
    """In File > Import."""
    self.layout.operator(
        SKETCH2POSE_OT_import_motion.bl_idname, text="Motion for a Rig (Sketch2Pose)"
    )


def register() -> None:
    bpy.types.TOPBAR_MT_file_import.append(_append)


def unregister() -> None:
    bpy.types.TOPBAR_MT_file_import.remove(_append)


classes = (SKETCH2POSE_OT_import_motion,)
