"""Measures pose priors side by side inside the solver, on validation poses.

    python -m sketch2pose.inference.training.solver.compare_priors
        --mocap ../shared/data/mocap [--count 80]

All priors steer the same Levenberg-Marquardt from the same start; each gives an expected rotation
and a spread for every joint of a starting pose. Each is shown at its best weight. For choosing
only: the priors are fitted on the training split, and nothing is fitted on the validation split.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ....core.arrays import Array
from ....core.rotations import (
    nearest_rotmat,
    rotmat_angle,
    rotmat_from_quat,
    rotmat_from_rotvec,
    rotvec_from_rotmat,
)
from ...body import load_default_body
from ...solver import levenberg_marquardt as lm
from ...solver import tree
from ...solver.assemble import PRIOR_SHARE, problem_and_start
from ...solver.drawn_bones import drawn_bones
from ...solver.hypotheses import candidates
from ...solver.observation import checked
from ...solver.weights import load_weights
from . import measures
from .simulated import Eyesight, observe, random_scene

Prior = Callable[[Array], tuple[Array, Array]]
"""Local rotations [N, 24, 3, 3] to expected ones and their precision [N, 24, 3]."""

SHARES = (0.1, 0.3, 1.0)
COMPONENTS = 32
FLOOR = 0.05
"""Radians: least spread, as some joints never move in the pack."""
TWIST_JOINTS = [1, 2, 4, 5, 16, 17, 18, 19]


class Tangent:
    """Rotation vectors [N, 72] about the mean pose of a set of poses."""

    def __init__(self, local: Array) -> None:
        self.mean = nearest_rotmat(local.mean(0))

    def coordinates(self, local: Array) -> Array:
        return rotvec_from_rotmat(np.swapaxes(self.mean, -1, -2) @ local).reshape(len(local), 72)

    def rotations(self, coordinates: Array) -> Array:
        return self.mean @ rotmat_from_rotvec(coordinates.reshape(-1, 24, 3))


def no_prior(local: Array) -> tuple[Array, Array]:
    """A faint pull to the start, so that unseen parts stay put."""
    return local, np.full((len(local), 24, 3), 0.05)


def gaussian_prior(tangent: Tangent, data: Array) -> Prior:
    """One Gaussian for each joint axis, whatever the rest of the body does."""
    middle, spread = data.mean(0), np.maximum(data.std(0), FLOOR)
    expected = tangent.rotations(middle[None])[0]
    precision = spread.reshape(24, 3) ** -2.0

    def prior(local: Array) -> tuple[Array, Array]:
        shape = (len(local), 1, 1, 1)
        return np.tile(expected, shape), np.tile(precision, shape[:3])

    return prior


def mixture_prior(tangent: Tangent, data: Array, random: np.random.Generator) -> Prior:
    """Diagonal Gaussian mixture over whole poses; the likeliest component of the start steers."""
    means = data[random.choice(len(data), COMPONENTS, replace=False)]
    spreads = np.tile(data.std(0) + FLOOR, (COMPONENTS, 1))
    shares = np.full(COMPONENTS, 1 / COMPONENTS)
    for _ in range(20):
        weights = np.exp(_log_components(data, means, spreads, shares))
        weights /= weights.sum(1, keepdims=True)
        mass = weights.sum(0) + 1e-9
        means = weights.T @ data / mass[:, None]
        variance = weights.T @ data**2 / mass[:, None] - means**2
        spreads = np.sqrt(np.maximum(variance, FLOOR**2))
        shares = mass / mass.sum()

    def prior(local: Array) -> tuple[Array, Array]:
        best = _log_components(tangent.coordinates(local), means, spreads, shares).argmax(1)
        return tangent.rotations(means[best]), spreads[best].reshape(-1, 24, 3) ** -2.0

    return prior


def _log_components(data: Array, means: Array, spreads: Array, shares: Array) -> Array:
    precision = spreads**-2.0
    square = data**2 @ precision.T - 2 * data @ (means * precision).T
    log = np.log(shares) - 0.5 * (square + (means**2 * precision).sum(1)) - np.log(spreads).sum(1)
    return log - log.max(1, keepdims=True)


def vae_prior(tangent: Tangent, data: Array, steps: int) -> Prior:
    """Small variational autoencoder (Kingma and Welling 2014); its reconstruction of the start
    steers.
    """
    torch.manual_seed(0)
    values = torch.as_tensor(data, dtype=torch.float32)
    encoder = torch.nn.Sequential(
        torch.nn.Linear(72, 256), torch.nn.ReLU(), torch.nn.Linear(256, 48)
    )
    decoder = torch.nn.Sequential(
        torch.nn.Linear(24, 256), torch.nn.ReLU(), torch.nn.Linear(256, 72)
    )
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-3)
    for _ in range(steps):
        batch = values[torch.randint(len(values), (512,))]
        middle, log_spread = encoder(batch).chunk(2, -1)
        latent = middle + torch.randn_like(middle) * log_spread.exp()
        kept = 0.5 * (middle**2 + (2 * log_spread).exp() - 1 - 2 * log_spread).sum(-1)
        missed = ((decoder(latent) - batch) ** 2).sum(-1)
        loss = (missed / 0.02 + kept).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def rebuilt(coordinates: Array) -> Array:
        with torch.no_grad():
            middle = encoder(torch.as_tensor(coordinates, dtype=torch.float32))[:, :24]
            return decoder(middle).numpy().astype(np.float64)

    spread = np.maximum((rebuilt(data[:4000]) - data[:4000]).std(0), FLOOR)

    def prior(local: Array) -> tuple[Array, Array]:
        expected = tangent.rotations(rebuilt(tangent.coordinates(local)))
        return expected, np.tile(spread.reshape(1, 24, 3) ** -2.0, (len(local), 1, 1))

    return prior


def errors(prior: Prior | None, share: float, noise: float, quats: Array) -> tuple[float, ...]:
    """PA-MPJPE in mm, limb direction and local rotation in degrees; None is the shipped prior."""
    rest = tree.rest_body(np.asarray(load_default_body().joints(), np.float64))
    weights, random = load_weights(), np.random.default_rng(2)
    eyes = Eyesight(noise, np.inf, 8.0)
    measured = []
    for quat in quats:
        scene = random_scene(rotmat_from_quat(quat), rest, random)
        seen = checked(observe(scene, eyes, random))
        bones = drawn_bones(seen, rest)
        found = candidates(bones, seen.away_probability, 1e-4, weights.flip_ranker, 0)
        best = np.array([found.probability.argmax()])
        problem, start = problem_and_start(seen, bones, found, best, rest, weights)
        expected, precision = problem.prior_mean, problem.prior_precision / PRIOR_SHARE
        if prior is not None:
            expected, precision = prior(start)
        precision = share * precision
        precision[:, 0] = 0
        steered = replace(problem, prior_mean=expected, prior_precision=precision)
        world = lm.solve(steered, start, 6).world
        points = tree.positions(world, rest)[:, measures.LIMB_JOINTS]
        directions = tree.bone_vectors(world, rest.directions)[0]
        turned = tree.local_from_world(world)[0, TWIST_JOINTS]
        measured.append(
            (
                measures.pa_mpjpe(points, scene.joints[measures.LIMB_JOINTS])[0],
                measures.direction_error(directions, scene.bones)[measures.LIMB_BONES].mean(),
                np.rad2deg(rotmat_angle(turned, scene.local[TWIST_JOINTS])).mean(),
            )
        )
    return tuple(np.mean(measured, axis=0))


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mocap", type=Path, required=True)
    parser.add_argument("--count", type=int, default=80)
    arguments = parser.parse_args()
    random = np.random.default_rng(0)
    train = np.load(arguments.mocap / "train_poses.npz")["quats"].astype(np.float64)
    train = rotmat_from_quat(train[random.choice(len(train), 12000, replace=False)])
    validation = np.load(arguments.mocap / "val_poses.npz")["quats"].astype(np.float64)
    validation = validation[random.choice(len(validation), arguments.count, replace=False)]
    tangent = Tangent(train)
    data = tangent.coordinates(train)
    priors: dict[str, Prior | None] = {
        "none": no_prior,
        "Gaussian per joint": gaussian_prior(tangent, data),
        f"mixture of {COMPONENTS}": mixture_prior(tangent, data, random),
        "VAE, 24 latents": vae_prior(tangent, data, 3000),
        "neural IK (shipped)": None,
    }
    print(
        "| prior | noise | weight | PA mm | direction ° | rotation ° |\n|---|---|---|---|---|---|"
    )
    for noise in (10, 20):
        for name, prior in priors.items():
            tried = [
                (errors(prior, share, np.deg2rad(noise), validation), share) for share in SHARES
            ]
            (pa, direction, rotation), share = min(tried)
            print(
                f"| {name} | {noise}° | {share} | {pa:.1f} | {direction:.1f} | {rotation:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
