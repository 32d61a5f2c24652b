# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of a site that was built, and what a browser would fetch for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class Page(HTMLParser):
    """What a page links to, and the anchors that can be linked to."""

    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors.update(value for key in ("id", "name") if (value := given.get(key)))
        self.links += [value for key in ("href", "src") if (value := given.get(key))]


def read_pages(html: Path) -> dict[Path, Page]:
    pages = {}
    for path in sorted(html.rglob("*.html")):
        pages[path] = Page()
        pages[path].feed(path.read_text(encoding="utf-8"))
    return pages


def broken_links(html: Path) -> Iterator[str]:
    """Links to files and anchors of the site that are not there."""
    pages = read_pages(html)
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            where = f"{path.relative_to(html)}: {link}"
            if not target.is_file():
                yield f"{where}: there is no such file"
            elif anchor and target in pages and anchor not in pages[target].anchors:
                yield f"{where}: there is no such anchor"


def fetched(html: Path) -> Iterator[str]:
    """What a browser would load from elsewhere: nothing should be."""
    for path in sorted(html.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for link in re.findall(
            r'<(?:script|img|link|iframe)\b[^>]*?(?:src|href)="(//|https?:)', text
        ):
            yield f"{path.relative_to(html)}: something is loaded from {link}"
