# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of a site that was built, and what a browser would fetch for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = re.compile(r'<(?:script|img|link|iframe)\b[^>]*?(?:src|href)="(//|https?:)')


def values(text: str, *attributes: str) -> list[str]:
    return [unescape(v) for v in re.findall(rf'\s(?:{"|".join(attributes)})="([^"]+)"', text)]


def problems(html: Path) -> Iterator[str]:
    """Links to files and anchors that are not there, and what a browser would load from elsewhere:
    nothing should be."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(html.rglob("*.html"))}
    anchors = {path: {*values(text, "id", "name")} for path, text in pages.items()}
    for path, text in pages.items():
        name = path.relative_to(html)
        yield from (f"{name}: something is loaded from {at}" for at in FETCHED.findall(text))
        for link in values(text, "href", "src"):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                yield f"{name}: {link}: there is no such file"
            elif parts.fragment and unquote(parts.fragment) not in anchors.get(target, ()):
                yield f"{name}: {link}: there is no such anchor"
