"""Contact sheets of the pose library, to be looked at: each pose from the front and from the side.

    python -m sketch2pose.inference.training.key_poses.render_sheets
        --out build/key_poses [--match yoga]

Left limbs are drawn warm, right limbs cool. The number is the deepest overlap of the limbs in
centimetres.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.rotations import rotmat_from_rotvec
from ...solver import tree
from ..synthesis.body_lines import low_poly_body, rasterise
from . import clearance
from .library import AuthoredPose, load_library

TILE = 190
COLUMNS = 4
ROWS = 8
VIEWS = (25.0, 100.0)
"""Degrees the figure is turned to its right, for the two pictures of a pose."""
SIDE_COLORS = np.array([[190, 190, 190], [110, 150, 235], [225, 165, 90]], np.float32)
LEFT_PARTS = (1, 4, 7, 10, 13, 16, 18, 20, 22)
RIGHT_PARTS = (2, 5, 8, 11, 14, 17, 19, 21, 23)


def tile(pose: Array, degrees: float) -> NDArray[np.uint8]:
    """Picture [TILE, TILE, 3] of a pose [24, 3, 3] standing on the ground."""
    vertices, side = _skinned(pose)
    turn = rotmat_from_rotvec(np.array([0, -np.deg2rad(degrees), 0]))
    tilt = rotmat_from_rotvec(np.array([np.deg2rad(10), 0, 0]))
    view = vertices @ (tilt @ turn).T * np.array([1, -1, -1])
    middle = (view[:, :2].min(0) + view[:, :2].max(0)) / 2
    extent = max(float(np.ptp(view[:, 0])), float(np.ptp(view[:, 1])), 1.2)
    scale = TILE * 0.86 / extent
    pixels = ((view[:, :2] - middle) * scale + TILE / 2).astype(np.float32)
    faces = low_poly_body().faces
    depth, label = rasterise(pixels, view[:, 2].astype(np.float32), faces, side, TILE)
    return _shaded(depth, label, scale)


def _skinned(pose: Array) -> tuple[Array, NDArray[np.int32]]:
    """Vertices [V, 3] and their side (0 middle, 1 left, 2 right)."""
    body = low_poly_body()
    rest = tree.rest_body(body.rest.astype(np.float64))
    world = tree.world_from_local(pose[None])
    points = tree.positions(world, rest)[0]
    offset = points - (world[0] @ body.rest[:, :, None])[..., 0]
    turns = np.einsum("vk,vkij->vij", body.weights, world[0][body.joints])
    shifts = np.einsum("vk,vki->vi", body.weights, offset[body.joints])
    part = body.joints[np.arange(len(body.joints)), body.weights.argmax(1)]
    side = np.isin(part, LEFT_PARTS) + 2 * np.isin(part, RIGHT_PARTS)
    return np.einsum("vij,vj->vi", turns, body.vertices) + shifts, side.astype(np.int32)


def _shaded(depth: Array, label: NDArray[np.int32], scale: float) -> NDArray[np.uint8]:
    """Lambert shading from the z-buffer, light over the viewer's left shoulder."""
    filled = np.where(depth > 1e8, np.nan, depth) * scale
    right, down = np.gradient(filled, axis=1), np.gradient(filled, axis=0)
    normal = np.stack([right, down, -np.ones_like(right)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = np.nan_to_num(normal @ np.array([-0.35, -0.5, -0.79]), nan=0.35)
    color = SIDE_COLORS[np.maximum(label, 0)] * np.clip(0.35 + 0.65 * light, 0.2, 1)[..., None]
    return np.where((label < 0)[..., None], 255, color).astype(np.uint8)


def sheet(poses: list[AuthoredPose], first: int) -> NDArray[np.uint8]:
    """One page of up to COLUMNS x ROWS poses."""
    page = np.full((ROWS * (TILE + 18), COLUMNS * 2 * TILE, 3), 255, np.uint8)
    for index, pose in enumerate(poses):
        top = index // COLUMNS * (TILE + 18)
        left = index % COLUMNS * 2 * TILE
        rotations = pose.rotations()
        for column, degrees in enumerate(VIEWS):
            x = left + column * TILE
            page[top : top + TILE, x : x + TILE] = tile(rotations, degrees)
        overlap = 100 * clearance.deepest_overlap(rotations)
        text = f"{first + index} {pose.name} {overlap:.0f}"
        place = (left + 4, top + TILE + 12)
        cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return page


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--match", default="", help="only poses with this in a tag or the name")
    arguments = parser.parse_args()
    poses = [
        pose
        for pose in load_library()
        if any(arguments.match in text for text in (pose.name, *pose.tags))
    ]
    arguments.out.mkdir(parents=True, exist_ok=True)
    page_size = COLUMNS * ROWS
    for page, start in enumerate(range(0, len(poses), page_size)):
        picture = sheet(poses[start : start + page_size], start)
        cv2.imwrite(str(arguments.out / f"sheet_{page:02d}.png"), picture)


if __name__ == "__main__":
    main()
