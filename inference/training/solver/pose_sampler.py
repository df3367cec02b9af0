"""Batches of poses and noisy bone directions for the nets of the sketch solver.

Conventions: body space is right-handed, y up, facing +z, left at +x; local rotations are relative
to the T-pose of the mocap pack; view space is x right, y down, z forward (OpenCV). Directions row
j is the unit vector of the bone that ends in joint j.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ....core.smpl import SMPL_MIRROR, SMPL_PARENTS
from ...body import load_default_body

LEFT_LIMBS = ((4, 7, 10), (5, 8, 11), (18, 20, 22), (19, 21, 23))
LEVEL_VIEW = torch.diag(torch.tensor([1.0, -1.0, -1.0]))
"""view_from_body of a level camera that looks at the face of an unrotated figure."""


def rotmat_from_quat(quats: torch.Tensor) -> torch.Tensor:
    """Unit quaternions wxyz [..., 4] to rotation matrices [..., 3, 3]."""
    w, x, y, z = torch.nn.functional.normalize(quats, dim=-1).unbind(-1)
    rows = (
        *(1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        *(2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        *(2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return torch.stack(rows, -1).reshape(*quats.shape[:-1], 3, 3)


def world_from_local(local: torch.Tensor) -> torch.Tensor:
    """Local rotations [B, 24, 3, 3] chained down the tree to world rotations [B, 24, 3, 3]."""
    world = [local[:, 0]]
    for joint in range(1, 24):
        world.append(world[SMPL_PARENTS[joint]] @ local[:, joint])
    return torch.stack(world, 1)


def bone_directions(world: torch.Tensor, rest_directions: torch.Tensor) -> torch.Tensor:
    """Unit bone directions [B, 24, 3] of world rotations [B, 24, 3, 3]; row 0 is zero."""
    parents = list(SMPL_PARENTS)
    parents[0] = 0
    return (world[:, parents] @ rest_directions[..., None])[..., 0]


@dataclass(frozen=True)
class PosePool:
    """All training poses as quaternions, and the shares of a batch they make up."""

    measured: torch.Tensor  # [N, 24, 4] wxyz
    recombined: torch.Tensor  # [M, 24, 4] wxyz
    authored: torch.Tensor  # [K, 24, 4] wxyz, may be empty
    rest_directions: torch.Tensor  # [S, 24, 3] unit, row 0 zero: the skeletons to train for
    measured_share: float = 0.45
    authored_share: float = 0.2

    def sample(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """Local rotations [count, 24, 3, 3], half of them mirrored."""
        from_measured = int(count * self.measured_share)
        from_authored = int(count * self.authored_share) if len(self.authored) else 0
        rest = count - from_measured - from_authored
        picks = [_pick(self.measured, from_measured, generator)]
        picks.append(_pick(self.recombined, rest, generator))
        if from_authored:
            picks.append(_pick(self.authored, from_authored, generator))
        quats = torch.cat(picks)
        flip = torch.rand(count, generator=generator) < 0.5
        return rotmat_from_quat(torch.where(flip[:, None, None], mirrored(quats), quats))


def _pick(quats: torch.Tensor, count: int, generator: torch.Generator) -> torch.Tensor:
    return quats[torch.randint(len(quats), (count,), generator=generator)]


def mirrored(quats: torch.Tensor) -> torch.Tensor:
    """The mirror image of a pose: left and right exchanged, quaternions wxyz reflected at x = 0."""
    return quats[:, list(SMPL_MIRROR)] * torch.tensor([1.0, 1.0, -1.0, -1.0])


def load_pool(mocap: Path, extra: Path | None = None) -> PosePool:
    """Reads the mocap pack (train split only); `extra` is an optional npz with `quats` of authored
    poses.
    """
    packed = np.load(mocap / "train_poses.npz")
    measured = torch.as_tensor(packed["quats"].astype(np.float32))
    recombined = torch.as_tensor(
        np.load(mocap / "train_recombined_poses.npz")["quats"].astype(np.float32)
    )
    authored = torch.zeros(0, 24, 4)
    if extra is not None:
        authored = torch.as_tensor(np.load(extra)["quats"].astype(np.float32))
    return PosePool(measured, recombined, authored, _rest_directions(packed["rest_offsets"]))


def _rest_directions(pack_offsets: np.ndarray) -> torch.Tensor:
    """Bone directions at rest of the pack's skeleton and of the default body."""
    offsets = np.stack([pack_offsets, load_default_body().rest_offsets()]).astype(np.float32)
    offsets[:, 0] = 0
    return torch.nn.functional.normalize(torch.as_tensor(offsets), dim=-1)


def jittered_rest(
    rest: torch.Tensor, count: int, spread: float, generator: torch.Generator
) -> torch.Tensor:
    """Rest directions [count, 24, 3] near those given [S, 24, 3], symmetric, off by `spread`
    radians.

    Rigs differ in where hips, collars and spine joints lie; the nets must not depend on one of
    them.
    """
    bodies = rest[torch.randint(len(rest), (count,), generator=generator)]
    noise = torch.randn(count, 24, 3, generator=generator) * spread
    reflected = noise[:, list(SMPL_MIRROR)] * torch.tensor([-1.0, 1.0, 1.0])
    directions = bodies + (noise + reflected) / 2**0.5
    directions[:, 0] = 0
    return torch.nn.functional.normalize(directions, dim=-1)


def random_views(count: int, generator: torch.Generator) -> torch.Tensor:
    """view_from_body [count, 3, 3]: mostly near-level cameras from all sides, some from
    anywhere.
    """
    yaw = torch.rand(count, generator=generator) * 2 * torch.pi
    pitch = torch.randn(count, generator=generator) * 0.3
    half = torch.zeros(count, 4)
    half[:, 0], half[:, 2] = torch.cos(yaw / 2), torch.sin(yaw / 2)
    tilt = torch.zeros(count, 4)
    tilt[:, 0], tilt[:, 1] = torch.cos(pitch / 2), torch.sin(pitch / 2)
    level = LEVEL_VIEW @ rotmat_from_quat(tilt) @ rotmat_from_quat(half)
    anywhere = rotmat_from_quat(torch.randn(count, 4, generator=generator))
    pick = torch.rand(count, generator=generator) < 0.2
    return torch.where(pick[:, None, None], anywhere, level)


def noisy_directions(
    true: torch.Tensor, generator: torch.Generator, worst: float = 0.6
) -> tuple[torch.Tensor, torch.Tensor]:
    """Directions [B, 24, 3] as a net might see them, and their standard deviation [B, 24] in
    radians.

    The noise level differs from figure to figure and from bone to bone; depth is noisier than the
    image plane. Bones, hands, feet and whole limbs go missing (deviation = inf).
    """
    count = len(true)
    figure = torch.rand(count, 1, generator=generator) ** 2 * worst
    deviation = figure * (0.5 + torch.rand(count, 24, generator=generator))
    noise = torch.randn(true.shape, generator=generator) * deviation[..., None]
    noise[..., 2] *= 1.4
    seen = torch.nn.functional.normalize(true + noise, dim=-1)
    missing = _missing_bones(count, generator)
    deviation = torch.where(missing, torch.inf, deviation)
    return torch.where(missing[..., None], torch.zeros_like(seen), seen), deviation


def _missing_bones(count: int, generator: torch.Generator) -> torch.Tensor:
    missing = torch.rand(count, 24, generator=generator) < 0.04
    ends = torch.rand(count, 2, generator=generator) < 0.25
    for column, joints in enumerate(((10, 11), (22, 23))):
        missing[:, joints] |= ends[:, column : column + 1]
    for limb in LEFT_LIMBS:
        missing[:, limb] |= torch.rand(count, 1, generator=generator) < 0.04
    missing[:, 0] = True
    return missing
