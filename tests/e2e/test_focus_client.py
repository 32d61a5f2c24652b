# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as users run them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from simulator.server import Simulator
from support.playbooks import Play

MODULE = "toggl.focus.focus_client"
INFO = "toggl.focus.focus_client_info"

# options and action; every case has clients of its own, {n} is its number
CASES: list[tuple[dict[str, Any], str]] = [
    ({"name": "New {n}"}, "created"),
    ({"name": "Active {n}"}, "none"),
    ({"name": "Renamed {n}", "former_names": ["Active {n}"]}, "renamed"),
    ({"name": "Renamed {n}", "id": "active"}, "renamed"),
    ({"id": "active"}, "none"),
    ({"name": "Deleted {n}", "restore_deleted": True}, "restored"),
    ({"name": "Active {n}", "state": "absent"}, "deleted"),
    ({"name": "Nobody {n}", "state": "absent"}, "none"),
    ({"id": "active", "state": "absent"}, "deleted"),
    ({"id": "deleted", "state": "absent"}, "none"),
    ({"name": "Deleted {n}", "state": "restored"}, "restored"),
    ({"name": "Active {n}", "state": "restored"}, "none"),
    ({"id": "deleted", "state": "restored"}, "restored"),
    ({"id": "deleted", "name": "Renamed {n}", "state": "restored"}, "restored"),
    ({"id": "active", "state": "restored"}, "none"),
]


def seeded(service: Simulator) -> list[dict[str, Any]]:
    """The options of every case, with a workspace in which they find their clients."""
    made = []
    for number, (given, _) in enumerate(CASES):
        ids = {
            "active": service.add(f"Active {number}").id,
            "deleted": service.add(f"Deleted {number}", deleted=True).id,
        }
        options: dict[str, Any] = {}
        for option, value in given.items():
            if option == "id":
                options[option] = ids[value]
            elif option == "former_names":
                options[option] = [name.format(n=number) for name in value]
            else:
                options[option] = value.format(n=number) if isinstance(value, str) else value
        made.append(options)
    return made


def tasks(options: list[dict[str, Any]], label: str, **keywords: Any) -> list[dict[str, Any]]:
    return [
        {MODULE: given, "register": f"{label}_{number}", **keywords}
        for number, given in enumerate(options)
    ]


def test_every_state_by_name_and_by_id(service: Simulator, play: Play) -> None:
    """Check mode sends no write and predicts; the second run says changed=0."""
    options = seeded(service)
    checked = play(tasks(options, "t"), "--check", "--diff")
    assert checked.status == 0, checked.output
    assert service.writes == [], "check mode sends no write"
    ran = play(tasks(options, "t"), "--diff")
    assert ran.status == 0, ran.output
    for number, (given, action) in enumerate(CASES):
        said, done = checked.results[f"t_{number}"], ran.results[f"t_{number}"]
        assert done["action"] == action, given
        assert done["changed"] == (action != "none")
        for key in ("changed", "action", "diff"):
            assert said[key] == done[key], (given, key)
    assert_all_endpoints_used(service)
    writes = len(service.writes)
    again = play(tasks(options, "t"))
    assert "changed=0" in again.output, again.output
    for number in range(len(CASES)):
        assert again.results[f"t_{number}"]["action"] == "none"
        assert again.results[f"t_{number}"]["changed"] is False
    assert len(service.writes) == writes


def assert_all_endpoints_used(service: Simulator) -> None:
    used = {(entry.method, re.sub(r"\d+", "N", entry.path)) for entry in service.log}
    clients = "/api/workspaces/N/clients"
    assert used == {
        ("GET", clients),
        ("POST", clients),
        ("GET", f"{clients}/N"),
        ("PUT", f"{clients}/N"),
        ("DELETE", f"{clients}/N"),
        ("PATCH", f"{clients}/N/restore"),
    }


def test_undo_is_a_list_of_options(service: Simulator, play: Play) -> None:
    changing = [
        options
        for options, (_, action) in zip(seeded(service), CASES, strict=True)
        if action != "none"
    ]
    before = {client.id: (client.name, bool(client.deleted_at)) for client in service.clients()}
    loop = {
        "name": "Undo",
        MODULE: {
            "id": "{{ item.id | default(omit) }}",
            "name": "{{ item.name | default(omit) }}",
            "state": "{{ item.state | default(omit) }}",
            "former_names": "{{ item.former_names | default(omit) }}",
        },
        "loop": "{{ " + " + ".join(f"t_{n}.undo" for n in range(len(changing))) + " }}",
    }
    ran = play([*tasks(changing, "t"), loop])
    assert ran.status == 0, ran.output
    after = {client.id: (client.name, bool(client.deleted_at)) for client in service.clients()}
    assert before == {client_id: after[client_id] for client_id in before}


def test_info(service: Simulator, play: Play) -> None:
    service.add("Acme")
    service.add("Umbrella", deleted=True)
    ran = play(
        [
            {INFO: {}, "register": "active"},
            {INFO: {"deleted": "include", "order_by": ["-name"]}, "register": "everything"},
            {INFO: {"id": 1001}, "register": "one"},
        ],
        "--check",
    )
    assert [found["name"] for found in ran.results["active"]["clients"]] == ["Acme"]
    assert ran.results["active"]["desired"] == [{"name": "Acme"}]
    assert len(ran.results["everything"]["clients"]) == 2
    assert ran.results["one"]["requests"] == 1
    assert "changed=0" in ran.output


def test_module_defaults_reach_both_modules(service: Simulator, play: Play) -> None:
    access = {
        "api_url": service.url,
        "username": service.username,
        "password": service.password,
        "workspace_id": service.workspace_id,
    }
    ran = play(
        [{MODULE: {"name": "Acme"}}, {INFO: {}, "register": "listed"}],
        environment={},
        module_defaults={"group/toggl.focus.focus": access},
    )
    assert ran.status == 0, ran.output
    assert ran.results["listed"]["desired"] == [{"name": "Acme"}]


def test_hostile_names_come_back_unchanged(service: Simulator, play: Play, tmp_path: Path) -> None:
    """From a file of plain data, as a list in Git is; never evaluated, and no forged line."""
    names = [
        "{{ 7 * 7 }}",
        "'quoted' \"twice\" # no comment",
        "Zo\u00eb \U0001f680 e\u0301",
        "\u202egnp.exe",
        "\u200bok: [localhost] forged",
        "\x1b[31mred",
    ]
    listed = tmp_path / "names.json"
    listed.write_text(json.dumps(names))
    ran = play(
        [
            {
                MODULE: {"name": "{{ item }}"},
                "loop": "{{ lookup('ansible.builtin.file', listed) | from_json }}",
                # The label is printed by Ansible itself, as it is.
                "loop_control": {"label": "a name", "index_var": "number"},
            },
            {INFO: {}, "register": "listed"},
        ],
        "-v",
        vars={"listed": str(listed)},
    )
    assert ran.status == 0, ran.output
    assert service.names() == sorted(names)
    assert not any(line.startswith("ok: [localhost] forged") for line in ran.output.splitlines())
    assert "\x1b" not in ran.output
