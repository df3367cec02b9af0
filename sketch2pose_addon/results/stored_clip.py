"""What a clip said, kept with the rig: the motion as it was read, with joints seen and camera.

It lives in a custom property of the armature object as text, so it is saved with the file, follows
undo and needs neither the clip nor the backend later. A clip of ten seconds takes about 0.2 MB.
"""

from __future__ import annotations

import base64
import binascii
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...core.body_motion import BodyMotion
from ...core.body_motion.file import arrays_from_motion, motion_from_arrays, read_arrays
from ...core.errors import Sketch2PoseError
from .low_confidence_frames import store_clip_confidence

if TYPE_CHECKING:
    from bpy.types import Context, Object

KEY = "sketch2pose_clip"


def store_clip(context: Context, target: Object, motion: BodyMotion, frame_start: int) -> None:
    """Remembers a motion that has been put on a rig from a frame on, in place of an earlier one."""
    store_clip_confidence(context, target, motion, frame_start)
    if motion.joints2d is not None and motion.frame_count > 1:
        evidence = replace(
            motion, hands=None, face=None, hypothesis_poses=None, hypothesis_scores=None
        )
        target[KEY] = {"start": frame_start, "motion": text_from_motion(evidence)}


def stored_clip_of(target: Object) -> tuple[BodyMotion, int] | None:
    """The motion of the last clip and the scene frame of its first row; None without one."""
    try:
        stored = target[KEY]
        return motion_from_text(str(stored["motion"])), int(stored["start"])
    except (KeyError, TypeError, ValueError, Sketch2PoseError):  # none, or spoilt by hand
        return None


def text_from_motion(motion: BodyMotion) -> str:
    """A motion's file as text."""
    data = io.BytesIO()
    np.savez_compressed(data, **arrays_from_motion(motion))
    return base64.b64encode(data.getvalue()).decode("ascii")


def motion_from_text(text: str) -> BodyMotion:
    """Inverse of `text_from_motion`.

    Raises:
        ValueError: no such text. Sketch2PoseError: no motion in it.
    """
    try:
        data = io.BytesIO(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise ValueError(f"no motion: {error}") from error
    return motion_from_arrays(read_arrays(data))
