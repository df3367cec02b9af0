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
    assert "| figure | measured | cases |\n|---|---:|---:|\n| speed | 12.35 ms | 8 |" in text


def in_words(asked: str, **met) -> str:
    return bench.page([{**report(), "rows": [{"what": "a", "text": "b", "asked": asked, **met}]}])


def test_figures_in_words_have_a_verdict_as_well():
    assert "| a | b | ≤ 1° | ✓ |" in in_words("≤ 1°", met=True)
    assert "| a | b | ≤ 1° | **missed** |" in in_words("≤ 1°", met=False)
    assert "| figure | measured |\n|---|---|\n| a | b |" in in_words("")


def test_figures_in_words_that_do_not_say_whether_they_are_met_count_as_missed():
    assert "**missed**" in in_words("≤ 1°")


def test_changed_files_are_told_in_words(monkeypatch):
    answers = {"describe": "abc1234", "status": " M rigs/retarget.py"}
    monkeypatch.setattr(bench, "output_of", lambda command: answers[command[1]])
    assert bench._commit() == "abc1234 with uncommitted changes"
    answers["status"] = ""
    assert bench._commit() == "abc1234"


def test_the_pages_are_made_of_the_stored_figures():
    for path, text in bench.pages(bench.stored_reports()).items():
        assert path.read_text(encoding="utf-8") == text


def test_no_stored_figure_lacks_its_verdict():
    rows = [row for stored in bench.stored_reports() for row in stored["rows"]]
    asked = [row for row in rows if row.get("asked") or row.get("must") is not None]
    assert asked and all("met" in row for row in asked)


def test_unknown_benchmark_is_refused_with_the_known_ones():
    with pytest.raises(BuildError, match="latency"):
        bench.run_benchmarks(["nonsense"])
