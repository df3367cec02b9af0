"""People to film: the default body in random shapes, skins, hair and clothes.

Colours are painted on vertices and clothes are the body's own surface, blown up along its
normals: plain, but of the shapes and contrasts that the detector looks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...body.model import BodyModel, load_default_body
from .kernels import vertex_normals

SHAPE_SPREAD, LARGEST_SHAPE = 1.0, 2.2
SKINS = np.array([[236, 200, 175], [222, 178, 148], [190, 140, 105], [140, 95, 68], [92, 60, 44]])
HAIRS = np.array([[30, 24, 20], [70, 45, 28], [120, 85, 50], [190, 160, 110], [150, 150, 150]])
BARE_CHEST, BALD, BAREFOOT, FACELESS = 0.15, 0.12, 0.25, 0.1  # shares of people
TORSO = (0, 3, 6, 9, 13, 14)
UPPER_ARMS, FOREARMS, HANDS = (16, 17), (18, 19), (20, 21, 22, 23)
THIGHS, SHINS, FEET = (1, 2), (4, 5), (7, 8, 10, 11)
HEAD = (15,)
EYE, BROW, LIPS = 0.011, 0.016, 0.02  # metres
PATTERN = 40.0  # rad per metre at most of stripes on clothes


@dataclass(frozen=True)
class SyntheticPerson:
    """Somebody dressed: `betas` [10], `surface` [V, 3] at rest, metres, `colors` [V, 3] in 0..1."""

    betas: np.ndarray
    surface: np.ndarray
    colors: np.ndarray


@lru_cache(maxsize=1)
def _parts() -> np.ndarray:
    """[V] the joint that moves each vertex most."""
    body = load_default_body()
    strongest = body.weight_values.argmax(1)[:, None]
    return np.take_along_axis(body.weight_joints.astype(int), strongest, 1)[:, 0]


def sample_betas(rng: np.random.Generator, count: int) -> np.ndarray:
    """Random shapes [N, 10] of the default body."""
    return np.clip(rng.normal(0, SHAPE_SPREAD, (count, 10)), -LARGEST_SHAPE, LARGEST_SHAPE)


def sample_person(rng: np.random.Generator, betas: np.ndarray) -> SyntheticPerson:
    """Somebody of a shape [10] in random skin, hair and clothes."""
    body = load_default_body()
    surface = np.asarray(body.vertices(betas), np.float32)
    normals = vertex_normals(surface, body.faces.astype(np.int64))
    skin = SKINS[rng.integers(len(SKINS))] / 255 * rng.uniform(0.85, 1.1)
    colors = np.broadcast_to(skin, surface.shape).astype(np.float32).copy()
    thickness = np.zeros(len(surface), np.float32)
    _dress(rng, body, colors, thickness)
    _hair(rng, body, colors, thickness)
    if rng.random() > FACELESS:
        _face(body, colors)
    return SyntheticPerson(betas, surface + thickness[:, None] * normals, np.clip(colors, 0, 1))


def _dress(
    rng: np.random.Generator, body: BodyModel, colors: np.ndarray, thickness: np.ndarray
) -> None:
    """Shirt with sleeves, trousers with legs, shoes; each as long as it happens to be."""
    sleeve, leg = rng.uniform(0.2, 2.1), rng.uniform(0.3, 2.1)  # 1 = elbow or knee, 2 = the end
    trousers = _along(body, THIGHS, SHINS) < leg
    waist = body.joints()[3, 1] + rng.uniform(-0.06, 0.05)
    trousers |= np.isin(_parts(), TORSO) & (body.v_template[:, 1] < waist)
    _color(rng, body, trousers, colors, thickness, rng.uniform(0.002, 0.03))
    if rng.random() > BARE_CHEST:
        shirt = np.isin(_parts(), (*TORSO, 12)) & ~trousers
        shirt &= body.v_template[:, 1] < body.joints()[12, 1] - 0.01
        shirt |= _along(body, UPPER_ARMS, FOREARMS) < sleeve
        _color(rng, body, shirt, colors, thickness, rng.uniform(0.002, 0.03))
    if rng.random() > BAREFOOT:
        _color(rng, body, np.isin(_parts(), FEET), colors, thickness, rng.uniform(0.003, 0.015))


def _along(body: BodyModel, upper: tuple[int, ...], lower: tuple[int, ...]) -> np.ndarray:
    """[V] how far down a limb, 0 to 1 on its upper part and 1 to 2 on its lower; else infinite."""
    far = np.full(len(body.v_template), np.inf)
    joints = body.joints()
    for base, parts in ((0.0, upper), (1.0, lower)):
        for part in parts:
            end = joints[body.parents.index(part)]
            axis = end - joints[part]
            share = (body.v_template - joints[part]) @ axis / (axis @ axis)
            own = _parts() == part
            far[own] = base + np.clip(share[own], 0, 1)
    return far


def _color(
    rng: np.random.Generator, body: BodyModel, where: np.ndarray, colors: np.ndarray,
    thickness: np.ndarray, thick: float,
) -> None:  # fmt: skip
    """Cloth of one colour, at times striped."""
    plain = rng.uniform(0.03, 0.95) + rng.normal(0, 0.12, 3)
    colors[where] = plain
    if rng.random() < 0.3:
        wave = np.sin(body.v_template[where] @ rng.normal(0, PATTERN, 3))
        colors[where] += np.where(wave > 0, 1, -1)[:, None] * rng.normal(0, 0.1, 3)
    thickness[where] = np.maximum(thickness[where], thick)


def _hair(
    rng: np.random.Generator, body: BodyModel, colors: np.ndarray, thickness: np.ndarray
) -> None:
    if rng.random() < BALD:
        return
    points, marks = body.v_template, body.landmarks
    eye, ear = points[marks["left_eye"]], points[marks["left_ear"]]
    above = points[:, 1] > eye[1] + rng.uniform(0.025, 0.045)
    behind = (points[:, 2] < ear[2] - 0.005) & (points[:, 1] > ear[1] - rng.uniform(0.0, 0.1))
    where = np.isin(_parts(), HEAD) & (above | behind)
    colors[where] = HAIRS[rng.integers(len(HAIRS))] / 255 * rng.uniform(0.7, 1.2)
    thickness[where] = rng.uniform(0.004, 0.03)


def _face(body: BodyModel, colors: np.ndarray) -> None:
    """Dark eyes and brows, redder lips."""
    points, marks = body.v_template, body.landmarks
    lips = points[marks["nose"]] + np.array([0, -0.043, -0.015])
    colors[np.linalg.norm(points - lips, axis=1) < LIPS] *= np.array([0.85, 0.55, 0.55])
    for side in ("left", "right"):
        eye = points[marks[f"{side}_eye"]]
        colors[np.linalg.norm(points - eye, axis=1) < EYE] = 0.08
        brow = np.abs(points - eye - np.array([0, 0.02, 0.005])) < np.array([BROW, 0.004, 0.03])
        colors[brow.all(1)] *= 0.35
