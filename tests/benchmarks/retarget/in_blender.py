"""The Blender half: deform bones of a generated Rigify rig, and speed with keys.

python in_blender.py RIGS_FOLDER        (any bpy from 4.2 on; prints one JSON line)
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import types
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
PACKAGE = "sketch2pose_bench"
SIDES = {"left": "L", "right": "R"}


def bind_root() -> None:
    """Bind the repository root as a package, as Blender does with an extension."""
    package = types.ModuleType(PACKAGE)
    package.__path__ = [str(ROOT)]
    sys.modules[PACKAGE] = package


def part(name: str):
    return importlib.import_module(f"{PACKAGE}.{name}")


def load_rig(path: Path):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = 30
    with bpy.data.libraries.load(str(path)) as (found, wanted):
        wanted.objects = list(found.objects)
    for item in wanted.objects:
        bpy.context.scene.collection.objects.link(item)
    rigs = [item for item in wanted.objects if item.type == "ARMATURE"]
    return max(rigs, key=lambda item: len(item.data.bones))


def own_motion(motion):
    """The same motion as the add-on's own copy of ``rigs`` knows it."""
    cls = part("rigs.human_motion").HumanMotion
    fields = ("turns", "rest", "positions", "framerate", "up", "contacts")
    return cls(**{field: getattr(motion, field) for field in fields})


def put(rig, motion, use_ik: bool = False):
    apply = part("sketch2pose_addon.results.apply")
    options = apply.ApplyOptions(retarget=part("rigs").RetargetOptions(use_ik=use_ik))
    return apply.apply_human_motion(bpy.context, own_motion(motion), rig, 1, options, "bench")


def rigify_errors(path: Path, motion, use_ik: bool) -> dict[str, float]:
    from sketch2pose.core.rotations import quat_from_rotmat, quat_inverse, quat_multiply
    from tests.benchmarks.retarget.measures import SEGMENTS, direction_errors, hinge_errors

    rig = load_rig(path)
    put(rig, motion, use_ik)
    names = {f"{s}_{p}": f"DEF-{p}.{letter}" for s, letter in SIDES.items()
             for p in ("upper_arm", "forearm", "hand", "thigh", "shin", "foot")}  # fmt: skip
    heads: dict[str, list] = {role: [] for role in names}
    poses: dict[str, list] = {f"{s}_upper_arm": [] for s in SIDES}
    for frame in range(motion.frame_count):
        bpy.context.scene.frame_set(frame + 1)
        for role, name in names.items():
            heads[role].append(np.array(rig.pose.bones[name].head))
        for side, letter in SIDES.items():
            matrix = np.array(rig.pose.bones[f"ORG-upper_arm.{letter}"].matrix.to_3x3())
            poses[f"{side}_upper_arm"].append(matrix / np.linalg.norm(matrix, axis=0))
    rest = {role: np.array(rig.data.bones[name].head_local) for role, name in names.items()}
    turns = {}
    for side, letter in SIDES.items():
        at_rest = np.array(rig.data.bones[f"ORG-upper_arm.{letter}"].matrix_local.to_3x3())
        posed = quat_from_rotmat(np.array(poses[f"{side}_upper_arm"]))
        turns[f"{side}_upper_arm"] = quat_multiply(posed, quat_inverse(quat_from_rotmat(at_rest)))
    direction = direction_errors(motion, {r: np.array(h) for r, h in heads.items()})
    roll = hinge_errors(motion, rest, turns)
    assert len(direction) == 2 * len(SEGMENTS)
    return {"mean": float(direction.mean()), "max": float(direction.max()),
            "roll": float(roll.max())}  # fmt: skip


def seconds(path: Path, motion, repeats: int = 3) -> float:
    best = np.inf
    for _ in range(repeats):
        rig = load_rig(path)
        start = time.perf_counter()
        put(rig, motion)
        best = min(best, time.perf_counter() - start)
    return float(best)


def main() -> None:
    from tests.benchmarks.retarget.motions import swings

    bind_root()
    folder = Path(sys.argv[1])
    rigify = folder / "rigify/rigify_generated_basic_human.blend"
    result = {
        "blender": bpy.app.version_string,
        "fk": rigify_errors(rigify, swings(), False),
        "ik": rigify_errors(rigify, swings(), True),
        "seconds_t": seconds(folder / "mpfb/mpfb_mixamo.blend", swings(1000)),
        "seconds_rigify": seconds(rigify, swings(1000)),
    }
    print("RESULT " + json.dumps(result))
    sys.stdout.flush()
    os._exit(0)  # some bpy versions crash or hang at interpreter exit


if __name__ == "__main__":
    main()
