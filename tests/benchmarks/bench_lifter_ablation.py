"""What matters in teaching the temporal lifter: a table of equal small runs.

    python tests/benchmarks/bench_lifter_ablation.py [--out FOLDER]

Runs the arms of `inference.training.temporal_lifter.ablate` that have no result yet (some minutes
each, the motion pack at S2P_SHARED) on the painted clips and the noise model in build/lifter.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.inference.training.temporal_lifter import ablate  # noqa: E402

WORK = ROOT / "build" / "lifter"


def row(arm: ablate.LifterVariant, figures: dict[str, float]) -> dict:
    """One line of the table; places have no rotations."""
    parts = []
    for test in ("simulated", "painted"):
        turned = "" if arm.design.get("places") else f", local {figures[f'{test}_local_deg']:.1f}°"
        parts.append(
            f"{test}: PA-MPJPE {figures[f'{test}_pa_mm']:.1f} mm, root "
            f"{figures[f'{test}_root_mm']:.1f} mm{turned}"
        )
    return {"what": arm.name, "text": "; ".join(parts), "asked": ""}


def note() -> str:
    """What every run was given."""
    return (
        f"Each run is a net of {ablate.WIDTH} channels from scratch, {ablate.STEPS} steps of "
        f"{ablate.CLIPS} clips, seed {ablate.SEED}; measured without the solver on "
        f"{ablate.HELD_OUT} simulated clips and the painted ones of subjects that were not trained "
        "on. The figures compare runs with one another, not with the shipped net: runs this short "
        "have hardly begun, and favour what learns fast. Differences below some millimetres are "
        "chance. Root errors are in the axes of the view that the arm works in."
    )


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, help="folder for lifter_ablation.json")
    options = parser.parse_args()
    painted = (WORK / "train.npz",)
    if not all(path.is_file() for path in (*painted, WORK / "noise.pt", WORK / "val.npz")):
        print(f"skipped: no painted clips or noise model in {WORK} (see docs/video_lifter.md)")
        return
    out = ROOT / "build" / "lifter_ablation"
    rows = [row(arm, ablate.run(arm, WORK, painted, out)) for arm in ablate.ARMS]
    print(json.dumps(rows, indent=1, ensure_ascii=False))
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        kept = {"benchmark": "lifter_ablation", "rows": rows, "notes": [note()]}
        (options.out / "lifter_ablation.json").write_text(json.dumps(kept), encoding="utf-8")


if __name__ == "__main__":
    main()
