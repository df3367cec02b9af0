"""``build.py bench``: run tests/benchmarks/bench_*.py, make docs/benchmarks.md of their figures.

Each script takes ``--out FOLDER`` and writes ``<name>.json`` there: ``{"benchmark", "rows"}``, a
row being {what, value, unit, must, aim, larger_is_better, met, cases}, or in words {what, text,
asked, met} where one line holds several figures. No figure is typed by hand.
``"notes"`` are sentences above the table, ``"show"`` maps captions to pictures in that folder.
"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from . import environments
from .places import BUILD, ROOT, BuildError, say, show, version
from .processes import output_of, run

SCRIPTS = ROOT / "tests" / "benchmarks"
RESULTS = BUILD / "benchmarks"
PAGE = ROOT / "docs" / "benchmarks.md"
NOTES = ROOT / "docs" / "notes" / "ablations.md"
ABOUT_TRAINING = ("ablation", "coverage", "lifter_ablation")  # on the page of notes
STORE = ROOT / "docs" / "benchmarks"  # the figures behind the page, one file per benchmark

HEADER = """# Benchmarks

Made by `python build.py bench`; nothing here is typed by hand. *must* is what a release
needs, *aim* what is wanted; every figure that does not reach its *must* is marked **missed**.
Each table names its command, the machine and the commit.
"""

NOTES_HEADER = """# Ablations

Made by `python build.py bench`, as [the benchmarks](../benchmarks.md) are: what each part of the
training is worth, on small equal runs, and how much of unseen people's poses its data cover.
"""


def available() -> list[str]:
    """Names of the benchmarks: ``latency`` for bench_latency.py."""
    return sorted(path.stem.removeprefix("bench_") for path in SCRIPTS.glob("bench_*.py"))


def run_benchmarks(names: Sequence[str]) -> int:
    """Run benchmarks one after another and renew the page.

    Args:
        names: which; empty for all.

    Returns:
        0 when all ran, 1 when one broke; missed targets are shown, not failed.

    Raises:
        BuildError: when a name is not known.
    """
    unknown = sorted(set(names) - set(available()))
    if unknown:
        known = ", ".join(available())
        raise BuildError(f"No benchmark {', '.join(unknown)}: choose among {known}.")
    python = environments.ensure(environments.MAIN, "pytest")
    broken = [name for name in names or available() if not _measure(python, name)]
    for path, text in pages(stored_reports()).items():
        path.write_text(text, encoding="utf-8")
    failed = f"; broken: {', '.join(broken)}" if broken else ""
    say(f"Wrote {show(PAGE)}, {show(NOTES)}{failed}")
    return 1 if broken else 0


def _measure(python: Path, name: str) -> bool:
    """Run one benchmark and keep its figures; False when it left none."""
    say(f"\n=== {name}")
    out = RESULTS / name
    result = out / f"{name}.json"
    result.unlink(missing_ok=True)
    run([python, SCRIPTS / f"bench_{name}.py", "--out", out], timeout=3 * 3600)
    if not result.exists():
        return False
    report = json.loads(result.read_text(encoding="utf-8"))
    kept = {"benchmark": name, "rows": report["rows"], "notes": report.get("notes", [])}
    kept |= {"machine": machine(), "commit": _commit(), "version": version()}
    STORE.mkdir(parents=True, exist_ok=True)
    kept["show"] = {
        text: _keep_picture(out / file) for text, file in report.get("show", {}).items()
    }
    (STORE / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return True


def _keep_picture(picture: Path) -> str:
    """Copy a picture beside the figures; its path from the page's folder."""
    kept = STORE / picture.name
    shutil.copyfile(picture, kept)
    return kept.relative_to(PAGE.parent).as_posix()


def stored_reports() -> list[dict]:
    """The kept figures of every benchmark, by name."""
    return [json.loads(p.read_text(encoding="utf-8")) for p in sorted(STORE.glob("*.json"))]


def pages(reports: Sequence[dict]) -> dict[Path, str]:
    """The texts of the two pages: the product's figures, and those about its training."""
    notes = [report for report in reports if report["benchmark"] in ABOUT_TRAINING]
    figures = [report for report in reports if report["benchmark"] not in ABOUT_TRAINING]
    return {PAGE: page(figures), NOTES: page(notes, NOTES_HEADER)}


def page(reports: Sequence[dict], header: str = HEADER) -> str:
    """The text of one page."""
    return "\n".join([header, *(_section(report) for report in reports)])


def _section(report: dict) -> str:
    name = report["benchmark"]
    lines = [f"## {name}", "", f"`python build.py bench {name}` · {report['machine']} · "]
    lines[-1] += f"version {report['version']}, commit {report['commit']}"
    lines += ["", *(f"{note}\n" for note in report["notes"])]
    lines += _table(report["rows"])
    lines += [f"\n![{text}]({path})\n\n*{text}*" for text, path in report.get("show", {}).items()]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[dict]) -> list[str]:
    """The lines of a table; columns without an entry are left out, words stand on the left."""
    cells = [_cells(row) for row in rows]
    titles = ("figure", "measured", "must", "aim", "cases", "")
    shown = [column for column in range(6) if column < 2 or any(line[column] for line in cells)]
    in_words = all("text" in row for row in rows)
    rules = ["---:" if 0 < column < 5 and not in_words else "---" for column in shown]
    lines = [[titles[c] for c in shown], *([line[c] for c in shown] for line in cells)]
    header, *body = [f"| {' | '.join(line)} |" for line in lines]
    return [header, f"|{'|'.join(rules)}|", *body]


def _cells(row: dict) -> tuple[str, ...]:
    """One line of a table; a row may hold its figures as ``text``, beside what was ``asked``."""
    if "text" in row:
        verdict = _verdict(bool(row["asked"]), row)
        return row["what"], row["text"], row["asked"], "", "", verdict
    sign = "≥" if row.get("larger_is_better") else "≤"
    unit = f" {row['unit']}" if row.get("unit") else ""
    measured = "not measured" if row["value"] is None else f"{row['value']:.4g}{unit}"
    must, aim = (
        "" if row.get(key) is None else f"{sign} {row[key]:g}{unit}" for key in ("must", "aim")
    )
    verdict = _verdict(row.get("must") is not None, row)
    return row["what"], measured, must, aim, str(row.get("cases") or ""), verdict


def _verdict(asked: bool, row: dict) -> str:
    """What stands at the end of a line: nothing where nothing was asked."""
    if not asked:
        return ""
    return "✓" if row.get("met") else "**missed**"


def machine() -> str:
    """Processor, cores and system, without the machine's name."""
    info = Path("/proc/cpuinfo")
    models = []
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = models[0] if models else platform.processor() or platform.machine()
    cores = len(models) or "?"
    return f"{name}, {cores} cores, {platform.system()}"


def _commit() -> str:
    """The commit that was measured, in words whether files differed from it.

    The figures themselves do not count: one benchmark after another renews them.
    """
    figures = [f":!{show(path)}" for path in (STORE, PAGE, NOTES)]
    try:
        commit = output_of(["git", "describe", "--always"]).strip()
        changed = output_of(["git", "status", "--porcelain", "--", ".", *figures]).strip()
    except BuildError:
        return "unknown"
    return f"{commit} with uncommitted changes" if changed else commit
