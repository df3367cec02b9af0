"""The compiled libraries that travel in the zip: which wheels, for whom, with which checksum.

Blender 4.2 to 5.0 run Python 3.11, Blender 5.1 and later 3.13; one zip per platform carries the
wheels of both, and Blender installs those that fit. requirements/wheels.lock.json pins each file by
its sha256.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from .places import BUILD, REQUIREMENTS, BuildError, say
from .processes import run

PYTHONS = ("3.11", "3.13")
LOCK = REQUIREMENTS / "wheels.lock.json"
CACHE = BUILD / "wheels"

# pip's names of the platforms, newest first; older tags are accepted by newer systems.
PIP_PLATFORMS = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"),
    "windows-x64": ("win_amd64",),
    "macos-arm64": ("macosx_14_0_arm64", "macosx_13_0_arm64", "macosx_11_0_arm64"),
    "macos-x64": ("macosx_14_0_x86_64", "macosx_13_0_x86_64", "macosx_11_0_x86_64"),
}
PLATFORMS = tuple(PIP_PLATFORMS)
VARIANTS = ("full", "gpu", "light")

OPENCV = ("opencv-python-headless", "4.11.0.86")
# 1.23.2 is the last release with wheels for Intel Macs; its successors begin with Python 3.14.
RUNTIME_VERSIONS = {"3.11": "1.23.2", "3.13": "1.23.2", "3.14": "1.24.4"}
# macOS reaches its GPU through the ordinary wheel (CoreML).
GPU_RUNTIMES = {
    "linux-x64": ("onnxruntime-gpu", "1.23.2"),
    "windows-x64": ("onnxruntime-directml", "1.24.4"),
}


@dataclass(frozen=True)
class Wheel:
    """One pinned file: a distribution's version for a platform and a Python."""

    distribution: str
    version: str
    platform: str
    python: str
    file: str = ""
    sha256: str = ""
    megabytes: float = 0.0

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.distribution, self.version, self.platform, self.python)


def wanted(platform: str, variant: str, pythons: tuple[str, ...] = PYTHONS) -> list[Wheel]:
    """The wheels of one zip, without file names yet.

    Raises:
        BuildError: when the platform or the variant is not known.
    """
    if platform not in PIP_PLATFORMS:
        raise BuildError(f"Unknown platform {platform}: choose one of {', '.join(PLATFORMS)}.")
    if variant == "light":
        return []
    gpu = GPU_RUNTIMES.get(platform) if variant == "gpu" else None
    runtimes = [
        Wheel(*(gpu or ("onnxruntime", RUNTIME_VERSIONS[python])), platform, python)
        for python in pythons
    ]
    return [*runtimes, Wheel(*OPENCV, platform, pythons[0])]  # OpenCV's wheel fits every Python 3


def read_lock() -> dict[tuple[str, str, str, str], Wheel]:
    """Pinned wheels by what they are."""
    if not LOCK.exists():
        return {}
    rows = json.loads(LOCK.read_text(encoding="utf-8"))
    return {wheel.key: wheel for wheel in (Wheel(**row) for row in rows)}


def fetch(wheels: list[Wheel]) -> list[Path]:
    """Files of the wheels, from the cache or by ``pip download``, checked against the lock.

    Raises:
        BuildError: when a wheel is not locked, cannot be had, or differs from its checksum.
    """
    lock = read_lock()
    missing = [w for w in wheels if w.key not in lock]
    if missing:
        names = ", ".join(f"{w.distribution} {w.version} for {w.platform}" for w in missing)
        raise BuildError(f"Not in wheels.lock.json: {names}. Run `python build.py lock`.")
    return [_cached(lock[w.key]) for w in wheels]


def _cached(wheel: Wheel) -> Path:
    path = CACHE / wheel.file
    if not path.exists():
        path = download(wheel)
    if sha256_of(path) != wheel.sha256:
        path.unlink()
        raise BuildError(
            f"{wheel.file} is not the file that was pinned (sha256 differs); the copy was removed. "
            "Try again, and if it stays so look into what the package index serves."
        )
    return path


def download(wheel: Wheel) -> Path:
    """Bring one wheel into the cache with pip, whatever this machine's platform is.

    Raises:
        BuildError: when pip finds no such wheel.
    """
    say(f"Downloading {wheel.distribution} {wheel.version} ({wheel.platform}, {wheel.python}) …")
    CACHE.mkdir(parents=True, exist_ok=True)
    requirement = f"{wheel.distribution}=={wheel.version}"
    platforms = [f"--platform={name}" for name in PIP_PLATFORMS[wheel.platform]]
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps"]
        options = ["--only-binary=:all:", f"--python-version={wheel.python}", *platforms]
        if run([*pip, *options, "--dest", folder, requirement]):
            raise BuildError(f"pip found no wheel of {requirement} for {wheel.platform}.")
        (found,) = Path(folder).glob("*.whl")
        return Path(shutil.move(found, CACHE / found.name))


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_lock(pythons: tuple[str, ...] = (*PYTHONS, "3.14")) -> None:
    """Download every wheel of every zip and pin what came.

    Python 3.14 is pinned for Linux, where distributions already run Blender with it.
    """
    everything: dict[tuple[str, str, str, str], Wheel] = {}
    for platform in PLATFORMS:
        for variant in VARIANTS:
            some = pythons if (platform, variant) == ("linux-x64", "full") else PYTHONS
            everything |= {w.key: w for w in wanted(platform, variant, some)}
    rows = [asdict(_pinned(wheel)) for wheel in everything.values()]
    LOCK.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _pinned(wheel: Wheel) -> Wheel:
    path = download(wheel)
    return Wheel(
        *wheel.key,
        file=path.name,
        sha256=sha256_of(path),
        megabytes=round(path.stat().st_size / 1e6, 1),
    )
