"""The fit of SKEL in PyTorch: the twin of `inference.skel.fitting.fit` for a graphics card.

Conventions: as there. The sums over the points of a bone are gathered once, in NumPy; every
iteration then runs on the device, its coupled frames by cyclic reduction. Jumps are not taken out
and points on several bones are not corrected here.
"""

from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from ...skel.fitting.fit import (
    ENOUGH,
    MAX_ITERATIONS,
    RESTING,
    SMOOTHNESS,
    UNKNOWNS,
    SkelFit,
    steadiness,
)
from ...skel.fitting.initial_angles import starting_angles
from ...skel.fitting.moments import Moments, gather
from ...skel.fitting.targets import FitTargets
from ...skel.model.kinematics import SkelRest, moves_together
from ...skel.model.layout import DOF_BONES, DOF_COUNT, HIGHEST, LOWEST
from .coupled import solve_coupled_frames
from .kinematics import TorchPose, TorchSkeleton, branch_sums, dof_twists


@dataclass
class _TorchState:
    q: Tensor
    trans: Tensor
    pose: TorchPose
    cost: Tensor
    force: Tensor
    torque: Tensor
    inertia: Tensor


def fit_skel_torch(
    rest: SkelRest,
    targets: FitTargets,
    device: str = "cpu",
    dtype: torch.dtype = torch.float64,
    smoothness: float = SMOOTHNESS,
) -> SkelFit:
    """Fits all frames together on a device; points are taken as rigid on their main bone.

    Args:
        rest: the resting skeleton of the shape. targets: what to reach in T frames, with a start.
        device, dtype: of PyTorch. smoothness: metres per radian of change between frames.

    Returns:
        what `inference.skel.fitting.fit.fit_skel` returns for rigid points, before jumps are taken
        out.
    """
    assert targets.oriented is not None
    problem = _TorchProblem(rest, gather(rest, targets), device, dtype, smoothness)
    state = problem.start(starting_angles(rest, targets.oriented))
    damping = torch.full_like(state.cost, 1e-4)
    done = 0
    while done < MAX_ITERATIONS:
        done += 1
        step = problem.step(state, damping)
        q = torch.clamp(state.q + step[:, :DOF_COUNT], problem.lowest, problem.highest)
        trial = problem.evaluate(q, state.trans + step[:, DOF_COUNT:])
        better = trial.cost < state.cost
        gain = float(((state.cost - trial.cost) * better).sum() / state.cost.sum().clamp(1e-12))
        damping = torch.where(better, (damping / 5).clamp(1e-7), (damping * 8).clamp(max=1e3))
        q = torch.where(better[:, None], trial.q, state.q)
        trans = torch.where(better[:, None], trial.trans, state.trans)
        state = trial if bool(better.all()) else problem.evaluate(q, trans)
        if gain < ENOUGH:
            break
    q, trans, cost = (value.cpu().double().numpy() for value in (state.q, state.trans, state.cost))
    return SkelFit(q, trans + problem.centres, cost, done)


class _TorchProblem:
    def __init__(
        self,
        rest: SkelRest,
        moments: Moments,
        device: str,
        dtype: torch.dtype,
        smoothness: float,
    ) -> None:
        self.skeleton = TorchSkeleton(rest, device, dtype)
        tensor = self.skeleton.tensor
        self.moments = {f.name: tensor(getattr(moments, f.name)) for f in fields(moments)}
        self.centres = moments.centres
        self.stiffness = tensor((smoothness * steadiness()) ** 2)
        self.lowest, self.highest = tensor(LOWEST), tensor(HIGHEST)
        self.together = torch.as_tensor(moves_together(), device=device)
        self.bones = DOF_BONES.tolist()
        self.reference = tensor(np.zeros((len(moments.mass), DOF_COUNT)))

    def start(self, angles: np.ndarray) -> _TorchState:
        self.reference = q = self.skeleton.tensor(angles)
        state = self.evaluate(q, torch.zeros_like(q[:, :3]))
        return self.evaluate(q, -state.force.sum(1) / self.moments["mass"].sum(1)[:, None])

    def evaluate(self, q: Tensor, trans: Tensor) -> _TorchState:
        """Cost [T] and each bone's force, torque and inertia, as `moments.bone_errors`."""
        pose, m = self.skeleton.pose(q, trans), self.moments
        rot, place = pose.rotations, pose.positions
        arm = (rot @ m["arm"][..., None])[..., 0]
        first = arm + m["mass"][..., None] * place
        mixed = m["mixed"] @ rot.mT
        second = rot @ m["spread"] @ rot.mT + _outer(arm, place) + _outer(place, first)
        squares = second.diagonal(dim1=-2, dim2=-1).sum(-1)
        work = mixed.diagonal(dim1=-2, dim2=-1).sum(-1) + (place * m["pull"]).sum(-1)
        cost = (squares - 2 * work).sum(1) + m["energy"]
        cost = cost + RESTING**2 * ((q - self.reference) ** 2).sum(1)
        jumps = (self.stiffness * q.diff(dim=0) ** 2).sum(1) / 2
        cost = cost + torch.cat([jumps, jumps[:0].new_zeros(1)])
        cost = cost + torch.cat([jumps[:0].new_zeros(1), jumps])
        torque = -_axial(mixed) - torch.cross(place, m["pull"], dim=-1)
        inertia = _inertia(m["mass"], first, second, squares)
        return _TorchState(q, trans, pose, cost, first - m["pull"], torque, inertia)

    def step(self, state: _TorchState, damping: Tensor) -> Tensor:
        """[T, 49] damped Gauss-Newton step within the limits."""
        normal, gradient = self.normal_equations(state)
        change = self.stiffness * state.q.diff(dim=0)
        pull = RESTING**2 * (state.q - self.reference)
        pull[1:] += change
        pull[:-1] -= change
        gradient[:, :DOF_COUNT] += pull
        diagonal = normal.diagonal(dim1=-2, dim2=-1)
        diagonal += damping[:, None] * (diagonal + 1e-3)
        diagonal[:, :DOF_COUNT] += RESTING**2
        free = torch.ones_like(gradient, dtype=torch.bool)
        slope = gradient[:, :DOF_COUNT]
        pressed = ((state.q <= self.lowest) & (slope > 0)) | (
            (state.q >= self.highest) & (slope < 0)
        )
        free[:, :DOF_COUNT] = ~pressed
        coupling = torch.cat([self.stiffness, self.stiffness.new_zeros(UNKNOWNS - DOF_COUNT)])
        return solve_coupled_frames(normal, -gradient, coupling, free)

    def normal_equations(self, state: _TorchState) -> tuple[Tensor, Tensor]:
        """Matrix [T, 49, 49] and gradient [T, 49] by composite rigid bodies."""
        twists = dof_twists(state.pose)
        wrench = branch_sums(torch.cat([state.torque, state.force], -1))
        inertia = branch_sums(state.inertia)
        momenta = (inertia[:, self.bones] @ twists[..., None])[..., 0]
        products = twists @ momenta.mT * self.together
        normal = twists.new_zeros(len(twists), UNKNOWNS, UNKNOWNS)
        normal[:, :DOF_COUNT, :DOF_COUNT] = products + products.mT * ~self.together
        normal[:, :DOF_COUNT, DOF_COUNT:] = momenta[..., 3:]
        normal[:, DOF_COUNT:, :DOF_COUNT] = momenta[..., 3:].mT
        normal[:, DOF_COUNT:, DOF_COUNT:] = inertia[:, 0, 3:, 3:]
        gradient = torch.cat([(twists * wrench[:, self.bones]).sum(-1), wrench[:, 0, 3:]], 1)
        return normal, gradient


def _inertia(mass: Tensor, first: Tensor, second: Tensor, squares: Tensor) -> Tensor:
    eye = torch.eye(3, dtype=mass.dtype, device=mass.device)
    zero = torch.zeros_like(mass)
    x, y, z = first.unbind(-1)
    rows = [zero, -z, y, z, zero, -x, -y, x, zero]
    cross = torch.stack(rows, -1).reshape(*mass.shape, 3, 3)
    upper = torch.cat([squares[..., None, None] * eye - second, cross], -1)
    lower = torch.cat([cross.mT, mass[..., None, None] * eye], -1)
    return torch.cat([upper, lower], -2)


def _axial(mixed: Tensor) -> Tensor:
    return torch.stack(
        [
            mixed[..., 2, 1] - mixed[..., 1, 2],
            mixed[..., 0, 2] - mixed[..., 2, 0],
            mixed[..., 1, 0] - mixed[..., 0, 1],
        ],
        -1,
    )


def _outer(a: Tensor, b: Tensor) -> Tensor:
    return a[..., :, None] * b[..., None, :]
