# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``toggl.focus.export``: what it writes, and what it never writes over."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from simulator.server import Simulator
from simulator.switches import Switches
from simulator.wire import Call
from support.playbooks import ROOT, ansible_playbook

MAINTAINED = "# ours\nclients_list: [Acme]\nclients_purge: true\n"


def export(service: Simulator, folder: Path, *arguments: str, status: int = 0) -> str:
    own = ("-e", "clients_file=clients.yml")
    ran = ansible_playbook(service, "toggl.focus.export", *own, *arguments, folder=folder)
    assert ran.returncode == status, ran.stdout + ran.stderr
    return ran.stdout


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_maintained_file_is_never_written_over(service: Simulator, tmp_path: Path) -> None:
    """Unless clients_overwrite is true. The same content is no reason to fail. What is written can
    be read by its owner only, also where the file could be read by others before."""
    for name in ("Acme", "Globex"):
        service.add(name)
    file = tmp_path / "clients.yml"
    file.write_text(MAINTAINED)
    file.chmod(0o644)
    assert "clients_overwrite" in export(service, tmp_path, status=2)
    assert "clients_overwrite" in export(service, tmp_path, "--check", status=2)
    assert file.read_text() == MAINTAINED
    assert mode(file) == 0o644
    overwrites = ("-e", "clients_overwrite=true")
    export(service, tmp_path, *overwrites, "--check")
    assert file.read_text() == MAINTAINED
    export(service, tmp_path, *overwrites)
    assert yaml.safe_load(file.read_text()) == {
        "clients_list": [{"name": "Acme"}, {"name": "Globex"}]
    }
    assert mode(file) == 0o600
    assert "changed=0" in export(service, tmp_path)
    file.chmod(0o644)
    export(service, tmp_path)
    assert mode(file) == 0o600


def test_a_client_that_moves_between_two_pages_is_in_the_file(
    service: Simulator, tmp_path: Path
) -> None:
    """Or there is no file: a purge by a shorter one would delete the client."""
    service.reset(Switches(per_page_cap=20, list_shows_deleted=False))
    service.add_many(50)
    to_delete = [1005]

    def before(call: Call) -> None:
        if to_delete and call.query.get("page") == "2":
            service.workspace.delete(to_delete.pop())

    service.chaos = before
    said = export(service, tmp_path, status=2)
    assert "changed while they were read" in " ".join(said.split())
    assert list(tmp_path.iterdir()) == []
    export(service, tmp_path)
    assert len(yaml.safe_load((tmp_path / "clients.yml").read_text())["clients_list"]) == 49
    assert len(service.log) == 4 * 3


def test_an_export_is_sorted_by_name(service: Simulator, tmp_path: Path) -> None:
    """Clients of one name by id, whatever the service's order; those without a name come first."""
    for name in ("b", "\u00e4", "B", "same", "a", "same", " "):
        service.add(name)
    assert "changed" in export(service, tmp_path, "--check")
    assert list(tmp_path.iterdir()) == []
    export(service, tmp_path)
    assert mode(tmp_path / "clients.yml") == 0o600
    listed = yaml.safe_load((tmp_path / "clients.yml").read_text())["clients_list"]
    assert [(entry.get("name"), entry.get("id")) for entry in listed] == [
        (None, 1007),
        ("B", None),
        ("a", None),
        ("b", None),
        ("same", 1004),
        ("same", 1006),
        ("\u00e4", None),
    ]


def test_editors_find_the_schema_beside_an_export(service: Simulator, tmp_path: Path) -> None:
    """A schema that is there already is replaced only if clients_overwrite is true."""
    export(service, tmp_path)
    first = (tmp_path / "clients.yml").read_text().splitlines()[0]
    key, _, name = first.partition("=")
    assert key == "# yaml-language-server: $schema"
    schema = tmp_path / name
    shipped = json.loads((ROOT / "clients.schema.json").read_text())
    assert json.loads(schema.read_text()) == shipped
    schema.write_text("{}")
    export(service, tmp_path)
    assert schema.read_text() == "{}"
    export(service, tmp_path, "-e", "clients_overwrite=true")
    assert json.loads(schema.read_text()) == shipped
