# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive works for somebody who has nothing else, and so do the commands of the README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import partial
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
    user = partial(run, folder=tmp_path, tools=environment("user"), environment=own)
    service.add("Globex")
    service.add("Initech")
    user("ansible-galaxy collection install", build_archive(ROOT, tmp_path))
    for command, status, said in (
        ("drift -e @clients.yml", 2, "differs from the list: Would "),
        ("check -e @clients.yml", 0, "failed=0"),
        ("plan -e @clients.yml", 0, "failed=0"),
        ("apply -e @clients.yml -e clients_plan_file=plan.json", 0, "changed=1"),
        ("drift -e @clients.yml", 0, "changed=0"),
        ("export -e clients_file=all.yml", 0, "changed=2"),  # and the schema beside it
        ("apply -e @all.yml -e clients_purge=true", 0, "changed=0"),
    ):
        assert said in user(f"ansible-playbook toggl.focus.{command}", status=status), command
    assert '- name: "Initech"' in (tmp_path / "all.yml").read_text()


def test_the_commands_of_the_readme_work_where_there_is_nothing(tmp_path: Path) -> None:
    """With the last commit of this repository as its address, and a key that is pasted."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (playbook,), (script,) = (
        re.findall(rf"```{kind}\n(.*?)```", readme, re.S) for kind in ("yaml", "shell")
    )
    (tmp_path / "playbook.yml").write_text(playbook)
    with workspaces(4242) as service:
        service.workspaces[4242].add("Globex")
        said = run_commands(script, service, tmp_path)
    assert "Would create 1, rename 1" in said and not service.writes


def run_commands(script: str, service: Simulator, folder: Path) -> str:
    given = access(service.url)
    key = given.pop("TOGGL_FOCUS_API_TOKEN")
    given.pop("TOGGL_FOCUS_WORKSPACE_ID")
    # The interpreter of this environment, not its packages.
    path = os.pathsep.join([f"{sys.base_prefix}/bin", "/usr/local/bin", "/usr/bin", "/bin"])
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "SSL_"))}
    ran = subprocess.run(
        ["bash", "-ec", script.replace("ADDRESS", f"file://{ROOT}")],
        cwd=folder,
        input=f"{key}\n",
        capture_output=True,
        text=True,
        env={**kept, **given, "HOME": str(folder), "PATH": path},
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert key not in ran.stdout + ran.stderr
    return ran.stdout
