"""Where a clip comes from: a file, a movie clip, the camera's background, a strip of the sequencer.

Blender shows movie clips and strips one frame of the file for each frame of the scene, whatever
their rates; what was read from them is keyed the same way, or it would not line up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ...core.errors import Sketch2PoseError
from ..backend.file_job_operator import existing_file

if TYPE_CHECKING:
    from bpy.types import Context

SOURCES = (
    ("FILE", "File", "Choose a file in the file browser"),
    ("CLIP", "Movie Clip", "Use a movie clip of this blend file, as in the Movie Clip Editor"),
    ("BACKGROUND", "Camera Background", "Use the background clip of the scene camera"),
    ("STRIP", "Strip", "Use the active movie or image strip of the Video Sequencer"),
)


@dataclass(frozen=True)
class Footage:
    """A clip to read.

    Attributes:
        path: movie file, or the first picture of a sequence.
        frame_start: scene frame of the first frame to read.
        first: first frame of the file to read, from 0.
        count: number of frames to read; None = to the end.
        in_step: it is shown in this scene, one frame of the file for each frame of the scene.
    """

    path: Path
    frame_start: int
    first: int = 0
    count: int | None = None
    in_step: bool = False


def chosen_footage(context: Context, source: str, filepath: str, clip: str) -> Footage:
    """The footage an operator is asked to read.

    Args:
        context: its scene shows the footage.
        source: a name of `SOURCES`.
        filepath: of ``FILE``.
        clip: name of a movie clip of ``CLIP``; empty takes the only or the active one.

    Raises:
        Sketch2PoseError: there is none, or its file is missing.
    """
    if source == "CLIP":
        return _of_movie_clip(_movie_clip(context, clip))
    if source == "BACKGROUND":
        return _of_background(context)
    if source == "STRIP":
        return _of_strip(_active_strip(context))
    path = Path(bpy.path.abspath(filepath))
    if filepath and (path.is_dir() or "%" in path.name):
        return Footage(path, context.scene.frame_current)
    return Footage(existing_file(filepath, "clip", "video.none"), context.scene.frame_current)


def _movie_clip(context: Context, name: str) -> Any:
    clips = bpy.data.movieclips
    if name:
        found = clips.get(name)
    else:
        found = context.scene.active_clip or (clips[0] if len(clips) == 1 else None)
    if found is None:
        why = f'there is no movie clip "{name}"' if name else "no movie clip is chosen"
        raise _none(why, "Open one in the Movie Clip Editor and choose it")
    return found


def _of_movie_clip(clip: Any) -> Footage:
    path = existing_file(clip.filepath, "clip", "video.none")
    first = max(int(clip.frame_offset), 0)
    return Footage(path, int(clip.frame_start), first, in_step=True)


def _of_background(context: Context) -> Footage:
    camera = context.scene.camera
    images = camera.data.background_images if camera and camera.type == "CAMERA" else ()
    for item in images:
        if item.source == "MOVIE_CLIP" and item.clip is not None:
            return _of_movie_clip(item.clip)
        if item.source == "IMAGE" and item.image is not None and item.image.source != "FILE":
            return _of_image(item)
    raise _none("the scene camera has no background clip", "Add one under Background Images")


def _of_image(item: Any) -> Footage:
    """A background that plays a movie or a sequence as an image."""
    path = existing_file(item.image.filepath, "clip", "video.none")
    user = item.image_user
    return Footage(path, int(user.frame_start), max(int(user.frame_offset), 0), in_step=True)


def _active_strip(context: Context) -> Any:
    workspace = getattr(context, "workspace", None)
    scenes = (getattr(workspace, "sequencer_scene", None), context.scene)
    for scene in scenes:
        editor = scene.sequence_editor if scene is not None else None
        strip = editor.active_strip if editor is not None else None
        if strip is not None and strip.type in {"MOVIE", "IMAGE"}:
            return strip
    raise _none(
        "no movie or image strip is active in the Video Sequencer", "Select the strip there"
    )


def _of_strip(strip: Any) -> Footage:
    if strip.type == "MOVIE":
        filepath = strip.filepath
    else:
        filepath = str(Path(strip.directory) / strip.elements[0].filename)
    trimmed = int(strip.frame_offset_start) + int(getattr(strip, "animation_offset_start", 0))
    return Footage(
        existing_file(filepath, "clip", "video.none"),
        int(strip.frame_final_start),
        trimmed,
        int(strip.frame_final_duration),
        in_step=True,
    )


def _none(why: str, fix: str) -> Sketch2PoseError:
    return Sketch2PoseError("There is no clip to process", why, fix, "video.none")
