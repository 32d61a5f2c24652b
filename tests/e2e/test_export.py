# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``toggl.focus.export``; the hosts of one run are the cases."""

from __future__ import annotations

import re
import shutil
from typing import Any, NamedTuple

import pytest
from simulator.switches import Switches
from simulator.wire import Call
from support.lists import load_list
from support.playbooks import ROOT
from support.stage import Stage, asked, fill, workspaces

MAINTAINED = "# ours\nclients_list: [Acme]\nclients_purge: true\n"
NEW, KEPT, REPLACED, MOVING, LOADED = WORKSPACES = (1, 2, 3, 4, 5)
HOSTS: dict[str, dict[str, Any]] = {
    "new": {"clients_workspace_id": NEW, "clients_purge": True},
    "kept": {"clients_workspace_id": KEPT},
    "replaced": {"clients_workspace_id": REPLACED, "clients_overwrite": True},
    "moving": {"clients_workspace_id": MOVING, "clients_list": []},
    "loaded": {"clients_workspace_id": LOADED, "clients_file": "host_vars/loaded/clients.yml"},
}
"""``kept`` and ``replaced`` have files; in ``moving``, a client is deleted while it is read."""

LOADED_LIST = """\
---
# The active clients of a Toggl Focus workspace. Apply it with
#   ansible-playbook toggl.focus.apply --limit loaded
clients_list:
  - name: "Acme"
  - name: "C# [Ltd] {x}"
  - name: !unsafe "{{ x }}"
"""
NAMELESS = [" ", "line\nbreak: [x]"]
NAMES = ["b", "\u00e4", "B", "a", "yes", "~", "C# [Ltd]", "#1", "'quoted' \"twice\" # no comment"]
NAMES += ["Zo\u00eb \U0001f680 e\u0301 \u202e\x85", "{% raw %}"]
UNSORTED = ["same", *NAMELESS, *NAMES, "same"]
"""Names that look like templates are in ``test_names_are_data.py``."""


class Exported(NamedTuple):
    """What a run printed, the files after it with their modes, and the workspaces it asked for."""

    printed: str
    files: dict[str, tuple[str, int]]
    asked: list[int]

    def listed(self, host: str) -> list[dict[str, Any]]:
        text, _ = self.files[f"{host}/clients.yml"]
        found: list[dict[str, Any]] = load_list(text)["clients_list"]
        return found


Exports = tuple[Exported, Exported, Exported]


def export(stage: Stage, hosts: str, *arguments: str, status: int = 0) -> Exported:
    stage.service.log.clear()
    printed = stage.run("export", "--limit", hosts, *arguments, status=status)
    files = {
        str(path.relative_to(stage.folder)): (path.read_text(), path.stat().st_mode & 0o777)
        for path in stage.folder.rglob("*/*")
        if path.is_file()
    }
    return Exported(" ".join(printed.split()), files, asked(stage.service))


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """A check, an export, and a second one, after the new file was made readable for all, and its
    schema another one. Nothing moves then, and the new file is applied, with a purge."""
    folder = tmp_path_factory.mktemp("export")
    with workspaces(*WORKSPACES) as service:
        service.reset(Switches(per_page_cap=20, list_shows_deleted=False))
        fill(service, NEW, *UNSORTED)
        service.workspaces[NEW].add("\u00fcber", currency="EUR")
        fill(service, MOVING, *(f"Client {number}" for number in range(50)))
        stage = Stage(service, folder)
        file = "{{ inventory_hostname }}/clients.yml"
        stage.inventory({host: {"clients_file": file, **own} for host, own in HOSTS.items()})
        fill(service, LOADED, "Acme", "C# [Ltd] {x}", "{{ x }}")
        for host in ("new", "moving", "host_vars/loaded"):
            (folder / host).mkdir(parents=True)
        for host in ("kept", "replaced"):
            stage.write(f"{host}/clients.yml", MAINTAINED).chmod(0o644)
            stage.write(f"{host}/clients.schema.json", "{}")
        to_delete = [1005]

        def moves(call: Call) -> None:
            if f"/{MOVING}/" in call.path and call.query.get("page") == "2" and to_delete:
                service.workspaces[MOVING].delete(to_delete.pop())

        checked = export(stage, "new,replaced", "--check")
        service.chaos = moves
        first = export(stage, "all", status=2)
        (folder / "new" / "clients.yml").chmod(0o644)
        stage.write("new/clients.schema.json", "{}")
        shutil.copy(folder / "new" / "clients.yml", folder / "host_vars" / "new.yml")
        second = export(stage, "new,moving,loaded", "toggl.focus.apply")
        assert service.writes == []
        return checked, first, second


def test_a_maintained_file_is_never_written_over(exports: Exports) -> None:
    """Unless clients_overwrite is true, or it has that content. Check mode writes nothing."""
    checked, first, second = exports
    assert "set clients_overwrite to true to replace it" in first.printed
    assert first.files["kept/clients.yml"] == (MAINTAINED, 0o644)
    assert re.search(r"kept : ok=\d+ changed=0 ", first.printed)
    assert "failed=0" in second.printed
    assert second.listed("new") == first.listed("new")
    assert first.listed("replaced") == []
    assert checked.printed.count(" changed=2 ") == 2, "of two hosts, the list and the schema"
    assert checked.files["replaced/clients.yml"] == (MAINTAINED, 0o644)
    assert [file for file in checked.files if file.startswith("new/")] == []


def test_what_is_written_can_be_read_by_its_owner_only(exports: Exports) -> None:
    """Also where the file could be read by others before, with another content or the same."""
    _, first, second = exports
    written = [of.files["new/clients.yml"] for of in (first, second)]
    assert [mode for _, mode in [*written, first.files["replaced/clients.yml"]]] == [0o600] * 3
    assert re.search(r"new : ok=\d+ changed=1 ", second.printed), "its mode, and nothing else"


def test_a_client_that_moves_between_two_pages_is_in_the_file(exports: Exports) -> None:
    """Or there is no file: a purge by a shorter one would delete the client."""
    _, first, second = exports
    assert "changed while they were read" in first.printed
    assert [file for file in first.files if file.startswith("moving/")] == []
    assert len(second.listed("moving")) == 49
    read = [first.asked.count(workspace) for workspace in WORKSPACES]
    assert read == [1, 1, 1, 2 * 3, 1], "one page is read once, three are read twice"


def test_an_export_is_sorted_by_name_and_applies_with_no_change(exports: Exports) -> None:
    """Clients of one name by id, whatever the service's order; those without a name come first."""
    _, first, second = exports
    found = [(entry.get("name"), entry.get("id")) for entry in first.listed("new")]
    same = [("same", 1001), ("same", 1000 + len(UNSORTED))]
    named = [*((name.strip(), None) for name in NAMES), *same, ("\u00fcber", None)]
    assert found == [(None, 1002), (None, 1003), *sorted(named, key=lambda entry: entry[0])]
    assert f"Nothing to do: all {len(found)} entries are as declared." in second.printed
    assert {"name": "\u00fcber", "currency": "EUR"} in first.listed("new")
    assert "Zo\u00eb \U0001f680" in first.files["new/clients.yml"][0]


def test_a_file_where_ansible_loads_variables_has_no_schema_beside_it(exports: Exports) -> None:
    """Ansible would load that too. So no editor is told of one, and the command needs no -e."""
    _, first, second = exports
    assert "host_vars/loaded/clients.schema.json" not in first.files
    assert first.files["host_vars/loaded/clients.yml"][0] == LOADED_LIST
    assert second.printed.count("Nothing to do: all 3 entries are as declared.") == 1


def test_editors_find_the_schema_beside_an_export(exports: Exports) -> None:
    """A schema that is there already is replaced only if clients_overwrite is true."""
    _, first, second = exports
    text, _ = first.files["new/clients.yml"]
    key, _, name = text.splitlines()[0].partition("=")
    assert key == "# yaml-language-server: $schema"
    assert "\n#   ansible-playbook toggl.focus.apply -e @clients.yml --limit new\n" in text
    schemas = [first.files[f"{host}/{name}"][0] for host in ("new", "replaced")]
    assert schemas == [(ROOT / "clients.schema.json").read_text()] * 2
    assert second.files[f"new/{name}"][0] == "{}"
