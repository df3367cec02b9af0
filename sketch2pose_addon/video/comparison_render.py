"""Pictures of rigs that perform a clip: as the clip's camera sees them, and from the side.

They are rendered by Workbench in a scene of their own that is removed afterwards, so the user's
scene, its settings and its current frame stay as they are.

Frames: Blender's world; Blender's camera looks along its -z with y up.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
from mathutils import Matrix

from ...core.arrays import FloatArray
from ...core.errors import Sketch2PoseError
from ..host.pose_snapshot import take_snapshot
from ..results.motion_camera import set_lens
from .bone_proxy_mesh import add_stick_body, remove_stick_body
from .clip_and_rigs import Performance

if TYPE_CHECKING:
    from types import TracebackType

    from bpy.types import Context, Object, Scene

VIEWS = ("filmed", "side")
SIDE_SIZE = (480, 720)  # px
_TURN, _TILT = np.radians(70.0), np.radians(6.0)  # of the side view, from that of the clip
_ROOM, _FAR = 1.25, 50.0  # of the side view, in sizes of what is in it; meters away
_TILE, _AROUND, _LARGEST = 0.5, 1.0, 20.0  # meters of the floor
_TILES = ((0.30, 0.31, 0.33, 1.0), (0.22, 0.23, 0.25, 1.0))


class Studio:
    """A scene in which a performance is photographed; a context manager that leaves no trace."""

    def __init__(
        self, context: Context, performance: Performance, folder: Path, height: int, follow: bool
    ) -> None:
        """Set the scene up.

        Args:
            context: its scene's frame rate counts.
            performance: what is photographed.
            folder: receives `<view>_<frame of the clip>.png`.
            height: px of the pictures through the clip's camera.
            follow: let the view from the side go with the figure, as large as fits.

        Raises:
            Sketch2PoseError: a rig without a skin is not recognized; nothing is left.
        """
        self._performance, self._folder, self._follow = performance, folder, follow
        self._poses = [take_snapshot(rig) for rig in performance.rigs]
        self._sticks: list[Object] = []
        self._own: list[Object] = []
        self._scene: Any = _new_scene(context)  # None once closed
        try:
            self._fill(height)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Studio:
        return self

    def __exit__(
        self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.close()

    def shoot(self, row: int) -> None:
        """Take the pictures of one row of the performance.

        Raises:
            Sketch2PoseError: Blender rendered nothing.
        """
        performance = self._performance
        whole = int(np.floor(performance.frames[row]))
        self._scene.frame_set(whole, subframe=float(performance.frames[row] - whole))
        number = int(performance.motions[0].source_frames[row])
        cameras = performance.cameras
        self._filmed.matrix_world = Matrix(cameras[min(row, len(cameras) - 1)].tolist())
        if self._follow:
            self._aim_from_side(performance.joints[row])
        for view, camera, size in (
            (VIEWS[0], self._filmed, self._size), (VIEWS[1], self._side, SIDE_SIZE),
        ):  # fmt: skip
            self._render(camera, size, self._folder / f"{view}_{number:06d}.png")
        for pose in self._poses:  # another scene's frame moves the rigs of this one, too
            pose.restore()

    def close(self) -> None:
        """Remove all that was added; calling it again does nothing."""
        scene, self._scene = self._scene, None
        for body in self._sticks:
            remove_stick_body(body)
        for item in self._own:
            _remove(item)
        self._sticks, self._own = [], []
        if scene is not None:
            bpy.data.scenes.remove(scene)

    def _fill(self, height: int) -> None:
        performance, scene = self._performance, self._scene
        for rig in performance.rigs:
            scene.collection.objects.link(rig)
            skins = skins_of(rig)
            if not skins:
                self._sticks.append(add_stick_body(rig))
                skins = self._sticks[-1:]
            for skin in skins:
                scene.collection.objects.link(skin)
        self._own.append(_floor(performance))
        self._filmed, self._side = _camera("Filmed"), _camera("Side")
        self._own += [self._filmed, self._side]
        for item in self._own:
            scene.collection.objects.link(item)
        motion = performance.motions[0]
        set_lens(self._filmed.data, motion)
        width, full = (int(side) for side in motion.image_size)  # type: ignore[union-attr]
        self._size = (max(round(width * height / full), 1), height)
        self._side.data.type = "ORTHO"
        self._turn = side_view(performance.cameras[0][:3, :3])
        self._side.data.ortho_scale = self._side_scale(performance.joints)
        self._aim_from_side(performance.joints.reshape(-1, 3))

    def _side_scale(self, joints: FloatArray) -> float:
        """Metres that the longer side of the view from the side shows."""
        local = joints @ self._turn
        low, high = local.min(1), local.max(1)
        if not self._follow:
            low, high = low.min(0, keepdims=True), high.max(0, keepdims=True)
        sides = (high - low).max(0)[:2] / SIDE_SIZE * max(SIDE_SIZE)
        return max(float(sides.max()), 0.5) * _ROOM

    def _aim_from_side(self, joints: FloatArray) -> None:
        """Put the middle of these joints [N, 3] into the middle of the view from the side."""
        local = joints @ self._turn
        middle = (local.min(0) + local.max(0)) / 2
        matrix = np.eye(4)
        matrix[:3, :3] = self._turn
        matrix[:3, 3] = self._turn @ (middle + [0.0, 0.0, _FAR])
        self._side.matrix_world = Matrix(matrix.tolist())

    def _render(self, camera: Object, size: tuple[int, int], path: Path) -> None:
        render = self._scene.render
        render.resolution_x, render.resolution_y = size
        render.filepath = str(path)
        self._scene.camera = camera
        here = {"scene": self._scene, "view_layer": self._scene.view_layers[0]}
        try:
            with bpy.context.temp_override(**here):  # it renders the frame of the context's scene
                bpy.ops.render.render(write_still=True)
        except RuntimeError as error:
            raise _not_rendered(str(error)) from error
        if not path.is_file():
            raise _not_rendered("it rendered no image")


def skins_of(rig: Object) -> list[Object]:
    """Meshes that a rig moves and that are rendered."""

    def is_moved(item: Object) -> bool:
        modified = any(m.type == "ARMATURE" and m.object == rig for m in item.modifiers)  # type: ignore[attr-defined]
        return modified or item.parent == rig

    meshes = [item for item in bpy.data.objects if item.type == "MESH" and not item.hide_render]
    return [item for item in meshes if is_moved(item)]


def side_view(filmed: FloatArray) -> FloatArray:
    """Orientation [3, 3] of a camera that looks from the side of another, a little from above.

    Args:
        filmed: [3, 3] the other camera's, world from camera.

    Returns:
        World from camera; what was far away is on the right.
    """
    ahead = -filmed[:, 2] * [1.0, 1.0, 0.0]
    if np.linalg.norm(ahead) < 1e-6:  # it looks straight down
        ahead = filmed[:, 1] * [1.0, 1.0, 0.0]
    ahead /= np.linalg.norm(ahead)
    right = np.array([ahead[1], -ahead[0], 0.0])
    across = np.cos(_TURN) * right + np.sin(_TURN) * ahead
    level = np.cos(_TURN) * ahead - np.sin(_TURN) * right
    look = np.cos(_TILT) * level - np.sin(_TILT) * np.array([0.0, 0.0, 1.0])
    return np.stack([across, np.cross(-look, across), -look], axis=1)


def _new_scene(context: Context) -> Scene:
    """An empty scene that Workbench renders, with the frame rate of the user's."""
    scene = bpy.data.scenes.new("Sketch2Pose Studio")
    render, usual = scene.render, context.scene.render
    render.fps, render.fps_base = usual.fps, usual.fps_base
    render.engine = "BLENDER_WORKBENCH"
    render.resolution_percentage, render.film_transparent = 100, True
    render.use_file_extension = False
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "IMAGE"
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"
    render.image_settings.compression = 15
    scene.view_settings.view_transform = "Standard"
    shading = scene.display.shading
    shading.light, shading.color_type = "STUDIO", "MATERIAL"
    shading.show_shadows, shading.show_cavity = True, True
    scene.display.render_aa = "5"
    scene.display.light_direction = (0.2, 0.3, 0.93)  # shadows fall under the feet
    return scene


def _camera(name: str) -> Object:
    return bpy.data.objects.new(name, bpy.data.cameras.new(name))


def _floor(performance: Performance) -> Object:
    """Chequered tiles under the performance: feet that sink in are hidden by them."""
    places = performance.joints.reshape(-1, 3)[:, :2]
    low = np.floor((places.min(0) - _AROUND) / _TILE)
    high = np.minimum(np.ceil((places.max(0) + _AROUND) / _TILE), low + _LARGEST / _TILE)
    corners, faces, kinds = [], [], []
    for x in range(int(low[0]), int(high[0])):
        for y in range(int(low[1]), int(high[1])):
            faces.append(tuple(range(len(corners), len(corners) + 4)))
            kinds.append((x + y) % 2)
            for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1)):
                corners.append(((x + dx) * _TILE, (y + dy) * _TILE, performance.floor))
    mesh = bpy.data.meshes.new("Studio Floor")
    mesh.from_pydata(corners, [], faces)
    for number, colour in enumerate(_TILES):
        mesh.materials.append(bpy.data.materials.new(f"Studio Floor {number}"))
        mesh.materials[number].diffuse_color = colour
    mesh.polygons.foreach_set("material_index", kinds)
    return bpy.data.objects.new("Studio Floor", mesh)


def _remove(item: Object) -> None:
    """Remove an object of the studio with its data."""
    data = item.data
    bpy.data.objects.remove(item)
    if isinstance(data, bpy.types.Camera):
        bpy.data.cameras.remove(data)
    elif isinstance(data, bpy.types.Mesh):
        materials = list(data.materials)
        bpy.data.meshes.remove(data)
        for material in materials:
            bpy.data.materials.remove(material)


def _not_rendered(why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "The rig could not be rendered",
        f"Workbench rendered no image ({why.removeprefix('Error: ').strip()})",
        "Start Blender where OpenGL or Vulkan works (a driver, or Mesa without a screen)",
        "beside.render",
    )
