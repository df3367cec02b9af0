"""Makes a body of the user's own SMPL, SMPL-H or SMPL-X file, and gives it its pose correctives.

The file is read by the backend, which executes nothing in it; the add-on gets plain arrays.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, StringProperty

from ...core.errors import Sketch2PoseError
from ...inference.protocol.requests import BodyRequest
from ..backend import jobs
from ..backend.addon import preferences
from ..backend.file_job_operator import existing_file
from ..backend.job_operator import JobOperator
from ..backend.jobs import job_is_running
from ..host.targets import scene_is_linked
from .body import read_body_data
from .body_shape import skins_of
from .op_create_body import active_rig, add_body
from .pose_correctives import add_correctives, corrective_keys
from .rest_bones import rest_bones_of_data, store_rest_bones

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from .body import BodyData


class _BodyFileOperator(JobOperator):
    """Has the backend read one body file."""

    if TYPE_CHECKING:  # what the Blender operator that inherits brings

        @classmethod
        def poll_message_set(cls, message: str) -> None: ...

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not (job_is_running(cls) or scene_is_linked(cls, context))

    def _submit_file(self, path: Path) -> jobs.Job:
        return jobs.submit(
            f"Loading {path.name}",
            lambda folder: BodyRequest(inputs=(str(path),), out_dir=str(folder)),
        )


class SKETCH2POSE_OT_create_own_body(_BodyFileOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.create_own_body"
    bl_label = "Create Body from Own File"
    bl_description = (
        "Add a body from your SMPL, SMPL-H or SMPL-X file at the 3D cursor, as an armature "
        "with a skinned mesh and sliders for its betas. The file is chosen in the "
        "preferences"
    )

    filepath: StringProperty(
        name="File",
        description=(
            "SMPL, SMPL-H or SMPL-X file (.npz or .pkl). If empty, the one in the preferences "
            "is used"
        ),
        subtype="FILE_PATH",
    )
    with_correctives: BoolProperty(
        name="Pose Correctives",
        description="Add the pose correctives of the file as shape keys driven by the armature",
        default=False,
    )

    def begin(self, context: Context) -> jobs.Job:
        chosen = self.filepath or preferences(context).body_file
        self._path = existing_file(chosen, "model file", "body.file")
        return self._submit_file(self._path)

    def complete(self, context: Context, job: jobs.Job) -> str:
        data = _read(job)
        rig = add_body(context, data, data.name, with_skin=True)
        shape = rig.sketch2pose_body
        shape.model_name, shape.model_file = data.name, str(self._path)
        store_rest_bones(rig, rest_bones_of_data(data))
        line = f"{data.name} with {len(data.names)} bones and {data.shape_count} betas"
        if self.with_correctives:
            added = add_correctives(skins_of(rig)[0], rig, data)
            line += f", {added} pose correctives"
        return line


class SKETCH2POSE_OT_add_correctives(_BodyFileOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.add_correctives"
    bl_label = "Add Pose Correctives"
    bl_description = (
        "Add the pose correctives of the body's file as shape keys driven by the armature. "
        "They need memory and time, so a body without them plays back faster"
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        rig = active_rig(context)
        if rig is None or not rig.sketch2pose_body.model_name or not skins_of(rig):
            cls.poll_message_set("Select a body made from your own file")
            return False
        if any(corrective_keys(skin) for skin in skins_of(rig)):
            cls.poll_message_set("The body already has pose correctives")
            return False
        return super().poll(context)

    def begin(self, context: Context) -> jobs.Job:
        rig = _own_body(context)
        self._name = rig.name
        return self._submit_file(
            existing_file(rig.sketch2pose_body.model_file, "model file", "body.file")
        )

    def complete(self, context: Context, job: jobs.Job) -> str:
        data, rig = _read(job), bpy.data.objects.get(self._name)
        if rig is None or not skins_of(rig):
            raise _no_match(self._name, "it was removed in the meantime")
        skin = skins_of(rig)[0]
        if len(skin.data.vertices) != len(data.v_template) or not skin.data.shape_keys:
            why = (
                f"its mesh has {len(skin.data.vertices)} vertices, the file {len(data.v_template)}"
            )
            raise _no_match(self._name, why)
        added = add_correctives(skin, rig, data)
        if not added:
            raise _no_match(self._name, "the file contains none")
        return f"{added} pose correctives added"


def _own_body(context: Context) -> Object:
    rig = active_rig(context)
    if rig is None:  # poll() has seen one
        raise _no_match("nothing", "no body is active")
    return rig


def _read(job: jobs.Job) -> BodyData:
    try:
        return read_body_data(next(path for path in job.files if path.suffix == ".npz"))
    except (OSError, KeyError, ValueError, StopIteration) as error:
        raise Sketch2PoseError(
            "The body could not be made",
            f"the backend's file could not be read ({error})",
            "Run Check Setup in Preferences > Add-ons > Sketch2Pose",
            "body.read",
        ) from error


def _no_match(name: str, why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        f'"{name}" cannot have pose correctives',
        why,
        "Select a body made of a file that has them, with its mesh unchanged",
        "body.correctives",
    )


classes = (SKETCH2POSE_OT_create_own_body, SKETCH2POSE_OT_add_correctives)
