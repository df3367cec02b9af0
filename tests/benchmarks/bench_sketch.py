"""How well and how fast drawings become poses: real drawings, external line art, synthesis.

    python tests/benchmarks/bench_sketch.py [--out FOLDER] [--only real external …] [--quick]
                                              [--models FOLDER]

Runs the estimator that the command line runs and writes sketch.json (figures beside what is
asked of them) and contact sheets of every drawing. Everything runs on one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.sketch.sections import Setting
    from tests.benchmarks.sketch.table import Row

ROOT = Path(__file__).resolve().parents[2]
SEED = 7
SECTION_NAMES = ("real", "no_person", "external", "synthetic", "oracle", "strokes", "latency")


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen sections; 0 when every figure that is asked for is met."""
    options = _parse(arguments)
    data = Path(os.environ.get("S2P_SHARED", ROOT.parent / "shared")) / "data"
    if not data.is_dir():
        print(f"no evaluation data at {data}: set S2P_SHARED", file=sys.stderr)
        return 2
    pin_to_one_core()
    sys.path.insert(0, str(ROOT))
    from sketch2pose.inference.devices import choose_device
    from sketch2pose.inference.estimators import Estimators, Settings
    from tests.benchmarks.sketch.sections import Setting
    from tests.benchmarks.sketch.table import print_table

    estimators = Estimators(Settings(choose_device("cpu", threads=1), options.models))
    setting = Setting(estimators.sketch, data, options.out, SEED, options.quick)
    rows = run_sections(setting, options.only)
    print_table(rows)
    return 0 if all(row.met for row in rows) else 1


def pin_to_one_core() -> None:
    """Keep this process on one thread; to be called before numpy is loaded."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def run_sections(setting: Setting, names: list[str]) -> list[Row]:
    """Run sections and write sketch.json, renewed after each so that none is lost."""
    from tests.benchmarks.sketch.sections import SECTIONS

    setting.out.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    notes: list[str] = []
    show: dict[str, str] = {}
    details: dict[str, list[dict]] = {}
    for name in names:
        section = SECTIONS[name](setting)
        rows += section.rows
        notes += section.notes
        show |= section.show
        details[name] = section.details
        report = {
            "benchmark": "sketch",
            "seed": setting.seed,
            "rows": [row.as_json() for row in rows],
            "notes": notes,
            "show": show,
            "pictures": sorted(path.name for path in setting.out.glob("*.[jp][pn]g")),
            "details": details,
        }
        (setting.out / "sketch.json").write_text(json.dumps(report, indent=1) + "\n")
    return rows


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = ROOT / "build" / "benchmarks" / "sketch"
    parser.add_argument("--out", type=Path, default=default, help="folder of the results")
    parser.add_argument("--models", type=Path, help="folder of other weights (sketch.onnx)")
    parser.add_argument("--only", nargs="+", choices=SECTION_NAMES, default=list(SECTION_NAMES))
    parser.add_argument("--quick", action="store_true", help="a tenth of the drawings")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
