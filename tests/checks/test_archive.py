# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive for users: what is in it. Whether it installs and imports is in tests/slow."""

from __future__ import annotations

import tarfile
from pathlib import Path

from .commands import ROOT, build_archive

NEEDED = {"FILES.json", "LICENSE", "MANIFEST.json", "README.md", "meta", "plugins", "roles"}
NEEDED |= {"clients.schema.json", "playbooks"}
PLUGINS = {"action", "doc_fragments", "filter", "module_utils", "modules", "plugin_utils"}
ALLOWED = NEEDED | {"CHANGELOG.rst", "changelogs", "docs", "requirements.txt"}


def test_it_holds_what_users_need_and_nothing_else(tmp_path: Path) -> None:
    """Otherwise see build_ignore in galaxy.yml."""
    with tarfile.open(build_archive(ROOT, tmp_path)) as tar:
        names = {member.name for member in tar if not member.isdir()}
    tops = {name.split("/")[0] for name in names}
    assert NEEDED <= tops <= ALLOWED
    kinds = {name.split("/")[1] for name in names if name.startswith("plugins/")}
    assert kinds <= PLUGINS
    assert {n for n in names if n.startswith("changelogs/")} == {"changelogs/changelog.yaml"}
    assert not {n for n in names if n.endswith((".pyc", "~", ".log")) or "__pycache__" in n}
