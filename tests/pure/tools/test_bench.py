"""docs/benchmarks.md is made of the benchmarks' own figures."""

from __future__ import annotations

import pytest

from tools import bench
from tools.places import BuildError


def report(**row) -> dict:
    full = {"what": "speed", "value": 12.345678, "unit": "ms", "must": 20.0, "aim": 10.0}
    full |= {"larger_is_better": False, "met": True, "cases": 8, **row}
    return {
        "benchmark": "latency",
        "rows": [full],
        "notes": ["A note."],
        "machine": "a processor, 2 cores",
        "version": "0.1.0",
        "commit": "abc",
    }


def test_a_figure_stands_beside_what_is_asked():
    text = bench.page([report()])
    assert "| speed | 12.35 ms | ≤ 20 ms | ≤ 10 ms | 8 | ✓ |" in text
    assert "`python build.py bench latency` · a processor, 2 cores" in text


def test_a_missed_figure_is_not_hidden():
    text = bench.page([report(value=30.0, met=False)])
    assert "| 30 ms | ≤ 20 ms | ≤ 10 ms | 8 | **missed** |" in text


def test_what_could_not_be_measured_says_so():
    assert "| speed | not measured |" in bench.page([report(value=None, met=False)])


def test_figures_without_a_target_have_no_verdict():
    text = bench.page([report(must=None, aim=None, larger_is_better=True)])
    assert "| speed | 12.35 ms |  |  | 8 |  |" in text


def test_unknown_benchmark_is_refused_with_the_known_ones():
    with pytest.raises(BuildError, match="latency"):
        bench.run_benchmarks(["nonsense"])
