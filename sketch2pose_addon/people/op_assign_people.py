"""Several people of one result go to several rigs, by the table under People.

Whoever has a result with several people calls `people.remember()` in the same undo step:
drawings, frames and pictures as `StillPerson`s (what `stored_still.result_of` returns, one for each
frame), a video result as one `ClipPerson` for each BodyMotion of the job, with the scene frame of
its first row. From there on the table and these operators are the same for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ...core.errors import Sketch2PoseError
from ...rigs import RetargetOptions
from ..backend.job_operator import show_result
from ..host.armatures import bone_map_of
from ..host.properties import settings
from ..host.targets import checked_target
from ..results.apply import ApplyOptions, apply_body_motion
from ..results.poses_from_drawings import key_blocking
from ..results.stored_clip import store_clip
from .person_table import ClipPerson, StillPerson, recalled, standing_at

if TYPE_CHECKING:
    from bpy.types import Context, Object

    Assignment = tuple[StillPerson | ClipPerson, Object]


class _PeopleOperator:
    """Mix-in: needs a table of people."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        if len(settings(context).people):
            return True
        cls.poll_message_set("The last drawing, image or clip does not show several people")
        return False

    if TYPE_CHECKING:  # comes from `bpy.types.Operator`

        @classmethod
        def poll_message_set(cls, message: str) -> None: ...


class SKETCH2POSE_OT_assign_people(_PeopleOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.assign_people"
    bl_label = "Apply to Rigs"
    bl_description = "Apply the motion of every person in the list to the rig chosen for it"

    rigs: StringProperty(
        name="Rigs",
        description=(
            "Names of armatures in the order of the people, separated by |, for use in "
            "scripts. If empty, those chosen in the list are used"
        ),
        options={"SKIP_SAVE"},
    )

    def execute(self, context: Context) -> set[str]:
        try:
            assigned = _checked_assignments(context, self._chosen(context))
            for person, rig in assigned:
                _put(context, person, rig)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.scene.frame_set(context.scene.frame_current)
        names = ", ".join(rig.name for _, rig in assigned)
        show_result(context, f"Applied {len(assigned)} people to {names}", "INFO")
        return {"FINISHED"}

    def _chosen(self, context: Context) -> list[Object | None]:
        table = settings(context).people
        if not self.rigs:
            return [row.rig for row in table]
        names = self.rigs.split("|")
        rigs = [checked_target(context, name) if name else None for name in names]
        return (rigs + [None] * len(table))[: len(table)]


class SKETCH2POSE_OT_forget_people(_PeopleOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.forget_people"
    bl_label = "Clear People"
    bl_description = "Clear the list of people. Rigs and keyframes are not changed"

    def execute(self, context: Context) -> set[str]:
        settings(context).people.clear()
        return {"FINISHED"}


def _checked_assignments(context: Context, rigs: list[Object | None]) -> list[Assignment]:
    """Who goes where; everything that can fail fails here, before the first change.

    Raises:
        Sketch2PoseError: no rig is chosen, one is chosen twice, or one cannot be posed.
    """
    table = settings(context).people
    chosen = [(row, rig) for row, rig in zip(table, rigs, strict=True) if rig is not None]
    if not chosen:
        raise _refused("no rig is chosen", "Choose a rig for at least one of the people")
    names = [rig.name for _, rig in chosen]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _refused(f'"{twice}" is chosen twice', "Choose another rig for one of the people")
    for name in names:
        bone_map_of(checked_target(context, name))
    keep_rigs = settings(context).placement == "KEEP"
    return [(_placed(recalled(row), rig, keep_rigs), rig) for row, rig in chosen]


def _placed(
    person: StillPerson | ClipPerson, rig: Object, keep_rigs: bool
) -> StillPerson | ClipPerson:
    if isinstance(person, StillPerson):
        first = person.poses[0]
        in_picture = first.place.hips is not None and not len(first.drawn)
        return standing_at(person, rig) if keep_rigs or in_picture else person
    return person


def _put(context: Context, person: StillPerson | ClipPerson, rig: Object) -> None:
    if isinstance(person, StillPerson):
        key_blocking(context, rig, person.poses, person.in_betweens, person.move_frames)
        return
    placed = RetargetOptions(in_world=person.in_world, lock_contacts=person.lock_contacts)
    apply_body_motion(
        context,
        person.motion,
        rig,
        frame_start=person.frame_start,
        options=ApplyOptions(retarget=placed),
    )
    store_clip(context, rig, person.motion, person.frame_start)


def _refused(why: str, fix: str) -> Sketch2PoseError:
    return Sketch2PoseError("The people could not be applied to rigs", why, fix, "people.rigs")


classes = (SKETCH2POSE_OT_assign_people, SKETCH2POSE_OT_forget_people)
