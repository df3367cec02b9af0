"""The rig beside the clip it was moved by: a film, or a sheet of contact key frames.

Blender renders the rig frame by frame, then the backend puts the pictures beside the clip. Nothing
in the user's scene changes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import bpy
import numpy as np
from bpy.props import BoolProperty, IntProperty, StringProperty

from ...core.body_motion import write_body_motion
from ...core.errors import Sketch2PoseError
from ...inference.protocol.requests import BesideRequest
from ...rigs.feet.contact_key_frames import contact_key_frames
from ..backend import jobs
from ..backend.file_job_operator import FileJobOperator, existing_file
from ..host.targets import checked_target, target_rig
from ..results.apply import scene_framerate
from ..results.stored_clip import KEY
from .clip_and_rigs import performance_of
from .comparison_render import VIEWS, Studio
from .footage import chosen_footage

if TYPE_CHECKING:
    from bpy.types import Context

_FILM: Final = ".mp4"
_SHEET: Final = ".png"
_FILM_HEIGHT = 720  # px of pictures through the clip's camera
_SHEET_HEIGHTS = (480, 1080)  # px, the same on a sheet: so many that the person is large
_PERSON_HEIGHT = 340  # px of the person there
_RENDERED = 0.85  # share of the progress when everything is rendered


class SKETCH2POSE_OT_compare_with_clip(FileJobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.compare_with_clip"
    bl_label = "Compare with Clip"
    bl_description = (
        "Render a video with the clip and its detected joints on the left, and the rig "
        "from the same camera and from the side on the right. If the file name ends in "
        ".png, render a contact sheet of the key frames at which feet land and leave the "
        "ground"
    )
    bl_options = {"REGISTER"}

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default="*.mp4;*.png", options={"HIDDEN"})
    check_existing: BoolProperty(default=True, options={"HIDDEN"})
    target: StringProperty(
        name="Rig", description="Armature to show. If empty, the one chosen in the panel is used"
    )
    clip: StringProperty(
        name="Clip",
        description="Path of the clip. If empty, the background clip of the scene camera is used",
        subtype="FILE_PATH",
    )
    count: IntProperty(
        name="Frames per Contact Sheet",
        description="Maximum number of frames on the contact sheet",
        default=12,
        min=1,
        max=100,
    )
    frames: StringProperty(
        name="Frames",
        description=(
            "Scene frames on the contact sheet, such as 10, 24, 31. If empty, they are chosen "
            "automatically"
        ),
        options={"SKIP_SAVE"},
    )
    first: IntProperty(name="Start", description="First frame of the scene to show", default=-1)
    last: IntProperty(
        name="End",
        description=(
            "Last frame of the scene to show. If it is before the start, all frames are shown"
        ),
        default=-2,
    )

    _studio: Studio | None = None

    @classmethod
    def poll(cls, context: Context) -> bool:
        rig = target_rig(context)
        if rig is not None and rig.type == "ARMATURE" and KEY not in rig:
            cls.poll_message_set("The rig was not animated from a clip")
            return bpy.app.background
        return super().poll(context)

    def begin(self, context: Context) -> jobs.Job:
        target = checked_target(context, self.target)
        self._place = _checked_place(self.filepath)
        self._clip = _clip_path(context, self.clip)
        self._performance = performance_of(context, target)
        self._rows = self._chosen_rows()
        self._rate, self._done = scene_framerate(context), 0
        job = jobs.begin_here(f"Rendering {target.name}")
        height = self._sheet_height() if self._is_sheet else _FILM_HEIGHT
        try:
            self._studio = Studio(
                context, self._performance, job.folder, height, follow=self._is_sheet
            )
        except Sketch2PoseError:
            jobs.cancel(job)
            job.discard()
            raise
        return job

    def advance(self, context: Context) -> bool:
        if self._studio is None:
            return False
        self._studio.shoot(self._rows[self._done])
        self._done += 1
        share = _RENDERED * self._done / len(self._rows)
        jobs.tell(self._job, share, f"Rendering frame {self._done} of {len(self._rows)}")
        if self._done == len(self._rows):
            self.finish_here()
            jobs.hand_over(self._job, self._request())
        return self._studio is not None

    def finish_here(self) -> None:
        studio, self._studio = self._studio, None
        if studio is not None:
            studio.close()

    def complete(self, context: Context, job: jobs.Job) -> str:
        try:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(job.files[0], self._place)
        except OSError as error:
            raise Sketch2PoseError(
                f'"{self._place.name}" could not be written',
                f'the folder "{self._place.parent}" is not writable ({error.strerror or error})',
                "Choose a folder that may be written to and has space left",
                "beside.unwritable",
            ) from error
        return f"Wrote {self._place}"

    @property
    def _is_sheet(self) -> bool:
        return self._place.suffix.lower() == _SHEET

    def _sheet_height(self) -> int:
        """Px of whole pictures on which the person has its size on a sheet."""
        motion = self._performance.motions[0]
        assert motion.joints2d is not None and motion.image_size is not None
        seen = motion.joints2d[self._rows][..., 1]
        person = max(float(np.nanmax(np.ptp(seen, axis=1))), 1.0)
        height = _PERSON_HEIGHT * int(motion.image_size[1]) / person
        return int(np.clip(height, *_SHEET_HEIGHTS))

    def _chosen_rows(self) -> list[int]:
        """Rows of the motion that are shown.

        Raises:
            Sketch2PoseError: the rig does not perform the clip at the frames asked for.
        """
        performance, motion = self._performance, self._performance.motions[0]
        span = (-np.inf, np.inf) if self.last < self.first else (self.first, self.last)
        rows = performance.rows_between(*span)
        if self._is_sheet:
            if self.frames:
                wanted = _numbers(self.frames)
                near = [int(np.abs(performance.frames - frame).argmin()) for frame in wanted]
                rows = np.unique(near)
            elif len(rows):
                none = np.zeros((motion.frame_count, 0))
                contacts = none if motion.contacts is None else motion.contacts
                rows = rows[contact_key_frames(contacts[rows] > 0.5, self.count)]
        if not len(rows):
            begins, ends = performance.frames[[0, -1]].round().astype(int)
            raise Sketch2PoseError(
                "The rig cannot be compared with its clip",
                f"it is not animated from the clip in frames {self.first} to {self.last}",
                f"Choose frames from {begins} to {ends}",
                "beside.frames",
            )
        return [int(row) for row in rows]

    def _request(self) -> BesideRequest:
        folder = self._job.folder
        paths = [
            folder / f"motion_{number}.npz" for number in range(len(self._performance.motions))
        ]
        for path, motion in zip(paths, self._performance.motions, strict=True):
            write_body_motion(path, motion)
        return BesideRequest(
            inputs=(str(self._clip),),
            out_dir=str(folder),
            motions=tuple(str(path) for path in paths),
            frames=tuple(int(self._performance.motions[0].source_frames[r]) for r in self._rows),
            pictures=str(folder),
            views=VIEWS,
            kind=_SHEET if self._is_sheet else _FILM,
            framerate=self._rate,
        )


def _checked_place(filepath: str) -> Path:
    """Where the film or sheet goes.

    Raises:
        Sketch2PoseError: its name ends in neither .mp4 nor .png.
    """
    path = Path(bpy.path.abspath(filepath))
    if not filepath or path.suffix.lower() not in (_FILM, _SHEET):
        raise Sketch2PoseError(
            "The comparison cannot be written",
            f'"{path.name}" is neither a video nor a contact sheet',
            f"Use a name that ends in {_FILM} for a video or in {_SHEET} for a contact sheet",
            "beside.kind",
        )
    return path


def _clip_path(context: Context, clip: str) -> Path:
    """The clip's file, or the one behind the scene's camera.

    Raises:
        Sketch2PoseError: there is none.
    """
    if not clip:
        return chosen_footage(context, "BACKGROUND", "", "").path
    path = Path(bpy.path.abspath(clip))
    is_sequence = path.is_dir() or "%" in path.name
    return path if is_sequence else existing_file(clip, "clip", "video.none")


def _numbers(text: str) -> list[int]:
    """Frame numbers of a list.

    Raises:
        Sketch2PoseError: one is no number.
    """
    try:
        return [int(word) for word in text.replace(",", " ").split()]
    except ValueError as error:
        raise Sketch2PoseError(
            "The contact sheet cannot be rendered",
            f'"{text}" is not a list of frames',
            "Enter frame numbers separated by commas",
            "beside.numbers",
        ) from error


classes = (SKETCH2POSE_OT_compare_with_clip,)
