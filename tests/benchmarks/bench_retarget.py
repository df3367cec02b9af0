"""How exactly, and how fast, motions get onto rigs: the figures of docs/benchmarks.md.

    python tests/benchmarks/bench_retarget.py [--blender PYTHON …] [--out FOLDER]

Each PYTHON is an interpreter with bpy (default: this one); the pure half needs none. Stored rigs
and mocap are read from S2P_SHARED.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.core.rotations import quat_inverse, quat_multiply  # noqa: E402
from sketch2pose.rigs import RigError, Skeleton, detect_bone_map, retarget  # noqa: E402
from sketch2pose.rigs.human import BODY_ROLES  # noqa: E402
from tests.benchmarks.retarget import measures, motions  # noqa: E402
from tests.pure.rigs.rig_fixtures import smpl_rig, stored_rig  # noqa: E402

SHARED = Path(os.environ.get("S2P_SHARED", ROOT.parent / "shared"))
Line = tuple[str, str, str, bool]  # what, measured, asked, whether it is met
# Body bones of the families that have fewer than 21, by preset.
ALL_IT_HAS = {"poser": 19, "kaykit": 18, "freemocap": 17, "roblox_r15": 15, "openpose": 14}


def known_targets() -> dict[str, tuple[Skeleton, Skeleton]]:
    """Rigs whose rest was posed by swings, each with the same rig before: their roll is known."""
    rng = np.random.default_rng(5)
    poses = {"T": 0.0, "A": np.pi / 4, "arms down": 1.4}
    found = {}
    for name, angle in poses.items():
        pose = np.zeros((24, 3))
        pose[16, 2], pose[17, 2] = -angle, angle
        found[name] = (smpl_rig(rng, pose, 1.3), smpl_rig(rng, None, 1.3))
    bent = np.zeros((24, 3))
    bent[16, 2], bent[17, 2], bent[18, 1], bent[19, 1] = -0.8, 0.8, -0.7, 0.7
    bent[1, 0], bent[2, 0], bent[4, 0], bent[5, 0] = -0.3, -0.3, 0.6, 0.6
    found["relaxed"] = (smpl_rig(rng, bent), smpl_rig(rng))
    return found


def exactness() -> list[Line]:
    motion = motions.swings()
    lines: list[Line] = []
    for name, (rig, straight) in known_targets().items():
        bone_map = detect_bone_map(rig)
        tracks = retarget(motion, rig, bone_map)
        direction = measures.direction_errors(motion, measures.heads_by_role(rig, bone_map, tracks))
        roll = measures.roll_errors(motion, rig, bone_map, tracks, straight)
        lines.append(_degrees(f"{name}: limb direction", direction, 0.5))
        lines.append(_degrees(f"{name}: roll of 8 segments", roll, 3))
    stored = {"M (MPFB, Mixamo names)": "mpfb/mpfb_mixamo_unity",
              "G (MPFB, game engine)": "mpfb/mpfb_game_engine"}  # fmt: skip
    for name, file in stored.items():
        rig = _stored(file)
        if rig is None:
            continue
        bone_map = detect_bone_map(rig)
        tracks = retarget(motion, rig, bone_map)
        heads = measures.heads_by_role(rig, bone_map, tracks)
        poses = measures.posed(rig, bone_map, tracks).poses
        rest = {role: rig.head(bone) for role, bone in bone_map.bones.items()}
        turns = {
            role: quat_multiply(poses[bone], quat_inverse(rig.rest_quats[rig.index[bone]]))
            for role, bone in bone_map.bones.items()
            if bone in poses
        }
        hinge = measures.hinge_errors(motion, rest, turns)
        direction = measures.direction_errors(motion, heads)
        lines.append(_degrees(f"{name}: limb direction", direction, 0.5))
        lines.append(_degrees(f"{name}: roll of upper arms by hinge", hinge, 3))
    return lines


def mapping() -> list[Line]:
    lines: list[Line] = []
    for path in sorted((SHARED / "data/rigs").glob("*/*.skeleton.json")):
        try:
            rig = stored_rig(path)
        except ValueError:
            continue
        if len(rig.names) < 10:
            continue
        try:
            bone_map = detect_bone_map(rig)
            count = sum(role in bone_map.bones for role in BODY_ROLES)
            text = f"{count} as {bone_map.preset}"
            met = count >= ALL_IT_HAS.get(bone_map.preset, 21)
        except RigError as error:
            text, met = str(error), False
        name = path.stem.removesuffix(".skeleton")
        lines.append((f"bones: {name}", text, "≥ 21, or all it has", met))
    return lines


def grounding() -> list[Line]:
    lines: list[Line] = []
    clips = motions.mocap(SHARED, 150, (0, 3, 8, 20))
    for scale in (0.5, 1.0, 2.0) if clips else ():
        rig = smpl_rig(scale=scale)
        bone_map = detect_bone_map(rig)
        for lock in (False, True):
            found = [measures.slides(motion, rig, bone_map, lock) for motion in clips]
            moves = np.concatenate([m for m, _ in found])
            mean, far = moves.mean(), np.percentile(moves, 99)
            text = f"mean {mean:.2f}, 99 % {far:.2f} mm a frame"
            text += f", sinks {max(s for _, s in found):.1f} mm"
            label = "locked" if lock else "free"
            name, met = f"planted feet x{scale:g}, {label}", bool(mean <= 2 and far <= 5)
            lines.append((name, text, "≤ 2 mm, ≤ 5 mm", met))
    return lines


def the_rest() -> list[Line]:
    motion, lines = motions.swings(), []
    back = smpl_rig(np.random.default_rng(9), rolls=True)
    for file in ("mpfb/mpfb_mixamo", "mpfb/mpfb_game_engine", "synthetic_names/ue5_manny"):
        rig = _stored(file)
        if rig is None:
            continue
        bone_map = detect_bone_map(rig)
        trip = measures.round_trip(motion, rig, bone_map, back)
        lines.append(_degrees(f"round trip through {Path(file).name}", trip, 0.5))
        count, error = measures.reduced_key_count(
            rig, bone_map, retarget(motion, rig, bone_map), 1.0
        )
        text = f"{count} keys, {error:.2f}° at most"
        name, met = f"60 frames on {Path(file).name}, reduced", count <= 1000 and error < 1
        lines.append((name, text, "≤ 1,000 at < 1°", met))
    return lines


def in_blender(python: str) -> list[Line]:
    script = ROOT / "tests/benchmarks/retarget/in_blender.py"
    done = subprocess.run(
        [python, str(script), str(SHARED / "data/rigs")],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not found:
        return [(f"Blender ({python})", f"failed: {done.stderr[-300:]}", "it runs", False)]
    data = json.loads(found[0].removeprefix("RESULT "))
    name, lines = f"Blender {data['blender']}", []
    for kind in ("fk", "ik"):
        error = data[kind]
        text, rig = f"mean {error['mean']:.3f}°, max {error['max']:.2f}°", f"Rigify {kind.upper()}"
        lines.append((f"{name}, {rig}: limb direction", text, "≤ 1.0°", error["max"] <= 1))
        text, met = f"max {error['roll']:.2f}°", error["roll"] <= 3
        lines.append((f"{name}, {rig}: roll of upper arms", text, "≤ 3°", met))
    lines.append(_seconds(f"{name}, 1000 frames, T", data["seconds_t"], 0.3))
    lines.append(_seconds(f"{name}, 1000 frames, Rigify", data["seconds_rigify"], 0.8))
    return lines


def _stored(name: str) -> Skeleton | None:
    path = SHARED / f"data/rigs/{name}.skeleton.json"
    return stored_rig(path) if path.is_file() else None


def _degrees(what: str, values: np.ndarray, most: float) -> Line:
    text = f"mean {values.mean():.3f}°, max {values.max():.2f}°"
    return what, text, f"≤ {most:g}°", bool(values.max() <= most)


def _seconds(what: str, seconds: float, most: float) -> Line:
    return what, f"{seconds:.2f} s", f"≤ {most:g} s", seconds <= most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blender", nargs="*", default=[sys.executable])
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    lines = exactness() + grounding() + the_rest() + mapping()
    for python in arguments.blender:
        lines += in_blender(python)
    table = ["| what | measured | asked | |", "|---|---|---|---|"]
    table += [f"| {w} | {g} | {a} | {'✓' if met else 'missed'} |" for w, g, a, met in lines]
    print("\n".join(table))
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        rows = [{"what": w, "text": g, "asked": a, "met": bool(met)} for w, g, a, met in lines]
        report = {"benchmark": "retarget", "rows": rows}
        text = json.dumps(report, indent=1, ensure_ascii=False)
        (arguments.out / "retarget.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
