"""Line art of the default body: silhouettes, creases and part seams from a z-buffer.

A decimated copy of the body (about 3 cm voxels), dressed by ``costume``, is skinned with the
artist's proportions, projected and rasterised at twice the canvas size; lines are drawn where
depth jumps, where parts meet and along the marks that lie on the skin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numba
import numpy as np

from ...body.model import load_default_body
from .figure import Figures
from .layout import JOINTS, PARENTS
from .pens import Pen

OVERSAMPLING = 2
VOXEL = 0.028  # metres
# Body regions whose seams may be drawn (collars, cuffs, waist): index per SMPL joint.
REGIONS = np.array([0, 1, 2, 0, 3, 4, 0, 5, 6, 0, 5, 6, 7, 0, 0, 8, 9, 10, 11, 12, 13, 14, 13, 14])
HAIR, SKIRT = 15, 16  # regions that a costume adds
REGION_COUNT = 17
HIDDEN_BY = 0.03  # metres: a mark deeper than that behind the surface is not seen


@dataclass(frozen=True)
class LowPolyBody:
    """The default body with few faces.

    Attributes:
        vertices: [V, 3] T-pose; shapes: [V, 3, 10]; weights: [V, 4] with joints: [V, 4];
        faces: [F, 3]; region: [V]; rest: [24, 3] joints; rest_shapes: [24, 3, 10].
        strokes: marks on the skin, each the indices of its vertices (which no face uses).
        tones: [17] grey of each region, -1 = none of its own.
    """

    vertices: np.ndarray
    shapes: np.ndarray
    weights: np.ndarray
    joints: np.ndarray
    faces: np.ndarray
    region: np.ndarray
    rest: np.ndarray
    rest_shapes: np.ndarray
    strokes: tuple[np.ndarray, ...] = ()
    tones: np.ndarray = field(default_factory=lambda: np.full(REGION_COUNT, -1, np.int32))


@lru_cache(maxsize=1)
def low_poly_body() -> LowPolyBody:
    """Decimates the default body."""
    body = load_default_body()
    keep, faces = _cluster_vertices(body.v_template, body.faces.astype(np.int64))
    joints, weights = body.weight_joints[keep].astype(np.int64), body.weight_values[keep]
    strongest = np.take_along_axis(joints, weights.argmax(1)[:, None], 1)[:, 0]
    return LowPolyBody(
        body.v_template[keep].astype(np.float32),
        body.shapedirs[keep].astype(np.float32),
        weights.astype(np.float32),
        joints,
        faces,
        REGIONS[strongest],
        body.joints_template.astype(np.float32),
        body.joint_shapedirs.astype(np.float32),
    )


def _cluster_vertices(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertex clustering: one vertex per voxel, finer at hands and head where detail matters."""
    fine = (np.abs(vertices[:, 0]) > 0.6) | (vertices[:, 1] > vertices[:, 1].max() - 0.28)
    size = np.where(fine, VOXEL * 0.6, VOXEL)[:, None]
    cells = np.concatenate([np.floor(vertices / size).astype(np.int64), fine[:, None]], 1)
    _, first, inverse = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    mapped = inverse.reshape(-1)[faces]
    whole = (
        (mapped[:, 0] != mapped[:, 1])
        & (mapped[:, 1] != mapped[:, 2])
        & (mapped[:, 0] != mapped[:, 2])
    )
    return first, np.unique(mapped[whole], axis=0)


def skin(body: LowPolyBody, figures: Figures, index: int, rng: np.random.Generator) -> np.ndarray:
    """Vertices [V, 3] in view space of one figure, with its proportions and a random shape."""
    betas = (rng.normal(0, 0.9, 10) * (rng.random() < 0.85)).astype(np.float32)
    vertices = body.vertices + body.shapes @ betas
    rest = body.rest + body.rest_shapes @ betas
    scale = _segment_scales(figures.scales[index])
    rotation = figures.rotations[index] * scale[:, None, None]
    offset = figures.drawn[index, :JOINTS] - (rotation @ rest[:, :, None])[..., 0]
    blended_rotation = np.einsum("vk,vkij->vij", body.weights, rotation[body.joints])
    blended_offset = np.einsum("vk,vki->vi", body.weights, offset[body.joints])
    return np.einsum("vij,vj->vi", blended_rotation, vertices) + blended_offset


def _segment_scales(scales: np.ndarray) -> np.ndarray:
    """How much the flesh around each joint grows: the mean of the bones that leave it."""
    segment = np.ones(JOINTS, np.float32)
    for joint in range(JOINTS):
        children = np.flatnonzero(joint == PARENTS)
        segment[joint] = scales[children].mean() if len(children) else scales[joint]
    segment[15] = scales[24]
    return segment


def draw_body(
    ink: np.ndarray,
    body: LowPolyBody,
    pixels: np.ndarray,
    depth: np.ndarray,
    pen: Pen,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draws the body's lines on the canvas.

    Args:
        ink: canvas, changed in place.
        body: the body in its costume.
        pixels: [V, 2] projected vertices, px.
        depth: [V] metres.
        pen: width and darkness of the lines.
        rng: chooses which lines and fills.

    Returns:
        The silhouette as a bool mask [S, S].
    """
    size = ink.shape[0] * OVERSAMPLING
    fine = pixels.astype(np.float32) * OVERSAMPLING
    buffer, region = rasterise(
        fine,
        depth.astype(np.float32),
        body.faces,
        body.region,
        size,
    )
    inside = region >= 0
    lines = _lines(buffer, region, inside, rng)
    for stroke in body.strokes:
        _mark(lines, fine[stroke], depth[stroke], buffer)
    fat = pen.width * OVERSAMPLING - 1
    if fat > 1:
        lines = cv2.dilate(lines, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (fat, fat)))
    if pen.wobble > 0.3:
        lines = _tremble(lines, pen.wobble * OVERSAMPLING, rng)
    lines = cv2.resize(lines, ink.shape[::-1], interpolation=cv2.INTER_AREA)
    mask = cv2.resize(inside.astype(np.uint8) * 255, ink.shape[::-1], interpolation=cv2.INTER_AREA)
    colours = _region_tones(region, body.tones, ink.shape)
    _paint(ink, mask, lines, pen, buffer, colours, rng)
    return mask > 127


def _mark(lines: np.ndarray, path: np.ndarray, depth: np.ndarray, buffer: np.ndarray) -> None:
    """Draws the part of a mark (px, metres) that nothing hides."""
    at = np.clip(path, 0, len(buffer) - 1).astype(np.int64)
    seen = depth < buffer[at[:, 1], at[:, 0]] + HIDDEN_BY
    for a, b, shown in zip(path[:-1], path[1:], seen[:-1] & seen[1:], strict=True):
        if shown:
            cv2.line(lines, tuple(map(int, a)), tuple(map(int, b)), (255,), 1)


def _region_tones(
    region: np.ndarray, tones: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray | None:
    """Greys of the garments as an image, or None when the drawing is not coloured by garment."""
    if (tones < 0).all():
        return None
    grey = np.where(region >= 0, np.maximum(tones, 0)[region], 0).astype(np.uint8)
    return cv2.resize(grey, shape[::-1], interpolation=cv2.INTER_AREA)


def _paint(ink, mask, lines, pen: Pen, buffer, colours, rng) -> None:
    """Covers what is behind, fills the body (white, grey, shaded, black) and adds its lines."""
    tone = np.zeros_like(ink)
    kind = rng.random()
    if colours is not None:
        tone = colours
    elif kind < 0.10:
        tone[:] = pen.ink
    elif kind < 0.22:
        tone[:] = rng.integers(15, 150)
    elif kind < 0.32:
        tone = _shade(buffer, ink.shape, rng)
    elif kind < 0.40:
        tone = _hatch(ink.shape, pen, rng)
    soft = mask.astype(np.uint16)
    ink[:] = ((ink * (255 - soft) + tone * soft) // 255).astype(np.uint8)
    np.maximum(ink, (lines.astype(np.uint16) * pen.ink // 255).astype(np.uint8), out=ink)


def _lines(
    buffer: np.ndarray, region: np.ndarray, inside: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    threshold = float(rng.choice([0.02, 0.035, 0.06, 0.12]))
    far = buffer.copy()
    far[~inside] = (buffer[inside].max() if inside.any() else 0.0) + 0.5
    if rng.random() < 0.18:  # silhouette only
        far[inside] = 0.0
    seams = rng.random(REGION_COUNT) < (0.35 if rng.random() < 0.3 else 0.04)
    seams[[HAIR, SKIRT]] = rng.random(2) < 0.85
    lines = np.zeros(region.shape, np.uint8)
    for axis in (0, 1):
        a = [slice(None), slice(None)]
        b = [slice(None), slice(None)]
        a[axis], b[axis] = slice(0, -1), slice(1, None)
        ra, rb = region[tuple(a)], region[tuple(b)]
        edge = np.abs(far[tuple(a)] - far[tuple(b)]) > threshold
        edge |= (ra != rb) & (ra >= 0) & (rb >= 0) & (seams[ra] | seams[rb])
        lines[tuple(a)][edge] = 255
    return lines


def _tremble(lines: np.ndarray, amount: float, rng: np.random.Generator) -> np.ndarray:
    """Shifts the lines by a smooth random field, as an unsteady hand would."""
    size = lines.shape[0]
    field = rng.normal(0, amount * 0.55, (9, 9, 2)).astype(np.float32)
    field = cv2.resize(field, (size, size), interpolation=cv2.INTER_CUBIC)
    grid = np.arange(size, dtype=np.float32)
    return cv2.remap(
        lines, field[..., 0] + grid[None], field[..., 1] + grid[:, None], cv2.INTER_LINEAR
    )


def _shade(buffer: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Soft or two-tone shading from the depth gradient."""
    small = cv2.resize(np.where(buffer > 1e8, 0, buffer), shape[::-1], interpolation=cv2.INTER_AREA)
    slope = (
        cv2.Sobel(small, cv2.CV_32F, 1, 0) * rng.normal()
        + cv2.Sobel(small, cv2.CV_32F, 0, 1) * rng.normal()
    )
    tone = np.clip(slope * 400 + rng.uniform(20, 80), 0, 190)
    if rng.random() < 0.4:
        tone = np.where(tone > tone.mean(), rng.integers(60, 200), 0)
    return tone.astype(np.uint8)


def _hatch(shape: tuple[int, ...], pen: Pen, rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(3, 8)
    wave = (x * np.cos(angle) + y * np.sin(angle) + rng.normal(0, 0.4, shape)) % period
    return np.where(wave < rng.uniform(0.8, 0.5 * period), pen.ink, 0).astype(np.uint8)


@numba.njit(cache=True, fastmath=True)
def rasterise(pixels, depth, faces, region, size):
    """Z-buffer [size, size] (1e9 = empty) and region index (-1 = empty) of a triangle mesh."""
    buffer = np.full((size, size), 1e9, np.float32)
    labels = np.full((size, size), -1, np.int32)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        x0, y0, x1, y1, x2, y2 = (
            pixels[a, 0],
            pixels[a, 1],
            pixels[b, 0],
            pixels[b, 1],
            pixels[c, 0],
            pixels[c, 1],
        )
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-6:
            continue
        left, right = (
            max(int(np.floor(min(x0, x1, x2))), 0),
            min(int(np.ceil(max(x0, x1, x2))), size - 1),
        )
        top, bottom = (
            max(int(np.floor(min(y0, y1, y2))), 0),
            min(int(np.ceil(max(y0, y1, y2))), size - 1),
        )
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                w0 = ((x1 - x) * (y2 - y) - (x2 - x) * (y1 - y)) / area
                w1 = ((x2 - x) * (y0 - y) - (x0 - x) * (y2 - y)) / area
                w2 = 1 - w0 - w1
                if w0 >= -0.03 and w1 >= -0.03 and w2 >= -0.03:
                    z = w0 * depth[a] + w1 * depth[b] + w2 * depth[c]
                    if z < buffer[y, x]:
                        buffer[y, x] = z
                        labels[y, x] = (
                            region[a]
                            if w0 > w1 and w0 > w2
                            else (region[b] if w1 > w2 else region[c])
                        )
    return buffer, labels
