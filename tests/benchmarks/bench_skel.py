"""How well SKEL follows SMPL, its own skin and OpenSim's inverse kinematics, and how fast.

    python tests/benchmarks/bench_skel.py [--out FOLDER] [--sequences N]

Everything runs on one thread on the default models; the data are the validation subjects of the
motion pack and the balancing clip (S2P_SHARED).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.core.body_motion import BodyMotion  # noqa: E402
from sketch2pose.core.rotations import rotmat_angle, rotmat_from_rotvec, rotvec_from_quat  # noqa: E402
from sketch2pose.inference.body import load_default_body  # noqa: E402
from sketch2pose.inference.skel.fitting import convert  # noqa: E402
from sketch2pose.inference.skel.fitting.convert import skel_from_smpl  # noqa: E402
from sketch2pose.inference.skel.fitting.fit import fit_skel  # noqa: E402
from sketch2pose.inference.skel.fitting.initial_angles import nearest_angles  # noqa: E402
from sketch2pose.inference.skel.fitting.skin_targets import targets_from_skin  # noqa: E402
from sketch2pose.inference.skel.fitting.to_smpl import smpl_from_skel  # noqa: E402
from sketch2pose.inference.skel.model.default import load_default_skel  # noqa: E402
from sketch2pose.inference.skel.model.layout import DOF_BONES, HIGHEST, LOWEST, SHOULDERS, dofs_of  # noqa: E402
from sketch2pose.inference.skel.model.shape import fit_shape  # noqa: E402
from sketch2pose.inference.skel.model.skel_file import load_skel_file  # noqa: E402
from tests.benchmarks.skel.against_opensim import against_opensim  # noqa: E402
from tests.benchmarks.skel.picture import from_pictures  # noqa: E402
from tests.benchmarks.sketch.table import Row, print_table  # noqa: E402
from tests.pure.inference.skel.synthetic_skel import write_synthetic  # noqa: E402

FRAMES, PEOPLE = 300, 10
JUMP = np.radians(30)
WINDOW = 120
MM = 1e3


def known_poses() -> list[Row]:
    """Random poses within the limits → skin of the synthetic file → angles."""
    with tempfile.TemporaryDirectory() as folder:
        model = load_skel_file(write_synthetic(Path(folder) / "skel.pkl"))
    low, high = np.maximum(LOWEST, -1.0), np.minimum(HIGHEST, 1.0)
    q = np.random.default_rng(0).uniform(low, high, (200, 46))
    pose = model.forward(q, np.zeros((200, 3)))
    skin = model.skin(pose)
    fit = fit_skel(model.rest(), targets_from_skin(model, skin), smoothness=0.0)
    error = np.degrees(np.abs(same_triples(fit.q, q) - q))
    again = model.skin(model.forward(fit.q, fit.trans))
    surface = MM * np.linalg.norm(again - skin, axis=-1).mean()
    return [
        Row("known poses: angle, mean", error.mean(), "°", 1.5, 1.0, cases=200),
        Row("known poses: angle, 99th percentile", np.percentile(error, 99), "°", 5, 4, cases=200),
        Row("known poses: surface", surface, "mm", 3, 2, cases=200),
    ]


def known_shape() -> list[Row]:
    """A person of the synthetic file in random poses → skin → shape, from the mean person."""
    with tempfile.TemporaryDirectory() as folder:
        model = load_skel_file(write_synthetic(Path(folder) / "skel.pkl"))
    rng = np.random.default_rng(0)
    low, high = np.maximum(LOWEST, -0.6), np.minimum(HIGHEST, 0.6)
    errors, lengths = [], []
    for _person in range(PEOPLE):
        betas, q = rng.normal(0, 1, 10), rng.uniform(low, high, (16, 46))
        found = fit_shape(model, model.skin(model.forward(q, np.zeros((16, 3)), betas), betas))
        errors.append(np.abs(found - betas).mean())
        bones = model.rest(found).offsets - model.rest(betas).offsets
        lengths.append(np.linalg.norm(bones[1:], axis=1).mean())
    return [
        Row("known shapes: parameter, mean error", np.mean(errors), "σ", 0.1, cases=PEOPLE),
        Row("known shapes: bone", MM * np.mean(lengths), "mm", 1, cases=PEOPLE),
    ]


def same_triples(q: np.ndarray, near: np.ndarray) -> np.ndarray:
    """The fit's angles, each free triple in that of its two readings that is nearest to `near`.

    Unrelated poses have no frame before them that could decide; both readings are one rotation.
    """
    result = q.copy()
    for bone in range(24):
        dofs = list(dofs_of(bone))
        if bone in (0, *SHOULDERS):
            for row in range(len(q)):
                result[row, dofs] = nearest_angles(q[row, dofs], near[row, dofs])
    return result


def sequences(count: int) -> list[BodyMotion]:
    """Validation sequences, at most 300 frames each."""
    shared = Path(os.environ.get("S2P_SHARED", ROOT.parent / "shared"))
    pack = np.load(shared / "data" / "mocap" / "val_seqs.npz")
    pelvis = load_default_body().joints()[0]
    chosen = np.random.default_rng(0).permutation(len(pack["seq_start"]))[:count]
    motions = []
    for number in chosen:
        part = slice(pack["seq_start"][number], pack["seq_start"][number] + pack["seq_len"][number])
        quats = pack["quats"][part][:FRAMES].astype(float)
        quats /= np.linalg.norm(quats, axis=-1, keepdims=True)
        poses = rotvec_from_quat(quats).reshape(len(quats), 72).astype(np.float32)
        trans = (pack["root"][part][:FRAMES] - pelvis).astype(np.float32)
        motions.append(BodyMotion(poses, trans, np.zeros(10, np.float32), mocap_framerate=30.0))
    return motions


def follow_smpl(motions: list[BodyMotion]) -> list[Row]:
    """SMPL → SKEL → SMPL on the default models."""
    skel, body = load_default_skel(), load_default_body()
    joints, skins, returns, violations, jumps, widest = [], [], [], 0, 0, 0.0
    for motion in motions:
        fitted = skel_from_smpl(motion, skel, body)
        joints.append(fitted.joint_errors.mean())
        shown = slice(None, None, 10)
        pose = skel.forward(fitted.q[shown], fitted.trans[shown])
        places, skin = body.forward_vertices(motion.poses[shown], motion.trans[shown])
        skins.append(np.linalg.norm(skel.skin(pose) - skin, axis=-1).mean())
        back = smpl_from_skel(fitted, skel, body).joints3d[shown]
        returns.append(np.linalg.norm(back - places, axis=-1).mean())
        violations += int(((fitted.q < LOWEST) | (fitted.q > HIGHEST)).sum())
        jumps += own_jumps(fitted.q, motion.poses)
        widest = max(widest, np.degrees(np.abs(fitted.q[:, np.isin(DOF_BONES, SHOULDERS)]).max()))
    count = len(motions)
    return [
        Row("SMPL → SKEL: joints", MM * np.mean(joints), "mm", 12, 8, cases=count),
        Row("SMPL → SKEL: surface", MM * np.mean(skins), "mm", 12, 8, cases=count),
        Row("SMPL → SKEL: worst sequence, joints", MM * np.max(joints), "mm", cases=count),
        Row("SMPL → SKEL: limit violations", violations, "", 0, 0, cases=count),
        Row("SMPL → SKEL: own jumps above 30° a frame", jumps, "", 0, 0, cases=count),
        Row("SMPL → SKEL: widest angle of a shoulder", widest, "°", 180, 180, cases=count),
        Row("SMPL → SKEL → SMPL: joints", MM * np.mean(returns), "mm", 15, 10, cases=count),
    ]


def own_jumps(q: np.ndarray, poses: np.ndarray) -> int:
    """Frames in which an angle jumps although no joint of the source turns that far."""
    turns = rotmat_from_rotvec(poses.reshape(-1, 24, 3).astype(float))
    source = rotmat_angle(turns[1:], turns[:-1]).max(1)
    fitted = np.abs(np.diff(q, axis=0)).max(1)
    return int(((fitted > JUMP) & (source < JUMP)).sum())


def seams(motions: list[BodyMotion]) -> list[Row]:
    """Acceleration of the angles where windows meet, against one solve of the same frames.

    A motion has its own accelerations: only the same frames solved without windows tell what the
    windows add.
    """
    long = [motion for motion in motions if len(motion.poses) > WINDOW]
    ratios = [_seam(motion) for motion in long]
    what = f"windows of {WINDOW} frames: acceleration at borders / without windows"
    return [
        Row(f"{what}, mean", np.mean(ratios), "", 1.05, 1.01, cases=len(long)),
        Row(f"{what}, worst", np.max(ratios), cases=len(long)),
    ]


def _seam(motion: BodyMotion) -> float:
    skel, body, together = load_default_skel(), load_default_body(), convert.FRAMES_TOGETHER
    whole = skel_from_smpl(motion, skel, body, surface=False).q
    try:
        convert.FRAMES_TOGETHER = WINDOW
        windowed = skel_from_smpl(motion, skel, body, surface=False).q
    finally:
        convert.FRAMES_TOGETHER = together
    near = np.zeros(len(whole) - 2, bool)
    for border in range(WINDOW - convert.OVERLAP, len(whole), WINDOW - convert.OVERLAP):
        near[border : border + convert.OVERLAP] = True
    first, second = (np.abs(np.diff(q, 2, axis=0)).mean(1)[near].mean() for q in (windowed, whole))
    return float(first / second)


def speed(motion: BodyMotion) -> list[Row]:
    """Processor seconds on one thread, the best of three: the same on a shared machine."""
    skel, body = load_default_skel(), load_default_body()
    rows = []
    for name, surface, must in (("joints only", False, 1.0), ("with surface", True, 3.0)):
        spent = []
        for _ in range(3):
            start = time.process_time()
            skel_from_smpl(motion, skel, body, surface)
            spent.append(time.process_time() - start)
        what = f"processor time of one core, {len(motion.poses)} frames, {name}"
        rows.append(Row(what, min(spent), "s", must, must / 2))
    return rows


def plain(row: Row) -> dict:
    """The row with Python's own numbers, which JSON knows."""
    return {
        key: getattr(value, "item", lambda v=value: v)() for key, value in row.as_json().items()
    }


def main() -> int:
    """Command line; 0 when every figure that is asked for is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--sequences", type=int, default=20)
    options = parser.parse_args()
    motions = sequences(options.sequences)
    longest = max(motions, key=lambda motion: len(motion.poses))
    rows = (
        known_poses()
        + known_shape()
        + follow_smpl(motions)
        + seams(motions)
        + from_pictures(motions)
        + against_opensim()
        + speed(longest)
    )
    print_table(rows)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        content = {"benchmark": "skel", "rows": [plain(row) for row in rows]}
        (options.out / "skel.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
