# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-builder and ansible-navigator make of the collection, without a container engine."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from awx.jobs import environment
from awx.objects import AWX, ROOT
from checks.commands import run
from simulator.server import Simulator
from support.playbooks import access

DEFINITION = AWX / "execution-environment.yml"
REQUIREMENT = (ROOT / "requirements.txt").read_text().strip()


def test_the_builder_finds_what_the_collection_needs(tmp_path: Path) -> None:
    """A library without an upper bound."""
    tree = ROOT / ".ansible" / "tree"
    pip, system = tmp_path / "requirements.txt", tmp_path / "bindep.txt"
    run(f"ansible-builder introspect --write-pip={pip} --write-bindep={system}", tree)
    assert pip.read_text().split("  #")[0].strip() == REQUIREMENT
    assert not system.exists()
    assert REQUIREMENT.startswith("requests>=") and "<" not in REQUIREMENT


def test_the_builder_writes_a_build_context(tmp_path: Path) -> None:
    context = tmp_path / "context"
    run(f"ansible-builder create -f {DEFINITION} -c {context} --output-filename Containerfile")
    recipe = (context / "Containerfile").read_text()
    definition = yaml.safe_load(DEFINITION.read_text())
    assert definition["images"]["base_image"]["name"] in recipe
    assert "ansible-core>=2.16" in recipe
    galaxy = yaml.safe_load((context / "_build" / "requirements.yml").read_text())
    assert [found["name"] for found in galaxy["collections"]] == ["toggl.focus"]


def test_the_navigator_runs_a_playbook(service: Simulator, tmp_path: Path) -> None:
    (tmp_path / "list.yml").write_text("clients_list: [{name: Acme}]\n")
    kept, log = tmp_path / "artifact.json", tmp_path / "log.txt"
    said = run(
        "ansible-navigator run toggl.focus.apply --ee false -m stdout -e @list.yml",
        *("--playbook-artifact-save-as", kept, "--log-file", log),
        folder=tmp_path,
        environment={**environment(), **access(service), "HOME": str(tmp_path)},
    )
    assert service.names() == ["Acme"]
    assert "changed=1" in said
    assert json.loads(kept.read_text())["status"] == "successful"
    left = said + kept.read_text() + (log.read_text() if log.exists() else "")
    assert service.token not in left
