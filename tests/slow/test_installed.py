# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive works for somebody who has nothing else."""

from __future__ import annotations

from pathlib import Path

from checks.commands import ROOT, build_archive, environment, run
from simulator.server import Simulator

from tools.simulator import environment as access

LIST = """\
clients_list:
  - name: Acme
  - name: Globex Corporation
    former_names: [Globex]
"""


def test_its_playbooks_run_by_name(service: Simulator, tmp_path: Path) -> None:
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

    user("ansible-galaxy collection install", build_archive(ROOT, tmp_path))
    assert "differs from the list: Would " in playbook("drift -e @clients.yml", status=2)
    assert "failed=0" in playbook("check -e @clients.yml")
    assert "failed=0" in playbook("plan -e @clients.yml")
    assert "changed=1" in playbook("apply -e @clients.yml -e clients_plan_file=plan.json")
    assert "changed=0" in playbook("drift -e @clients.yml")
    assert "changed=2" in playbook("export -e clients_file=all.yml")  # and the schema beside it
    assert "changed=0" in playbook("apply -e @all.yml -e clients_purge=true")
    assert '- name: "Initech"' in (tmp_path / "all.yml").read_text()
