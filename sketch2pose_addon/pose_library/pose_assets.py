"""Poses as Blender assets: one-frame actions of a rig, with catalog, tags and thumbnail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ...core.arrays import Float32Array
from ...core.errors import Sketch2PoseError
from ...rigs import BoneMap, Skeleton, retarget
from ...rigs.poses.library import KeyPose, PoseLibrary
from ..host import keyframes
from ..host.armatures import bone_map_of, read_skeleton, refusal
from ..host.keyframes import Channel
from .asset_catalogs import add_catalogs, catalog_path
from .key_pose import human_of_key_pose, index, retarget_options
from .thumbnails import draw_now, fill_preview

if TYPE_CHECKING:
    from bpy.types import Action, Object

THUMBNAIL = 256  # px, as Blender's own previews
_FRAME = np.array([1.0])


@dataclass(frozen=True)
class AssetNote:
    """What the asset browser shows of a pose.

    Attributes:
        name: of the asset.
        catalog: identifier, empty for none.
        tags: words to filter by.
        description: a line of text.
        picture: its thumbnail.
    """

    name: str
    catalog: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    picture: Float32Array | None = None


def add_pose_asset(target: Object, channels: list[Channel], note: AssetNote) -> Action:
    """Make an action that holds one pose, marked as an asset; the rig's own action stays.

    Args:
        target: the rig.
        channels: one frame each.
        note: what is shown of it.
    """
    had_data = target.animation_data is not None
    before = keyframes.active_action(target)
    stored = before[0].use_fake_user if before[0] is not None else False
    action = keyframes.new_action(target, note.name)
    keyframes.write_keys(target, action, channels, _FRAME)
    _give_back(target, before, had_data)
    if before[0] is not None:
        before[0].use_fake_user = stored
    action.asset_mark()
    data = action.asset_data
    data.description = note.description
    if note.catalog:
        data.catalog_id = note.catalog
    for tag in note.tags:
        data.tags.new(tag, skip_if_exists=True)
    if note.picture is not None:
        fill_preview(action.preview_ensure(), note.picture)
    return action


def _give_back(target: Object, before: tuple, had_data: bool) -> None:
    if not had_data:
        target.animation_data_clear()
        return
    data = target.animation_data
    data.action = before[0]
    if keyframes.SLOTTED and before[0] is not None:
        data.action_slot = before[1]


def present_channels(target: Object) -> list[Channel]:
    """The pose as it stands: the mapped bones, and all selected ones in Pose Mode.

    Raises:
        Sketch2PoseError: the rig is not recognized.
    """
    wanted = set(bone_map_of(target).bones.values())
    bones = target.pose.bones
    if target.mode == "POSE":
        wanted |= {bone.name for bone in bones if _is_selected(bone)}
    return [channel for bone in bones if bone.name in wanted for channel in _channels(bone)]


def _is_selected(bone: bpy.types.PoseBone) -> bool:
    return bool(bone.select if hasattr(bone, "select") else bone.bone.select)  # moved in 5.0


def _channels(bone: bpy.types.PoseBone) -> Iterator[Channel]:
    """Rotation in the bone's mode, location, and its switches."""
    rotation = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}
    names = [rotation.get(bone.rotation_mode, "rotation_euler")]
    names += [] if bone.bone.use_connect and bone.parent else ["location"]
    for name in names:
        path = keyframes.bone_path(bone.name, name)
        yield Channel(bone.name, path, np.array([getattr(bone, name)], dtype=float))
    for key, value in bone.items():
        if isinstance(value, float | int) and not key.startswith("_"):
            path = f'{keyframes.bone_path(bone.name)}["{bpy.utils.escape_identifier(key)}"]'
            yield Channel(bone.name, path, np.array([[float(value)]]), is_array=False, held=True)


class LibraryBuilder:
    """Writes all key poses for one rig into a .blend file, pose by pose.

    The actions are made in the present file and taken out again when they are written.
    """

    def __init__(self, target: Object, file: Path) -> None:
        """Check what can be checked before anything is made.

        Raises:
            Sketch2PoseError: the rig is not recognized or the library cannot be read.
        """
        if (problem := refusal(target)) is not None:
            raise problem
        self.file = file
        self._rig = target.name
        self._skeleton: Skeleton = read_skeleton(target)
        self._bone_map: BoneMap = bone_map_of(target, self._skeleton)
        self._library: PoseLibrary = index().library
        self._catalogs: dict[str, str] = {}
        self._made: list[str] = []

    @property
    def count(self) -> int:
        """Number of poses."""
        return len(self._library.poses)

    def steps(self) -> Iterator[int]:
        """Makes one pose a step and yields how many are made; writes the file at the end.

        Raises:
            Sketch2PoseError: the folder cannot be written, or the rig vanished.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        paths = [catalog_path(name) for name in self._library.categories]
        self._catalogs = add_catalogs(self.file.parent, paths)
        for number, pose in enumerate(self._library.poses, start=1):
            self._make(pose)
            yield number
        self._write()

    def clear(self) -> None:
        """Takes the actions out of the present file again."""
        present = [bpy.data.actions.get(name) for name in self._made]
        bpy.data.batch_remove([action for action in present if action is not None])
        self._made.clear()

    def _make(self, pose: KeyPose) -> None:
        target = bpy.data.objects.get(self._rig)
        if target is None:
            why = f'"{self._rig}" was removed in the meantime'
            raise Sketch2PoseError(
                "The library was not built", why, "Build the library again", "assets.rig"
            )
        human = human_of_key_pose(self._library, pose)
        tracks = retarget(human, self._skeleton, self._bone_map, retarget_options(pose))
        note = AssetNote(
            pose.title,
            self._catalogs[catalog_path(pose.category)],
            pose.tags,
            "Key pose of Sketch2Pose",
            draw_now(pose.pose, size=THUMBNAIL // 2),
        )
        self._made.append(add_pose_asset(target, keyframes.channels_of(target, tracks), note).name)

    def _write(self) -> None:
        actions = {bpy.data.actions[name] for name in self._made}
        try:
            bpy.data.libraries.write(str(self.file), actions, fake_user=True, compress=True)
        except (OSError, RuntimeError) as error:
            raise Sketch2PoseError(
                "The library could not be saved",
                f"{self.file.name}: {error}",
                "Choose a folder that you may write to",
                "assets.write",
            ) from error


def save_own_pose(target: Object, name: str, catalog: str, picture: Float32Array | None) -> str:
    """Save the rig's pose as an asset of the present file; returns a note for the user, or "".

    A catalog needs a folder to be written to: that of the saved .blend file.

    Raises:
        Sketch2PoseError: the rig is not recognized, or the catalogs cannot be written.
    """
    if (problem := refusal(target)) is not None:
        raise problem
    channels = present_channels(target)
    identifier, note = "", ""
    if catalog.strip() and bpy.data.filepath:
        path = catalog_path(catalog)
        identifier = add_catalogs(Path(bpy.data.filepath).parent, [path])[path]
    elif catalog.strip():
        note = "Save the blend file to assign poses to a catalog"
    add_pose_asset(target, channels, AssetNote(name, identifier, (), "", picture))
    return note
