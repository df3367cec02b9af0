"""Sketch solver: bone directions and drawn joints to SMPL rotations."""

from inference.solver.camera import Camera
from inference.solver.observation import DirectionObservation, SolveResult
from inference.solver.solve import solve_directions

__all__ = ["Camera", "DirectionObservation", "SolveResult", "solve_directions"]
