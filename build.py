"""Sketch2Pose's one build program: ``python build.py demo | test | build | docs | check | bench``.

Needs nothing but Python 3.11; it makes its own environments from the pinned files in requirements/.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools import environments, package, wheels
from tools.places import DIST, BuildError, say, this_platform


def command_setup(options: argparse.Namespace) -> None:
    """Make .venv with everything a developer needs."""
    extras = ["pytest", "lint", *(["training"] if options.training else [])]
    say(f"Ready: {environments.ensure(environments.MAIN, *extras)}")


def command_demo(options: argparse.Namespace) -> None:
    """A drawing becomes keyframes on two rigs; saves a .blend and a picture."""
    from tools import demo

    demo.run_demo(options.out, options.drawing)


def command_test(options: argparse.Namespace) -> int:
    """Run the tests, fast ones first."""
    from tools import stages

    return stages.run_stages(options.only, options.skip)


def command_build(options: argparse.Namespace) -> None:
    """Build the zip or zips."""
    python = environments.ensure(environments.MAIN)
    platforms = wheels.PLATFORMS if options.platform == "all" else (options.platform,)
    for platform in platforms:
        package.build_zip(
            environments.blender_tool(python),
            platform,
            options.variant,
            out=options.out,
            pythons=tuple(options.pythons.split(",")),
            python=python,
        )


def command_docs(_: argparse.Namespace) -> int:
    """Make the documentation site."""
    from tools import docs_site

    return docs_site.build(environments.ensure_apart("docs"))


def command_check(_: argparse.Namespace) -> int:
    """Check all that a release must pass."""
    from tools import release_check

    return release_check.run_checks()


def command_bench(options: argparse.Namespace) -> int:
    """Run the benchmarks and write docs/benchmarks.md."""
    from tools import bench

    return bench.run_benchmarks(options.names)


def command_lock(_: argparse.Namespace) -> None:
    """Pin the wheels again after a change of versions."""
    wheels.write_lock()


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="build.py", description=__doc__)
    sub = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    setup = sub.add_parser("setup", help="make .venv for development")
    setup.add_argument("--training", action="store_true", help="PyTorch and the training tools too")
    setup.set_defaults(run=command_setup)

    demo = sub.add_parser("demo", help="a drawing becomes keyframes on two rigs")
    demo.add_argument("drawing", nargs="?", type=Path, help="your own drawing (default: bundled)")
    demo.add_argument("--out", type=Path, default=DIST / "demo", help="folder for the results")
    demo.set_defaults(run=command_demo)

    test = sub.add_parser("test", help="run the tests, fast ones first")
    test.add_argument("--only", nargs="+", default=[], metavar="STAGE", help="run these stages")
    test.add_argument("--skip", nargs="+", default=[], metavar="STAGE", help="leave these out")
    test.set_defaults(run=command_test)

    build = sub.add_parser("build", help="make the installable zip")
    build.add_argument("--platform", default=this_platform(), choices=(*wheels.PLATFORMS, "all"))
    build.add_argument("--variant", default="full", choices=wheels.VARIANTS)
    build.add_argument("--pythons", default=",".join(wheels.PYTHONS), help="default: %(default)s")
    build.add_argument("--out", type=Path, default=DIST)
    build.set_defaults(run=command_build)

    docs = sub.add_parser("docs", help="make the documentation site in build/site")
    docs.set_defaults(run=command_docs)
    sub.add_parser("check", help="what a release must pass").set_defaults(run=command_check)
    bench = sub.add_parser("bench", help="run benchmarks, write docs/benchmarks.md")
    bench.add_argument(
        "names", nargs="*", help="some of tests/benchmarks/bench_*.py (default: all)"
    )
    bench.set_defaults(run=command_bench)
    sub.add_parser("lock", help="pin the wheels again").set_defaults(run=command_lock)
    return top


def main() -> int:
    """Run one command; errors are sentences on stderr and exit status 1."""
    options = parser().parse_args()
    try:
        return int(options.run(options) or 0)
    except BuildError as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
