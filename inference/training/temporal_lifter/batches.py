"""Batches for the lifter: features of noisy tracks, and what is true in their views."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ....core.kinematics import rest_offsets_from_joints
from ....core.rotations import rotmat_from_rotvec
from ...video.solving.lifter_input import FEATURES, encode, view_rotations
from ..synthesis.layout import PARENTS
from .cameras import Cameras, sample_cameras
from .motions import MotionBank, load_motions
from .noise import Clips, NoiseModel, load_noise
from .people import sample_betas
from .resampled_detections import read_told, told_again
from .truth import Truth, posed, truth_of

FROZEN = 0.06  # share of clips
ROLL_SPREAD = 0.2  # rad, of the turns of cameras about their axes
TILT_MISSED = 0.45  # of a camera's tilt, by the landmark network on painted people
KNOWN_SHARE = 0.6  # of clips in which it is to know more:
MOST_KNOWN = 1.5  # times what it misses
LEAN_SPREAD = 0.05  # rad, of other leans in these
ENDLESS = 100.0  # times as long: a lens without perspective
IN_TIME = ("features", "orientations", "joints", "up")  # that have a place in time
MOVED = slice(FEATURES - 4, FEATURES - 2)  # the features of how far somebody has moved
Batch = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Recipe:
    """Where batches come from.

    Attributes:
        noise: file of the noise model. painted: files of painted clips.
        painted_share: of clips that the detector really saw.
        augmented: also key poses and limbs of other motions, besides recorded motions, and painted
            clips told again.
        rays: places in the picture as rays from the person's camera; else as through a lens of
            endless length, in the axes of the picture.
        clips, frames: of a batch.
    """

    noise: Path
    painted: tuple[Path, ...]
    painted_share: float = 0.15
    augmented: bool = True
    rays: bool = True
    clips: int = 48
    frames: int = 48


class Batches(torch.utils.data.IterableDataset):
    """Endless batches of a split; each worker draws its own."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        self.recipe, self.seed = recipe, seed

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        recipe, rng = self.recipe, np.random.default_rng(self.seed)
        bank = load_motions("train", recipe.augmented)
        noise = load_noise(recipe.noise)
        lens = 1.0 if recipe.rays else ENDLESS
        painted = [read_told(*recipe.painted, mirrored=mirror) for mirror in (False, True)]
        while True:
            real = int(rng.binomial(recipe.clips, recipe.painted_share))
            made = simulated(rng, bank, noise, recipe.clips - real, recipe.frames)
            batch = of_clips(tilted(rng, rolled(rng, made)), lens)
            if real:
                told = painted[int(rng.integers(2))]
                rows = rng.integers(len(told.quats), size=real)
                clips = told_again(rng, told, rows, recipe.augmented)
                batch = joined(batch, of_clips(tilted(rng, rolled(rng, clips)), lens))
            yield frozen(rng, batch)


def frozen(rng: np.random.Generator, batch: Batch) -> Batch:
    """Some clips stand still, as photos do: one of their frames for all of them."""
    frames = batch["features"].shape[1]
    for clip in np.flatnonzero(rng.random(len(batch["features"])) < FROZEN):
        frame = int(rng.integers(frames))
        for name in IN_TIME:
            batch[name][clip] = batch[name][clip, frame].clone()
        batch["features"][clip, :, MOVED] = 0
    return batch


def sample_truth(
    rng: np.random.Generator, bank: MotionBank, count: int, frames: int
) -> tuple[Truth, Cameras]:
    """People of random shapes in motions of a bank before random cameras."""
    motions, betas = bank.sample(rng, count, frames), sample_betas(rng, count)
    rotations, joints, rest = posed(motions.quats, motions.roots, betas)
    cameras = sample_cameras(rng, joints[:, :, 0])
    return truth_of(rotations, joints, rest, betas, cameras), cameras


def simulated(
    rng: np.random.Generator, bank: MotionBank, noise: NoiseModel, count: int, frames: int
) -> Clips:
    """People of `sample_truth`, seen through a noise model."""
    truth, cameras = sample_truth(rng, bank, count, frames)
    seen = noise.sample(rng, truth, cameras)
    return Clips(truth, cameras, *seen, seen[-1].max(-1) > 0)


def rolled(rng: np.random.Generator, clips: Clips) -> Clips:
    """Clips as if their cameras had been rolled: the landmark network turns people upright, so it
    would have seen the same."""
    angle = rng.normal(0, ROLL_SPREAD, len(clips.points))
    turn = np.zeros((len(angle), 3, 3))
    turn[:, 0, 0] = turn[:, 1, 1] = np.cos(angle)
    turn[:, 1, 0], turn[:, 0, 1], turn[:, 2, 2] = np.sin(angle), -np.sin(angle), 1
    truth, cameras, back = clips.truth, clips.cameras, np.swapaxes(turn, 1, 2)[:, None]
    center = cameras.center[:, None, None]
    return Clips(
        replace(
            truth,
            orientations=turn[:, None, None] @ truth.orientations,
            joints=truth.joints @ back,
            marks=truth.marks @ back,
            up=(turn @ truth.up[..., None])[..., 0],
        ),
        cameras,
        (clips.points - center) @ back[..., :2, :2] + center,
        clips.world @ back,
        clips.visibility,
        clips.seen,
    )


def tilted(rng: np.random.Generator, clips: Clips) -> Clips:
    """Some clips with metric landmarks that know more of the camera's tilt.

    On painted people the landmark network takes tilted cameras for level ones: it leans bodies by
    `TILT_MISSED` of the tilt. On photos it knows more, as people, floors and walls show it. So the
    lifter is not to count on that lean: it is taken back in part, in whole, or beyond.
    """
    count = len(clips.points)
    view = view_rotations(clips.points, clips.cameras.focal[:, None], clips.cameras.center[:, None])
    up = np.einsum("ntij,ni->ntj", view, clips.truth.up)
    level = up * [1.0, 1.0, 0.0]
    level /= np.maximum(np.linalg.norm(level, axis=-1, keepdims=True), 1e-6)
    axis = np.cross(level, up)  # as long as the sine of the tilt
    tilt = np.arcsin(np.clip(up[..., 2:], -1, 1))
    axis *= np.abs(tilt) / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-6)
    known = rng.uniform(0, MOST_KNOWN, count) * (rng.random(count) < KNOWN_SHARE)
    turns = TILT_MISSED * known[:, None, None] * axis
    turns = turns + rng.normal(0, LEAN_SPREAD, (count, 1, 3)) * (known[:, None, None] > 0)
    return replace(clips, world=clips.world @ np.swapaxes(rotmat_from_rotvec(turns), -1, -2))


def of_clips(clips: Clips, lens: float = 1.0) -> Batch:
    """Clips as a batch, encoded as if the lens were so many times as long."""
    cameras = replace(clips.cameras, focal=lens * clips.cameras.focal)
    return labelled(clips.truth, cameras, clips.points, clips.world, clips.visibility)


def labelled(
    truth: Truth, cameras: Cameras, points: np.ndarray, world: np.ndarray, visibility: np.ndarray
) -> Batch:
    """Features and labels in the views of noisy points [N, T, 33, 2]."""
    view = view_rotations(points, cameras.focal[:, None], cameras.center[:, None])
    turn = np.swapaxes(view, -1, -2)
    middle = truth.joints[:, :, :1]
    arrays = {
        "features": encode(points, world, visibility, cameras.focal, cameras.center),
        "orientations": turn[:, :, None] @ truth.orientations,
        "joints": (truth.joints - middle) @ view,
        "offsets": rest_offsets_from_joints(truth.rest, PARENTS.tolist()),
        "up": np.einsum("ntij,nj->nti", turn, truth.up),
        "contact": truth.contact,
        "betas": truth.betas,
    }
    return {
        name: torch.from_numpy(np.ascontiguousarray(values, np.float32))
        for name, values in arrays.items()
    }


def joined(first: Batch, second: Batch) -> Batch:
    """Two batches of clips of the same length as one."""
    return {name: torch.cat([first[name], second[name]]) for name in first}


def held_out(noise: Path, count: int, frames: int, seed: int = 3, lens: float = 1.0) -> Batch:
    """Recorded motions of subjects that are not trained on, seen through the noise model."""
    rng = np.random.default_rng(seed)
    clips = simulated(rng, load_motions("val", False), load_noise(noise), count, frames)
    return of_clips(clips, lens)
