"""The people of a result that has several, kept in the scene until each has its rig.

Stills (drawings, pictures) are kept as `StoredStill`s, one for each frame; a clip is kept as the
bytes of its BodyMotion file. Both are text in `scene.sketch2pose.people`, so the table is saved
with the file and follows undo.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.body_motion import BodyMotion
from ...core.errors import Sketch2PoseError
from ..host.armatures import refusal
from ..host.properties import settings
from ..results.apply_still import present_hips
from ..results.stored_clip import motion_from_text, text_from_motion
from ..results.stored_still import StoredStill, from_plain, to_plain

if TYPE_CHECKING:
    from bpy.types import Context, Object

_PLACES = {2: ("left", "right"), 3: ("left", "middle", "right")}
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class StillPerson:
    """One person of one or several drawings or of a picture.

    Attributes:
        poses: one for each frame, in order.
        in_betweens: a name of `properties.IN_BETWEENS`.
        move_frames: frames in which ``HOLD`` moves to the next pose.
    """

    poses: tuple[StoredStill, ...]
    in_betweens: str = "BEZIER"
    move_frames: int = 4


@dataclass(frozen=True)
class ClipPerson:
    """One person of a video clip.

    Attributes:
        motion: the whole motion.
        frame_start: scene frame of its first row.
        in_world: the person stands where the motion says, not where the rig stands.
        lock_contacts: planted feet are held still.
    """

    motion: BodyMotion
    frame_start: int
    in_world: bool = False
    lock_contacts: bool = False


def remember(context: Context, people: Sequence[StillPerson | ClipPerson], target: Object) -> None:
    """Fills the table of people; one person alone needs none and empties it.

    Args:
        context: its scene keeps the table.
        people: in the order of their numbers.
        target: the rig that the first one has been put on; the others are offered free rigs,
            the nearest one where it is known where a person stands.
    """
    table = settings(context).people
    table.clear()
    if len(people) < 2:
        return
    rigs = _offered_rigs(context, people, target)
    for person, label, rig in zip(people, labels(people), rigs, strict=True):
        row = table.add()
        row.label, row.rig, row.result = label, rig, _to_text(person)


def recalled(row: Any) -> StillPerson | ClipPerson:
    """The person of a row of the table.

    Raises:
        Sketch2PoseError: it was spoilt by hand or written by another version.
    """
    try:
        stored = json.loads(row.result)
        return _clip_from(stored) if "clip" in stored else _stills_from(stored)
    except (ValueError, KeyError, TypeError) as error:
        raise Sketch2PoseError(
            f'The person "{row.label}" could not be read',
            "the list of people is damaged or from another version",
            "Estimate the drawing, image or clip again",
            "people.damaged",
        ) from error


def others_line(count: int) -> str:
    """What the panel says of the people who have no rig yet."""
    if count < 2:
        return ""
    return f"; the first of {count} people: choose rigs for the others under People"


def labels(people: Sequence[StillPerson | ClipPerson]) -> list[str]:
    """Each person's number and place in the picture, such as "1 - left", "2 - right"."""
    order = np.argsort(np.argsort(_across(people), kind="stable"))
    words = _PLACES.get(len(people))
    return [
        f"{number} - {words[rank] if words else f'{rank + 1}. from left'}"
        for number, rank in enumerate(order, start=1)
    ]


def _across(people: Sequence[StillPerson | ClipPerson]) -> np.ndarray:
    """How far right in the picture each stands, [P]; only their order means anything."""
    if all(isinstance(person, ClipPerson) for person in people):
        seen = [person.motion.joints2d for person in people if isinstance(person, ClipPerson)]
        return np.array([0.0 if joints is None else joints[:, 0, 0].mean() for joints in seen])
    rays = [person.poses[0].view for person in people if isinstance(person, StillPerson)]
    directions = np.array([ray / np.linalg.norm(ray) for ray in rays])
    forward = directions.mean(0)
    right = np.cross(forward, _UP)
    if np.linalg.norm(right) < 1e-6:  # seen from straight above
        right = np.array([1.0, 0.0, 0.0])
    return (directions @ right) / (directions @ forward)


def _offered_rigs(
    context: Context, people: Sequence[StillPerson | ClipPerson], target: Object
) -> list[Object | None]:
    free = [
        item
        for item in context.scene.objects
        if item.type == "ARMATURE" and item != target and refusal(item) is None
    ]
    rigs: list[Object | None] = [target]
    for person in people[1:]:
        rig = min(free, key=lambda item: _distance(person, item), default=None)
        if rig is not None:
            free.remove(rig)
        rigs.append(rig)
    return rigs


def _distance(person: StillPerson | ClipPerson, rig: Object) -> float:
    hips = person.poses[0].place.hips if isinstance(person, StillPerson) else None
    if hips is None:
        return 0.0
    try:
        return float(np.linalg.norm(present_hips(rig) - hips))
    except Sketch2PoseError:  # not a figure: the last to be offered
        return np.inf


def _to_text(person: StillPerson | ClipPerson) -> str:
    if isinstance(person, StillPerson):
        poses = {str(stored.frame): to_plain(stored) for stored in person.poses}
        rest = {"in_betweens": person.in_betweens, "move_frames": person.move_frames}
        return json.dumps({"poses": poses, **rest})
    clip = text_from_motion(person.motion)
    rest = {"start": person.frame_start, "in_world": person.in_world, "lock": person.lock_contacts}
    return json.dumps({"clip": clip, **rest})


def _stills_from(stored: dict[str, Any]) -> StillPerson:
    poses = tuple(from_plain(int(frame), plain) for frame, plain in stored["poses"].items())
    return StillPerson(poses, stored["in_betweens"], int(stored["move_frames"]))


def _clip_from(stored: dict[str, Any]) -> ClipPerson:
    return ClipPerson(
        motion_from_text(stored["clip"]),
        int(stored["start"]),
        bool(stored["in_world"]),
        bool(stored["lock"]),
    )


def standing_at(person: StillPerson, rig: Object) -> StillPerson:
    """The same poses with the hips where the rig has them now."""
    hips = present_hips(rig)
    poses = (replace(stored, place=replace(stored.place, hips=hips)) for stored in person.poses)
    return replace(person, poses=tuple(poses))
