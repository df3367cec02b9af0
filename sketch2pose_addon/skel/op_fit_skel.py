"""Turns the motion of a body into the joint angles of an anatomical skeleton."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import BoolProperty, StringProperty
from numpy.typing import NDArray

from ...core.body_motion import BodyMotion, write_body_motion
from ...core.errors import Sketch2PoseError
from ...inference.protocol.requests import SkelRequest
from ..backend import jobs
from ..backend.addon import preferences
from ..backend.job_operator import JobOperator
from ..backend.jobs import job_is_running
from ..backend.model_files import OwnModels, own_models
from ..bodies.body_motion_of_rig import body_motion_of_rig, frame_range
from ..bodies.op_create_body import leave_other_modes, select_only
from ..host.targets import scene_is_linked
from ..results.apply import scene_framerate
from .skel_rig import (
    add_bone_meshes,
    create_skel_armature,
    frames_of,
    key_skel_motion,
    marked_weak_frames,
    read_skel_file,
)
from .source_evidence import evidence_of, stand_over

if TYPE_CHECKING:
    from bpy.types import Context


class SKETCH2POSE_OT_fit_skel(JobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.fit_skel"
    bl_label = "Fit Anatomical Skeleton"
    bl_description = (
        "Create a SKEL armature that follows the motion of a body, with 46 anatomical "
        "joint angles within their limits. Press Esc to cancel"
    )

    _motion: BodyMotion
    _seen: NDArray | None = None
    _followed: str = ""

    source: StringProperty(
        name="Source",
        description=(
            "A body made by Create Body, or the path of a BodyMotion file. If empty, the "
            "active armature is used"
        ),
    )
    with_bones: BoolProperty(name="Bones", description="Add the bones as a mesh", default=True)
    surface: BoolProperty(
        name="Follow Skin",
        description="Fit the skin in addition to the joints. This is slower and more accurate",
        default=True,
    )
    fit_shape: BoolProperty(
        name="Fit Shape",
        description=(
            "Fit the shape of the skeleton to the skin instead of using the betas of the body. "
            "Use this for files that do not belong together. Not available with Follow Image"
        ),
        default=False,
    )
    follow_picture: BoolProperty(
        name="Follow Image",
        description=(
            "Move the joints to where the drawing, photo or clip shows them, within their "
            "limits. Needs a rig that was posed from one, or a motion file made from one"
        ),
        default=False,
    )
    export_folder: StringProperty(
        name="Export To",
        description="Folder to which .npz, .mot, .trc, .csv and .osim files are also exported",
        subtype="DIR_PATH",
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not (job_is_running(cls) or scene_is_linked(cls, context))

    def begin(self, context: Context) -> jobs.Job:
        rig = self._armature(context)
        self._first = frame_range(context, rig)[0] if rig else context.scene.frame_current
        self._name = f"{rig.name if rig else Path(self.source).stem} SKEL"
        own = rig is None or bool(rig.sketch2pose_body.model_name)
        models = own_models(preferences(context)) if own else OwnModels()  # betas are one body's
        motion = self._motion_of(context, rig, own and not models) if rig else None

        def request(folder: Path) -> SkelRequest:
            source = Path(bpy.path.abspath(self.source))
            if motion is not None:
                source = folder / "motion.npz"
                write_body_motion(source, motion)
            return SkelRequest(
                inputs=(str(source),),
                out_dir=str(folder),
                surface=self.surface,
                picture=self.follow_picture,
                shape=self.fit_shape,
                skel_model=models.skel_model,
                body_model=models.body_model,
            )

        return jobs.submit("Fitting the skeleton", request)

    def _motion_of(self, context: Context, rig: bpy.types.Object, stranger: bool) -> BodyMotion:
        """What the rig does, or what it was read from; a stranger's shape means nothing here."""
        self._seen, self._followed = None, ""
        if not self.follow_picture:
            return body_motion_of_rig(context, rig, mean_default=stranger)
        self._motion, self._seen = evidence_of(context, rig)
        self._followed = rig.name
        return self._motion

    def complete(self, context: Context, job: jobs.Job) -> str:
        self._export(job)
        file = read_skel_file(_fitted(job))
        leave_other_modes(context)
        rig = create_skel_armature(context, file, self._name)
        if self.with_bones:
            add_bone_meshes(rig, file)
        frames = self._seen
        if frames is None:
            frames = frames_of(file, self._first, scene_framerate(context))
        key_skel_motion(rig, file, frames)
        self._stand(context, rig, frames)
        weak = marked_weak_frames(context, file, frames)
        select_only(context, rig)
        error = 1e3 * float(file["joint_errors"].mean())
        line = f"Skeleton fitted to {len(file['poses'])} frames, joints within {error:.1f} mm"
        if "drawn_errors" in file.fields:
            pixels = float(np.nanmean(file["drawn_errors"]))
            line += f", {pixels:.1f} px from the detected joints"
        return f"{line}; {weak} low-confidence frames are marked" if weak else line

    def _stand(self, context: Context, skel: bpy.types.Object, frames: NDArray) -> None:
        """Over the rig whose picture was followed; what it was read as has its own world."""
        followed = bpy.data.objects.get(self._followed)
        if followed is None or followed.type != "ARMATURE":
            return
        present = context.scene.frame_current
        context.scene.frame_set(round(frames[0]))
        stand_over(skel, self._motion, followed)
        context.scene.frame_set(present)

    def _armature(self, context: Context) -> bpy.types.Object | None:
        """The source when it is an armature; None when it is a file."""
        found = bpy.data.objects.get(self.source) if self.source else context.object
        if found is not None and found.type == "MESH":
            found = found.find_armature()
        if found is not None and found.type == "ARMATURE":
            return found
        if self.source and Path(bpy.path.abspath(self.source)).is_file():
            return None
        why = (
            f'"{self.source}" is neither an armature nor a file'
            if self.source
            else "no armature is active"
        )
        fix = "Select a body made by Create Body, or choose a BodyMotion file"
        raise Sketch2PoseError("There is no motion to fit", why, fix, "skel.none")

    def _export(self, job: jobs.Job) -> None:
        if not self.export_folder:
            return
        folder = Path(bpy.path.abspath(self.export_folder))
        stem = bpy.path.clean_name(self._name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path in job.files:
                shutil.copyfile(path, folder / f"{stem}{path.suffix}")
        except OSError as error:
            why, fix = error.strerror or str(error), "Choose another folder"
            raise Sketch2PoseError(
                "The files could not be exported", why, fix, "skel.out"
            ) from error


def _fitted(job: jobs.Job) -> Path:
    """The fitted motion among a job's files.

    Raises:
        Sketch2PoseError: the source was a SKEL motion, of which the backend makes an SMPL one.
    """
    path = next(path for path in job.files if path.suffix == ".npz")
    if not path.stem.endswith("_smpl"):
        return path
    raise Sketch2PoseError(
        "There is nothing to fit", "the file holds the motion of an anatomical skeleton already",
        "Bring it onto a body with Import Motion first", "skel.fitted",
    )  # fmt: skip


classes = (SKETCH2POSE_OT_fit_skel,)
