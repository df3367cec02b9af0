"""`python -m inference`: the command line, which is also the backend process."""

import argparse
import site
import sys


def _add_library_folders(arguments: list[str]) -> None:
    """Make `--site` folders importable before the first library is imported.

    Inside Blender the libraries lie in wheel folders that a child process does not see.
    """
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--site", action="append", default=[])
    for folder in early.parse_known_args(arguments)[0].site:
        site.addsitedir(folder)


def main(arguments: list[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: without the program's name; None takes them from the command line.

    Returns:
        The exit code: 0 all inputs gave a result, 3 some did not, 2 unusable arguments.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    _add_library_folders(arguments)
    from sketch2pose.inference.cli import run  # pyright: ignore[reportMissingImports]

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
