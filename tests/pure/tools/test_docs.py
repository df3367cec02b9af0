"""The documents' links, the site's navigation, and that the site fetches nothing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from tools import docs_links, docs_site, release_check
from tools.places import ROOT


def test_every_link_of_the_documents_leads_somewhere():
    assert list(docs_links.dead_links(release_check.tracked(".md"))) == []


def test_pages_link_to_pages_of_the_site():
    assert list(docs_links.links_out_of_the_site()) == []


def test_the_navigation_shows_every_page_once():
    assert list(docs_links.pages_not_shown()) == []


def test_the_documents_name_files_that_exist():
    files = [f"/{path.relative_to(ROOT).as_posix()}" for path in release_check.tracked(".py")]
    missing = [
        f"{page.name}: {name}"
        for page in sorted(docs_links.DOCS.rglob("*.md"))
        for name in re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8"))
        if not any(file.endswith(f"/{name}") for file in files)
    ]
    assert missing == []


def test_the_journeys_of_the_architecture_pass_modules_that_exist():
    text = (docs_links.DOCS / "architecture.md").read_text(encoding="utf-8")
    journeys = text[text.index("## Four journeys") : text.index("## Conventions")]
    part, missing = "", []
    for name in re.findall(r"`([\w/]+)`", journeys):
        if name.endswith("/"):
            part = name
        elif not (ROOT / f"{part}{name}.py").is_file():
            missing.append(f"{part}{name}")
    assert missing == []


def lists_that_the_site_would_not_show(page: Path) -> Iterator[str]:
    """Markdown's first definition wants four spaces before an inner list, an empty line before."""
    text = docs_links.FENCED.sub("", page.read_text(encoding="utf-8"))
    blocks = re.split(r"\n\s*\n", text)
    for block in blocks:
        lines = block.strip("\n").splitlines()
        item = re.compile(r"([-*]|\d+\.) ")
        begun = bool(lines) and bool(item.match(lines[0].lstrip()))
        for before, line in itertools.pairwise(lines):
            if re.match(r" {1,3}([-*]|\d+\.) ", line):
                yield f"{page.name}: inner list by less than four spaces: {line}"
            begun = begun or before.startswith("#")
            if item.match(line) and not begun:
                yield f"{page.name}: no empty line before the list: {line}"


def test_lists_are_lists_on_the_site():
    pages = sorted(docs_links.DOCS.rglob("*.md"))
    assert [fault for page in pages for fault in lists_that_the_site_would_not_show(page)] == []


def test_dead_links_to_files_and_headings_are_named(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# A *page*: of `code`, and more\n[a](#a-page-of-code-and-more) [b](page.md#gone)\n"
        "[c](missing.md) ![d](missing.png) [far](https://example.org/x#y)\n"
        "```\n# not a heading, [no](link.md)\n```\n"
    )
    complaints = list(docs_links.dead_links([page]))
    assert [c.split(" links to ")[1].split(",")[0] for c in complaints] == [
        "page.md#gone",
        "missing.md",
        "missing.png",
    ]


def test_pages_that_are_left_out_or_made_up_are_named(tmp_path):
    docs, site_map = tmp_path / "docs", tmp_path / "mkdocs.yml"
    (docs / "notes").mkdir(parents=True)
    (docs / "notes" / "index.md").write_text("[out](../../other.md) [in](../notes/index.md)")
    site_map.write_text("site_name: X\nnav:\n  - Gone: gone.md\n")
    assert [c.split()[0] for c in docs_links.pages_not_shown(docs, site_map)] == [
        "docs/notes/index.md",
        "mkdocs.yml's",
    ]
    (complaint,) = docs_links.links_out_of_the_site(docs)
    assert "other.md" in complaint


def test_what_a_page_would_fetch_is_named(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<a href="https://example.org">far</a><script src="site/own.js"></script>'
        '<link href="own.css" rel="stylesheet"><link rel="canonical" href="https://example.org">'
    )
    assert list(docs_site.fetches(tmp_path)) == []
    page.write_text(
        '<script async src="https://a.example/x.js"></script>'
        '<link href="https://b.example/font.css" rel="stylesheet">'
    )
    found = [complaint.split()[-1] for complaint in docs_site.fetches(tmp_path)]
    assert found == ["https://a.example/x.js", "https://b.example/font.css"]
