# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-builder and ansible-navigator make of the collection, without a container engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import yaml
from awx.jobs import environment, tool
from awx.objects import AWX, ROOT
from simulator.server import Simulator
from support.playbooks import access

DEFINITION = AWX / "execution-environment.yml"
REQUIREMENT = (ROOT / "requirements.txt").read_text().strip()


def run(
    *command: str, folder: Path, own: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [tool(command[0]), *command[1:]],
        cwd=folder,
        env={**environment(), **(own or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_builder_finds_what_the_collection_needs(tmp_path: Path) -> None:
    """A library without an upper bound."""
    tree = str(ROOT / ".ansible" / "tree")
    pip, system = tmp_path / "requirements.txt", tmp_path / "bindep.txt"
    arguments = (f"--write-pip={pip}", f"--write-bindep={system}", tree)
    run("ansible-builder", "introspect", *arguments, folder=tmp_path)
    assert pip.read_text().split("  #")[0].strip() == REQUIREMENT
    assert not system.exists()
    assert REQUIREMENT.startswith("requests>=") and "<" not in REQUIREMENT


def test_the_builder_writes_a_build_context(tmp_path: Path) -> None:
    context = tmp_path / "context"
    arguments = ("-f", str(DEFINITION), "-c", str(context), "--output-filename", "Containerfile")
    run("ansible-builder", "create", *arguments, folder=tmp_path)
    recipe = (context / "Containerfile").read_text()
    definition = yaml.safe_load(DEFINITION.read_text())
    assert definition["images"]["base_image"]["name"] in recipe
    assert "ansible-core>=2.16" in recipe
    galaxy = yaml.safe_load((context / "_build" / "requirements.yml").read_text())
    assert [found["name"] for found in galaxy["collections"]] == ["toggl.focus"]


def test_the_navigator_runs_a_playbook(service: Simulator, tmp_path: Path) -> None:
    (tmp_path / "list.yml").write_text("clients_list: [{name: Acme}]\n")
    kept, log = tmp_path / "artifact.json", tmp_path / "log.txt"
    done = run(
        *("ansible-navigator", "run", "toggl.focus.apply", "--ee", "false", "-m", "stdout"),
        *("--playbook-artifact-save-as", str(kept), "--log-file", str(log)),
        *("-e", "@list.yml"),
        folder=tmp_path,
        own={**access(service), "HOME": str(tmp_path)},
    )
    assert service.names() == ["Acme"]
    assert "changed=1" in done.stdout
    artifact = kept.read_text()
    assert json.loads(artifact)["status"] == "successful"
    left = artifact + done.stdout + done.stderr + (log.read_text() if log.exists() else "")
    assert service.token not in left
