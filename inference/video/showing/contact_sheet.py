"""Telling frames of a clip on one sheet: the seen person large, the rig in the same pose beside it.

Conventions: pictures are BGR; boxes are px of the clip, origin top left.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from ....core.arrays import ByteArray
from ....core.body_motion import BodyMotion
from ....core.whole_file import write_whole
from ...report import Report
from .overlay import PAPER, fitted_size, floor_lines, pixels_of, row_at, seen_picture

if TYPE_CHECKING:
    from .side_by_side import Beside

CELL_HEIGHT = 420  # px of every part of a cell
SHEET_WIDTH = 2200  # px that a sheet has at most, unless one cell is wider
LABEL_HEIGHT, GAP = 26, 10  # px
ROOM = 1.4  # of a box, in sizes of the person
NARROWEST = 0.6  # width of a box, in heights
INK = (210, 214, 218)

Box = tuple[int, int, int, int]


def write_sheet(path: Path, what: "Beside", report: Report) -> None:
    """Write a sheet as PNG, whole or not at all.

    Args:
        path: of the sheet.
        what: is shown on it.
        report: progress and cancel.

    Raises:
        Sketch2PoseError: the clip or a picture cannot be read, or the sheet not be written.
    """
    person = what.motions[0]
    size, floor = box_size(person, what.frames), floor_lines(what.motions)
    with what.opened() as clip:
        cells = [
            _cell(
                what, rgb, clip.scale, number, box_at(person, number, size, clip.image_size), floor
            )
            for number, rgb in what.shown(clip, report)
        ]
    write_whole(path, cv2.imencode(".png", arranged(cells))[1].tobytes())


def box_size(person: BodyMotion, frames: tuple[int, ...]) -> tuple[float, float]:
    """Width and height, px of the clip, in which the person fits at every frame that is shown."""
    sizes = [np.ptp(pixels_of(person, row), axis=0) for row in _rows(person, frames)]
    width, height = np.max(sizes, axis=0) * ROOM
    height = max(height, width / 1.5)
    return max(width, NARROWEST * height), height


def box_at(
    person: BodyMotion, frame: int, size: tuple[float, float], image_size: tuple[int, int]
) -> Box:
    """Left, top, width, height of the part of a frame that is shown, within the clip."""
    seen = pixels_of(person, _rows(person, (frame,))[0])
    sides = np.minimum(np.array(size), image_size)
    corner = (seen.min(0) + seen.max(0) - sides) / 2
    corner = np.clip(corner, 0, np.array(image_size) - sides)
    left, top, width, height = np.round([*corner, *sides]).astype(int)
    return int(left), int(top), int(width), int(height)


def arranged(cells: list[ByteArray]) -> ByteArray:
    """Cells [h, w, 3] of one size in rows, from left to right, on paper [H, W, 3]."""
    height, width = cells[0].shape[:2]
    columns = int(np.clip((SHEET_WIDTH + GAP) // (width + GAP), 1, len(cells)))
    rows = -(-len(cells) // columns)
    sheet = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), PAPER)
    for number, cell in enumerate(cells):
        top, left = (height + GAP) * (number // columns), (width + GAP) * (number % columns)
        sheet[top : top + height, left : left + width] = cell
    return sheet.astype(np.uint8)


def _rows(person: BodyMotion, frames: tuple[int, ...]) -> list[int]:
    rows = [row_at(person, frame) for frame in frames]
    return [row for row in rows if row is not None]


def _cell(
    what: "Beside", rgb: ByteArray, scale: float, frame: int, box: Box, floor: NDArray[np.floating]
) -> ByteArray:
    """One frame: the clip with skeletons, the rig as the camera sees it, the other views."""
    zoom = CELL_HEIGHT / box[3]
    whole = (round(rgb.shape[1] / scale * zoom), round(rgb.shape[0] / scale * zoom))
    seen = seen_picture(rgb, scale, frame, what.motions, floor, whole)
    rigs = cv2.resize(what.rendered(what.views[0], frame, whole[1]), whole)
    width = fitted_size((box[2], box[3]), CELL_HEIGHT)[0]
    parts = [_cut(seen, box, zoom, width), _cut(np.asarray(rigs, np.uint8), box, zoom, width)]
    parts += [what.rendered(view, frame, CELL_HEIGHT) for view in what.views[1:]]
    shown = np.concatenate(parts, axis=1)
    return np.concatenate([_label(what.motions[0], frame, shown.shape[1]), shown])


def _cut(picture: ByteArray, box: Box, zoom: float, width: int) -> ByteArray:
    """The part of a picture, which is `zoom` times the clip, that a box shows."""
    left = int(np.clip(round(box[0] * zoom), 0, max(picture.shape[1] - width, 0)))
    top = int(np.clip(round(box[1] * zoom), 0, max(picture.shape[0] - CELL_HEIGHT, 0)))
    part = picture[top : top + CELL_HEIGHT, left : left + width]
    return np.asarray(cv2.resize(part, (width, CELL_HEIGHT)), np.uint8)


def _label(person: BodyMotion, frame: int, width: int) -> ByteArray:
    """Number of the frame, and which parts of the feet are said to rest on the ground."""
    paper = np.full((LABEL_HEIGHT, width, 3), PAPER, np.uint8)
    text = " ".join([f"frame {frame}", *resting(person, frame)])
    cv2.putText(paper, text, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
    return paper


def resting(person: BodyMotion, frame: int) -> list[str]:
    """Names of what rests on the ground at a frame, "left_foot" and the like."""
    row = row_at(person, frame)
    if row is None or person.contacts is None or person.contact_names is None:
        return []
    pairs = zip(person.contact_names, person.contacts[row], strict=True)
    return [name for name, share in pairs if share > 0.5]
