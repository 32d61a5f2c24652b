# SPDX-License-Identifier: GPL-3.0-or-later
"""The site is built as a user of the repository would build it; it has what it should."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml
from support.playbooks import ROOT

from .test_quota import docs

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert docs.build(folder) == []
    return folder / "html"


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


def test_every_guide_is_in_a_section() -> None:
    listed = yaml.safe_load((docs.DOCSITE / "extra-docs.yml").read_text())["sections"]
    names = [name for section in listed for name in section["toctree"]]
    assert sorted(names) == sorted(path.stem for path in docs.SOURCE.glob("*.rst"))


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html#x">x</a><a href="c.html">y</a>')
    (tmp_path / "b.html").write_text('<p id="y"><a href="#y"></a></p>')
    assert [line.partition(": ")[2] for line in docs.broken_links(tmp_path)] == [
        "b.html#x: there is no such anchor",
        "c.html: there is no such file",
    ]


def test_only_one_warning_is_let_through() -> None:
    place = "/somewhere/rst/focus_client_module.rst:9: WARNING: undefined label:"
    guide = "/somewhere/rst/docsite/quota.rst:9: WARNING: undefined label:"
    assert docs.is_unavoidable(f"{place} 'common_return_values' [ref.ref]")
    assert not docs.is_unavoidable(f"{place} 'something_else' [ref.ref]")
    assert not docs.is_unavoidable(f"{guide} 'common_return_values' [ref.ref]")


def test_a_page_holds_its_diagram(site: Path) -> None:
    assert '<title id="focus-run-title">' in (site / "docsite" / "how_it_works.html").read_text()


def test_a_diagram_says_what_it_shows() -> None:
    for path in (docs.SOURCE / "images").glob("*.svg"):
        picture = ET.parse(path).getroot()
        names = picture.attrib["aria-labelledby"].split()
        assert picture.attrib["role"] == "img"
        for tag, name in zip(("title", "desc"), names, strict=True):
            element = picture.find(f"{SVG}{tag}")
            assert element is not None and element.attrib["id"] == name and element.text
        colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', path.read_text()))
        assert colours <= {"currentColor", "none"}, "it must do in a light and a dark theme"
