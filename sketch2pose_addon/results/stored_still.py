"""What a drawing said, kept with the rig: all its hypotheses, frame by frame.

It lives in a custom property of the armature object, so it is saved with the file, follows undo and
needs neither the drawing nor the backend to change a hypothesis later. Plain numbers only.

Conventions: poses are SMPL's, in the body's y-up world (see `axes`); points of the drawing are in
Blender's world.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.body_motion import BodyMotion, SourceNote
from ...core.kinematics import posed_joints, rest_offsets
from ...core.projection import homogeneous
from ...core.smpl import SMPL_JOINT_NAMES
from .apply_still import Place
from .source_view import SourceView, view_of_camera

if TYPE_CHECKING:
    from bpy.types import Object

KEY = "sketch2pose_results"
_LEVEL_VIEW = (0.0, 0.0, -1.0)  # of a picture without a camera: toward a figure that faces +z


@dataclass(frozen=True)
class StoredStill:
    """One drawn figure on one rig.

    Attributes:
        frame: where it was keyed.
        poses: [H, 72] hypotheses of the drawing, best first.
        scores: [H] their scores.
        pose: [72] the one on the rig, flips and all.
        offsets: [24, 3] bones of the body the poses were solved with.
        pelvis: [3] its first joint, meters.
        view: [3] direction in which the figure was looked at.
        place: where it stands.
        drawn: [24, 3] joints on the sheet in Blender's world; empty for pictures.
        confidence: [24] in [0, 1].
        contacts: [24] in [0, 1], how surely each joint touches the ground.
        seen: the camera and the picture it was seen through, where they are known.
    """

    frame: int
    poses: np.ndarray
    scores: np.ndarray
    pose: np.ndarray
    offsets: np.ndarray
    pelvis: np.ndarray
    view: np.ndarray
    place: Place
    drawn: np.ndarray
    confidence: np.ndarray
    contacts: np.ndarray = field(default_factory=lambda: np.zeros(24))
    seen: SourceView | None = None

    def posed(self, pose: np.ndarray) -> StoredStill:
        """The same figure in another pose."""
        return replace(self, pose=np.asarray(pose, float).reshape(72))

    def motion(self) -> BodyMotion:
        """The pose on the rig as a still."""
        joints = posed_joints(self.pose, self.offsets, self.pelvis)[None].astype(np.float32)
        return BodyMotion(
            poses=self.pose[None].astype(np.float32),
            trans=joints[:, 0],
            betas=np.zeros(10, np.float32),
            joints3d=joints,
            source=SourceNote("drawing", "reading"),
        )

    @property
    def active(self) -> int | None:
        """Which hypothesis is on the rig; None when it was changed by hand."""
        distance = np.abs(self.poses - self.pose).max(axis=1)
        best = int(distance.argmin())
        return best if distance[best] < 1e-5 else None


def result_of(
    motion: BodyMotion,
    place: Place,
    frame: int,
    drawn: np.ndarray,
    seen: SourceView | None = None,
) -> StoredStill:
    """What is worth keeping of an estimated still.

    Args:
        motion: one frame.
        place: where the figure stands.
        frame: scene frame of its keys.
        drawn: [24, 3] joints on the sheet; [0, 3] for pictures.
        seen: the camera it was seen through; None: the motion's own, without a picture.

    Raises:
        ValueError: the motion has no joint positions.
    """
    if motion.joints3d is None:
        raise ValueError("a motion without joint positions cannot be stored")
    pose = np.asarray(motion.poses[0], float)
    poses, scores = pose[None], np.ones(1)
    if motion.hypothesis_poses is not None and motion.hypothesis_scores is not None:
        poses = np.asarray(motion.hypothesis_poses[:, 0], float)
        scores = np.asarray(motion.hypothesis_scores, float)
    confidence = np.ones(24) if motion.confidence is None else motion.confidence[0]
    return StoredStill(
        frame=frame,
        poses=poses,
        scores=scores,
        pose=pose,
        offsets=rest_offsets(pose, motion.joints3d[0]),
        pelvis=np.asarray(motion.joints3d[0, 0], float),
        view=_view_of(motion),
        place=place,
        drawn=drawn,
        confidence=np.asarray(confidence, float),
        contacts=_contacts_of(motion),
        seen=seen or view_of_camera(motion),
    )


def store_still(target: Object, result: StoredStill) -> None:
    """Stores a result with the rig; one that was there for the same frame is replaced."""
    stored = {key: value.to_dict() for key, value in dict(target.get(KEY, {})).items()}
    stored[str(result.frame)] = to_plain(result)
    target[KEY] = stored


def stored_still_at(target: Object | None, frame: int) -> StoredStill | None:
    """The result that the rig shows at a frame: the last one at or before it."""
    if target is None or KEY not in target:
        return None
    frames = [int(key) for key in target[KEY].keys() if int(key) <= frame]  # noqa: SIM118
    if not frames:
        return None
    try:
        return from_plain(max(frames), target[KEY][str(max(frames))])
    except (KeyError, TypeError, ValueError):  # written by hand or by another version
        return None


def stored_frames(target: Object) -> list[int]:
    """All frames with a result, in order."""
    return sorted(int(key) for key in target.get(KEY, {}).keys())  # noqa: SIM118


def _view_of(motion: BodyMotion) -> np.ndarray:
    """The ray from the eye to the figure's hips, in the body's world."""
    if motion.camera_rotation is None:
        return np.array(_LEVEL_VIEW)
    camera = motion.camera_at(0)
    if motion.joints2d is None or camera is None:
        return np.asarray(motion.camera_rotation, float).reshape(-1, 3, 3)[0, 2]
    hips = np.asarray(motion.joints2d[0, 0], float)
    return camera.vectors_to_world(homogeneous(camera.normalized(hips)))


def _contacts_of(motion: BodyMotion) -> np.ndarray:
    """[24] how surely each joint touches the ground in a still."""
    contacts = np.zeros(24)
    if motion.contacts is not None:
        for name, value in zip(motion.contact_names or (), motion.contacts[0], strict=True):
            if name in SMPL_JOINT_NAMES:
                contacts[SMPL_JOINT_NAMES.index(name)] = value
    return contacts


def to_plain(result: StoredStill) -> dict[str, Any]:
    """The result as plain numbers, for custom properties and JSON; without its frame."""
    hips = [] if result.place.hips is None else result.place.hips
    arrays = {
        "poses": result.poses,
        "scores": result.scores,
        "pose": result.pose,
        "offsets": result.offsets,
        "pelvis": result.pelvis,
        "view": result.view,
        "hips": hips,
        "drawn": result.drawn,
        "confidence": result.confidence,
    }
    plain: dict[str, Any] = {
        name: [float(value) for value in np.ravel(array)] for name, array in arrays.items()
    }
    plain["on_ground"] = int(result.place.on_ground)
    plain["stand"] = [float(result.place.heading), float(result.place.ground)]
    plain["contacts"] = [float(value) for value in result.contacts]
    if result.seen is not None:
        plain["seen"] = result.seen.to_plain()
    return plain


def from_plain(frame: int, plain: Any) -> StoredStill:
    """Inverse of `to_plain`.

    Raises:
        KeyError, TypeError, ValueError: written by hand or by another version.
    """

    def array(name: str, *shape: int) -> np.ndarray:
        return np.array(list(plain[name]), float).reshape(shape)

    hips = array("hips", -1)
    heading, ground = array("stand", 2) if "stand" in plain else (0.0, 0.0)
    return StoredStill(
        frame=frame,
        poses=array("poses", -1, 72),
        scores=array("scores", -1),
        pose=array("pose", 72),
        offsets=array("offsets", 24, 3),
        pelvis=array("pelvis", 3),
        view=array("view", 3),
        place=Place(hips if len(hips) else None, bool(plain["on_ground"]), heading, ground),
        drawn=array("drawn", -1, 3),
        confidence=array("confidence", 24),
        contacts=array("contacts", 24) if "contacts" in plain else np.zeros(24),
        seen=SourceView.from_plain(plain["seen"]) if "seen" in plain else None,
    )
