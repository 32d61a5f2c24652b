# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive, as Galaxy and Automation Hub import it."""

from __future__ import annotations

import shutil
from pathlib import Path

from checks.commands import ROOT, build_archive, environment, run

PLACEHOLDER = "repository: https://example.invalid/toggl.focus\n"
IMPORTER = """\
[galaxy-importer]
check_required_tags = true
require_v1_or_greater = true
run_ansible_test = false
"""
COMPLAINTS = ("WARNING", "ERROR", "CRITICAL", "Traceback")


def archive_with_repository(folder: Path) -> Path:
    """Build the archive as it will be once galaxy.yml has an address; until then, a placeholder."""
    archive = build_archive(ROOT, folder)
    described = (ROOT / "galaxy.yml").read_text()
    if "\nrepository:" in described:
        return archive
    shutil.unpack_archive(archive, folder / "source")
    archive.unlink()
    (folder / "source" / "galaxy.yml").write_text(described + PLACEHOLDER)
    return build_archive(folder / "source", folder)


def test_galaxy_and_automation_hub_import_it(tmp_path: Path) -> None:
    """Any warning is a failure. It must not see the checkout as an installed collection."""
    (tmp_path / "galaxy-importer.cfg").write_text(IMPORTER)
    (tmp_path / "ansible.cfg").write_text("[defaults]\n")
    own = {
        "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP": str(tmp_path / "tmp"),
        "GALAXY_IMPORTER_CONFIG": str(tmp_path / "galaxy-importer.cfg"),
    }
    said = run(
        *("python -m galaxy_importer.main", archive_with_repository(tmp_path)),
        folder=tmp_path,
        tools=environment("importer"),
        environment=own,
    )
    assert not [line for line in said.splitlines() if line.startswith(COMPLAINTS)], said
