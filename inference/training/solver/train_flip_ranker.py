r"""Trains the flip ranker: how plausible is a figure, given which of its limbs point away?

    python -m sketch2pose.inference.training.solver.train_flip_ranker --mocap ../shared/data/mocap \
        --out build/flip_ranker.npz

A drawing leaves the depth sign of most bones open. Each training example is one true pose and
figures that differ from it by depth flips of a random subset of its limbs; the net learns by
softmax to point at the true one. As the flips are drawn uniformly, its output is the log prior of
a figure up to a constant, so it adds to the log likelihood of the signs that the sketch net saw.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import torch

from . import features, net_file, pose_sampler

LOG = logging.getLogger(__name__)
FLIP_GROUPS = (
    *((1, 2), (3, 6, 9, 12), (13, 14, 16, 17), (15,)),
    *((4,), (7,), (10,), (5,), (8,), (11,)),
    *((18,), (20,), (22,), (19,), (21,), (23,)),
)
CANDIDATES = 16


class FlipRanker(torch.nn.Module):
    """Net input [..., 95] to log plausibility [...]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = torch.nn.Linear(95, width)
        self.middle = torch.nn.ModuleList([torch.nn.Linear(width, width)])
        self.last = torch.nn.Linear(width, 1)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        hidden = torch.relu(self.first(inputs))
        for layer in self.middle:
            hidden = hidden + torch.relu(layer(hidden))
        return self.last(hidden)[..., 0]


def flip_signs(count: int, generator: torch.Generator) -> torch.Tensor:
    """Depth signs [count, CANDIDATES, 24] of the true figure (first) and of flipped ones.

    Only a random subset of the groups is open in one example; among these the flips are uniform.
    """
    openness = torch.rand(count, 1, 1, generator=generator)
    is_open = torch.rand(count, 1, len(FLIP_GROUPS), generator=generator) < openness
    flips = torch.rand(count, CANDIDATES, len(FLIP_GROUPS), generator=generator) < 0.5
    flips = flips & is_open
    flips[:, 0] = False
    members = torch.zeros(len(FLIP_GROUPS), 24)
    for row, group in enumerate(FLIP_GROUPS):
        members[row, list(group)] = 1
    return 1 - 2 * (flips.float() @ members)


def loss_and_accuracy(
    model: FlipRanker, pool: pose_sampler.PosePool, count: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross entropy of finding the true figure, and how often it is found."""
    local = pool.sample(count, generator)
    local[:, 0] = pose_sampler.random_views(count, generator) @ local[:, 0]
    rest = pose_sampler.jittered_rest(pool.rest_directions, count, 0.1, generator)
    true = pose_sampler.bone_directions(pose_sampler.world_from_local(local), rest)
    seen, deviation = pose_sampler.noisy_directions(true, generator)
    signs = flip_signs(count, generator)
    candidates = seen[:, None].repeat(1, CANDIDATES, 1, 1)
    candidates[..., 2] *= signs
    quality = features.quality_from_deviation(deviation)[:, None].expand(-1, CANDIDATES, -1)
    inputs, _ = features.net_input(candidates.flatten(0, 1), quality.flatten(0, 1))
    logits = model(inputs).reshape(count, CANDIDATES)
    same = (signs == signs[:, :1]).all(-1)
    likelihood = torch.logsumexp(logits.masked_fill(~same, -torch.inf), -1)
    loss = (torch.logsumexp(logits, -1) - likelihood).mean()
    found = same.gather(1, logits.argmax(-1, keepdim=True)).float().mean()
    return loss, found


def train(
    model: FlipRanker, pool: pose_sampler.PosePool, steps: int, batch: int, rate: float, seed: int
) -> FlipRanker:
    """AdamW with one cycle of the learning rate; deterministic by seed on one thread."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    started = time.monotonic()
    for step in range(steps):
        loss, found = loss_and_accuracy(model, pool, batch, generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 250 == 0:
            seconds = time.monotonic() - started
            LOG.info(
                "step %d loss %.4f found %.3f %.0f s", step, loss.item(), found.item(), seconds
            )
    return model


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mocap", type=Path, required=True)
    parser.add_argument("--extra", type=Path, help="npz of `key_poses.export`")
    parser.add_argument("--start", type=Path, help="a net of an earlier run to train further")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--batch", type=int, default=192)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(arguments.threads)
    pool = pose_sampler.load_pool(arguments.mocap, arguments.extra)
    torch.manual_seed(arguments.seed)
    model = FlipRanker(arguments.width)
    if arguments.start is not None:
        model.load_state_dict(net_file.read_state(arguments.start))
    train(model, pool, arguments.steps, arguments.batch, arguments.rate, arguments.seed)
    net_file.write_net(arguments.out, model)


if __name__ == "__main__":
    main()
