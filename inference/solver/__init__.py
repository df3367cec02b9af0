"""Sketch solver: bone directions and drawn joints to SMPL rotations."""

from ...core.camera import Camera
from .observation import DirectionObservation, SolveResult
from .solve import solve_directions

__all__ = ["Camera", "DirectionObservation", "SolveResult", "solve_directions"]
