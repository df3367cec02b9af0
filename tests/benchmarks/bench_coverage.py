"""How much of unseen people's poses the training's pose source covers.

    python tests/benchmarks/bench_coverage.py [--draws 100000] [--out FOLDER]

Needs the motion pack (S2P_SHARED) and the training environment.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.inference.training.sketch.coverage import Coverage, report  # noqa: E402
from tests.benchmarks.sketch.table import Row, print_table  # noqa: E402

NOTE = (
    "Poses of the validation subjects beside those the synthesis draws from; an angle is the mean "
    "over the 8 limb bones in the pelvis' frame; directions: share of the sphere that bones visit."
)


def rows(name: str, found: Coverage) -> list[Row]:
    """The figures of one set of poses."""
    near = [
        Row(f"{name}: unseen poses with one within {limit}°", 100 * share, "%", cases=found.poses)
        for limit, share in found.near.items()
    ]
    spheres = [
        Row(f"{name}: directions of {bones}", 100 * share, "%", cases=found.poses)
        for bones, share in found.directions.items()
    ]
    return [
        Row(f"{name}: nearest pose, median", found.median, "°", cases=found.poses),
        *near,
        Row(f"{name}: kinds of poses met", 100 * found.clusters, "%", cases=found.poses),
        *spheres,
    ]


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draws", type=int, default=100_000)
    parser.add_argument("--out", type=Path, help="folder for coverage.json")
    arguments = parser.parse_args()
    measured = [row for item in report(arguments.draws).items() for row in rows(*item)]
    print_table(measured)
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
        kept = {"benchmark": "coverage", "rows": [row.as_json() for row in measured]}
        (arguments.out / "coverage.json").write_text(json.dumps(kept | {"notes": [NOTE]}))


if __name__ == "__main__":
    main()
