"""How well and how fast the sketch solver turns seen bone directions into poses.

    python tests/benchmarks/bench_solver.py [--count 300] [--out FOLDER]

Validation poses of the mocap pack (S2P_SHARED) are seen with known errors and solved on the
default body: PA-MPJPE of 12 limb joints, direction of 8 limb bones, local rotation of 8 limb
joints with twist, best of five, how often one of five is within 40 mm, calibration of the
confidence, and CPU time of one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.core.rotations import rotmat_angle, rotmat_from_quat  # noqa: E402
from sketch2pose.inference.body import load_default_body  # noqa: E402
from sketch2pose.inference.solver import solve_directions, tree  # noqa: E402
from sketch2pose.inference.solver.confidence import GOOD_ANGLE  # noqa: E402
from sketch2pose.inference.training.solver import measures  # noqa: E402
from sketch2pose.inference.training.solver.simulated import Eyesight, Scene, observe, random_scene  # noqa: E402
from tests.benchmarks.sketch.ambiguous import is_ambiguous, recorded_poses  # noqa: E402
from tests.benchmarks.sketch.metrics import limb_points  # noqa: E402
from tests.benchmarks.sketch.table import Row, print_table  # noqa: E402

NAN = float("nan")
INF = float("inf")
CASES = {
    "exact directions": Eyesight(0.0, INF),
    "10° noise": Eyesight(np.deg2rad(10), INF, 8.0),
    "20° noise": Eyesight(np.deg2rad(20), INF, 12.0),
    "exact, signs 84 % sure": Eyesight(0.0, 2.0),
    "15° noise, signs 84 % sure": Eyesight(np.deg2rad(15), 2.0, 10.0),
    "exact, signs unknown": Eyesight(0.0, 0.0),
    "2D joints only, signs unknown": Eyesight(NAN, 0.0),
}
TWIST_JOINTS = [1, 2, 4, 5, 16, 17, 18, 19]
GOOD_MM = 40.0
AMBIGUOUS = "one of 5 within 40 mm, ambiguous poses"
TARGETS: dict[tuple[str, str], tuple[float, float, bool]] = {
    ("exact, signs 84 % sure", AMBIGUOUS): (75.0, 90.0, True),
    ("15° noise, signs 84 % sure", "processor time, p95"): (40.0, 25.0, False),
}
"""must, aim, larger is better"""


NOTE = "Validation poses of the mocap pack, seen with known errors and solved on the default body."


@dataclass(frozen=True)
class Outcome:
    """One solved figure: errors of the hypotheses [H], of the best one, and its confidence."""

    pa_mm: np.ndarray
    direction_deg: np.ndarray  # [24]
    rotation_deg: float
    confidence: np.ndarray  # [24]
    milliseconds: float
    ambiguous: bool


def solved(scene: Scene, eyes: Eyesight, body, rest: tree.RestBody, random) -> Outcome:
    """Observe and solve one scene."""
    observation = observe(scene, eyes, random)
    started = time.process_time()
    result = solve_directions(observation, body)
    spent = time.process_time() - started
    local = result.rotations.copy()
    local[:, 0] = result.camera.rotation @ local[:, 0]
    world = tree.world_from_local(local)
    points = tree.positions(world, rest)[:, measures.LIMB_JOINTS]
    bones = tree.bone_vectors(world[:1], rest.directions)[0]
    twist = rotmat_angle(local[0, TWIST_JOINTS], scene.local[TWIST_JOINTS])
    return Outcome(
        measures.pa_mpjpe(points, scene.joints[measures.LIMB_JOINTS]),
        measures.direction_error(bones, scene.bones),
        float(np.rad2deg(twist).mean()),
        result.confidence,
        1000 * spent,
        is_ambiguous(limb_points(scene.joints), recorded_poses(shared_mocap())),
    )


def calibration_error(outcomes: list[Outcome]) -> float:
    """Expected calibration error (Naeini et al. 2015) of the limb bones' confidence, ten bins."""
    confidence = np.concatenate([outcome.confidence[measures.LIMB_BONES] for outcome in outcomes])
    errors = np.concatenate([outcome.direction_deg[measures.LIMB_BONES] for outcome in outcomes])
    right = errors < np.rad2deg(GOOD_ANGLE)
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [
        abs(confidence[bins == k].mean() - right[bins == k].mean()) * (bins == k).mean()
        for k in np.unique(bins)
    ]
    return float(np.sum(gaps))


def rows(name: str, outcomes: list[Outcome]) -> list[Row]:
    """The figures of one kind of eyesight."""
    first = np.array([outcome.pa_mm[0] for outcome in outcomes])
    best = np.array([outcome.pa_mm.min() for outcome in outcomes])
    bones = np.array([outcome.direction_deg[measures.LIMB_BONES].mean() for outcome in outcomes])
    rotation = np.array([outcome.rotation_deg for outcome in outcomes])
    spent = np.array([outcome.milliseconds for outcome in outcomes])
    open_ = np.array([outcome.ambiguous for outcome in outcomes])
    figures = {
        "PA-MPJPE": (first.mean(), "mm"),
        "limb direction": (bones.mean(), "°"),
        "limb rotation with twist": (rotation.mean(), "°"),
        "PA-MPJPE, best of 5": (best.mean(), "mm"),
        "one of 5 within 40 mm": (100 * np.mean(best < GOOD_MM), "%"),
        AMBIGUOUS: (100 * np.mean(best[open_] < GOOD_MM), "%"),
        "calibration error of the confidence": (calibration_error(outcomes), ""),
        "processor time, p95": (np.percentile(spent, 95), "ms"),
    }
    return [
        Row(f"{name}: {what}", float(value), unit, *TARGETS.get((name, what), ()), cases=len(best))
        for what, (value, unit) in figures.items()
    ]


def validation_poses(count: int) -> np.ndarray:
    """Local rotations [count, 24, 3, 3] of the mocap pack's validation subjects."""
    quats = np.load(shared_mocap() / "val_poses.npz")["quats"].astype(np.float64)
    return rotmat_from_quat(quats[np.random.default_rng(0).permutation(len(quats))[:count]])


def shared_mocap() -> Path:
    """The folder of the motion pack."""
    shared = Path(os.environ.get("S2P_SHARED", ROOT.parent / "shared"))
    return shared / "data" / "mocap"


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--out", type=Path, help="folder for solver.json")
    arguments = parser.parse_args()
    body = load_default_body()
    rest = tree.rest_body(np.asarray(body.joints(), np.float64))
    poses = validation_poses(arguments.count)
    measured: list[Row] = []
    for name, eyes in CASES.items():
        random = np.random.default_rng(1)
        scenes = [random_scene(local, rest, random) for local in poses]
        measured += rows(name, [solved(scene, eyes, body, rest, random) for scene in scenes])
    print_table(measured)
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
        report = {"benchmark": "solver", "rows": [row.as_json() for row in measured]}
        report["notes"] = [NOTE]
        (arguments.out / "solver.json").write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
