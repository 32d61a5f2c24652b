# SPDX-License-Identifier: GPL-3.0-or-later
"""The site in .ansible/docs/html/, and what it is made of."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from checks.commands import run
from support.playbooks import ROOT

from benchmarks.palette import contrast
from tools import docs

from . import picture, plan_pictures

SVG = "{http://www.w3.org/2000/svg}"
FETCHED = re.compile(r'<(?:script|img|link|iframe)\b[^>]*?(?:src|href)="(?://|https?:)')
UNRESOLVED = re.compile(r'href="(?!https?:)[^"]+\.rst')


@pytest.fixture(scope="module")
def site() -> Path:
    """Sphinx has no complaint; ``test_guides.py`` follows the links between guides."""
    assert docs.build() == []
    html = (docs.FOLDER / "html").resolve()
    for path in html.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert FETCHED.findall(text) == UNRESOLVED.findall(text) == [], path
    return html


DOCS_LINT = (
    "antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck "
    "--validate-collection-refs=self --disallow-unknown-collection-refs ."
)
"""Sphinx checks what it generates. What another collection has, reading its pages would show."""


@pytest.mark.parametrize("command", [DOCS_LINT, "antsibull-changelog lint"])
def test_a_tool_has_no_complaint(command: str) -> None:
    run(command)


def test_every_plugin_role_and_guide_has_a_page(site: Path) -> None:
    plugins = ROOT / "plugins"
    wanted = {f"{path.stem}_module.html" for path in (plugins / "modules").glob("focus*.py")}
    wanted |= {f"{path.stem}_filter.html" for path in (plugins / "filter").glob("[a-z]*.py")}
    wanted |= {f"{path.name}_role.html" for path in (ROOT / "roles").iterdir()}
    wanted |= {f"docsite/{path.stem}.html" for path in docs.SOURCE.glob("*.rst")}
    front = (site / "index.html").read_text()
    for page in wanted:
        assert (site / page).is_file(), page
        assert f'href="{page}"' in front, f"{page} is not at the side of the front page"
        assert "git+ADDRESS" in (site / page).read_text() or not page.endswith("_module.html")
    for page, name in (("docsite/how_it_works.html", "run"), ("index.html", "check-narrow")):
        assert f'_images/{name}.svg"' in (site / page).read_text(), "its picture"


IMAGES = [*docs.SOURCE.glob("images/*.svg")]
READABLE = 4.5  # the contrast that WCAG 2 asks for (level AA)


def test_a_picture_says_what_it_shows() -> None:
    for path in IMAGES:
        drawing = ET.parse(path).getroot()
        assert drawing.attrib["role"] == "img"
        told = [drawing.find(f"{SVG}{tag}") for tag in ("title", "desc")]
        ids = [element.attrib["id"] for element in told if element is not None and element.text]
        assert ids == drawing.attrib["aria-labelledby"].split(), path


def test_a_picture_can_be_read_in_a_light_and_a_dark_theme() -> None:
    """It has a background of its own, behind all of it."""
    drawn = [re.findall(r'(?:fill|stroke)="(?!none)([^"]+)"', path.read_text()) for path in IMAGES]
    for background, *colours in (*drawn, [picture.BACKGROUND, *picture.COLOURS.values()]):
        assert all(contrast(background, colour) >= READABLE for colour in colours), background


def test_the_pictures_of_plans_are_those_of_now() -> None:
    """Each holds the digest of what it shows; they are drawn by ``docs.plan_pictures``."""
    texts = plan_pictures.texts()
    assert {*docs.SOURCE.glob("images/*.png")} == texts.keys()
    for path, text in texts.items():
        content = path.read_bytes()
        assert plan_pictures.digest(text).encode() in content, f"{path.name} is outdated"
        assert len(content) < 20_000, path.name
