"""Make the installable zip with Blender's own tool, out of a staged copy of the product's files."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .places import BUILD, DIST, MANIFEST, ROOT, BuildError, say, show, version
from .processes import run_or_stop
from .wheels import PYTHONS, fetch, wanted

PRODUCT = (
    "__init__.py",
    "LICENSE",
    "sketch2pose.py",
    "sketch2pose_addon",
    "inference",
    "rigs",
    "core",
)
NOT_SHIPPED = ("__pycache__", "training", "*.pyc", ".DS_Store", "*.blend1", "*.swp")
SIZE_LIMIT_MB = 200


def zip_name(platform: str, variant: str) -> str:
    """File name of a zip, for example ``sketch2pose-0.1.0-linux-x64.zip``."""
    parts = ["sketch2pose", version()]
    parts += ["light"] if variant == "light" else [platform]
    parts += ["gpu"] if variant == "gpu" else []
    return "-".join(parts) + ".zip"


def stage(folder: Path, wheels: list[Path], platform: str | None) -> None:
    """Copy what ships into ``folder`` and complete the manifest there.

    Args:
        folder: emptied and filled.
        wheels: wheel files to carry.
        platform: Blender's platform name, or None for a zip that runs anywhere.

    Raises:
        BuildError: when a part of the product is missing.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in PRODUCT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*NOT_SHIPPED))
        elif source.exists():
            shutil.copy2(source, folder / name)
        else:
            raise BuildError(f"{name} is missing in {ROOT}: the checkout is not complete.")
    shutil.copy2(ROOT / "docs" / "licenses.md", folder / "LICENSES.md")
    (folder / "wheels").mkdir()
    for wheel in wheels:
        shutil.copy2(wheel, folder / "wheels" / wheel.name)
    text = manifest_text(MANIFEST.read_text(encoding="utf-8"), wheels, platform)
    (folder / MANIFEST.name).write_text(text, encoding="utf-8")


def manifest_text(text: str, wheels: list[Path], platform: str | None) -> str:
    """The manifest with the lines that only a zip has, put before the first table."""
    lines = [f'platforms = ["{platform}"]'] if platform else []
    if wheels:
        names = "".join(f'    "./wheels/{wheel.name}",\n' for wheel in wheels)
        lines.append(f"wheels = [\n{names}]")
    head, table, rest = text.partition("\n[permissions]")
    return head + "\n" + "\n".join(lines) + "\n" + table + rest


def build_zip(
    tool: Path,
    platform: str,
    variant: str = "full",
    *,
    out: Path = DIST,
    pythons: tuple[str, ...] = PYTHONS,
    python: Path | str = sys.executable,
) -> Path:
    """Build and validate one zip.

    Args:
        tool: Blender's ``blender_ext.py``.
        platform: one of ``tools.wheels.PLATFORMS``.
        variant: ``full`` (CPU wheels), ``gpu``, or ``light`` (no wheels).
        out: folder for the zip.
        pythons: Python versions whose wheels are carried.
        python: interpreter that runs the tool.

    Returns:
        The zip.

    Raises:
        BuildError: when a wheel is missing, or Blender's tool refuses the result.
    """
    target = out / zip_name(platform, variant)
    staged = BUILD / "stage" / target.stem
    stage(
        staged, fetch(wanted(platform, variant, pythons)), None if variant == "light" else platform
    )
    out.mkdir(parents=True, exist_ok=True)
    output = ["--source-dir", staged, "--output-filepath", target]
    run_or_stop("Building the zip", [python, tool, "build", *output])
    run_or_stop("Validating the zip", [python, tool, "validate", target])
    _report_size(target, variant)
    return target


def _report_size(target: Path, variant: str) -> None:
    size = target.stat().st_size / 1e6
    say(f"{show(target)}: {size:.1f} MB")
    if size > SIZE_LIMIT_MB and variant != "gpu":
        raise BuildError(f"{target.name} is {size:.0f} MB; the limit is {SIZE_LIMIT_MB} MB.")
