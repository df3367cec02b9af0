"""Pictures of people who move: light, shadow on the ground, clutter, a camera's flaws.

Conventions: those of `cameras`; pictures are RGB in 0..255.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ....core.projection import homogeneous, normalized_from_pixels, pixels_from_points
from ...body.model import load_default_body
from .cameras import Cameras
from .kernels import EMPTY, paint, skinned, vertex_normals
from .people import SyntheticPerson

AMBIENT = (0.35, 0.65)
SHADOW = (0.0, 0.55)  # how dark
CLUTTER = 14  # things behind the person at most
HIDDEN = 0.15  # share of clips with something in front
GRAIN = (0.0, 7.0)  # standard deviation of noise, grey levels
QUALITY = (45, 95)  # of JPEG compression
FAR = 30.0  # metres, the ground's end


@dataclass(frozen=True)
class PaintedLook:
    """What stays the same in a clip."""

    background: np.ndarray
    light: np.ndarray
    ambient: float
    shadow: float
    hiding: np.ndarray | None
    grain: float
    quality: int


def paint_clip(
    rng: np.random.Generator,
    person: SyntheticPerson,
    rotations: np.ndarray,
    joints: np.ndarray,
    rest: np.ndarray,
    cameras: Cameras,
    number: int,
) -> Iterator[np.ndarray]:
    """Pictures of one motion.

    Args:
        rng: of the looks. person: who moves.
        rotations: [T, 24, 3, 3] orientations of the joints in the world.
        joints: [T, 24, 3] their places, metres. rest: [24, 3] the same at rest.
        cameras: all cameras. number: which one films.

    Yields:
        [H, W, 3] uint8.
    """
    body = load_default_body()
    faces = np.ascontiguousarray(body.faces, np.int64)
    weights = np.ascontiguousarray(body.weight_values, np.float32)
    movers = np.ascontiguousarray(body.weight_joints, np.int64)
    look = _sample_look(rng, cameras, number)
    for turns, places in zip(rotations, joints, strict=True):
        offsets = places - np.einsum("jab,jb->ja", turns, rest)
        transforms = np.concatenate([turns, offsets[..., None]], -1).astype(np.float32)
        surface = skinned(person.surface, movers, weights, transforms)
        yield _frame(rng, surface, faces, person.colors, look, cameras, number)


def _frame(
    rng: np.random.Generator, surface: np.ndarray, faces: np.ndarray, colors: np.ndarray,
    look: PaintedLook, cameras: Cameras, number: int,
) -> np.ndarray:  # fmt: skip
    image = look.background.copy()
    buffer = np.full(image.shape[:2], EMPTY, np.float32)
    if look.shadow > 0:
        image *= 1 - look.shadow * _shadow(surface, faces, look.light, cameras, number)[..., None]
    normals = vertex_normals(surface, faces)
    bright = look.ambient + (1 - look.ambient) * np.maximum(normals @ look.light, 0) * 1.2
    bright *= 0.85 + 0.15 * normals[:, 1]  # light of the sky
    pixels, depth = _projected(surface, cameras, number)
    shaded = (255 * colors * bright[:, None]).astype(np.float32)
    paint(pixels, depth, faces, shaded, image, buffer)
    if look.hiding is not None:
        seen = look.hiding[..., 3:]
        image = image * (1 - seen) + look.hiding[..., :3] * seen
    image = cv2.GaussianBlur(image, (3, 3), 0.6)
    image += rng.normal(0, 1, image.shape[:2])[..., None].astype(np.float32) * look.grain
    small = np.clip(image, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, look.quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def _projected(points: np.ndarray, cameras: Cameras, number: int) -> tuple[np.ndarray, np.ndarray]:
    seen = points @ cameras.rotation[number].T + cameras.translation[number]
    lens = float(cameras.focal[number]), cameras.center[number]
    flat = pixels_from_points(seen, *lens, nearest=1e-3)
    return flat.astype(np.float32), seen[:, 2].astype(np.float32)


def _shadow(
    surface: np.ndarray, faces: np.ndarray, light: np.ndarray, cameras: Cameras, number: int
) -> np.ndarray:
    """[H, W] where the ground lies in the person's shadow, soft."""
    fallen = surface - surface[:, 1:2] / light[1] * light
    width, height = cameras.size[number].astype(int)
    mask = np.zeros((height, width, 1), np.float32)
    pixels, depth = _projected(fallen.astype(np.float32), cameras, number)
    ones = np.ones((len(surface), 1), np.float32)
    paint(pixels, depth, faces, ones, mask, np.full((height, width), EMPTY, np.float32))
    return cv2.GaussianBlur(mask[..., 0], (9, 9), 2.5)


def _sample_look(rng: np.random.Generator, cameras: Cameras, number: int) -> PaintedLook:
    light = rng.normal(0, 1, 3)
    light[1] = abs(light[1]) + 0.8
    return PaintedLook(
        _background(rng, cameras, number),
        (light / np.linalg.norm(light)).astype(np.float32),
        rng.uniform(*AMBIENT),
        max(rng.uniform(-0.2, SHADOW[1]), 0.0),
        _hiding(rng, cameras.size[number]) if rng.random() < HIDDEN else None,
        rng.uniform(*GRAIN),
        int(rng.integers(*QUALITY)),
    )


def _background(rng: np.random.Generator, cameras: Cameras, number: int) -> np.ndarray:
    """[H, W, 3] float32: a wall, a floor, things that stand about."""
    width, height = cameras.size[number].astype(int)
    image = _surface(rng, (height, width))
    horizon = _horizon(cameras, number)
    floor = _surface(rng, (height, width))
    image = np.where(horizon[..., None], floor, image)
    for _ in range(rng.integers(CLUTTER + 1)):
        at = rng.uniform([-0.1, -0.1], [1.0, 1.0]) * [width, height]
        extent = np.exp(rng.uniform(np.log(0.03), np.log(0.5), 2)) * height
        thing = np.zeros((height, width), np.float32)
        corners = np.concatenate([at, at + extent]).astype(int).tolist()
        if rng.random() < 0.7:
            cv2.rectangle(thing, corners[:2], corners[2:], (1.0,), -1)
        else:
            cv2.line(thing, corners[:2], corners[2:], (1.0,), int(rng.integers(1, 12)))
        image += thing[..., None] * (_surface(rng, (height, width)) - image)
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 2.5)).astype(np.float32)


def _surface(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """[H, W, 3] a colour with slow and fast changes."""
    base = rng.uniform(20, 235) + rng.normal(0, 22, 3)
    slow = rng.normal(0, 18, (4, 4, 1)).astype(np.float32)
    fast = rng.normal(0, rng.uniform(0, 14), (24, 24, 1)).astype(np.float32)
    size = (shape[1], shape[0])
    mottled = cv2.resize(slow, size, interpolation=cv2.INTER_CUBIC)
    mottled = mottled + cv2.resize(fast, size, interpolation=cv2.INTER_LINEAR)
    return (base + mottled[..., None]).astype(np.float32)


def _horizon(cameras: Cameras, number: int) -> np.ndarray:
    """[H, W] pixels whose ray meets the ground within sight."""
    width, height = cameras.size[number].astype(int)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    rotation, lens = cameras.rotation[number], (cameras.focal[number], cameras.center[number])
    rays = homogeneous(normalized_from_pixels(np.stack([x, y], -1).astype(float), *lens))
    falling = rays @ rotation[:, 1]
    above = -(rotation.T @ cameras.translation[number])[1]
    return (falling < 0) & (above < FAR * -np.minimum(falling, 0))


def _hiding(rng: np.random.Generator, size: np.ndarray) -> np.ndarray:
    """[H, W, 4] something in front: colours, and 1 where it is."""
    width, height = size.astype(int)
    cover = np.zeros((height, width), np.float32)
    low = rng.uniform([0.0, 0.5], [0.9, 0.95]) * size
    extent = rng.uniform([0.1, 0.2], [0.6, 0.6]) * size
    if rng.random() < 0.3:  # a post
        low, extent = np.array([rng.uniform(0.2, 0.8) * width, 0.0]), np.array([0.04, 1.0]) * size
    corners = np.concatenate([low, low + extent]).astype(int).tolist()
    cv2.rectangle(cover, corners[:2], corners[2:], (1.0,), -1)
    return np.concatenate([_surface(rng, (height, width)), cover[..., None]], -1)
