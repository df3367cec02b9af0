"""Forward kinematics of SKEL and its twists in PyTorch.

The twin of `inference.skel.model.kinematics`.

Conventions: as there (metres, radians, y up, q = 0 is the T-pose); tensors of one device and type.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...skel.model.kinematics import SkelRest
from ...skel.model.layout import BONE_COUNT, DOF_BONES, PARENTS, SCAPULAE, SPINE_BONES, dofs_of
from ...skel.model.sliding import REST_TILT, slide_dofs

_SMALL = 1e-4


@dataclass(frozen=True)
class TorchPose:
    """T posed frames; fields as of `inference.skel.model.kinematics.SkelPose`."""

    rotations: Tensor
    positions: Tensor
    axes: Tensor
    slide_steps: Tensor


class TorchSkeleton:
    """The resting skeleton of one shape on a device."""

    def __init__(self, rest: SkelRest, device: str = "cpu", dtype: torch.dtype = torch.float64):
        def tensor(values: np.ndarray) -> Tensor:
            return torch.as_tensor(np.array(values), device=device, dtype=dtype)

        self.tensor = tensor
        self.axes, self.offsets = tensor(rest.axes), tensor(rest.offsets)
        self.slides = rest.slides

    def pose(self, q: Tensor, trans: Tensor) -> TorchPose:
        """Places all bones for angles [T, 46] and pelvis translations [T, 3]."""
        turns = rotmat_from_axis(self.axes, q)
        slides, steps = self.slide(q)
        offsets = self.offsets + slides
        rotations: list[Tensor] = []
        positions: list[Tensor] = []
        axes: list[Tensor] = []
        for bone, parent in enumerate(PARENTS):
            frame = torch.eye(3, dtype=q.dtype, device=q.device).expand(len(q), 3, 3)
            frame = frame if parent < 0 else rotations[parent]
            origin = trans if parent < 0 else positions[parent]
            positions.append(origin + (frame @ offsets[:, bone, :, None])[..., 0])
            own = []
            for dof in reversed(dofs_of(bone)):
                own.append(frame @ self.axes[dof])
                frame = frame @ turns[:, dof]
            axes += own[::-1]
            rotations.append(frame)
        stacked = torch.stack(rotations, 1)
        parents = [PARENTS[DOF_BONES[dof]] for dof in slide_dofs()]
        world_steps = (stacked[:, parents] @ steps[..., None])[..., 0]
        return TorchPose(stacked, torch.stack(positions, 1), torch.stack(axes, 1), world_steps)

    def slide(self, q: Tensor) -> tuple[Tensor, Tensor]:
        """Displacements [T, 24, 3] of the sliding joints and [T, 10, 3] per radian."""
        offsets = [torch.zeros_like(q[:, :3]) for _bone in range(BONE_COUNT)]
        steps: list[Tensor] = []
        for bone, rise in zip(SPINE_BONES, self.slides.rises, strict=True):
            bending, extension = dofs_of(bone)[:2]
            offsets[bone], pair = _arc_offset(q[:, bending], q[:, extension], float(rise))
            steps += pair
        for bone, side in zip(SCAPULAE, (-1.0, 1.0), strict=True):
            abduction, elevation = dofs_of(bone)[:2]
            offsets[bone], pair = self._rib_offset(q[:, abduction], q[:, elevation], side)
            steps += pair
        return torch.stack(offsets, 1), torch.stack(steps, 1)

    def _rib_offset(
        self, abduction: Tensor, elevation: Tensor, side: float
    ) -> tuple[Tensor, list[Tensor]]:
        a, tilt = -side * abduction, -side * elevation - REST_TILT
        radius, half = self.slides.thorax_width / 4, self.slides.thorax_height / 2
        cos_a, sin_a, cos_t, sin_t = a.cos(), a.sin(), tilt.cos(), tilt.sin()
        rest = [side * radius * np.cos(REST_TILT), half * np.sin(REST_TILT), 0.0]
        offset = torch.stack([side * radius * cos_t * cos_a, -half * sin_t, radius * sin_a], -1)
        zero = torch.zeros_like(a)
        by_a = torch.stack([-side * radius * cos_t * sin_a, zero, radius * cos_a], -1)
        by_tilt = torch.stack([-side * radius * sin_t * cos_a, -half * cos_t, zero], -1)
        return offset - self.tensor(np.array(rest)), [-side * by_a, -side * by_tilt]


def _arc_offset(bending: Tensor, extension: Tensor, length: float) -> tuple[Tensor, list[Tensor]]:
    side, side_rise, d_side, d_side_rise = _arc(bending, length)
    back, back_rise, d_back, d_back_rise = _arc(extension, length)
    zero = torch.zeros_like(bending)
    offset = torch.stack([-side, side_rise + back_rise, -back], -1)
    by_bending = torch.stack([-d_side, d_side_rise, zero], -1)
    return offset, [by_bending, torch.stack([zero, d_back_rise, -d_back], -1)]


def _arc(angle: Tensor, length: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    small = angle.abs() < _SMALL
    a = torch.where(small, torch.ones_like(angle), angle)
    sine, cosine = a.sin(), a.cos()
    shift = torch.where(small, angle / 2, (1 - cosine) / a)
    loss = torch.where(small, -(angle**2) / 6, sine / a - 1)
    d_shift = torch.where(small, torch.full_like(a, 0.5), (a * sine - (1 - cosine)) / a**2)
    d_loss = torch.where(small, -angle / 3, (a * cosine - sine) / a**2)
    return length * shift, length * loss, length * d_shift, length * d_loss


def rotmat_from_axis(axes: Tensor, angles: Tensor) -> Tensor:
    """Rotations [T, N, 3, 3] about unit axes [N, 3] by angles [T, N] (Rodrigues)."""
    zero = torch.zeros_like(axes[:, 0])
    x, y, z = axes.unbind(-1)
    rows = [zero, -z, y, z, zero, -x, -y, x, zero]
    skew = torch.stack(rows, -1).reshape(-1, 3, 3)
    sine, cosine = angles.sin()[..., None, None], angles.cos()[..., None, None]
    eye = torch.eye(3, dtype=axes.dtype, device=axes.device)
    return eye + sine * skew + (1 - cosine) * (skew @ skew)


def dof_twists(pose: TorchPose) -> Tensor:
    """[T, 46, 6] twists of the degrees of freedom, as its twin of the same name gives them."""
    origins = pose.positions[:, DOF_BONES.tolist()]
    linear = torch.cross(origins, pose.axes, dim=-1)
    linear = linear.index_add(1, torch.tensor(slide_dofs(), device=linear.device), pose.slide_steps)
    return torch.cat([pose.axes, linear], -1)


def branch_sums(values: Tensor) -> Tensor:
    """[T, 24, ...] for each bone the sum over itself and all below it."""
    sums = list(values.unbind(1))
    for bone in range(BONE_COUNT - 1, 0, -1):
        sums[PARENTS[bone]] = sums[PARENTS[bone]] + sums[bone]
    return torch.stack(sums, 1)
