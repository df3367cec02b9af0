"""Whether every link of the documents leads to a file and a heading, and the site shows each page.

Needs no site generator; `build.py check` and the fast tests ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from .places import ROOT, show

DOCS = ROOT / "docs"
SITE_MAP = ROOT / "mkdocs.yml"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def dead_links(pages: Iterable[Path]) -> Iterator[str]:
    """Relative links to a file or a heading that does not exist, each as a sentence."""
    for page in pages:
        for target in links_of(page):
            path, _, heading = target.partition("#")
            found = page.parent / path if path else page
            if not found.exists():
                yield f"{show(page)} links to {target}, which does not exist"
            elif heading and heading not in headings_of(found):
                yield f"{show(page)} links to {target}, a heading that does not exist"


def links_out_of_the_site(docs: Path = DOCS) -> Iterator[str]:
    """Relative links of pages to files outside of docs/, which the site does not have."""
    for page in sorted(docs.rglob("*.md")):
        for target in links_of(page):
            path = (page.parent / target.partition("#")[0]).resolve()
            if not path.is_relative_to(docs.resolve()):
                yield f"{show(page)} links to {target}, which is not part of the site"


def pages_not_shown(docs: Path = DOCS, site_map: Path = SITE_MAP) -> Iterator[str]:
    """Pages that the site's navigation leaves out, and those it names that are not there."""
    text = site_map.read_text(encoding="utf-8")
    shown = re.findall(r"([\w/.-]+\.md)$", text[text.index("\nnav:") :], re.MULTILINE)
    there = {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")}
    yield from (f"docs/{name} is not in mkdocs.yml's nav" for name in sorted(there - set(shown)))
    yield from (f"mkdocs.yml's nav names {name}, which does not exist"
                for name in sorted(set(shown) - there))  # fmt: skip
    twice = sorted({name for name in shown if shown.count(name) > 1})
    yield from (f"mkdocs.yml's nav names {name} twice" for name in twice)


def links_of(page: Path) -> list[str]:
    """Relative link targets of a page, those of pictures too."""
    found = LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    return [target for target in found if not re.match(r"\w+:", target)]


def headings_of(page: Path) -> set[str]:
    """What a link calls the headings of a page."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return {_slug(heading) for heading in HEADING.findall(text)}


def _slug(heading: str) -> str:
    plain = re.sub(r"\]\([^)]*\)|[\[*`]", "", heading).lower()
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", plain).strip())
