# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation site in .ansible/docs/html/. Nothing is fetched from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
DOCSITE = ROOT / "docs" / "docsite"
SOURCE = DOCSITE / "rst"
FOLDER = ROOT / ".ansible" / "docs"
TREE = ROOT / ".ansible" / "tree"
COLLECTION = "toggl.focus"
KINDS = ("module", "filter", "lookup", "test", "role")
"""What may have pages, in the order in which the theme shows them."""

SETTINGS = """
# From tools/docs.py: nothing is fetched from elsewhere, and no other site is referred to.
intersphinx_mapping = {}
html_baseurl = ''
html_title = 'toggl.focus'
html_permalinks_icon = '#'
html_copy_source = False
html_show_sourcelink = False
antsibull_ext_color_scheme = 'default-autodark'
html_static_path = ['static']
html_css_files = ['look.css']
nitpicky = True
# Parts of Ansible's own documentation, to which antsibull-docs refers in the pages that it writes.
nitpick_ignore = [('std:ref', 'action_plugins'), ('std:ref', 'common_return_values')]
"""

INSTALL = "ansible-galaxy collection install git+ADDRESS"
"""As the README says: the collection is in no registry."""


def execute(*command: str, folder: Path) -> None:
    """Run a tool of this environment; its output is shown if it fails."""
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(TREE),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "NO_COLOR": "1",
    }
    ran = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        raise SystemExit(
            f"{ran.stdout}{ran.stderr}\n{command[0]} failed with status {ran.returncode}."
        )


def write_sources(folder: Path) -> None:
    """The pages of the plugins and the role beside the guides, in ``rst/``."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "rst").mkdir(mode=0o755, parents=True)
    folder.chmod(0o755)  # antsibull-docs writes into no folder that others may write to
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error"]
    theme = ["--sphinx-theme", "furo", "--project", COLLECTION, "--title", COLLECTION]
    theme += ["--copyright", "toggl.focus maintainers"]
    init = ["antsibull-docs", "sphinx-init", *options, "--dest-dir", ".", *theme, COLLECTION]
    execute(*init, folder=folder)
    with (folder / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(SETTINGS)
    tool = folder / "antsibull-docs.cfg"
    registry = "ansible-galaxy collection install {namespace}.{name}"
    tool.write_text(tool.read_text(encoding="utf-8").replace(registry, INSTALL), encoding="utf-8")
    settings = ["--config-file", "antsibull-docs.cfg"]
    pages = ["collection", *options, "--cleanup", "everything", "--dest-dir", "rst", COLLECTION]
    execute("antsibull-docs", *settings, *pages, folder=folder)
    (folder / "static").mkdir()
    (folder / "static" / "look.css").write_text(look(), encoding="utf-8")
    arrange(folder / "rst")


def look() -> str:
    """antsibull's colours follow the browser; with this, they follow the theme's own switch too."""
    folder = files("sphinx_antsibull_ext")
    chosen = {"light": "colors-default.css", "dark": "colors-default-dark.css"}
    schemes = (
        (folder / file).read_text(encoding="utf-8").replace(":root", f'body[data-theme="{theme}"]')
        for theme, file in chosen.items()
    )
    return "\n".join([(DOCSITE / "look.css").read_text(encoding="utf-8"), *schemes])


def arrange(pages: Path) -> None:
    """A front page of our own, with the guides by section; the collection's index as a reference.

    The theme shows each page's contents at its side, so the pages need none of their own.
    """
    shutil.copytree(SOURCE / "images", pages / "docsite" / "images")
    (pages / "environment_variables.rst").unlink()  # it knows of none: modules declare none
    index = pages / "index.rst"
    reference = only_plugins(index.read_text(encoding="utf-8"))
    (pages / "reference.rst").write_text(reference, encoding="utf-8")
    front = (DOCSITE / "index.rst").read_text(encoding="utf-8")
    front = re.sub(r"(?<=[ <])rst/", "docsite/", front)  # where the guides' pages are
    index.write_text(f"{front}\n{sections(pages)}", encoding="utf-8")
    kinds = dict(page.stem.rsplit("_", 1) for kind in KINDS for page in pages.glob(f"*_{kind}.rst"))
    for page in pages.rglob("*.rst"):
        text = re.sub(r"(?m)^\.\. contents::\n(?: +.*\n)*", "", page.read_text(encoding="utf-8"))
        text = with_links(text, kinds) if page == index or page.parent != pages else text
        page.write_text(text, encoding="utf-8")


def with_links(guide: str, kinds: dict[str, str]) -> str:
    """A guide's source has what GitHub shows, too: links to the sources of other guides, which are
    pages here, and the plain names of plugins, which have pages here."""

    def linked(found: re.Match[str]) -> str:
        name = found[1]
        return f":ansplugin:`toggl.focus.{name}#{kinds[name]}`" if name in kinds else found[0]

    guide = re.sub(r"(<[\w/]+)\.rst((?:#[\w-]+)?>`__)", r"\1.html\2", guide)
    return re.sub(r"``toggl\.focus\.(\w+)``", linked, guide)


def only_plugins(index: str) -> str:
    """The part of the collection's index that lists plugins and roles, without its toctrees."""
    plugins = index[index.index(f".. _plugin_index_for_{COLLECTION}:") :]
    title = f".. _plugins_in_{COLLECTION}:\n\nAll modules, plugins and roles\n{'=' * 30}\n\n"
    return title + re.sub(r"(?m)^\.\. toctree::\n(?:(?: +.*)?\n)*", "", plugins)


def sections(pages: Path) -> str:
    """The hidden toctrees of the front page, which the theme shows at the side of all pages."""
    listed = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    trees = {tree["title"]: [f"docsite/{name}" for name in tree["toctree"]] for tree in listed}
    described = [page.stem for kind in KINDS for page in sorted(pages.glob(f"*_{kind}.rst"))]
    parts = (name.rpartition("_") for name in described)
    named = [f"{name} ({kind}) <{name}_{kind}>" for name, _, kind in parts]
    trees.setdefault("Reference", []).extend(["reference", *named])
    return "\n".join(
        f".. toctree::\n   :hidden:\n   :caption: {title}\n\n"
        + "".join(f"   {entry}\n" for entry in entries)
        for title, entries in trees.items()
    )


def build(folder: Path = FOLDER) -> list[str]:
    """Build the site in ``html/`` of a folder, which is emptied first, and return the warnings."""
    write_sources(folder)
    options = ["-b", "html", "-c", ".", "-q", "-w", "warnings.txt", "-d", "doctrees"]
    execute("sphinx-build", *options, "rst", "html", folder=folder)
    warnings = (folder / "warnings.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in warnings if line.strip()]


if __name__ == "__main__":
    sys.stderr.writelines(f"{warning}\n" for warning in build())
    print(f"{FOLDER / 'html' / 'index.html'}")
