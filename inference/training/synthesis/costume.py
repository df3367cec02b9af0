"""What people wear: hair, skirts and coats, loose clothes, and marks that tell front from back.

A naked body without a face looks the same from before and behind, so a net that sees nothing
else cannot learn which way a drawn person faces. Costumes are geometry on the body in T-pose
(y up, facing +z, metres): they bend with it, hide and are hidden as it does.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from .body_lines import HAIR, SKIRT, LowPolyBody, low_poly_body
from .body_marks import random_marks

HAIR_SHARE, LONG_HAIR_SHARE = 0.6, 0.35
SKIRT_SHARE = 0.22
LOOSE_SHARE = 0.4
COLOURED_SHARE = 0.3
RING = 16  # vertices around a skirt
GARMENTS = ((0,), (9, 10), (11, 12), (1, 2), (3, 4))  # regions that grow together
COLOURS = ((0, 9, 10), (11, 12), (1, 2), (3, 4), (5, 6), (HAIR,), (SKIRT,))


def random_costume(rng: np.random.Generator) -> LowPolyBody:
    """The body in clothes of its own."""
    body = low_poly_body()
    if rng.random() < LOOSE_SHARE:
        body = _loose(body, rng)
    if rng.random() < HAIR_SHARE:
        body = _hair(body, rng)
        if rng.random() < LONG_HAIR_SHARE:
            body = _add(body, *_curtain(rng), HAIR)
    if rng.random() < SKIRT_SHARE:
        body = _add(body, *_skirt(rng), SKIRT)
    if rng.random() < COLOURED_SHARE:
        body = replace(body, tones=_tones(rng))
    return random_marks(body, rng)


@lru_cache(maxsize=1)
def _normals() -> np.ndarray:
    """Unit normals [V, 3] of the T-pose."""
    body = low_poly_body()
    a, b, c = (body.vertices[body.faces[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(body.vertices)
    for k in range(3):
        np.add.at(normals, body.faces[:, k], face)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def _loose(body: LowPolyBody, rng: np.random.Generator) -> LowPolyBody:
    """Clothes stand away from the body, by garment."""
    grow = np.zeros(len(body.tones), np.float32)
    for regions in GARMENTS:
        grow[list(regions)] = rng.uniform(0, 0.045)
    return replace(body, vertices=body.vertices + _normals() * grow[body.region][:, None])


def _hair(body: LowPolyBody, rng: np.random.Generator) -> LowPolyBody:
    """Hair is the part of the head above a hairline that falls towards the back."""
    head = body.vertices - body.rest[15]
    angle = np.arctan2(np.abs(head[:, 0]), head[:, 2] - 0.005)  # 0 = front, pi = back
    line = np.interp(angle, [0, 0.9, 1.5, 2.0, np.pi], [0.085, 0.075, 0.03, -0.03, -0.07])
    hairy = (body.region == 8) & (head[:, 1] > line + rng.normal(0, 0.008))
    volume = _normals() * rng.uniform(0.005, 0.035)
    return replace(
        body,
        vertices=np.where(hairy[:, None], body.vertices + volume, body.vertices),
        region=np.where(hairy, HAIR, body.region),
    )


def _curtain(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Long hair behind the ears, down to the shoulders or the waist."""
    rows, columns = 5, 9
    bottom = rng.uniform(-0.15, 0.27)
    angle = np.linspace(np.radians(80), np.radians(280), columns)
    height = np.linspace(0.45, bottom, rows)
    radius = np.linspace(0.09, rng.uniform(0.08, 0.15), rows)
    x = np.outer(radius, np.sin(angle))
    z = np.outer(radius, np.cos(angle)) + 0.07
    grid = np.stack([x, np.repeat(height[:, None], columns, 1), z], -1)
    stiff = np.clip((height - 0.1) / 0.25, 0.35, 1)  # how much it follows the head
    joints = np.tile([15, 9, 0, 0], (rows * columns, 1))
    weights = np.stack([stiff, 1 - stiff, 0 * stiff, 0 * stiff], 1).repeat(columns, 0)
    return grid.reshape(-1, 3), joints, weights, _grid_faces(rows, columns, closed=False)


def _skirt(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A skirt, a dress or the lower half of a coat: an open cone that the thighs spread."""
    rows = 5
    height = np.linspace(rng.choice([-0.12, -0.05]), rng.uniform(-1.1, -0.45), rows)
    flare = np.linspace(0.0, rng.uniform(0.02, 0.28), rows)
    angle = np.arange(RING) * 2 * np.pi / RING
    x = (0.165 + flare)[:, None] * np.sin(angle)
    z = (0.125 + flare)[:, None] * np.cos(angle) + 0.05
    grid = np.stack([x, np.repeat(height[:, None], RING, 1), z], -1)
    hangs = np.clip((-0.22 - height) / 0.25, 0, 0.9)[:, None]
    left = 0.5 + 0.5 * x / np.abs(x).max(1, keepdims=True)
    weights = np.stack([1 - hangs + 0 * x, hangs * left, hangs * (1 - left), 0 * x], -1)
    joints = np.tile([0, 1, 2, 0], (rows * RING, 1))
    return (
        grid.reshape(-1, 3),
        joints,
        weights.reshape(-1, 4),
        _grid_faces(rows, RING, closed=True),
    )


def _grid_faces(rows: int, columns: int, closed: bool) -> np.ndarray:
    """Triangles [F, 3] between neighbouring rows of a grid of vertices."""
    row, column = np.mgrid[: rows - 1, : columns if closed else columns - 1]
    a, b = row * columns + column, row * columns + (column + 1) % columns
    quads = np.stack([a, b, b + columns, a + columns], -1).reshape(-1, 4)
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _add(
    body: LowPolyBody,
    points: np.ndarray,
    joints: np.ndarray,
    weights: np.ndarray,
    faces: np.ndarray,
    region: int,
) -> LowPolyBody:
    """Sews a piece of cloth on."""
    count = len(points)
    return replace(
        body,
        vertices=np.concatenate([body.vertices, points.astype(np.float32)]),
        shapes=np.concatenate([body.shapes, np.zeros((count, 3, 10), np.float32)]),
        weights=np.concatenate([body.weights, weights.astype(np.float32)]),
        joints=np.concatenate([body.joints, joints]),
        faces=np.concatenate([body.faces, faces + len(body.vertices)]),
        region=np.concatenate([body.region, np.full(count, region)]),
    )


def _tones(rng: np.random.Generator) -> np.ndarray:
    """A grey for every garment; -1 leaves it to the drawing's own fill."""
    tones = np.full(len(low_poly_body().tones), -1, np.int32)
    for regions in COLOURS:
        if rng.random() < 0.5:
            tones[list(regions)] = rng.integers(0, 256)
    return tones
