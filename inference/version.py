"""The version, from its only place: the extension's manifest beside this package."""

import tomllib
from pathlib import Path

MANIFEST = Path(__file__).resolve().parents[1] / "blender_manifest.toml"


def read_version() -> str:
    """Version of the extension this backend belongs to.

    Returns:
        For example "1.2.0"; "unknown" when the package was copied without its manifest.
    """
    try:
        return str(tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"
