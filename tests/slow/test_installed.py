# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive works for somebody who has nothing else, and so do the commands of the README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from checks.commands import ROOT, build_archive, environment, run
from simulator.server import Simulator
from support.stage import workspaces

from tools.simulator import environment as access

LIST = """\
clients_list:
  - name: Acme
  - name: Globex Corporation
    former_names: [Globex]
"""


def test_its_playbooks_run_by_name(service: Simulator, tmp_path: Path) -> None:
    """Beside ansible-core and requests alone: declare, compare, apply, compare, export."""
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


def test_the_commands_of_the_readme_work_where_there_is_nothing(tmp_path: Path) -> None:
    """With the last commit of this repository as its address, and a key that is pasted."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (playbook,), (script,) = (
        re.findall(rf"```{kind}\n(.*?)```", readme, re.S) for kind in ("yaml", "shell")
    )
    (tmp_path / "clients.yml").write_text(playbook)
    with workspaces(4242) as service:
        service.workspaces[4242].add("Globex")
        said = run_commands(script, service, tmp_path)
    assert "Would create 1, rename 1" in said and not service.writes


def run_commands(script: str, service: Simulator, folder: Path) -> str:
    given = access(service.url)
    key = given.pop("TOGGL_FOCUS_API_TOKEN")
    given.pop("TOGGL_FOCUS_WORKSPACE_ID")
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "SSL_"))}
    ran = subprocess.run(
        ["bash", "-ec", script.replace("ADDRESS", f"file://{ROOT}")],
        cwd=folder,
        input=f"{key}\n",
        capture_output=True,
        text=True,
        env={**kept, **given, "HOME": str(folder), "PATH": path_with_python()},
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert key not in ran.stdout + ran.stderr
    return ran.stdout


def path_with_python() -> str:
    """Of the interpreter of this environment, not of its packages."""
    return os.pathsep.join([f"{sys.base_prefix}/bin", "/usr/local/bin", "/usr/bin", "/bin"])
