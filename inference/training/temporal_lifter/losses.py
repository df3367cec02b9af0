"""What the lifter is trained for, and the figures it is judged by.

Conventions: the view of each frame, metres, radians; positions are relative to the pelvis.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from ..synthesis.layout import PARENTS
from .net import PARTS, Design, rotmat_from_6d

LIMB_JOINTS = (1, 2, 4, 5, 7, 8, 16, 17, 18, 19, 20, 21)
WEIGHTS = {"position": 10.0, "turn": 1.0, "local": 0.5, "speed": 20.0, "turn_spread": 0.05,
           "spread": 0.05, "contact": 0.1, "up": 0.5, "shape": 0.05}  # fmt: skip


def orientations(out: dict[str, torch.Tensor], design: Design) -> torch.Tensor:
    """[N, T, 24, 3, 3] parts in the view."""
    turns = rotmat_from_6d(out["sixd"])
    if not design.local:
        return turns
    chained = [turns[:, :, 0]]
    for joint in range(1, PARTS):
        chained.append(chained[PARENTS[joint]] @ turns[:, :, joint])
    return torch.stack(chained, 2)


def positions(turns: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """[N, T, 24, 3] joints about the pelvis of parts [N, T, 24, 3, 3] and offsets [N, 24, 3]."""
    owners = [max(parent, 0) for parent in PARENTS]
    bones = (turns[:, :, owners] @ offsets[:, None, :, :, None])[..., 0]
    return torch.einsum("jk,ntkc->ntjc", _chains().to(bones), bones)


def joint_places(
    out: dict[str, torch.Tensor], turns: torch.Tensor, offsets: torch.Tensor, design: Design
) -> torch.Tensor:
    """[N, T, 24, 3] joints about the pelvis, as the design says them."""
    return out["sixd"][..., :3] if design.places else positions(turns, offsets)


def _chains() -> torch.Tensor:
    """[24, 24] 1 where bone k lies between the pelvis and joint j."""
    chains = torch.zeros(PARTS, PARTS)
    for joint in range(1, PARTS):
        chains[joint] = chains[PARENTS[joint]]
        chains[joint, joint] = 1
    return chains


def local_of(turns: torch.Tensor) -> torch.Tensor:
    """Rotations [N, T, 23, 3, 3] of all joints but the pelvis in their parents' frames."""
    return turns[:, :, list(PARENTS[1:])].transpose(-1, -2) @ turns[:, :, 1:]


def losses(
    out: dict[str, torch.Tensor], batch: dict[str, torch.Tensor], design: Design
) -> dict[str, torch.Tensor]:
    """All parts of the loss, not weighted."""
    turns, truth = orientations(out, design), batch["orientations"]
    places, true_places = joint_places(out, turns, batch["offsets"], design), batch["joints"]
    away = (places - true_places).norm(dim=-1)
    missing = turn_vector(truth @ turns.transpose(-1, -2)).detach()
    spread = out["turn_spread"]
    speed = (places - true_places).diff(dim=1).norm(dim=-1)
    turned = 0.0 if design.places else 1.0  # places say nothing of turns
    return {
        "position": away.mean(),
        "turn": turned * (turns - truth).flatten(-2).norm(dim=-1).mean(),
        "local": turned * (local_of(turns) - local_of(truth)).flatten(-2).norm(dim=-1).mean(),
        "speed": speed.mean(),
        "turn_spread": (missing.abs() / spread.exp() + spread).mean(),
        "spread": (away.detach() / out["spread"].exp() + out["spread"])[..., 1:].mean(),
        "contact": functional.binary_cross_entropy_with_logits(out["contact"], batch["contact"]),
        "up": (out["up"] - batch["up"]).norm(dim=-1).mean(),
        "shape": (out["betas"] - batch["betas"][:, None]).abs().mean(),
    }


def total(parts: dict[str, torch.Tensor]) -> torch.Tensor:
    """The loss."""
    return sum((WEIGHTS[name] * part for name, part in parts.items()), torch.zeros(()))


def turn_vector(rotation: torch.Tensor) -> torch.Tensor:
    """[..., 3, 3] to axis times angle [..., 3]; only for angles that need no gradient."""
    axis = torch.stack(
        [
            rotation[..., 2, 1] - rotation[..., 1, 2],
            rotation[..., 0, 2] - rotation[..., 2, 0],
            rotation[..., 1, 0] - rotation[..., 0, 1],
        ],
        -1,
    )
    sine = axis.norm(dim=-1, keepdim=True)
    angle = torch.atan2(sine, rotation.diagonal(dim1=-2, dim2=-1).sum(-1, keepdim=True) - 1)
    return axis * angle / sine.clamp_min(1e-6)


@torch.no_grad()
def figures(
    out: dict[str, torch.Tensor], batch: dict[str, torch.Tensor], design: Design
) -> dict[str, float]:
    """Errors on 12 limb joints (mm) and of local rotations (degrees, of 21 joints, with twist)."""
    turns = orientations(out, design)
    places = joint_places(out, turns, batch["offsets"], design)
    found, truth = (one[:, :, list(LIMB_JOINTS)] for one in (places, batch["joints"]))
    hips = [one[:, :, :2].mean(2, keepdim=True) for one in (found, truth)]
    root = (found - hips[0] - truth + hips[1]).norm(dim=-1).mean()
    wrong = local_of(turns).transpose(-1, -2) @ local_of(batch["orientations"])
    angle = turn_vector(wrong).norm(dim=-1)[:, :, :21]  # hands are not measured
    up = functional.cosine_similarity(out["up"], batch["up"], dim=-1).clamp(-1, 1)
    return {
        "pa_mm": 1e3 * aligned_error(found.flatten(0, 1).numpy(), truth.flatten(0, 1).numpy()),
        "root_mm": 1e3 * float(root),
        "local_deg": float(torch.rad2deg(angle.mean())),
        "up_deg": float(torch.rad2deg(up.acos().mean())),
    }


def aligned_error(found: np.ndarray, truth: np.ndarray) -> float:
    """Mean distance after the best similarity transform of each frame [N, J, 3] (PA-MPJPE)."""
    a, b = (one - one.mean(1, keepdims=True) for one in (found, truth))
    u, s, vt = np.linalg.svd(np.swapaxes(a, 1, 2) @ b)
    s[:, 2] *= (sign := np.sign(np.linalg.det(u @ vt)))
    u[:, :, 2] *= sign[:, None]
    scale = s.sum(1) / (a**2).sum((1, 2))
    return float(np.linalg.norm(scale[:, None, None] * a @ u @ vt - b, axis=-1).mean())
