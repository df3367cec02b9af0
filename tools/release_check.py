"""``build.py check``: what a release must pass. Every complaint says which file to mend."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from . import docs_links, environments, package
from .places import BUILD, MANIFEST, ROOT, BuildError, say, show, this_platform, version
from .processes import output_of, run
from .wheels import read_lock, sha256_of

LICENSES = ROOT / "docs" / "licenses.md"
WEIGHTS = ROOT / "inference" / "weights"
ASSET_SUFFIXES = {".onnx", ".npz", ".png", ".jpg", ".svg", ".json", ".task", ".blend"}
ASSET_FOLDERS = ("inference", "rigs", "sketch2pose_addon", "docs/examples", "docs/images")
# A path of somebody's machine or a private index in a public file.
PRIVATE = re.compile(r"(/home/\w+|/Users/\w+|C:\\\\Users|/root/|/opt/(pypi|wheels)|https?://10\.)")


def clean_tree() -> Iterator[str]:
    """A release is made of what is committed."""
    changed = output_of(["git", "status", "--porcelain"]).splitlines()
    if changed:
        yield f"{len(changed)} files are not committed (first: {changed[0].strip()})"


def changelog_entry() -> Iterator[str]:
    """The version has an entry with at least one line."""
    text = _text(ROOT / "CHANGELOG.md")
    entry = re.search(rf"^## {re.escape(version())}\b.*?\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not entry or "- " not in entry.group(1):
        yield f"CHANGELOG.md has no entry for {version()}"


def versions_agree() -> Iterator[str]:
    """The version stands in the manifest alone, or is the same elsewhere."""
    for path in tracked(".py", ".toml"):
        for found in re.findall(r'^(?:__version__|VERSION) = "([\d.]+)"', _text(path), re.M):
            if found != version():
                yield f"{show(path)} says {found}, blender_manifest.toml says {version()}"


def assets_have_licences() -> Iterator[str]:
    """Each shipped data file, or its folder, is named in docs/licenses.md."""
    text = _text(LICENSES)
    for path in tracked(*ASSET_SUFFIXES):
        name = path.relative_to(ROOT).as_posix()
        folders = [f"{parent.as_posix()}/" for parent in Path(name).parents if parent.name]
        if not name.startswith(ASSET_FOLDERS) or "training" in path.parts:
            continue
        if not any(f"`{known}`" in text for known in (name, *folders)):
            yield f"docs/licenses.md does not name `{name}` or its folder"


def libraries_have_licences() -> Iterator[str]:
    """Each library in a zip is named in docs/licenses.md."""
    text = _text(LICENSES)
    for name in sorted({wheel.distribution for wheel in read_lock().values()}):
        if f"`{name}`" not in text:
            yield f"docs/licenses.md does not name the library `{name}`"


def weights_have_cards() -> Iterator[str]:
    """Each file of weights has a model card with its checksum, licence and what it learned from."""
    for path in sorted([*WEIGHTS.glob("**/*.onnx"), *WEIGHTS.glob("**/*.npz")]):
        card = _card_of(path)
        if card is None:
            yield f"{show(path)} has no model card {path.stem}.json or {path.stem}.md"
            continue
        text = _text(card)
        if sha256_of(path) not in text:
            yield f"{show(card)} does not hold the sha256 of {path.name}: {sha256_of(path)}"
        if "licen" not in text.lower():
            yield f"{show(card)} does not state a licence"


def _card_of(path: Path) -> Path | None:
    cards = [path.with_suffix(suffix) for suffix in (".json", ".md")]
    return next((card for card in cards if card.exists()), None)


def links_lead_somewhere() -> Iterator[str]:
    """Links of the documents lead to what exists, and the site shows each page."""
    yield from docs_links.dead_links(tracked(".md"))
    yield from docs_links.links_out_of_the_site()
    yield from docs_links.pages_not_shown()


def nothing_private() -> Iterator[str]:
    """No path of a developer's machine in a public file."""
    for path in tracked(".py", ".md", ".toml", ".json", ".txt", ".sh", ".yaml"):
        if path.name == Path(__file__).name or path.name == "gui_recipe.sh":
            continue
        for found in PRIVATE.finditer(_text(path)):
            if not (found.group(0) == "/root/" and "chroot" in path.name):
                yield f"{show(path)} holds {found.group(0)}"


def zip_is_whole() -> Iterator[str]:
    """The full zip builds, validates, holds what it must and nothing of the workshop."""
    python = environments.ensure(environments.MAIN)
    tool = environments.blender_tool(python)
    try:
        built = package.build_zip(tool, this_platform(), out=BUILD / "checked", python=python)
    except BuildError as error:
        yield str(error)
        return
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
    for needed in (MANIFEST.name, "__init__.py", "LICENSE", "LICENSES.md"):
        if needed not in names:
            yield f"{built.name} lacks {needed}"
    for name in names:
        if "training/" in name or name.startswith(("tests/", "docs/", "tools/", ".")):
            yield f"{built.name} holds {name}, which does not ship"


def zip_installs() -> Iterator[str]:
    """Blender's module installs and enables the light zip."""
    python = environments.ensure(environments.MAIN)
    tool = environments.blender_tool(python)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        built = package.build_zip(tool, this_platform(), "light", out=out, python=python)
        (out / "user").mkdir()
        env = {"BLENDER_USER_RESOURCES": str(out / "user")}
        if run([python, "-m", "tools.install_probe", built], env=env, timeout=120):
            yield f"{built.name} cannot be installed and enabled in Blender (see above)"


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    clean_tree, changelog_entry, versions_agree, assets_have_licences, libraries_have_licences,
    weights_have_cards, links_lead_somewhere, nothing_private, zip_is_whole, zip_installs,
)  # fmt: skip


def tracked(*suffixes: str) -> list[Path]:
    """Files that are in git, or would be, with one of the suffixes."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    paths = [ROOT / line for line in output_of(command).splitlines()]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def run_checks() -> int:
    """Run every check and report.

    Returns:
        0 when a release may go out, else 1.
    """
    failures = 0
    for check in CHECKS:
        complaints = list(check())
        failures += bool(complaints)
        say(f"{'FAIL' if complaints else 'ok':5}{(check.__doc__ or '').splitlines()[0]}")
        for complaint in complaints:
            say(f"       {complaint}")
    say(f"{len(CHECKS) - failures} passed, {failures} failed")
    return 1 if failures else 0
