"""What a figure was seen through: the camera of its picture or drawing, and the picture itself.

Frames: `world` is Blender's (z up). The camera of a picture is known in the figure's own world
only; where the rig performs the pose elsewhere or in another size, the camera is carried along.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core import axes
from ...core.body_motion import BodyMotion
from ...core.camera import Camera
from ...rigs.human_motion import SMPL_ROLES
from ..host.armatures import bone_map_of
from .motion_camera import fitted_placement

if TYPE_CHECKING:
    from bpy.types import Object


@dataclass(frozen=True)
class SourceView:
    """A camera and what it showed.

    Attributes:
        view: the camera, in pixels of the picture or page.
        in_world: the camera stands in Blender's world (a drawing's); False: in the figure's world,
            turned to Blender's axes (a picture's).
        picture: path of the picture file, empty for drawings.
        observed: [24, 2] px where the joints were seen; [0, 2] when they were not.
    """

    view: Camera
    in_world: bool
    picture: str = ""
    observed: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))

    def to_plain(self) -> dict[str, Any]:
        """Plain values for custom properties and JSON."""
        observed = [float(value) for value in np.ravel(self.observed)]
        camera = self.view.to_list()
        rest = {"in_world": int(self.in_world), "picture": self.picture}
        return {"camera": camera, "observed": observed, **rest}

    @classmethod
    def from_plain(cls, plain: Any) -> SourceView:
        """Inverse of `to_plain`.

        Raises:
            KeyError, TypeError, ValueError: written by hand or by another version.
        """
        view = Camera.from_list(list(plain["camera"]))
        observed = np.array(list(plain["observed"]), float).reshape(-1, 2)
        return cls(view, bool(plain["in_world"]), str(plain["picture"]), observed)


def view_of_camera(motion: BodyMotion, picture: str = "") -> SourceView | None:
    """The camera that a motion's first frame was seen by; None when it knows none."""
    camera = motion.camera_at(0)
    if camera is None or motion.image_size is None:
        return None
    return SourceView(camera.in_blender_world(), False, picture, _observed(motion))


def view_of_drawing(view: Camera, motion: BodyMotion) -> SourceView:
    """The view a drawing was made in, which stands in the scene."""
    return SourceView(view, True, "", _observed(motion))


def view_in_world(seen: SourceView, joints: np.ndarray, target: Object) -> Camera:
    """The camera in Blender's world, so that the rig is where the figure was seen.

    Args:
        seen: camera and picture.
        joints: [24, 3] the figure's joints in its own y-up world.
        target: the rig that performs the pose now.

    Raises:
        Sketch2PoseError: the rig is not recognized.
    """
    if seen.in_world:
        return seen.view
    which, performed = performed_joints(target)
    placement = fitted_placement(axes.blender_from_body(joints)[which], performed)
    return seen.view.transformed(placement)


def performed_joints(target: Object) -> tuple[list[int], np.ndarray]:
    """SMPL numbers of the joints that a rig has, and where they are in Blender's world [N, 3].

    Raises:
        Sketch2PoseError: the rig is not recognized.
    """
    bones = bone_map_of(target).bones
    found = [(i, bones[role]) for i, role in enumerate(SMPL_ROLES) if role in bones]
    world, posed = target.matrix_world, target.pose.bones
    places = [np.array(world @ posed[bone].head) for _, bone in found]
    return [joint for joint, _ in found], np.array(places)


def _observed(motion: BodyMotion) -> np.ndarray:
    if motion.joints2d is None:
        return np.zeros((0, 2))
    return np.asarray(motion.joints2d[0], float)
