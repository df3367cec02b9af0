"""Motions to learn from: recorded ones, ones with limbs of others, ones through key poses.

Conventions: local rotations of the 24-joint SMPL tree relative to the T-pose as quaternions wxyz;
roots are pelvis positions in metres, y up; 30 frames a second.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from ....core.kinematics import forward_kinematics, rest_offsets_from_joints
from ....core.rotations import quat_from_rotmat, rotmat_from_quat
from ..synthesis.layout import LEFT_ARM, LEFT_LEG, PARENTS, RIGHT_ARM, RIGHT_LEG
from ..synthesis.poses import PoseBank, load_pose_bank, mirror_quats, shared_folder

FRAMERATE = 30
SUBJECT_POWER = 0.5  # a clip is drawn in proportion to its length to this power
STANDING_SHARE = 0.25  # of "standing idle", half of the pack, compared to other clips
SWAPPED = 0.25  # probability that a limb comes from another motion
SPEEDS = (0.6, 1.5)  # of recorded motions
KEYED = 0.35  # share of motions through key poses
KEY_EVERY = (8, 28)  # frames from one key pose to the next
TURN_SPREAD = 0.5  # rad a key pose turns from the one before
LIMBS = (LEFT_ARM, RIGHT_ARM, LEFT_LEG, RIGHT_LEG)


@dataclass(frozen=True)
class Motions:
    """N motions of T frames: `quats` [N, T, 24, 4] and `roots` [N, T, 3]."""

    quats: np.ndarray
    roots: np.ndarray


@dataclass(frozen=True)
class MotionBank:
    """Sequences of one split of the motion pack.

    Attributes:
        quats: [M, 24, 4] float32. roots: [M, 3].
        starts, lengths: [S] where sequences lie. odds: [S] probability to be drawn.
        key_poses: single poses, or None for recorded motions only.
        rest: [24, 3] rest joints of the pack's skeleton.
    """

    quats: np.ndarray
    roots: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    odds: np.ndarray
    key_poses: PoseBank | None
    rest: np.ndarray

    def sample(self, rng: np.random.Generator, count: int, frames: int) -> Motions:
        """Motions to learn from: a share of them through key poses, half of them mirrored."""
        keyed = int(rng.binomial(count, KEYED)) if self.key_poses is not None else 0
        parts = [self._recorded(rng, frames) for _ in range(count - keyed)]
        parts += [self._through_key_poses(rng, frames) for _ in range(keyed)]
        quats = np.stack([quats for quats, _ in parts])
        roots = np.stack([roots for _, roots in parts])
        mirrored = rng.random(count) < 0.5
        shape = quats[mirrored].shape
        quats[mirrored] = mirror_quats(quats[mirrored].reshape(-1, 24, 4)).reshape(shape)
        roots[mirrored, :, 0] *= -1
        return Motions(quats, roots)

    def _recorded(self, rng: np.random.Generator, frames: int) -> tuple[np.ndarray, np.ndarray]:
        quats, roots = self._window(rng, frames)
        if self.key_poses is not None:  # limb swaps are for training only
            for limb in LIMBS:
                if rng.random() < SWAPPED:
                    quats[:, limb] = self._window(rng, frames)[0][:, limb]
        return quats, roots

    def _window(self, rng: np.random.Generator, frames: int) -> tuple[np.ndarray, np.ndarray]:
        """A stretch of a sequence at a random speed; short ones go there and back."""
        one = int(rng.choice(len(self.starts), p=self.odds))
        length = int(self.lengths[one])
        speed = float(np.exp(rng.uniform(*np.log(SPEEDS))))
        first = rng.uniform(0, max(length - 1 - speed * frames, 0))
        at = first + speed * np.arange(frames)
        at = np.abs((at + length - 1) % (2 * (length - 1)) - (length - 1))  # reflected at the ends
        low = np.minimum(at.astype(int), length - 2)
        rows, share = self.starts[one] + low, (at - low)[:, None]
        quats = blended(self.quats[rows], self.quats[rows + 1], share[..., None])
        return quats, (1 - share) * self.roots[rows] + share * self.roots[rows + 1]

    def _through_key_poses(
        self, rng: np.random.Generator, frames: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Poses that have nothing to do with each other, joined by easing in and out."""
        assert self.key_poses is not None
        steps = rng.integers(*KEY_EVERY, size=frames // KEY_EVERY[0] + 2)
        times = np.concatenate([[0], np.cumsum(steps)]) - rng.integers(steps[0])
        rotations = self.key_poses.sample(rng, len(times))
        quats = quat_from_rotmat(rotations).astype(np.float32)
        heading = np.cumsum(rng.normal(0, TURN_SPREAD, len(times)))
        quats[:, 0] = turned_about_y(quats[:, 0], heading)
        at = np.arange(frames)
        key = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
        share = (at - times[key]) / np.maximum(times[key + 1] - times[key], 1)
        share = np.clip(share, 0, 1)
        ease = (share * share * (3 - 2 * share))[:, None, None]
        moved = blended(quats[key], quats[key + 1], ease)
        return moved, self._standing_roots(moved)

    def _standing_roots(self, quats: np.ndarray) -> np.ndarray:
        """[T, 3] pelvis over one spot, as high as the lowest joint needs to touch the ground."""
        offsets = rest_offsets_from_joints(self.rest, PARENTS.tolist())
        _, joints = forward_kinematics(
            rotmat_from_quat(quats), offsets, PARENTS.tolist(), np.zeros((len(quats), 3))
        )
        roots = np.zeros((len(quats), 3), np.float32)
        roots[:, 1] = joints[:, 0, 1] - joints[..., 1].min(axis=1)
        return roots


def load_motions(split: str, with_key_poses: bool) -> MotionBank:
    """The sequences of a split.

    Args:
        split: ``train`` or ``val`` (other subjects).
        with_key_poses: also motions through single poses, and limbs of other motions.

    Raises:
        FileNotFoundError: the motion pack is not there; set ``S2P_SHARED``.
    """
    packed = np.load(shared_folder() / "data" / "mocap" / f"{split}_seqs.npz")
    clips = json.loads(str(packed["clips"]))
    lengths = packed["seq_len"].astype(int)
    idle = np.array(
        ["idle" in clips[clip]["description"].lower() for clip in packed["seq_clip"]], float
    )
    odds = lengths**SUBJECT_POWER * np.where(idle > 0, STANDING_SHARE, 1.0)
    quats = packed["quats"].astype(np.float32)
    quats /= np.linalg.norm(quats, axis=-1, keepdims=True)
    return MotionBank(
        quats,
        packed["root"].astype(np.float32),
        packed["seq_start"].astype(int),
        lengths,
        odds / odds.sum(),
        load_pose_bank(split) if with_key_poses else None,
        rest_joints(packed["rest_offsets"]),
    )


def rest_joints(offsets: np.ndarray) -> np.ndarray:
    """[24, 3] joints of the T-pose from their offsets from their parents."""
    joints = np.zeros_like(offsets)
    for joint, parent in enumerate(PARENTS):
        joints[joint] = offsets[joint] + (joints[parent] if parent >= 0 else 0)
    return joints


def blended(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Quaternions between two [..., 4], the short way; small angles need no sines."""
    sign = np.where((first * second).sum(-1, keepdims=True) < 0, -1.0, 1.0)
    mixed = (1 - share) * first + share * sign * second
    return (mixed / np.linalg.norm(mixed, axis=-1, keepdims=True)).astype(np.float32)


def turned_about_y(quats: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Quaternions [N, 4] turned about the vertical by [N] radians: q_y * q."""
    cosine, sine = np.cos(angle / 2), np.sin(angle / 2)
    w, x, y, z = np.moveaxis(quats, -1, 0)
    turned = [cosine * w - sine * y, cosine * x + sine * z, cosine * y + sine * w,
              cosine * z - sine * x]  # fmt: skip
    return np.stack(turned, axis=-1).astype(np.float32)
