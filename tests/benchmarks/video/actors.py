"""Who plays in the rendered films: people in motions of subjects that were not trained on.

Conventions: metres, y up, facing +z at rest; 30 frames a second; the 12 limb joints are those of
`tests.benchmarks.sketch.metrics`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sketch2pose.inference.body.model import load_default_body
from sketch2pose.inference.training.temporal_lifter.cameras import Cameras, sample_cameras
from sketch2pose.inference.training.temporal_lifter.motions import load_motions
from sketch2pose.inference.training.temporal_lifter.people import sample_betas, sample_person
from sketch2pose.inference.training.temporal_lifter.truth import posed
from tests.benchmarks.sketch.character import Character, of_adult_size, pose
from tests.benchmarks.sketch.metrics import LIMB_JOINTS
from tests.benchmarks.sketch.mpfb_people import load_mpfb_person, mpfb_folder

Array = NDArray[np.floating]

CAST = Path(__file__).resolve().parents[1] / "sketch" / "cast.json"
MPFB_NAMES = ("MPFB strong man", "MPFB woman in a skirt")
PART_COLORS = {"body": (0.62, 0.42, 0.32), "helper-tights": (0.12, 0.14, 0.3),
               "helper-skirt": (0.5, 0.1, 0.12), "helper-hair": (0.08, 0.05, 0.03)}  # fmt: skip
FRAMES = 24
SEED = 40


@dataclass(frozen=True)
class Film:
    """One actor before one camera.

    Attributes:
        name: of the actor. surface: [T, V, 3] world. faces: [F, 3]. colors: [V, 3] in 0..1.
        limbs: [T, 12, 3] joints, world. cameras: one camera.
    """

    name: str
    surface: Array
    faces: NDArray[np.integer]
    colors: Array
    limbs: Array
    cameras: Cameras


def films(cache: Path) -> list[Film]:
    """The default body twice and, where their data can be had, two people of MPFB2."""
    rng = np.random.default_rng(SEED)
    made = [_default_body(rng), _default_body(rng)]
    folder = mpfb_folder(cache)
    if folder is None:
        print("skipped: MPFB2's people, whose data cannot be fetched")
        return made
    cast = json.loads(CAST.read_text())
    for item in cast["mpfb_people"]:
        if item["name"] in MPFB_NAMES:
            names = cast["families"]["mixamo"]
            person = load_mpfb_person(folder, item["name"], item["targets"], item["parts"], names)
            made.append(_character(rng, of_adult_size(person), item["parts"]))
    return made


def _motion(rng: np.random.Generator) -> tuple[Array, Array]:
    bank = load_motions("val", with_key_poses=False)
    motions = bank.sample(rng, 1, FRAMES)
    return motions.quats, motions.roots


def _default_body(rng: np.random.Generator) -> Film:
    quats, roots = _motion(rng)
    betas = sample_betas(rng, 1)
    rotations, joints, rest = posed(quats, roots, betas)
    person, body = sample_person(rng, betas[0]), load_default_body()
    offsets = joints[0] - np.einsum("tjab,jb->tja", rotations[0], rest[0])
    transforms = np.concatenate([rotations[0], offsets[..., None]], -1)
    blend = np.einsum("vj,tjab->tvab", body.weights, transforms)
    surface = np.einsum("tvab,vb->tva", blend[..., :3], person.surface) + blend[..., 3]
    limbs = joints[0][:, list(LIMB_JOINTS)]
    faces = np.asarray(body.faces)
    return Film("default body", surface, faces, person.colors, limbs, _camera(rng, joints))


def _character(rng: np.random.Generator, person: Character, parts: list[str]) -> Film:
    quats, roots = _motion(rng)
    rotations, _, rest = posed(quats, roots, np.zeros((1, 10)))
    surface, limbs = [], []
    for turns in rotations[0]:
        skin, points = pose(person, turns, rest[0])
        surface.append(skin)
        limbs.append(points)
    away = roots[0] - roots[0][:1]
    skin, points = np.stack(surface) + away[:, None], np.stack(limbs) + away[:, None]
    ground = np.median(skin[..., 1].min(1))
    for moved in (skin, points):
        moved[..., 1] -= ground
    colors = np.zeros((len(person.vertices), 3))
    for number, part in enumerate(parts):
        colors[person.faces[person.groups == number]] = PART_COLORS[part]
    middle = points.mean(1)[None, :, None]
    return Film(person.name, skin, person.faces, colors, points, _camera(rng, middle))


def _camera(rng: np.random.Generator, joints: Array) -> Cameras:
    return sample_cameras(rng, joints[:, :, 0])
