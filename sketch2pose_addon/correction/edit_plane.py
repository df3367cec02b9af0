"""The plane on which a figure is corrected: that of its drawing, its picture, or one at the rig.

An `EditPlane` says where the joints that can be dragged are in Blender's world, and turns points
that the animator shows in the viewport into pixels that the backend understands.

Frames: `world` is Blender's (z up); the *body's world* is the result's own (y up). Pixels have
their origin top left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...core import axes
from ...core.camera import Camera
from ...core.corrections.edits import EditView
from ..host.drawing_capture import present_view
from ..host.viewport_camera import facing_camera
from ..results.motion_camera import fitted_placement
from ..results.source_view import performed_joints, view_in_world
from ..results.stored_still import StoredStill
from ..review.solved_body import placed_joints
from ..review.source_camera import our_camera

if TYPE_CHECKING:
    from bpy.types import Context, Object


@dataclass(frozen=True)
class EditPlane:
    """Where a figure is corrected.

    Attributes:
        view: the camera in Blender's world whose pixels count.
        handles: [24, 3] joints in Blender's world, on the paper.
        own: whether `view` is the result's own, which needs no description.
        world_from_body: [3, 3] Blender's world from the body's world of the result.
    """

    view: Camera
    handles: np.ndarray
    own: bool
    world_from_body: np.ndarray

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """[N, 2] px of world points [N, 3]; NaN for points behind the view."""
        return self.view.project(np.asarray(points, float).reshape(-1, 3))

    def edit_view(self) -> EditView | None:
        """What a correction has to say about its view; None on the result's own paper."""
        if self.own:
            return None
        rotation = self.view.rotation @ self.world_from_body
        return EditView(replace(self.view, rotation=rotation), self.pixels(self.handles))

    def on_plane(self, origin: np.ndarray, direction: np.ndarray) -> np.ndarray | None:
        """Where a ray of the world [3], [3] meets the paper; None when it runs beside it."""
        normal, middle = self.view.rotation[2], self.handles.mean(0)
        slope = float(direction @ normal)
        if abs(slope) < 1e-6:
            return None
        return origin + direction * float((middle - origin) @ normal) / slope


def edit_plane_of(context: Context, stored: StoredStill, target: Object) -> EditPlane:
    """The paper of a result as it is looked at now.

    Raises:
        Sketch2PoseError: the rig is not recognized any more.
    """
    turn = _world_from_body(stored, target)
    seen = stored.seen
    if seen is not None and len(seen.observed):
        if seen.in_world and len(stored.drawn):
            return EditPlane(seen.view, stored.drawn, True, turn)
        joints = stored.motion().joints3d
        if our_camera(context.scene) is not None and joints is not None:
            view = view_in_world(seen, joints[0], target)
            depth = float(view.depth(placed_joints(stored, target)[:1])[0])
            return EditPlane(view, view.unproject(seen.observed, depth), True, turn)
    return _air(context, stored, target, turn)


def moved_on_plane(stored: StoredStill, observed: np.ndarray) -> StoredStill:
    """The result with its joints seen in other places [24, 2] px, on its sheet as well."""
    seen = stored.seen
    if seen is None or not len(observed):
        return stored
    drawn = stored.drawn
    if len(drawn):
        depth = float(seen.view.depth(drawn).mean())
        drawn = seen.view.unproject(observed, depth)
    return replace(stored, seen=replace(seen, observed=observed), drawn=drawn)


def _air(context: Context, stored: StoredStill, target: Object, turn: np.ndarray) -> EditPlane:
    """The joints of the rig itself, corrected in the view that shows it."""
    handles = placed_joints(stored, target)
    which, performed = performed_joints(target)
    handles[which] = performed
    return EditPlane(_present_view(context, handles), handles, False, turn)


def _present_view(context: Context, points: np.ndarray) -> Camera:
    """The viewport, or in background mode the scene's camera, or a view straight at the figure."""
    flat = points.copy()
    flat[:, 1] = points[:, 1].mean()
    return present_view(context, points) or facing_camera(flat)


def _world_from_body(stored: StoredStill, target: Object) -> np.ndarray:
    """[3, 3] the rotation that carries the result's world to where the rig performs it."""
    if stored.place.hips is not None:
        cosine, sine = np.cos(stored.place.heading), np.sin(stored.place.heading)
        turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        return turn @ axes.BLENDER_FROM_BODY
    joints = stored.motion().joints3d
    assert joints is not None
    which, performed = performed_joints(target)
    placement = fitted_placement(axes.blender_from_body(joints[0])[which], performed)[:3, :3]
    return placement / np.cbrt(np.linalg.det(placement)) @ axes.BLENDER_FROM_BODY
