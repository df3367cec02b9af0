"""Debian's Blender builds in folders of their own: the real program, windows included.

Debian unstable has Blender 5.2 LTS (Python 3.14), Debian 13 has 4.3 (Python 3.13). Each is
unpacked once by debootstrap into build/chroots. Commands run in a private mount namespace, so
/proc, /dev and the bound repository vanish with them and the folder can be deleted safely.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .places import BUILD, ROOT, BuildError, say, show
from .processes import output_of, run, run_or_stop

FOLDER = BUILD / "chroots"
REPOSITORY_INSIDE = "/mnt/sketch2pose"
SHARED_INSIDE = "/mnt/shared"

PACKAGES = ("blender", "xvfb", "xauth", "xdotool", "imagemagick")
PACKAGES += ("libgl1-mesa-dri", "libegl1", "libgl1")
PACKAGES += ("python3-numpy", "python3-requests", "python3-zstandard")  # Blender's own add-ons
PACKAGES += ("python3-pytest", "python3-hypothesis")

ENTER = """
root=$1 repository=$2 shared=$3; shift 3
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir -p "$root/mnt/sketch2pose" "$root/mnt/shared"
[ -e "$root/etc/mtab" ] || ln -s /proc/self/mounts "$root/etc/mtab"
mount --bind "$repository" "$root/mnt/sketch2pose"
[ -z "$shared" ] || mount --bind "$shared" "$root/mnt/shared"
exec chroot "$root" "$@"
"""


@dataclass(frozen=True)
class Suite:
    """A Debian release whose Blender is tested."""

    name: str
    blender: str
    extra_packages: tuple[str, ...] = ()

    @property
    def root(self) -> Path:
        return FOLDER / self.name

    @property
    def is_complete(self) -> bool:
        return (self.root / "complete").exists()


SUITES = {
    "trixie": Suite("trixie", "4.3"),
    # Blender 5.2's extension tools import cattrs, which Debian's package does not depend on.
    "sid": Suite("sid", "5.2", ("python3-cattr",)),
}


def why_not() -> str:
    """Why this machine cannot make or enter such a folder; empty when it can."""
    if not Path("/etc/debian_version").exists() or not shutil.which("apt-get"):
        return "needs a Debian machine"
    if os.geteuid() != 0:
        return "needs root (debootstrap, mount namespaces)"
    if not shutil.which("unshare"):
        return "needs unshare (util-linux)"
    return ""


def ensure(suite: Suite) -> None:
    """Unpack the release and install Blender and the window tools, unless that is done.

    Raises:
        BuildError: when a package cannot be had; Debian unstable is at times not installable.
    """
    if suite.is_complete:
        return
    if not shutil.which("debootstrap"):
        run_or_stop("apt-get update", ["apt-get", "update", "-q"])
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "debootstrap"]
        run_or_stop("Installing debootstrap", install)
    say(f"Unpacking Debian {suite.name} with Blender {suite.blender} (1.5 GB, some minutes) …")
    shutil.rmtree(suite.root, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["debootstrap", "--variant=minbase", suite.name, suite.root, _mirror()]
    _logged(f"debootstrap-{suite.name}", command)
    packages = [*PACKAGES, *suite.extra_packages]
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    _logged(
        f"apt-{suite.name}", entered(suite, ["env", "DEBIAN_FRONTEND=noninteractive", *install])
    )
    for package in (suite.root / "var/cache/apt/archives").glob("*.deb"):
        package.unlink()
    (suite.root / "complete").touch()


def _mirror() -> str:
    """The mirror that this machine already uses for its own packages."""
    sites = output_of(["apt-get", "indextargets", "--format", "$(SITE)"]).splitlines()
    plain = [site for site in sites if site and "security" not in site]
    if not plain:
        raise BuildError("apt knows no package mirror: check /etc/apt and run `apt-get update`.")
    return plain[0]


def _logged(name: str, command: Sequence[str | Path]) -> None:
    """Run a talkative command with its output in build/logs."""
    log = BUILD / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    script = 'log=$1; shift; exec "$@" >"$log" 2>&1'
    if run(["bash", "-c", script, "_", log, *command]):
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        raise BuildError(f"{name} failed; the end of {show(log)}:\n{tail}")


def entered(suite: Suite, command: Sequence[str | Path]) -> list[str]:
    """The command line that runs ``command`` inside of the suite's folder."""
    shared = Path(os.environ.get("S2P_SHARED", ROOT.parent / "shared"))
    bound = str(shared) if shared.is_dir() else ""
    enter = ["unshare", "-m", "--propagation", "private", "bash", "-ec", ENTER, "_"]
    return [*enter, str(suite.root), str(ROOT), bound, *(str(part) for part in command)]


def run_inside(
    suite: Suite,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    timeout: float = 900,
) -> int:
    """Run a command inside of the suite, the repository at ``/mnt/sketch2pose``.

    Args:
        suite: an unpacked suite.
        command: program and arguments as seen inside.
        env: variables for it.
        timeout: seconds.

    Returns:
        The exit status; 124 when it ran past ``timeout``.
    """
    settings = {
        "HOME": "/root",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "S2P_SHARED": SHARED_INSIDE,
        **(env or {}),
    }
    assignments = [f"{name}={value}" for name, value in settings.items()]
    # `timeout` runs inside, where it can end Blender and whatever Blender started.
    limited = ["env", *assignments, "timeout", "-k", "10", str(int(timeout)), *command]
    return run(entered(suite, limited), timeout=timeout + 60)
