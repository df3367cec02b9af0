"""What matters in teaching the sketch net: a table of equal small runs.

    python tests/benchmarks/bench_ablation.py [--images 16000] [--out FOLDER]

Runs the arms of `inference.training.sketch.ablate` that have no result yet (some minutes each).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.inference.training.sketch import ablate  # noqa: E402

RUNS = ROOT / "build" / "ablation"


def row(result: dict) -> dict:
    """One line of the table."""
    figures, seconds = result["figures"], result["processor_seconds"]
    folded = (
        f"whichever depth sign {figures['val_folded']:.1f}°; " if "val_folded" in figures else ""
    )
    text = (
        f"limbs {figures['val_limbs']:.1f}°, median {figures['val_limbs_median']:.1f}°; "
        f"{folded}withheld styles {figures['withheld_limbs']:.1f}°; "
        f"keypoints {figures['val_points']:.2f} % of the side, withheld "
        f"{figures['withheld_points']:.2f} %; taught in {seconds / 60:.1f} min"
    )
    return {"what": result["arm"]["name"], "text": text, "asked": ""}


def note(budget: dict) -> str:
    """What every run was given."""
    return (
        f"Each run is a light network (a fifth of the shipped one's work) shown {budget['images']} "
        f"pictures from a pool of {budget['pool']} on one thread, from scratch, seed "
        f"{budget['seed']}; measured on {budget['test']} pictures of unseen people with limbs "
        "ordered by place. The figures compare runs with one another; differences below half a "
        "degree are chance. Runs this short have hardly begun to see depth signs; positions, "
        "which stay flat where they are unsure, look good then: compare those two whichever the "
        "sign. At the end of each: the processor time of its teaching."
    )


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--images", type=int, default=16_000)
    parser.add_argument("--out", type=Path, help="folder for ablation.json")
    options = parser.parse_args()
    settings = {"pool": ablate.POOL, "test": ablate.TEST, "seed": 0, "arms": None, "out": RUNS}
    ablate.run(argparse.Namespace(images=options.images, **settings))
    paths = [RUNS / f"arm_{i}_{options.images}_0.json" for i in range(len(ablate.ARMS))]
    results = [json.loads(path.read_text()) for path in paths if path.is_file()]
    rows = [row(result) for result in results]
    print(json.dumps(rows, indent=1, ensure_ascii=False))
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        kept = {"benchmark": "ablation", "rows": rows, "notes": [note(results[0]["budget"])]}
        (options.out / "ablation.json").write_text(json.dumps(kept))


if __name__ == "__main__":
    main()
