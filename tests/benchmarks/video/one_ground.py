"""People on one ground: how large and how far away, as guessed alone and as their ground tells.

Simulated scenes: two or three motions of subjects that were not trained on, about a circle, before
one camera, through the landmark network's noise model. Metres, y up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.inference.training.temporal_lifter.cameras import Cameras, sample_cameras
from sketch2pose.inference.training.temporal_lifter.motions import FRAMERATE, MotionBank
from sketch2pose.inference.training.temporal_lifter.noise import NoiseModel
from sketch2pose.inference.training.temporal_lifter.people import sample_betas
from sketch2pose.inference.training.temporal_lifter.truth import posed, truth_of
from sketch2pose.inference.video.solving.multi_person import in_one_world
from sketch2pose.inference.video.solving.person import PersonSolver
from sketch2pose.inference.video.solving.shared_ground import standing_feet
from tests.benchmarks.sketch.table import Row
from tests.benchmarks.video.cases import Case, cases
from tests.benchmarks.video.measures import slide

PEOPLE = (2, 3)
FRAMES = 96
CIRCLE = (0.5, 2.0)  # metres, its radius
NEAREST = 0.6  # metres from the camera
EYES = (0.5, 4.0)  # metres above the ground from which scenes are filmed
FIGURES = ("levels", "distance", "stature", "slide")


@dataclass(frozen=True)
class Scene:
    """People before one camera; shapes [P, 10]."""

    cases: list[Case]
    betas: np.ndarray


def sample_scene(rng: np.random.Generator, bank: MotionBank, noise: NoiseModel) -> Scene:
    """People who move about places on a circle, filmed by one camera above their ground."""
    count = int(rng.integers(PEOPLE[0], PEOPLE[1] + 1))
    while True:
        motions, betas = bank.sample(rng, count, FRAMES), sample_betas(rng, count)
        rotations, joints, rest = posed(motions.quats, motions.roots, betas)
        joints = joints + (_places(rng, count) - joints[:, :, 0].mean(1) * [1, 0, 1])[:, None, None]
        camera = sample_cameras(rng, joints[:, :, 0].reshape(1, -1, 3))
        fields = (camera.rotation, camera.translation, camera.focal, camera.size)
        cameras = Cameras(*(np.repeat(field, count, axis=0) for field in fields))
        truth = truth_of(rotations, joints, rest, betas, cameras)
        eye = -float(camera.rotation[0, :, 1] @ camera.translation[0])
        if truth.joints[..., 2].min() > NEAREST and EYES[0] < eye < EYES[1]:
            return Scene(list(cases(truth, cameras, *noise.sample(rng, truth, cameras))), betas)


def _places(rng: np.random.Generator, count: int) -> np.ndarray:
    """[P, 3] evenly about a circle on the ground."""
    angle = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(count) / count
    return rng.uniform(*CIRCLE) * np.stack([np.cos(angle), 0 * angle, np.sin(angle)], axis=-1)


def ground_rows(solver: PersonSolver, scenes: list[Scene]) -> list[Row]:
    """Median errors of people alone and together."""
    found: dict[str, list[list[float]]] = {"alone": [], "together": []}
    for scene in scenes:
        alone = [solver.solve(case.track, 1, FRAMERATE, case.lens, case.size, lambda: None)
                 for case in scene.cases]  # fmt: skip
        together = in_one_world(alone, solver.body)
        up = np.asarray(together[0].camera_rotation)[:, 1]
        for name, motions in (("alone", alone), ("together", together)):
            found[name].append(scene_errors(solver, scene, motions, up))
    units = {"levels": "m", "slide": "mm"}
    return [
        Row(f"one ground: {figure}, {name}", float(np.nanmedian([row[at] for row in rows])),
            units.get(figure, "%"), cases=len(scenes))
        for at, figure in enumerate(FIGURES) for name, rows in found.items()
    ]  # fmt: skip


def scene_errors(
    solver: PersonSolver, scene: Scene, motions: list[BodyMotion], up: np.ndarray
) -> list[float]:
    """`FIGURES` of a scene, seen along an up [3] in the camera's axes."""
    levels, far = [], []
    for motion, case in zip(motions, scene.cases, strict=True):
        turn = np.asarray(motion.camera_rotation, np.float64)
        shift = np.asarray(motion.camera_translation, np.float64)
        levels.append(np.median((standing_feet(motion, solver.body)[0] @ turn.T + shift) @ up))
        found = _distance(np.asarray(motion.joints3d)[:, 0] @ turn.T + shift)
        far.append(_log_ratio(found, _distance(case.joints[:, 0])))
    tall = [
        _log_ratio(_stature(solver, motion.betas), _stature(solver, betas))
        for motion, betas in zip(motions, scene.betas, strict=True)
    ]
    slid = float(np.nanmean([slide(motion) for motion in motions])) * 1e3
    return [float(np.ptp(levels)), 100 * float(np.mean(far)), 100 * float(np.mean(tall)), slid]


def _log_ratio(found: float, true: float) -> float:
    return abs(float(np.log(found / true)))


def _distance(places: np.ndarray) -> float:
    return float(np.linalg.norm(places, axis=-1).mean())


def _stature(solver: PersonSolver, betas: np.ndarray) -> float:
    return float(np.ptp(solver.body.vertices(betas)[:, 1]))
