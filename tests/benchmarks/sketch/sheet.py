"""Contact sheets: each drawing beside its posed body from the same view and from the side.

Left limbs are drawn warm and right limbs cold, so that an exchange of sides shows at once.
Conventions: camera space is OpenCV's; pictures are BGR uint8.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sketch2pose.core.axes import LEVEL_ROTATION
from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.smpl import SMPL_JOINT_NAMES
from sketch2pose.inference.body.model import BodyModel, load_default_body
from sketch2pose.inference.pictures.page import Page, load_page

from .metrics import LIMB_CHAINS, limb_points
from .observed import observe
from .raster import NOTHING, face_normals, rasterise

Array = NDArray[np.floating]
Picture = NDArray[np.uint8]

TILE = 200  # px
CAPTION = 30  # px
_COLUMNS = 4  # drawings a row

_PAPER = (255, 255, 255)
_NEUTRAL, _LEFT, _RIGHT = (205, 205, 205), (90, 130, 245), (240, 160, 90)
_TURN_TO_SIDE = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


class Entry(NamedTuple):
    """One drawing of a sheet: what was drawn, who was found, and a line about it."""

    drawing: Path | Page
    motions: Sequence[BodyMotion]
    caption: str
    truth: Array | None = None  # [J, 2] px of the true joints


def write_sheets(entries: Sequence[Entry], folder: Path, stem: str, rows: int = 7) -> list[Path]:
    """Write stem_1.jpg, stem_2.jpg, … and return their paths; small, as they are committed."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    per_sheet = rows * _COLUMNS
    for number, first in enumerate(range(0, len(entries), per_sheet), start=1):
        cells = [_cell(entry) for entry in entries[first : first + per_sheet]]
        cells += [np.full_like(cells[0], 255)] * (-len(cells) % _COLUMNS)
        lines = [np.hstack(cells[i : i + _COLUMNS]) for i in range(0, len(cells), _COLUMNS)]
        path = folder / f"{stem}_{number}.jpg"
        cv2.imwrite(str(path), np.vstack(lines), [cv2.IMWRITE_JPEG_QUALITY, 70])
        paths.append(path)
    return paths


def _cell(entry: Entry) -> Picture:
    views = [_drawing_tile(entry), *_body_tiles(entry.motions)]
    strip = np.full((CAPTION, TILE * len(views), 3), 255, np.uint8)
    cv2.putText(strip, entry.caption, (4, 19), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, 16)
    cell = np.vstack([np.hstack(views), strip])
    cv2.rectangle(cell, (0, 0), (cell.shape[1] - 1, cell.shape[0] - 1), (170, 170, 170), 1)
    return cell


def _drawing_tile(entry: Entry) -> Picture:
    page = entry.drawing if isinstance(entry.drawing, Page) else load_page(entry.drawing)
    scale = TILE / max(page.image_size)
    width, height = (max(round(side * scale), 1) for side in page.image_size)
    picture = np.asarray(cv2.resize(page.gray, (width, height), interpolation=cv2.INTER_AREA))
    tile = np.full((TILE, TILE, 3), 255, np.uint8)
    tile[:height, :width] = picture[..., None]
    for motion in entry.motions:
        _draw_limbs(tile, limb_points(observe(motion).joints2d) * scale)
    for x, y in [] if entry.truth is None else entry.truth * scale:
        cv2.circle(tile, (round(x), round(y)), 2, (60, 170, 60), -1, cv2.LINE_AA)
    return tile


def _draw_limbs(tile: Picture, limbs: Array) -> None:
    for number, chain in enumerate(LIMB_CHAINS):
        colour = _LEFT if number % 2 == 0 else _RIGHT
        points = np.round(limbs[list(chain)] * 8).astype(np.int32)
        cv2.polylines(tile, [points], False, colour, 2, cv2.LINE_AA, 3)


def _body_tiles(motions: Sequence[BodyMotion]) -> list[Picture]:
    if not motions:
        empty = np.full((TILE, TILE, 3), 245, np.uint8)
        cv2.putText(empty, "nobody found", (50, 105), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1)
        return [empty, empty.copy()]
    body = load_default_body()
    skins = [camera_skin(motion, body) for motion in motions]
    seen = observe(motions[0])
    scale = TILE / float(np.max(seen.image_size))
    same = _render(skins, body, seen.focal * scale, seen.center * scale)
    return [same, _render_side(world_skin(motions[0], body) @ LEVEL_ROTATION.T, body)]


def camera_skin(motion: BodyMotion, body: BodyModel) -> Array:
    """[V, 3] skin of the first frame in camera space, metres."""
    return observe(motion).in_camera(world_skin(motion, body))


def world_skin(motion: BodyMotion, body: BodyModel) -> Array:
    """[V, 3] skin of the first frame in the world, metres."""
    return body.forward_vertices(motion.poses[:1], motion.trans[:1], motion.betas)[1][0]


def _render_side(skin: Array, body: BodyModel) -> Picture:
    """From the side as it stands in the world: leaning shows. skin: before a level camera."""
    middle = (skin.min(0) + skin.max(0)) / 2.0
    extent = float(np.ptp(skin, axis=0).max())
    distance = 8.0 * extent  # nearly parallel projection
    turned = (skin - middle) @ _TURN_TO_SIDE.T + [0.0, 0.0, distance]
    focal = 0.9 * TILE * (distance - extent / 2.0) / extent
    return _render([turned], body, focal, np.full(2, TILE / 2.0))


def _render(skins: Sequence[Array], body: BodyModel, focal: float, center: Array) -> Picture:
    points = np.concatenate(skins)
    count = len(body.v_template)
    faces = np.concatenate([body.faces + count * person for person in range(len(skins))])
    tile = np.full((TILE, TILE, 3), _PAPER, np.uint8)
    if points[:, 2].min() <= 0.0:
        return tile  # a body behind the camera has no picture
    seen = rasterise(points, faces, focal, center, TILE)
    shade = 0.45 + 0.55 * np.abs(face_normals(points, faces)[:, 2])
    colours = np.tile(_face_colours(body), (len(skins), 1)) * shade[:, None]
    shown = seen.face != NOTHING
    tile[shown] = colours[seen.face[shown]].astype(np.uint8)
    return tile


def _face_colours(body: BodyModel) -> Array:
    strongest = np.take_along_axis(
        body.weight_joints, body.weight_values.argmax(1)[:, None], axis=1
    )[:, 0]
    sides = [_side_colour(name) for name in SMPL_JOINT_NAMES]
    return np.array(sides, float)[strongest[body.faces[:, 0]]]


def _side_colour(joint: str) -> tuple[int, int, int]:
    if joint.startswith("left"):
        return _LEFT
    return _RIGHT if joint.startswith("right") else _NEUTRAL
