"""``build.py docs``: the documentation site, made of docs/ as mkdocs.yml says.

Nothing in the site is fetched from elsewhere: it can be read from a folder, without a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .places import BUILD, ROOT, say, show
from .processes import run

SITE = BUILD / "site"
SEARCH = "site/search_in_a_frame.js"
# The generator would have a search in opened files begin with this script of a server.
FOREIGN_SEARCH = 'src="https://unpkg.com/iframe-worker/shim"'
FETCHED = re.compile(
    r'<(?:script|img|iframe|source)\b[^>]*\bsrc="?(https?://[^" >]+)'
    r'|<link\b(?=[^>]*\brel="?(?:stylesheet|preload|preconnect))[^>]*\bhref="?(https?://[^" >]+)'
)


def build(python: Path, *, strict: bool = False) -> int:
    """Make the site in build/site.

    Args:
        python: of an environment with requirements/docs.txt.
        strict: whether a warning of the generator fails.

    Returns:
        0, or the generator's exit status, or 1 when a page would fetch something.
    """
    command = [python, "-m", "zensical", "build", "--clean", *(["--strict"] if strict else [])]
    status = run(command, cwd=ROOT, timeout=300)
    if status:
        return status
    _search_without_a_server(SITE)
    complaints = list(fetches(SITE))
    for complaint in complaints:
        say(complaint)
    say(f"{show(SITE)}/index.html")
    return 1 if complaints else 0


def _search_without_a_server(site: Path) -> None:
    """Let pages that are opened as files search with our own script."""
    for page in site.rglob("*.html"):
        up = "../" * (len(page.relative_to(site).parts) - 1)
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(FOREIGN_SEARCH, f'src="{up}{SEARCH}"'), encoding="utf-8")


def fetches(site: Path) -> Iterator[str]:
    """Whatever a browser would fetch from elsewhere while it shows a page."""
    for page in sorted(site.rglob("*.html")):
        for found in FETCHED.finditer(page.read_text(encoding="utf-8")):
            yield f"{page.relative_to(site).as_posix()} fetches {found[1] or found[2]}"
