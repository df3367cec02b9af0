"""Inside of Blender's module: time ``sketch2pose.pose_from_image`` on two kinds of rig.

Run by bench_latency.py: ``latency_in_blender.py ZIP RESULT REPEATS DRAWING…``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import bpy

from tools.blender_exit import run_and_leave
from tools.demo_scene import add_body, add_rigify, install


def seconds_of(rig: bpy.types.Object, drawings: list[str], repeats: int) -> list[float]:
    """Seconds of each drawing → keys, after one round that warms up."""
    taken = []
    for turn in range(repeats + 1):
        for frame, drawing in enumerate(drawings, start=1):
            bpy.context.scene.frame_set(frame)
            start = time.perf_counter()
            bpy.ops.sketch2pose.pose_from_image(filepath=drawing, target=rig.name)
            if turn:
                taken.append(time.perf_counter() - start)
    return taken


def main(zip_file: str, result: str, repeats: str, *drawings: str) -> None:
    """Install, make both rigs, time, write the seconds as JSON."""
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    install(Path(zip_file))
    rigs = {"default body": add_body(), "Rigify rig": add_rigify()}
    taken = {name: seconds_of(rig, list(drawings), int(repeats)) for name, rig in rigs.items()}
    Path(result).write_text(json.dumps(taken))


if __name__ == "__main__":
    run_and_leave(main, *sys.argv[1:])
