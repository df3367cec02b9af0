"""A motion file of another program becomes keyframes of the rig."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ...inference.protocol.requests import ImportRequest
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
    ("RIG", "At Rig", "Keep the position and the facing direction of the rig"),
    ("WORLD", "As in File", "Place people where they are in the file, with its ground at Z = 0"),
)


class SKETCH2POSE_OT_import_motion(FileJobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.import_motion"
    bl_label = "Import Motion"
    bl_description = (
        "Animate the rig with a motion file of another program, starting at the current "
        "frame: AMASS, SMPL, GVHMR, WHAM, 4D-Humans, TRAM, SAM 3D Body, BVH, TRC and "
        "others. Keyframes are added to a new action; the current action is kept"
    )

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default=_KINDS, options={"HIDDEN"})
    target: StringProperty(
        name="Rig",
        description="Armature to animate. If empty, the one chosen in the panel is used",
    )
    person: IntProperty(
        name="Person",
        description="Index of the person in the file, counted from 0",
        default=0,
        min=0,
    )
    place: EnumProperty(name="Placement", items=_PLACES)
    lock_contacts: BoolProperty(
        name="Lock Feet", description="Hold planted feet still by bending the legs"
    )
    set_scene: BoolProperty(
        name="Set Frame Rate and Range",
        description=(
            "Set the frame rate of the scene to that of the motion, and its frame range to "
            "that of the keyframes"
        ),
    )

    def begin(self, context: Context) -> jobs.Job:
        path = existing_file(self.filepath, "motion", "import.none")
        self._target = checked_target(context, self.target).name

        def request(folder: Path) -> ImportRequest:
            return ImportRequest(inputs=(str(path),), out_dir=str(folder))

        return jobs.submit(f"Importing {path.name}", request)

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
        SKETCH2POSE_OT_import_motion.bl_idname, text="Motion for Rig (Sketch2Pose)"
    )


def register() -> None:
    bpy.types.TOPBAR_MT_file_import.append(_append)


def unregister() -> None:
    bpy.types.TOPBAR_MT_file_import.remove(_append)


classes = (SKETCH2POSE_OT_import_motion,)
