"""Frames whose pose is a guess: found by their confidence, shown as markers on the timeline.

What a clip's frames are worth is kept with the rig in a custom property; drawings and pictures
bring their confidence with their `StoredStill`. Markers are told by their name, so that they can be
taken away again without touching the animator's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from .motion_camera import scene_frames
from .stored_still import stored_frames, stored_still_at

if TYPE_CHECKING:
    from bpy.types import Context, Object, Scene

    from ...core.body_motion import BodyMotion

KEY = "sketch2pose_confidence"
PREFIX = "Low Confidence"


def store_confidence(target: Object, frames: Iterable[float], confidence: np.ndarray) -> None:
    """Remembers how sure each frame of a clip is, in place of an earlier clip's.

    Args:
        target: the rig.
        frames: [T] scene frames.
        confidence: [T, 24] in [0, 1].
    """
    mean = np.asarray(confidence, float).mean(axis=1)
    target[KEY] = {
        "frames": [float(frame) for frame in frames],
        "mean": [float(value) for value in mean],
    }


def store_clip_confidence(
    context: Context, target: Object, motion: BodyMotion, frame_start: int
) -> None:
    """The same for a motion that has been put on a rig from a frame on."""
    if motion.confidence is not None and motion.frame_count > 1:
        store_confidence(target, scene_frames(context, motion, frame_start), motion.confidence)


def frame_confidence(target: Object) -> dict[int, float]:
    """Mean confidence of every frame that something is known of, in order."""
    known: dict[int, float] = {}
    try:
        clip = target.get(KEY, {"frames": [], "mean": []})
        for frame, mean in zip(clip["frames"], clip["mean"], strict=True):
            known[round(frame)] = min(float(mean), known.get(round(frame), 1.0))
    except (KeyError, TypeError, ValueError):  # written by hand
        known = {}
    for frame in stored_frames(target):
        stored = stored_still_at(target, frame)
        if stored is not None:
            known[frame] = float(stored.confidence.mean())
    return dict(sorted(known.items()))


def low_confidence_spans(target: Object, limit: float) -> list[tuple[int, int, float]]:
    """Runs of frames below a mean confidence: first and last frame, and the least confidence."""
    spans: list[tuple[int, int, float]] = []
    running = False
    for frame, mean in frame_confidence(target).items():
        if mean >= limit:
            running = False
            continue
        if running:
            first, _, least = spans.pop()
            spans.append((first, frame, min(least, mean)))
        else:
            spans.append((frame, frame, mean))
        running = True
    return spans


def mark(scene: Scene, spans: list[tuple[int, int, float]]) -> None:
    """Puts a marker at the start of each span, in place of those that were there."""
    clear_marks(scene)
    for first, last, least in spans:
        frames = str(first) if first == last else f"{first}-{last}"
        scene.timeline_markers.new(f"{PREFIX} {frames} ({least:.0%})", frame=first)


def clear_marks(scene: Scene) -> int:
    """Takes our markers away; returns how many there were."""
    ours = [marker for marker in scene.timeline_markers if marker.name.startswith(f"{PREFIX} ")]
    for marker in ours:
        scene.timeline_markers.remove(marker)
    return len(ours)


def next_low_confidence(spans: list[tuple[int, int, float]], frame: int) -> int | None:
    """First frame of the next span after a frame, going round; None when there is none."""
    starts = [first for first, _, _ in spans]
    return min((s for s in starts if s > frame), default=min(starts, default=None))
