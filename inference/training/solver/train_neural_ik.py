r"""Trains the neural IK: noisy bone directions of a figure to SMPL local rotations with their
spread.

    python -m sketch2pose.inference.training.solver.train_neural_ik --mocap ../shared/data/mocap \
        --out build/neural_ik.npz

The net is a plain MLP so that numpy alone runs it. It gives, for each joint, a rotation (6D, Zhou
et al. 2019) and the standard deviation about the three axes of the joint, learned by the Gaussian
likelihood.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import torch

from . import features, net_file, pose_sampler

LOG = logging.getLogger(__name__)


class NeuralIK(torch.nn.Module):
    """Directions [B, 95] to rotations [B, 24, 3, 3] (row 0: figure frame from pelvis) and log
    sigma [B, 24, 3].
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = torch.nn.Linear(95, width)
        self.middle = torch.nn.ModuleList([torch.nn.Linear(width, width) for _ in range(2)])
        self.last = torch.nn.Linear(width, 24 * 9)

    def forward(self, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = torch.relu(self.first(inputs))
        for layer in self.middle:
            hidden = hidden + torch.relu(layer(hidden))
        out = self.last(hidden).reshape(-1, 24, 9)
        identity = torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
        return rotmat_from_6d(out[..., :6] + identity), out[..., 6:].clamp(-4.0, 1.5)


def rotmat_from_6d(sixd: torch.Tensor) -> torch.Tensor:
    """[..., 6] = first two columns, not normalised, to rotation matrices [..., 3, 3]."""
    first = torch.nn.functional.normalize(sixd[..., :3], dim=-1)
    second = sixd[..., 3:] - (first * sixd[..., 3:]).sum(-1, keepdim=True) * first
    second = torch.nn.functional.normalize(second, dim=-1)
    return torch.stack([first, second, torch.linalg.cross(first, second)], -1)


def rotvec_from_rotmat(rotation: torch.Tensor) -> torch.Tensor:
    """[..., 3, 3] to axis times angle [..., 3]; the axis loses precision within 1e-3 of pi."""
    axis = torch.stack(
        [
            rotation[..., 2, 1] - rotation[..., 1, 2],
            rotation[..., 0, 2] - rotation[..., 2, 0],
            rotation[..., 1, 0] - rotation[..., 0, 1],
        ],
        -1,
    )
    sine = axis.norm(dim=-1, keepdim=True)
    cosine = rotation.diagonal(dim1=-2, dim2=-1).sum(-1, keepdim=True) - 1
    angle = torch.atan2(sine, cosine)
    return axis * torch.where(sine < 1e-6, torch.full_like(sine, 0.5), angle / sine.clamp_min(1e-6))


def losses(
    model: NeuralIK, pool: pose_sampler.PosePool, count: int, generator: torch.Generator
) -> dict[str, torch.Tensor]:
    """Chordal rotation, direction and likelihood losses of one fresh batch."""
    local = pool.sample(count, generator)
    local[:, 0] = pose_sampler.random_views(count, generator) @ local[:, 0]
    rest = pose_sampler.jittered_rest(pool.rest_directions, count, 0.1, generator)
    true = pose_sampler.bone_directions(pose_sampler.world_from_local(local), rest)
    seen, deviation = pose_sampler.noisy_directions(true, generator)
    inputs, frame = features.net_input(seen, features.quality_from_deviation(deviation))
    target = local.clone()
    target[:, 0] = frame.transpose(-1, -2) @ local[:, 0]
    predicted, log_sigma = model(inputs)
    error = rotvec_from_rotmat(predicted.detach().transpose(-1, -2) @ target)
    world = pose_sampler.world_from_local(predicted)
    built = pose_sampler.bone_directions(world, rest)
    wanted = (true[:, 1:] @ frame) - built[:, 1:]
    return {
        "rotation": ((predicted - target) ** 2).sum((-1, -2)).mean(),
        "direction": (wanted**2).sum(-1).mean(),
        "likelihood": (0.5 * (error * torch.exp(-log_sigma)) ** 2 + log_sigma).mean(),
    }


def train(
    model: NeuralIK, pool: pose_sampler.PosePool, steps: int, batch: int, rate: float, seed: int
) -> NeuralIK:
    """AdamW with one cycle of the learning rate; deterministic by seed on one thread."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    started = time.monotonic()
    for step in range(steps):
        parts = losses(model, pool, batch, generator)
        loss = parts["rotation"] + 2 * parts["direction"] + 0.1 * parts["likelihood"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 250 == 0:
            values = {name: round(value.item(), 4) for name, value in parts.items()}
            LOG.info("step %d %s %.0f s", step, values, time.monotonic() - started)
    return model


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mocap", type=Path, required=True)
    parser.add_argument("--extra", type=Path, help="npz of `key_poses.export`")
    parser.add_argument("--start", type=Path, help="a net of an earlier run to train further")
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--width", type=int, default=448)
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(arguments.threads)
    pool = pose_sampler.load_pool(arguments.mocap, arguments.extra)
    torch.manual_seed(arguments.seed)
    model = NeuralIK(arguments.width)
    if arguments.start is not None:
        model.load_state_dict(net_file.read_state(arguments.start))
    train(model, pool, arguments.steps, arguments.batch, arguments.rate, arguments.seed)
    net_file.write_net(arguments.out, model)


if __name__ == "__main__":
    main()
