"""How fast a drawing becomes keys: backend start, warm estimate, memory, keyed rig.

    python tests/benchmarks/bench_latency.py [--out FOLDER] [--repeats N]

The backend runs as the add-on runs it. The keyed rig is timed in Blender's module through the
installed zip's own operator, on the default body and on a Rigify rig (latency_in_blender.py), and
so are live drawing and dragged handles (hands_in_blender.py).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.inference.protocol import messages  # noqa: E402
from sketch2pose.inference.protocol.client import BackendClient  # noqa: E402
from sketch2pose.inference.protocol.requests import SketchRequest  # noqa: E402
from tests.benchmarks.sketch.table import Row, print_table  # noqa: E402
from tools import environments, package  # noqa: E402
from tools.places import this_platform  # noqa: E402

DRAWINGS = sorted((ROOT / "docs" / "examples").glob("*.[jp][pn]g"))
COMMAND = [sys.executable, "-u", "-m", "inference", "serve", "--device", "cpu"]
HANDS_REPEATS = 5  # strokes and drags for each round over the drawings
WAIT = 60.0  # seconds for one answer


@contextmanager
def backend() -> Iterator[BackendClient]:
    """A started backend that has said READY."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        client = BackendClient(COMMAND, environment, Path(folder) / "backend.log")
        client.start()
        try:
            until(client, lambda _: client.ready is not None)
            yield client
        finally:
            client.close()


def until(client: BackendClient, done) -> None:
    """Poll the client until ``done(message)`` (None when nothing came) is true."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        for message in client.poll() or [None]:
            if isinstance(message, messages.Error):
                raise RuntimeError(str(message.error()))
            if done(message):
                return
        time.sleep(0.001)
    raise TimeoutError("the backend did not answer")


def start_seconds(repeats: int) -> list[float]:
    """Seconds from starting the process to READY."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        with backend():
            taken.append(time.perf_counter() - start)
    return taken


def estimate_seconds(repeats: int) -> tuple[list[float], float, float]:
    """Seconds of each warm drawing → BodyMotion.

    Returns:
        wall-clock seconds of each; mean processor seconds of one (which a busy machine does not
        change much); peak memory in MB.
    """
    taken = []
    busy_before = 0.0
    with backend() as client, tempfile.TemporaryDirectory() as folder:
        for turn in range(repeats + 1):  # the first round warms up
            busy_before = busy_before if turn > 1 else processor_seconds(client)
            for drawing in DRAWINGS:
                start = time.perf_counter()
                job = client.submit(SketchRequest((str(drawing),), folder))
                until(client, lambda m, job=job: isinstance(m, messages.Result) and m.job_id == job)
                if turn:
                    taken.append(time.perf_counter() - start)
        busy = (processor_seconds(client) - busy_before) / len(taken)
        return taken, busy, peak_megabytes(client)


def processor_seconds(client: BackendClient) -> float:
    """Processor time that the backend has used so far; NaN where the system does not tell."""
    stat = Path(f"/proc/{client._process.pid}/stat")
    if not stat.exists():
        return float("nan")
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(client: BackendClient) -> float:
    """Largest resident memory of the backend so far; NaN where the system does not tell."""
    status = Path(f"/proc/{client._process.pid}/status")
    if not status.exists():
        return float("nan")
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def keyed_seconds(repeats: int) -> dict[str, list[float]]:
    """Seconds of the operator, drawing → keyed rig, for each kind of rig."""
    return in_blender("latency_in_blender.py", [str(repeats), *map(str, DRAWINGS)])


def hands_seconds(repeats: int) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Seconds of live drawing and of dragged handles for each kind of rig."""
    return in_blender("hands_in_blender.py", [str(repeats)])


def in_blender(script: str, arguments: list[str]) -> dict[str, Any]:
    """What a script measures in Blender's module with the light zip installed."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        tool = environments.blender_tool(Path(sys.executable))
        built = package.build_zip(tool, this_platform(), "light", out=out, python=sys.executable)
        (out / "user").mkdir()
        program = Path(__file__).with_name(script)
        command = [sys.executable, str(program), str(built), str(out / "result.json"), *arguments]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "BLENDER_USER_RESOURCES": str(out / "user"),
        }
        subprocess.run(command, env=environment, check=True, timeout=900)
        return json.loads((out / "result.json").read_text())


def hands_rows(repeats: int) -> list[Row]:
    """Live drawing and handles: answer times, and how long Blender is blocked by one update."""
    rows = []
    for rig, kinds in hands_seconds(repeats).items():
        for kind, what, must, aim in (
            ("live", "stroke end → {} follows", 150.0, 100.0),
            ("drag", "handle moved → {} follows", 100.0, 60.0),
        ):
            rows += latency_rows(what.format(rig), kinds[kind]["seconds"], must, aim)
            calls = np.array(kinds[kind]["calls"]) * 1000
            blocked = f"{rig}, {kind}: main thread blocked"
            count = len(calls)
            rows.append(
                Row(f"{blocked}, p95", float(np.percentile(calls, 95)), "ms", 8.0, cases=count)
            )
            rows.append(Row(f"{blocked}, longest", float(calls.max()), "ms", 16.0, cases=count))
    return rows


def measure(repeats: int) -> list[Row]:
    """All figures of issue "spine", beside what is asked of them."""
    starts = start_seconds(5)
    estimates, busy, megabytes = estimate_seconds(repeats)
    rows = [
        Row(
            "backend start to READY, median",
            float(np.median(starts)),
            "s",
            2.0,
            1.0,
            cases=len(starts),
        ),
        *latency_rows("warm drawing → BodyMotion", estimates, 150.0, 100.0),
        Row("warm drawing → BodyMotion, processor time", busy * 1000, "ms", cases=len(estimates)),
        Row("backend memory, peak", megabytes, "MB", 700.0, 400.0, cases=1),
    ]
    for rig, seconds in keyed_seconds(repeats).items():
        rows += latency_rows(f"warm drawing → keyed {rig}", seconds, 250.0, 150.0)
    return rows + hands_rows(HANDS_REPEATS * repeats)


def latency_rows(what: str, seconds: list[float], must: float, aim: float) -> list[Row]:
    """Median and 95th percentile in milliseconds; the latter has a target."""
    milliseconds = np.array(seconds) * 1000
    median, p95 = np.percentile(milliseconds, [50, 95])
    cases = len(seconds)
    return [
        Row(f"{what}, median", float(median), "ms", cases=cases),
        Row(f"{what}, p95", float(p95), "ms", must, aim, cases=cases),
    ]


def main() -> int:
    """Measure, write latency.json, print the table; 0 when every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "benchmarks" / "latency")
    parser.add_argument("--repeats", type=int, default=6, help="rounds over the drawings")
    options = parser.parse_args()
    rows = measure(options.repeats)
    options.out.mkdir(parents=True, exist_ok=True)
    report = {"benchmark": "latency", "rows": [row.as_json() for row in rows], "notes": notes()}
    (options.out / "latency.json").write_text(json.dumps(report, indent=1) + "\n")
    print_table(rows)
    return 0 if all(row.met for row in rows) else 1


def notes() -> list[str]:
    """What a reader must know of the circumstances."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return [
        f"{len(DRAWINGS)} bundled drawings, CPU, load of the machine {load:.1f} at the end "
        f"(1.0 is one busy core)."
    ]


if __name__ == "__main__":
    sys.exit(main())
