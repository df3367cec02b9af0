"""A clip becomes keyframes of the rig: a new action, and if asked the scene that shows the clip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ...core.body_motion import read_body_motion
from ...core.filmed_camera import write_camera
from ...inference.protocol.requests import Trim, VideoRequest
from ...rigs import RetargetOptions
from ..backend import jobs
from ..backend.cache_folder import cache_folder
from ..backend.file_job_operator import FileJobOperator
from ..host.targets import checked_target
from ..people.person_table import ClipPerson, others_line, remember
from ..results import read_result
from ..results.apply import ApplyOptions, apply_body_motion, scene_framerate
from ..results.motion_camera import camera_matrices, load_footage
from ..results.stored_clip import store_clip
from . import clip_scene
from .footage import SOURCES, Footage, chosen_footage
from .scene_camera import filmed_by_scene

if TYPE_CHECKING:
    from bpy.types import Context, Event

    from ...core.body_motion import BodyMotion
    from ..results.apply import AppliedMotion

_CLIPS = (
    "*.mp4;*.mov;*.avi;*.mkv;*.webm;*.m4v;*.mpg;*.mpeg;*.wmv;*.ogv;*.png;*.jpg;*.jpeg;*.tif;*.json"
)
_CAMERA_FILE = "camera.json"
_PLACES = (
    ("RIG", "At Rig", "Keep the position and the facing direction of the rig"),
    (
        "WORLD",
        "As Filmed",
        "Place people relative to each other as in the clip, with the camera at the origin",
    ),
)
_QUALITIES = (
    ("lite", "Fast", "Use the small network, for previews and slow computers"),
    ("full", "Good", "Use the default network"),
    (
        "heavy",
        "Best",
        "Use the large network. It is not included and must be in your models folder",
    ),
)


class SKETCH2POSE_OT_motion_from_video(FileJobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.motion_from_video"
    bl_label = "Motion from Video"
    bl_description = (
        "Animate the rig like a person in a video clip, starting at the current frame. "
        "Keyframes are added to a new action; the current action is kept. Press Esc to "
        "cancel"
    )

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default=_CLIPS, options={"HIDDEN"})
    source: EnumProperty(name="Source", items=SOURCES, options={"SKIP_SAVE"})
    clip: StringProperty(
        name="Clip",
        description="Name of the movie clip. If empty, the active one is used",
        options={"SKIP_SAVE"},
    )
    target: StringProperty(
        name="Rig",
        description="Armature to animate. If empty, the one chosen in the panel is used",
    )
    person: IntProperty(
        name="Person", description="Index of the person in order of appearance", default=0, min=0
    )
    start: FloatProperty(
        name="Start",
        description="First second of the clip to process",
        min=0.0,
        unit="TIME_ABSOLUTE",
    )
    end: FloatProperty(
        name="End",
        description="Last second of the clip to process. 0 processes it to its end",
        min=0.0,
        unit="TIME_ABSOLUTE",
    )
    step: IntProperty(
        name="Step",
        description="Process every Nth frame and interpolate the rest",
        default=1,
        min=1,
        max=100,
    )
    lens: FloatProperty(
        name="Lens",
        description=(
            "Focal length in millimeters for a full-frame sensor. 0 uses that of a typical phone"
        ),
        default=0.0,
        min=0.0,
        max=2000.0,
    )
    quality: EnumProperty(name="Quality", items=_QUALITIES, default="full")
    hands: BoolProperty(
        name="Fingers", description="Also estimate fingers. This takes about twice as long"
    )
    place: EnumProperty(name="Placement", items=_PLACES)
    use_camera: BoolProperty(
        name="Use Scene Camera Motion",
        description=(
            "Use the motion and the lens of the solved or animated scene camera as those of "
            "the camera that filmed the clip. People stand on the floor of its world at Z = 0"
        ),
    )
    lock_contacts: BoolProperty(
        name="Lock Feet",
        description="Hold planted feet still, flat and above the ground by bending legs and toes",
        default=True,
    )
    set_scene: BoolProperty(
        name="Set Frame Rate and Range",
        description=(
            "Set the frame rate of the scene to that of the clip, and its frame range to that "
            "of the keyframes"
        ),
    )
    add_camera: BoolProperty(
        name="Add Camera and Clip",
        description=(
            "Add the camera that filmed the clip, with the clip as its background image, and "
            "make it the active scene camera. The render resolution is set to that of the clip"
        ),
    )

    def invoke(self, context: Context, event: Event) -> set[str]:
        if self.source == "FILE" or self._asked or bpy.app.background:
            return super().invoke(context, event)
        self._asked = True  # there is no file browser that would show the options
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: Context) -> set[str]:
        if self._asked and not bpy.app.background:
            self._chosen_in_browser = True  # the dialog ends in execute(), as the browser does
        return super().execute(context)

    _asked = False

    def draw(self, _context: Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        if self.source == "CLIP":
            layout.prop_search(self, "clip", bpy.data, "movieclips")
        for name in ("person", "start", "end", "step", "quality", "hands", "use_camera"):
            layout.prop(self, name)
        unknown = layout.column()
        unknown.enabled = not self.use_camera  # a known camera answers these
        for name in ("lens", "place", "add_camera"):
            unknown.prop(self, name)
        for name in ("lock_contacts", "set_scene"):
            layout.prop(self, name)

    def begin(self, context: Context) -> jobs.Job:
        target = checked_target(context, self.target)
        footage = chosen_footage(context, self.source, self.filepath, self.clip)
        self._target, self._footage = target.name, footage
        camera = filmed_by_scene(context, footage) if self.use_camera else None
        options = self._options(scene_framerate(context))

        def request(folder: Path) -> VideoRequest:
            known = replace(options, out_dir=str(folder))
            if camera is None:
                return known
            write_camera(folder / _CAMERA_FILE, camera)
            return replace(known, camera=str(folder / _CAMERA_FILE))

        return jobs.submit(f"Estimating {footage.path.name}", request, may_stop_early=True)

    def _options(self, framerate: float) -> VideoRequest:
        """What is asked about the clip, still without the job's folder."""
        footage, cache = self._footage, cache_folder()
        return VideoRequest(
            inputs=(str(footage.path),),
            out_dir="",
            lens=self.lens or None,
            quality=self.quality,  # type: ignore[arg-type]
            hands=self.hands,
            trim=Trim(self.start, self.end or None, self.step, footage.first, footage.count),
            framerate=framerate,
            cache=str(cache) if cache else None,
        )

    def complete(self, context: Context, job: jobs.Job) -> str:
        target = checked_target(context, self._target)
        motion = read_result.read_person(job, self.person)
        add_camera = self.add_camera and not self.use_camera
        picture = self._checked_picture(motion) if add_camera else None
        rate = clip_scene.file_framerate(motion)
        if self.set_scene:
            clip_scene.set_framerate(context, rate)
        everybody = [self._played(context, read_body_motion(path)) for path in _motions(job)]
        motion = everybody[self.person]
        applied = self._apply(context, motion, target)
        store_clip(context, target, motion, self._start_of(motion))
        if self.set_scene:
            clip_scene.set_range(context, applied)
        if picture is not None:
            place = self._footage_of(motion)
            clip_scene.add_camera(context, motion, target, place, picture)
        self._offer_others(context, everybody, target)
        return self._line(applied, len(everybody))

    @property
    def _in_world(self) -> bool:
        return self.place == "WORLD" or self.use_camera

    def _checked_picture(self, motion: BodyMotion) -> object:
        """The clip as Blender shows it; what can fail fails before the first change."""
        camera_matrices(motion)
        path = self._footage.path
        return load_footage(_first_picture(path))

    def _played(self, context: Context, motion: BodyMotion) -> BodyMotion:
        return clip_scene.in_step(motion, context) if self._footage.in_step else motion

    def _footage_of(self, motion: BodyMotion) -> Footage:
        """The footage from the frame on that the motion begins with."""
        return Footage(self._footage.path, self._start_of(motion), in_step=self._footage.in_step)

    def _start_of(self, motion: BodyMotion) -> int:
        """Scene frame of a motion's first row: what is shown in the scene stays in step with it."""
        if not self._footage.in_step:
            late = int(motion.source_frames[0]) / clip_scene.file_framerate(motion)
            shift = round(late * scene_framerate(bpy.context)) if self.use_camera else 0
            return self._footage.frame_start + shift
        return self._footage.frame_start + int(motion.source_frames[0]) - self._footage.first

    def _apply(self, context: Context, motion: BodyMotion, target: object) -> AppliedMotion:
        placed = RetargetOptions(
            in_world=self._in_world, feet_on_ground=True, lock_contacts=self.lock_contacts
        )
        return apply_body_motion(
            context,
            motion,
            target,  # type: ignore[arg-type]
            frame_start=self._start_of(motion),
            options=ApplyOptions(retarget=placed),
        )

    def _offer_others(self, context: Context, everybody: list[BodyMotion], target: object) -> None:
        first = everybody[self.person]
        ordered = [first, *(motion for motion in everybody if motion is not first)]
        people = [
            ClipPerson(
                motion,
                self._start_beside(first, motion, context),
                self._in_world,
                self.lock_contacts,
            )
            for motion in ordered
        ]
        remember(context, people, target)  # type: ignore[arg-type]

    def _start_beside(self, first: BodyMotion, motion: BodyMotion, context: Context) -> int:
        """Scene frame of another person's first row: they may have come later or earlier."""
        start = self._start_of(first)
        if self._footage.in_step:
            return start + int(motion.source_frames[0]) - int(first.source_frames[0])
        return clip_scene.start_beside(context, first, motion, start)

    def _line(self, applied: AppliedMotion, count: int) -> str:
        line = f"Keyed {applied.target} from frame {applied.frame_start} to {applied.frame_end}"
        if self.person and count > 1:
            line += f"; person {self.person} of {count} (counted from 0)"
        return ". ".join([line + others_line(count), *applied.notes])


def _motions(job: jobs.Job) -> list[Path]:
    return [path for path in job.files if path.suffix == ".npz"]


def _first_picture(path: Path) -> Path:
    """A file that Blender opens for footage: the first picture of a folder or pattern."""
    folder = path if path.is_dir() else path.parent
    if path.is_file():
        return path
    kinds = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"}
    pictures = sorted(p for p in folder.iterdir() if p.suffix.lower() in kinds)
    return pictures[0] if pictures else path


classes = (SKETCH2POSE_OT_motion_from_video,)
