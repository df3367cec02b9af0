"""A clip becomes keyframes of the rig: a new action from the current frame on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, StringProperty

from ...inference.protocol.messages import VideoRequest
from ...rigs import RetargetOptions
from .. import jobs, results
from ..apply import ApplyOptions, apply_body_motion
from ..file_job_operator import FileJobOperator, existing_file
from ..targets import checked_target

if TYPE_CHECKING:
    from bpy.types import Context

_CLIPS = "*.mp4;*.mov;*.avi;*.mkv;*.webm;*.m4v;*.mpg;*.mpeg;*.wmv;*.ogv"


class SKETCH2POSE_OT_motion_from_video(FileJobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.motion_from_video"
    bl_label = "Motion from Video"
    bl_description = (
        "Move the rig like a person in a video clip, from the current frame on. The keys go into "
        "a new action; the present one is kept. Esc cancels"
    )

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default=_CLIPS, options={"HIDDEN"})
    target: StringProperty(name="Rig", description="Armature to move; empty: the one in the panel")
    person: IntProperty(
        name="Person", description="Which person, in order of appearance", default=0, min=0
    )
    start: FloatProperty(
        name="Start", description="First second to read", min=0.0, unit="TIME_ABSOLUTE"
    )
    end: FloatProperty(
        name="End", description="Last second to read; 0: to the end of the clip",
        min=0.0, unit="TIME_ABSOLUTE",
    )  # fmt: skip
    lens: FloatProperty(
        name="Lens", description="Focal length in millimetres on full frame; 0: a phone's",
        default=0.0, min=0.0, max=2000.0,
    )  # fmt: skip
    lock_contacts: BoolProperty(
        name="Lock Feet", description="Hold planted feet still by bending the legs"
    )

    def begin(self, context: Context) -> jobs.Job:
        target = checked_target(context, self.target)
        clip = existing_file(self.filepath, "clip", "video.none")
        self._target, self._frame = target.name, context.scene.frame_current
        options = {"start": self.start, "end": self.end or None, "lens": self.lens or None}

        def request(folder: Path) -> VideoRequest:
            return VideoRequest(inputs=[str(clip)], out_dir=str(folder), options=options)

        return jobs.submit(f"Reading {clip.name}", request)

    def complete(self, context: Context, job: jobs.Job) -> str:
        target = checked_target(context, self._target)
        motion = results.read_person(job, self.person)
        placed = RetargetOptions(feet_on_ground=True, lock_contacts=self.lock_contacts)
        applied = apply_body_motion(
            context, motion, target, frame_start=self._frame, options=ApplyOptions(retarget=placed)
        )
        line = f"Keyed {applied.target} from frame {applied.frame_start} to {applied.frame_end}"
        if len(job.files) > 1:
            line += f"; person {self.person} of {len(job.files)} (counted from 0)"
        return ". ".join([line, *applied.notes])


classes = (SKETCH2POSE_OT_motion_from_video,)
