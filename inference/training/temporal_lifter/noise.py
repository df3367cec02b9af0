r"""A model of what the detector gets wrong, fitted on painted clips.

    python -m sketch2pose.inference.training.temporal_lifter.noise build/lifter/train.npz

A small network tells from the true pose where the detector will see each landmark on average
(its bias: depth guessed too flat, hips too wide, hidden limbs where they usually are) and how far
it scatters. What remains in the painted clips, in units of that scatter, is kept as it came, one
clip after the other: its jitter, its correlation over time and between landmarks, its swaps and
drop-outs are the detector's own. New clips get the bias of their pose and the remainder of a
random painted clip. Each half of the clips lends its remainder to the network of the other half,
so that they were not fitted away.

Conventions: the view of a frame (see `inference.video.solving.lifter_input`) by the true hips;
metres.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ....core.projection import (
    homogeneous,
    normalized_from_pixels,
    normalized_from_points,
    pixels_from_points,
)
from ...video.observing.landmarks import MIRRORED, NUMBER
from ...video.solving.lifter_input import POINTS, usual_size, view_rotations
from ..synthesis.poses import mirror_quats
from .cameras import Cameras
from .truth import Truth, places, posed, truth_of

CHANNELS = 6  # of a landmark: 2 of the picture, 3 of the world, visibility
SURE = (-5.0, 1.5)
LOGIT = 6.0  # visibilities are kept as logits within this
LARGEST_REMAINDER = 8.0
WIDTH = 256
DROPOUT = 0.1
SMALLEST_UNIT = 1e-3
NEAREST = 0.1  # metres in front of the camera
STRENGTH = (0.7, 1.5)  # of remainders, because real footage is not painted
_HIPS = [NUMBER["left_hip"], NUMBER["right_hip"]]


@dataclass(frozen=True)
class Clips:
    """Detections [N, T, 33, …] of clips with their truth and cameras; `seen` [N, T]."""

    truth: Truth
    cameras: Cameras
    points: np.ndarray
    world: np.ndarray
    visibility: np.ndarray
    seen: np.ndarray


def read_clips(*paths: Path, mirrored: bool = False) -> Clips:
    """Clips written by `detections`, frames without the person filled in.

    Args:
        paths: files. mirrored: each clip's mirror image instead.
    """
    return clips_of(read_packed(*paths, mirrored=mirrored))


def read_packed(*paths: Path, mirrored: bool = False) -> dict[str, np.ndarray]:
    """The arrays of files written by `detections`; see `read_clips`."""
    files = [np.load(path) for path in paths]
    packed = {name: np.concatenate([file[name] for file in files]) for name in files[0].files}
    return _mirrored_clips(packed) if mirrored else packed


def clips_of(packed: dict[str, np.ndarray]) -> Clips:
    """Clips from the arrays of a file."""
    cameras = Cameras(*(packed[name] for name in ("rotation", "translation", "focal", "size")))
    # the stored roots are those in front of the camera: on the ground already
    rotations, joints, rest = posed(packed["quats"], packed["roots"], packed["betas"])
    joints += (packed["roots"] - joints[:, :, 0])[:, :, None]
    truth = truth_of(rotations, joints, rest, packed["betas"], cameras)
    seen = packed["seen"]
    points, world, visibility = (
        _filled(packed[name].astype(np.float64), seen) for name in ("points", "world", "visibility")
    )
    return Clips(truth, cameras, points, world, visibility * seen[..., None], seen)


def _mirrored_clips(packed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """People, cameras and detections in a mirror; bodies are symmetric."""
    swap, flip = MIRRORED, np.array([-1.0, 1.0, 1.0])
    shape = packed["quats"].shape
    points = packed["points"][:, :, swap].copy()
    points[..., 0] = packed["size"][:, None, None, 0] - points[..., 0]
    return packed | {
        "quats": mirror_quats(packed["quats"].reshape(-1, 24, 4)).reshape(shape),
        "roots": packed["roots"] * flip,
        "rotation": flip[:, None] * packed["rotation"] * flip,
        "translation": packed["translation"] * flip,
        "points": points,
        "world": packed["world"][:, :, swap] * flip,
        "visibility": packed["visibility"][:, :, swap],
    }


def _filled(values: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Frames [N, T, …] that were not seen lie between their neighbours."""
    out, frames = values.copy(), np.arange(values.shape[1])
    for one, mask in zip(out, seen, strict=True):
        flat = one.reshape(len(one), -1)
        for column in flat.T:
            column[:] = np.interp(frames, frames[mask], column[mask])
    return out


def conditions(truth: Truth, turn: np.ndarray) -> np.ndarray:
    """[N, T, F] what the bias depends on: the landmarks, how near they are, which way is up."""
    middle = truth.joints[:, :, :1]
    marks = (truth.marks - middle) @ turn
    up = np.einsum("ntij,ni->ntj", turn, truth.up)
    depth = 1 / np.maximum(middle[..., 2], 0.3)
    lead = marks.shape[:2]
    return np.concatenate([marks.reshape(*lead, -1), up, depth], -1).astype(np.float32)


def true_view(truth: Truth, cameras: Cameras) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Camera from view by the true hips [N, T, 3, 3], landmarks there on the image plane
    [N, T, 33, 2] (those without a place at the nose), and their usual extent [N]."""
    full = all_landmarks(truth.marks)
    pixels = pixels_from_points(full, *_lenses(cameras), NEAREST)
    turn = view_rotations(pixels, cameras.focal[:, None], cameras.center[:, None])
    rays = homogeneous(normalized_from_points(full, NEAREST)) @ turn
    seen = normalized_from_points(rays, NEAREST)
    return turn, seen, usual_size(seen)


def _lenses(cameras: Cameras) -> tuple[np.ndarray, np.ndarray]:
    """Focal lengths and centres that broadcast against landmarks [N, T, 33, 2]."""
    return cameras.focal[:, None, None, None], cameras.center[:, None, None]


def all_landmarks(marks: np.ndarray) -> np.ndarray:
    """[N, T, 33, 3] from those with a place [N, T, M, 3]; the others at the nose."""
    used = places().used
    nose = marks[..., [int(np.flatnonzero(used == NUMBER["nose"])[0])], :]
    full = np.repeat(nose, POINTS, axis=-2)
    full[..., used, :] = marks
    return full


def errors(clips: Clips) -> np.ndarray:
    """[N, T, 33, 6] of detections: image plane in sizes, world metres, logit of visibility."""
    turn, seen, size = true_view(clips.truth, clips.cameras)
    flat = normalized_from_pixels(clips.points, *_lenses(clips.cameras))
    found = normalized_from_points(homogeneous(flat) @ turn, NEAREST)
    marks = all_landmarks(clips.truth.marks)
    metric = (marks - marks[..., _HIPS, :].mean(-2, keepdims=True)) @ turn
    sure = np.clip(clips.visibility, 1e-4, 1 - 1e-4)
    logit = np.clip(np.log(sure / (1 - sure)), -LOGIT, LOGIT)
    away = (found - seen) / size[:, None, None, None]
    return np.concatenate([away, clips.world - metric, logit[..., None]], -1).astype(np.float32)


def with_errors(
    truth: Truth, cameras: Cameras, wrong: np.ndarray, found: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The inverse of `errors`: what a detector sees that is wrong by as much.

    Args:
        truth, cameras: of N clips. wrong: [N, T, 33, 6]. found: [N, T] whether it sees anybody.

    Returns:
        Points [N, T, 33, 2] px, world [N, T, 33, 3] metres, visibility [N, T, 33].
    """
    turn, seen, size = true_view(truth, cameras)
    flat = seen + wrong[..., :2] * size[:, None, None, None]
    rays = homogeneous(flat) @ np.swapaxes(turn, -1, -2)
    points = pixels_from_points(rays, *_lenses(cameras), NEAREST)
    marks = all_landmarks(truth.marks)
    metric = (marks - marks[..., _HIPS, :].mean(-2, keepdims=True)) @ turn + wrong[..., 2:5]
    sure = found[..., None] / (1 + np.exp(-np.clip(wrong[..., 5], -LOGIT, LOGIT)))
    return points, metric, sure


class Bias(nn.Module):
    """Conditions to mean and log spread [..., 33, 6] of the errors.

    It starts from the usual errors, because one that starts far from them learns nothing: the loss
    is flat there.
    """

    mean: torch.Tensor
    scale: torch.Tensor
    usual: torch.Tensor
    unit: torch.Tensor

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("scale", torch.ones(inputs))
        self.register_buffer("usual", torch.zeros(POINTS, CHANNELS))
        self.register_buffer("unit", torch.ones(POINTS, CHANNELS))
        self.layers = nn.Sequential(
            nn.Linear(inputs, WIDTH), nn.GELU(), nn.Dropout(DROPOUT),
            nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.Dropout(DROPOUT),
            nn.Linear(WIDTH, POINTS * CHANNELS * 2),
        )  # fmt: skip

    def forward(self, given: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        out = self.layers((given - self.mean) * self.scale)
        out = out.reshape(*out.shape[:-1], POINTS, CHANNELS, 2)
        return self.usual + self.unit * out[..., 0], (self.unit.log() + out[..., 1]).clamp(*SURE)


def mirrored(given: np.ndarray, wrong: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Conditions and errors of the mirrored world."""
    swap, used = MIRRORED, places().used
    rows = [int(np.flatnonzero(used == swap[mark])[0]) for mark in used]
    marks = given[..., : 3 * len(used)].reshape(*given.shape[:-1], -1, 3)[..., rows, :]
    marks = marks * np.array([-1, 1, 1], np.float32)
    rest = given[..., 3 * len(used) :] * np.array([-1, 1, 1, 1], np.float32)
    flipped = np.concatenate([marks.reshape(*given.shape[:-1], -1), rest], -1)
    return flipped, wrong[..., swap, :] * np.array([-1, 1, -1, 1, 1, 1], np.float32)


@dataclass
class NoiseModel:
    """Two networks and the remainders [2][N, T, 33, 6] that each may use, `seen` [2][N, T]."""

    networks: list[Bias]
    remainders: list[np.ndarray]
    seen: list[np.ndarray]

    @torch.no_grad()
    def sample(
        self, rng: np.random.Generator, truth: Truth, cameras: Cameras
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Points [N, T, 33, 2] px, world [N, T, 33, 3] and visibility [N, T, 33] of clips."""
        turn, _, _ = true_view(truth, cameras)
        half = int(rng.integers(2))
        mean, spread = self.networks[half](torch.from_numpy(conditions(truth, turn)))
        remainder, found = self._remainders(rng, half, *mean.shape[:2])
        return with_errors(truth, cameras, mean.numpy() + np.exp(spread.numpy()) * remainder, found)

    def _remainders(
        self, rng: np.random.Generator, half: int, count: int, frames: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Remainders [N, T, 33, 6] of random clips, forwards or backwards, repeated as needed."""
        bank, seen = self.remainders[half], self.seen[half]
        long = bank.shape[1]
        clips = rng.integers(len(bank), size=count)
        at = rng.integers(2 * long, size=count)[:, None] + np.arange(frames)
        at = np.abs((at % (2 * long - 2)) - (long - 1))
        strength = np.exp(rng.uniform(np.log(STRENGTH[0]), np.log(STRENGTH[1]), (count, 1, 1, 1)))
        return bank[clips[:, None], at] * strength.astype(np.float32), seen[clips[:, None], at]

    def save(self, path: Path) -> None:
        """Writes a file for `load_noise`."""
        torch.save(
            {"networks": [one.state_dict() for one in self.networks],
             "remainders": [torch.from_numpy(one).half() for one in self.remainders],
             "seen": [torch.from_numpy(one) for one in self.seen]},
            path,
        )  # fmt: skip


def load_noise(path: Path) -> NoiseModel:
    """A model that was fitted before."""
    kept = torch.load(path, weights_only=True)
    networks = []
    for weights in kept["networks"]:
        network = Bias(len(weights["mean"])).eval()
        network.load_state_dict(weights)
        networks.append(network)
    remainders = [one.float().numpy() for one in kept["remainders"]]
    return NoiseModel(networks, remainders, [one.numpy() for one in kept["seen"]])


def fit(clips: Clips, minutes: float, seed: int = 0) -> NoiseModel:
    """Fits both halves for `minutes` in all and prints how much of the errors they explain."""
    given = conditions(clips.truth, true_view(clips.truth, clips.cameras)[0])
    wrong = errors(clips)
    half = np.arange(len(given)) % 2 == 0
    model = NoiseModel([], [], [])
    for number, own in enumerate((half, ~half)):
        network = _fit_half(given[own], wrong[own], clips.seen[own], minutes / 2, seed + number)
        with torch.no_grad():
            mean, spread = network(torch.from_numpy(given[~own]))
        left = (wrong[~own] - mean.numpy()) / np.exp(spread.numpy())
        model.networks.append(network)
        model.remainders.append(np.clip(left, -LARGEST_REMAINDER, LARGEST_REMAINDER))
        model.seen.append(clips.seen[~own])
        _report(wrong[~own], mean.numpy(), left, clips.seen[~own])
    return model


def _fit_half(
    given: np.ndarray, wrong: np.ndarray, seen: np.ndarray, minutes: float, seed: int
) -> Bias:
    torch.manual_seed(seed)
    other = mirrored(given, wrong)
    inputs = torch.from_numpy(np.concatenate([given[seen], other[0][seen]]))
    targets = torch.from_numpy(np.concatenate([wrong[seen], other[1][seen]]))
    network = Bias(inputs.shape[1])
    network.mean.copy_(inputs.mean(0))
    network.scale.copy_(1 / inputs.std(0).clamp_min(0.02))
    network.usual.copy_(targets.median(0).values)
    network.unit.copy_((targets - network.usual).abs().mean(0).clamp_min(SMALLEST_UNIT))
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=0.05)
    start = time.time()
    while (spent := (time.time() - start) / (60 * minutes)) < 1:
        optimiser.param_groups[0]["lr"] = 1e-3 * (1 - spent) + 1e-5
        rows = torch.randint(len(inputs), (1024,))
        mean, spread = network(inputs[rows])
        away = (mean - targets[rows]).abs() / spread.exp()
        loss = (away.clamp_max(LARGEST_REMAINDER) + spread).mean()  # Laplace
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval()


def _report(wrong: np.ndarray, mean: np.ndarray, left: np.ndarray, seen: np.ndarray) -> None:
    raw, rest = np.abs(wrong[seen]).mean((0, 1)), np.abs(wrong - mean)[seen].mean((0, 1))
    steady = (left[:, 1:] * left[:, :-1]).mean() / (left**2).mean()
    print("mean error before:", raw.round(4), "after its mean is known:", rest.round(4))
    print(f"remainder from frame to frame: correlation {steady:.2f}", flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--out", type=Path, default=Path("build/lifter/noise.pt"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    fit(read_clips(*args.clips), args.minutes).save(args.out)


if __name__ == "__main__":
    main()
