# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive for users: what is in it, and that it works for somebody who has nothing else."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest
from simulator.server import Simulator

from tools.simulator import environment as access

from .commands import ROOT, environment, run

NEEDED = {"FILES.json", "LICENSE", "MANIFEST.json", "README.md", "meta", "plugins", "roles"}
NEEDED |= {"clients.schema.json", "playbooks"}
ALLOWED = NEEDED | {"CHANGELOG.rst", "changelogs", "docs", "requirements.txt"}
LIST = """\
clients_list:
  - name: Acme
  - name: Globex Corporation
    former_names: [Globex]
"""
PLACEHOLDER = "repository: https://example.invalid/toggl.focus\n"
IMPORTER = """\
[galaxy-importer]
check_required_tags = true
require_v1_or_greater = true
run_ansible_test = false
"""
COMPLAINTS = ("WARNING", "ERROR", "CRITICAL", "Traceback")


def built(source: Path, folder: Path) -> Path:
    run("ansible-galaxy collection build --output-path", folder, folder=source)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("archive"))


def test_it_holds_what_users_need_and_nothing_else(archive: Path) -> None:
    """Otherwise see build_ignore in galaxy.yml."""
    with tarfile.open(archive) as tar:
        names = {member.name for member in tar if not member.isdir()}
    tops = {name.split("/")[0] for name in names}
    assert NEEDED <= tops <= ALLOWED
    assert {n for n in names if n.startswith("changelogs/")} == {"changelogs/changelog.yaml"}
    assert not {n for n in names if n.endswith((".pyc", "~", ".log")) or "__pycache__" in n}


def test_its_playbooks_run_by_name(service: Simulator, archive: Path, tmp_path: Path) -> None:
    """A newcomer's way, beside ansible-core and requests alone: declare, compare, apply, compare,
    export."""
    (tmp_path / "ansible.cfg").write_text("")  # none of the user's own
    (tmp_path / "clients.yml").write_text(LIST)
    own = {
        "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "collections"),
        **access(service.url),
    }
    tools = environment("user")
    service.add("Globex")
    service.add("Initech")

    def user(command: str, *arguments: str | Path, status: int = 0) -> str:
        return run(
            *(command, *arguments), folder=tmp_path, tools=tools, status=status, environment=own
        )

    def playbook(words: str, status: int = 0) -> str:
        return user(f"ansible-playbook toggl.focus.{words}", status=status)

    user("ansible-galaxy collection install", archive)
    assert "differs from the list: Would " in playbook("drift -e @clients.yml", status=2)
    assert "failed=0" in playbook("check -e @clients.yml")
    assert "failed=0" in playbook("plan -e @clients.yml")
    assert "changed=1" in playbook("apply -e @clients.yml -e clients_plan_file=plan.json")
    assert "changed=0" in playbook("drift -e @clients.yml")
    assert "changed=2" in playbook("export -e clients_file=all.yml")  # and the schema beside it
    assert "changed=0" in playbook("apply -e @all.yml -e clients_purge=true")
    assert '- name: "Initech"' in (tmp_path / "all.yml").read_text()


def with_repository(archive: Path, folder: Path) -> Path:
    """The archive as it will be once galaxy.yml has an address; until then, a placeholder."""
    described = (ROOT / "galaxy.yml").read_text()
    if "\nrepository:" in described:
        return archive
    shutil.unpack_archive(archive, folder / "source")
    (folder / "source" / "galaxy.yml").write_text(described + PLACEHOLDER)
    return built(folder / "source", folder)


def test_galaxy_and_automation_hub_import_it(archive: Path, tmp_path: Path) -> None:
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
        *("python -m galaxy_importer.main", with_repository(archive, tmp_path)),
        folder=tmp_path,
        tools=environment("importer"),
        environment=own,
    )
    assert not [line for line in said.splitlines() if line.startswith(COMPLAINTS)], said
