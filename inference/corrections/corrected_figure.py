"""Corrections laid over a figure, one after the other: which bones they change, and to where.

Nothing is solved here: a `CorrectedFigure` collects what the animator wants of single bones,
everything else stays as it is. `inference.corrections.solve_corrections` turns it into a pose.

Conventions: the world is the body's (y up), meters; pixels have their origin top left; view space
of a bone as in `inference.corrections.foreshortening`. Bone j ends in joint j.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from ...core.camera import Camera
from ...core.corrections import edits as kinds
from ...core.corrections.edits import Edit
from ...core.corrections.limb_strokes import Figure2d, joints_along, scale_of
from ...core.corrections.limbs import (
    LIMBS,
    bones_at,
    bones_of,
    carried_by,
    changed_picture,
    rows_after,
)
from ...core.hypotheses import reflections
from ...core.smpl import SMPL_OWNER
from ..solver.tree import RestBody, bone_vectors
from . import foreshortening

SURE = np.deg2rad(1.0) ** -2.0
"""Weight of a direction that the animator has drawn, 1/rad^2."""
SMALLEST_MOVE = 1e-3
"""Share of a bone's drawn length below which it counts as not changed."""
LIMB_ROOTS = {18: 16, 19: 17, 20: 16, 21: 17, 4: 1, 5: 2, 7: 1, 8: 2}


@dataclass
class CorrectedFigure:
    """A figure and what was corrected of it.

    Attributes:
        world: [24, 3, 3] orientations of its parts.
        rest: its body.
        camera: its own view.
        seen: [24, 2] px in its own view.
        directions: [24, 3] where its bones point, corrected ones as wanted.
        weight: [24] of the corrected directions, 1/rad^2; 0 for ignored ones, NaN for the rest.
        other_side: of bones whose side of the picture is a guess, the direction to the other side.
        confidence: [24] in 0..1.
        depths: [24] m of the joints in its own view as they were; NaN when not known.
    """

    world: Array
    rest: RestBody
    camera: Camera
    seen: Array
    confidence: Array
    depths: Array = field(default_factory=lambda: np.full(24, np.nan))
    directions: Array = field(init=False)
    weight: Array = field(init=False)
    other_side: dict[int, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.directions = bone_vectors(self.world[None], self.rest.directions)[0]
        self.weight = np.full(24, np.nan)

    @property
    def corrected(self) -> NDArray[np.bool_]:
        """[24] bones that a correction has touched."""
        return ~np.isnan(self.weight)

    def lay(self, edit: Edit) -> None:
        """Adds one correction; pins also hold against what comes after (`lay_pins`)."""
        if edit.kind == kinds.LIMB:
            self._redraw(edit)
        elif edit.kind in (kinds.JOINT, kinds.PIN):
            self._move(edit)
        elif edit.kind == kinds.IGNORE:
            self._ignore(edit)
        elif edit.kind == kinds.DEPTH:
            self._tilt(edit)
        else:
            self._reflect(edit)

    def lay_pins(self, edits: list[Edit]) -> None:
        """Makes the limbs reach for their pinned joints; last, as a pin is exact."""
        for edit in edits:
            if edit.kind == kinds.PIN:
                self._reach(edit)

    def view_of(self, edit: Edit) -> foreshortening.PaperView:
        """The view in which a correction was drawn."""
        camera, seen = self.camera, self.seen
        if edit.view is not None:
            camera, seen = edit.view.camera, edit.view.seen
        scale = scale_of(seen, camera.rotation, self.directions, self.rest.lengths)
        return foreshortening.PaperView(camera, seen, scale)

    def _redraw(self, edit: Edit) -> None:
        view, limb = self.view_of(edit), LIMBS[edit.limb]
        figure = Figure2d(view.seen, view.scale * self.rest.lengths)
        places = joints_along(np.array(edit.points, float), edit.limb, figure)
        joints = [joint for joint in (*limb.joints, *limb.tips) if joint in places]
        after = view.seen.copy()
        after[joints] = [places[joint] for joint in joints]
        for joint in joints:
            step = after[joint] - after[SMPL_OWNER[joint]]
            if joint in limb.tips and np.allclose(
                step, view.seen[joint] - view.seen[SMPL_OWNER[joint]], atol=1e-6
            ):
                continue  # hands and feet follow unless the stroke shows them
            full = foreshortening.DRAWN_SHARE * figure.lengths[joint]
            self._fold(joint, step, full, self._in_view(joint, view), replace(view, seen=after))
        self._note_seen(edit, after)
        self.confidence[joints] = 1.0

    def _move(self, edit: Edit) -> None:
        view = self.view_of(edit)
        delta = np.array(edit.points[0], float) - view.seen[edit.joint]
        after = view.seen.copy()
        for joint, share in carried_by(edit.joint).items():
            after[joint] = view.seen[joint] + share * delta
        before_steps, steps = view.seen - view.seen[SMPL_OWNER], after - after[SMPL_OWNER]
        for bone in range(1, 24):
            drawn = float(np.linalg.norm(before_steps[bone]))
            if np.linalg.norm(steps[bone] - before_steps[bone]) <= SMALLEST_MOVE * (drawn + 1e-6):
                continue
            usual = view.scale * self.rest.lengths[bone]
            now = self._in_view(bone, view)
            full = foreshortening.full_length(drawn, now, usual)
            self._fold(bone, steps[bone], full, now, replace(view, seen=after))
        self._note_seen(edit, after)
        self.confidence[edit.joint] = 1.0

    def _ignore(self, edit: Edit) -> None:
        for bone in bones_at(edit.joint):
            self.weight[bone] = 0.0
        self.confidence[edit.joint] = 0.0

    def _tilt(self, edit: Edit) -> None:
        view = self.view_of(edit)
        for bone in bones_of(edit.joint):
            to_world = view.world_from_view(bone)
            self._want(
                bone, to_world @ foreshortening.tilted(self._in_view(bone, view), edit.radians)
            )

    def _reflect(self, edit: Edit) -> None:
        view = self.view_of(edit)
        ray = view.world_from_view(0)[:, 2]
        if edit.kind == kinds.FLIP:
            self.world = reflections.flip_parts(self.world, edit.limb, ray)
            self.directions = reflections.flip_bones(self.directions, edit.limb, ray)
            for bone in LIMBS[edit.limb].parts:
                self.other_side.pop(bone, None)  # the animator has decided
            return
        self.world = reflections.change_parts(self.world, edit.change, ray)
        rows = rows_after(edit.change)
        self.directions = reflections.change_bones(self.directions, edit.change, ray)
        self.weight, self.confidence = self.weight[rows], self.confidence[rows]
        self.seen, self.other_side = changed_picture(self.seen, edit.change), {}

    def _reach(self, edit: Edit) -> None:
        root = LIMB_ROOTS.get(edit.joint)
        if root is None or SMPL_OWNER[edit.joint] == root:
            return  # one bone has nothing to share out
        view, upper, lower = self.view_of(edit), int(SMPL_OWNER[edit.joint]), edit.joint
        if edit.view is None and self.depths[root] > 0:
            view = replace(view, scale=view.camera.scale_at(self.depths[root]))
        turn, lengths = view.camera.rotation, self.rest.lengths
        first, second = (turn @ self.directions[bone] * lengths[bone] for bone in (upper, lower))
        for _ in range(2):  # a nearer end is drawn larger: the goal depends on its depth
            deeper = float((first + second)[2])
            goal = view.metres_between(view.seen[root], edit.points[0], deeper)
            first, second = foreshortening.reaching(first, second, goal)
        self._want(upper, turn.T @ first / lengths[upper])
        self._want(lower, turn.T @ second / lengths[lower])

    def _in_view(self, bone: int, view: foreshortening.PaperView) -> Array:
        return view.world_from_view(bone).T @ self.directions[bone]

    def _fold(
        self, bone: int, step: Array, full: float, now: Array, view: foreshortening.PaperView
    ) -> None:
        direction, guess = foreshortening.folded(step, full, now)
        to_world = view.world_from_view(bone)
        self._want(bone, to_world @ direction)
        if guess:
            self.other_side[bone] = to_world @ (direction * [1.0, 1.0, -1.0])

    def _want(self, bone: int, direction: Array) -> None:
        self.directions[bone], self.weight[bone] = direction, SURE
        self.other_side.pop(bone, None)

    def _note_seen(self, edit: Edit, after: Array) -> None:
        if edit.view is None:
            self.seen = after
