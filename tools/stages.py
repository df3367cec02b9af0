"""The stages of ``build.py test``, fast ones first; a stage that cannot run says why.

Stages run one after another: on a small machine parallel stages only take turns.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import chroots, docs_site, environments, package
from .places import BUILD, DIST, ROOT, BuildError, say, show, this_platform
from .processes import output_of, run

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
TESTED_PYTHONS = ("3.11", "3.13", "3.14")  # the last one: Debian's Blender 5.2
TYPED = ("core", "rigs", "sketch2pose_addon", "build.py", "tools")  # and inference
DRIVERS = ROOT / "tests" / "window"


class Skipped(Exception):
    """A stage cannot run here; the text says why."""


@dataclass(frozen=True)
class Stage:
    """A named part of the tests; ``run`` returns an exit status."""

    name: str
    what: str
    run: Callable[[], int]


def _tool(*command: str) -> int:
    """Run a module with .venv's Python."""
    python = environments.ensure(environments.MAIN, "pytest", "lint")
    return run([python, "-m", *command])


def lint() -> int:
    """Linter and formatter."""
    return _tool("ruff", "check", ".") or _tool("ruff", "format", "--check", ".")


def types() -> int:
    """Type checker; Blender's own API, which differs between versions, counts as Any (typings/)."""
    if _has_torch():
        return _tool("pyright")
    say("skipped: types of inference/training: PyTorch is not installed")
    parts = sorted(p for p in (ROOT / "inference").iterdir() if p.suffix == ".py" or p.is_dir())
    checked = [p for p in parts if p.name not in ("training", "weights", "__pycache__")]
    return _tool("pyright", *TYPED, *(p.relative_to(ROOT).as_posix() for p in checked))


def architecture() -> int:
    """Import and safety rules."""
    return _tool("pytest", "-q", "tests/architecture")


def pure() -> int:
    """Everything that needs neither Blender nor PyTorch."""
    return _tool("pytest", "-q", "-m", "not torch", "tests/pure")


def training() -> int:
    """Synthesis and training, where PyTorch is installed."""
    if not _has_torch():
        raise Skipped("PyTorch is not installed (python build.py setup --training)")
    return _tool("pytest", "-q", "-m", "torch", "tests/pure")


def _has_torch() -> bool:
    """Whether .venv has the training tools."""
    python = environments.ensure(environments.MAIN, "pytest", "lint")
    try:
        output_of([python, "-c", "import torch"])
    except BuildError:
        return False
    return True


def agreement() -> int:
    """Tests that compare with other implementations, in an environment with these."""
    python = _apart("agreement", "the other implementations")
    folders = [f"tests/pure/inference/{part}" for part in ("body", "importers", "skel")]
    return run([python, "-m", "pytest", "-q", "-m", "agreement", *folders], timeout=600)


def documentation() -> int:
    """The documentation site, without a warning."""
    return docs_site.build(_apart("docs", "the site generator"), strict=True)


def _apart(name: str, what: str) -> Path:
    try:
        return environments.ensure_apart(name)
    except BuildError as error:
        raise Skipped(f"{what} cannot be installed: {error}") from error


def in_module(blender: str) -> Callable[[], int]:
    """Tests inside of one version of the ``bpy`` module, with the built light zip."""

    def stage() -> int:
        try:
            python = environments.ensure(blender, "pytest")
        except BuildError as error:  # old modules vanish from the index after their support ends
            if blender == environments.MAIN:
                raise
            raise Skipped(f"bpy {blender} cannot be installed: {error}") from error
        return run([python, "-m", "pytest", "-q", "tests/bpy"], timeout=1200)

    return stage


def full_zip() -> int:
    """The zip for this platform: built, validated, installed, its own wheels at work."""
    python = environments.ensure(environments.MAIN, "pytest")
    target = _zip_under_test(python)
    test = [python, "-m", "pytest", "-q", "tests/bpy/test_installed_zip.py"]
    return run(test, env={"S2P_ZIP": str(target)}, timeout=600)


@cache
def _zip_under_test(python: Path) -> Path:
    """The full zip, with the wheels of Debian's Python as well."""
    tool = environments.blender_tool(python)
    platform, out = this_platform(), BUILD / "tested"
    pythons = TESTED_PYTHONS if platform == "linux-x64" else TESTED_PYTHONS[:2]
    return package.build_zip(tool, platform, out=out, pythons=pythons, python=python)


def _entered(suite: chroots.Suite) -> None:
    why = chroots.why_not()
    if why:
        raise Skipped(why)
    try:
        chroots.ensure(suite)
    except BuildError as error:  # Debian unstable is at times not installable
        raise Skipped(f"Debian {suite.name} cannot be unpacked: {error}") from error


def headless(suite: chroots.Suite) -> Callable[[], int]:
    """The same tests as in the module, in a real Blender without a window."""

    def stage() -> int:
        _entered(suite)
        zip_inside = _inside(_zip_under_test(environments.ensure(environments.MAIN)))
        resources = f"/tmp/sketch2pose-headless-{os.getpid()}"
        prepare = ["mkdir", resources]
        env = {"BLENDER_USER_RESOURCES": resources, "S2P_ZIP": zip_inside}
        runner = f"{chroots.REPOSITORY_INSIDE}/tests/run_in_blender.py"
        blender = ["blender", "-b", "--python-exit-code", "1", "--python", runner, "--", "-q"]
        try:
            return chroots.run_inside(suite, prepare) or chroots.run_inside(
                suite, [*blender, "tests/bpy"], env=env, timeout=1200
            )
        finally:
            chroots.run_inside(suite, ["rm", "-rf", resources])

    return stage


def window(suite: chroots.Suite) -> Callable[[], int]:
    """A real window: install the zip, open the panel, draw, press, look at the keys."""

    def stage() -> int:
        _entered(suite)
        drivers = sorted(DRIVERS.glob("drive_*.py"))
        if not drivers:
            raise Skipped("tests/window has no drive_*.py")
        zip_inside = _inside(_zip_under_test(environments.ensure(environments.MAIN)))
        return max(_drive(suite, driver, zip_inside) for driver in drivers)

    return stage


def _drive(suite: chroots.Suite, driver: Path, zip_inside: str) -> int:
    """Run one driver in a fresh Blender with a user folder of its own."""
    pictures = BUILD / "window" / suite.name
    pictures.mkdir(parents=True, exist_ok=True)
    script = f"{chroots.REPOSITORY_INSIDE}/tests/window/run_window.sh"
    env = {"S2P_OUT": _inside(pictures), "S2P_BLENDER": suite.blender}
    status = chroots.run_inside(
        suite, ["bash", script, zip_inside, _inside(driver)], env=env, timeout=300
    )
    say(f"{driver.name} in {suite.name}: exit {status}; screenshots in {show(pictures)}")
    return status


def _inside(path: Path) -> str:
    return f"{chroots.REPOSITORY_INSIDE}/{path.resolve().relative_to(ROOT).as_posix()}"


def demo() -> int:
    """README's demo, from a bundled drawing to the picture."""
    from . import demo as demo_program

    demo_program.run_demo(DIST / "demo", None)
    return 0


def all_stages() -> list[Stage]:
    """Every stage in the order in which it runs."""
    trixie, sid = chroots.SUITES["trixie"], chroots.SUITES["sid"]
    return [
        Stage("lint", "ruff", lint),
        Stage("architecture", "import and safety rules", architecture),
        Stage("pure", "tests without Blender", pure),
        Stage("types", "pyright", types),
        Stage("docs", "the documentation site", documentation),
        *(Stage(f"bpy-{v}", f"Blender {v} module", in_module(v)) for v in environments.BLENDERS),
        Stage("zip", "the zip with its wheels, installed", full_zip),
        Stage("demo", "a drawing becomes keys", demo),
        Stage("agreement", "beside other implementations", agreement),
        Stage("training", "synthesis and training", training),
        Stage("headless-4.3", "Debian's Blender 4.3 without a window", headless(trixie)),
        Stage("headless-5.2", "Debian's Blender 5.2 LTS without a window", headless(sid)),
        Stage("window-4.3", "Blender 4.3 in a window", window(trixie)),
        Stage("window-5.2", "Blender 5.2 LTS in a window", window(sid)),
    ]


def run_stages(only: Sequence[str], skip: Sequence[str]) -> int:
    """Run the chosen stages and report.

    Args:
        only: names or beginnings of names; empty for all.
        skip: the same, left out.

    Returns:
        0 when no stage failed, else 1.

    Raises:
        BuildError: when nothing is chosen.
    """
    chosen = [s for s in all_stages() if _matches(s.name, only or [""])]
    chosen = [s for s in chosen if not (skip and _matches(s.name, skip))]
    if not chosen:
        names = ", ".join(stage.name for stage in all_stages())
        raise BuildError(f"No such stage: choose among {names}.")
    outcomes = [_run_stage(stage) for stage in chosen]
    _report(chosen, outcomes)
    return 1 if FAILED in [outcome for outcome, _ in outcomes] else 0


def _matches(name: str, beginnings: Sequence[str]) -> bool:
    return any(name.startswith(beginning) for beginning in beginnings)


def _run_stage(stage: Stage) -> tuple[str, str]:
    say(f"\n=== {stage.name}: {stage.what}")
    start = time.monotonic()
    try:
        status = stage.run()
        outcome, note = (FAILED, f"exit {status}") if status else (PASSED, "")
    except Skipped as why:
        say(f"skipped: {stage.name}: {why}")
        outcome, note = SKIPPED, str(why)
    except BuildError as error:
        say(f"failed: {stage.name}: {error}")
        outcome, note = FAILED, str(error)
    return outcome, f"{time.monotonic() - start:6.1f} s  {note}"


def _report(stages: Sequence[Stage], outcomes: Sequence[tuple[str, str]]) -> None:
    say("\n=== summary" + f" ({_commit()})")
    for stage, (outcome, note) in zip(stages, outcomes, strict=True):
        say(f"{outcome:8}{stage.name:14}{note}".rstrip())
    count = {kind: sum(o == kind for o, _ in outcomes) for kind in (PASSED, FAILED, SKIPPED)}
    say(", ".join(f"{number} {kind}" for kind, number in count.items()))


def _commit() -> str:
    try:
        return output_of(["git", "describe", "--always", "--dirty"]).strip()
    except BuildError:
        return "no git"
