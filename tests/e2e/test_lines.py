# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read of a run of the role: a line for the whole, then a line a step."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import Play, access, ansible_playbook, played

ROLE = "toggl.focus.clients"
FORMATS: dict[str, dict[str, str]] = {
    "json": {},
    "yaml": {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
}
"""Environments, each with the form in which the default callback then shows the lines."""

LIST: list[Any] = [
    'Zo\u00eb: "new"',
    {"name": "Globex Corporation", "former_names": ["Globex"]},
    {"id": 1003, "state": "absent"},
    {"name": "Umbrella", "state": "restored"},
    "Acme",
]
PURGE = {"purge": True, "max_deletion_percent": 100}

COUNTS = "%s 1, %s 1, %s 1, %s 2 (1 by purge); 1 unchanged."
DELETIONS = ["delete   Initech (id 1003)", "delete   Hooli (id 1004) by purge"]
OTHERS = [
    "rename   Globex -> Globex Corporation (id 1002)",
    "restore  Umbrella (id 1005)",
]
NEW = 'create   Zo\u00eb: "new"'
PLANNED = [COUNTS % ("Would create", "rename", "restore", "delete"), *DELETIONS, *OTHERS, NEW]
DONE = [
    COUNTS % ("Created", "renamed", "restored", "deleted"),
    *DELETIONS,
    *OTHERS,
    f"{NEW} (id 1006)",
]

REFUSES_A_CREATE = Fault(lambda method, _: method == "POST", status=400, body=b'{"error": "no"}')

USED_UP = b'{"error": "quota exceeded"}'


def seed(service: Simulator) -> None:
    """1001 Acme, 1002 Globex, 1003 Initech, 1004 Hooli; 1005 Umbrella is deleted."""
    for name in ("Acme", "Globex", "Initech", "Hooli"):
        service.add(name)
    service.add("Umbrella", deleted=True)


def role(clients: list[Any], **options: Any) -> dict[str, Any]:
    given = {f"clients_{name}": value for name, value in options.items()}
    return {
        "ansible.builtin.include_role": {"name": ROLE},
        "vars": {"clients_list": clients, **given},
    }


def lines(output: str, form: str, host: str = "localhost") -> list[str]:
    """What the role has printed for a host, read back from what the callback shows."""
    _, _, after = output.partition("Show the plan]")
    of_task = after.partition("\nTASK [")[0]
    found = re.search(rf"^ok: \[{host}\] => ?\n?(.*?)(?=^ok: |\Z)", of_task, re.M | re.S)
    assert found, output
    shown = json.loads(found[1]) if form == "json" else yaml.safe_load(found[1])
    assert set(shown) == {"msg"}
    printed: list[str] = shown["msg"]
    return printed


def readable(message: str) -> str:
    """As it is in a line: as JSON, double quotes would be escaped."""
    return message.replace('"', "'")


def test_the_role_prints_a_line_for_the_whole_and_one_for_each_step(
    service: Simulator, play: Play
) -> None:
    """Deletions come first. Check mode prints what would be done, and the run what was."""
    seed(service)
    checked = play([role(LIST, **PURGE)], "--check")
    assert checked.status == 0, checked.output
    assert lines(checked.output, "json") == PLANNED
    assert service.writes == []
    as_yaml = {**access(service), **FORMATS["yaml"]}
    done = play([role(LIST, **PURGE)], environment=as_yaml)
    assert done.status == 0, done.output
    assert lines(done.output, "yaml") == DONE
    again = play([role(LIST[3:])])
    assert lines(again.output, "json") == ["Nothing to do: all 2 entries are as declared."]


def test_the_role_prints_no_lines_where_nobody_wants_them(service: Simulator, play: Play) -> None:
    seed(service)
    ran = play([role(LIST, show_plan=False, **PURGE)])
    assert ran.status == 0, ran.output
    assert "Globex" not in ran.output and "Created" not in ran.output
    assert len(service.writes) == 5


@pytest.mark.parametrize(("steps", "form"), [(50, "json"), (51, "yaml")])
def test_the_role_prints_fifty_lines_and_how_many_more(
    service: Simulator, tmp_path: Path, steps: int, form: str
) -> None:
    """The last of the list is deleted, and so it is the first of the lines."""
    service.add("Last")
    wanted: list[Any] = [f"Client {number}" for number in range(1, steps)]
    wanted.append({"name": "Last", "state": "absent"})
    environment = {**access(service), **FORMATS[form]}
    ran = played(service, tmp_path, [role(wanted)], "--check", environment=environment)
    first, *steps_shown = lines(ran.output, form)
    assert first == f"Would create {steps - 1}, delete 1."
    assert steps_shown[0] == "delete   Last (id 1001)"
    assert steps_shown[1:50] == [f"create   Client {number}" for number in range(1, 50)]
    assert steps_shown[50:] == ([f"and {steps - 50} more"] if steps > 50 else [])


@pytest.mark.parametrize(("playbook", "form"), [("apply", "yaml"), ("drift", "json")])
def test_each_workspace_has_its_own_lines(
    service: Simulator, tmp_path: Path, playbook: str, form: str
) -> None:
    seed(service)
    with Simulator(workspace_id=42) as other:
        other.add("Stark")
        hosts: Mapping[str, Any] = {
            "europe": {"clients_workspace_id": service.workspace_id, "clients_list": LIST}
            | {f"clients_{name}": value for name, value in PURGE.items()},
            "asia": {
                "clients_workspace_id": 42,
                "clients_api_url": other.url,
                "clients_list": [{"name": "Stark Industries", "former_names": ["Stark"]}],
            },
        }
        inventory = tmp_path / "workspaces.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
        ran = ansible_playbook(
            service,
            f"toggl.focus.{playbook}",
            "-i",
            str(inventory),
            environment={**access(service), **FORMATS[form]},
            folder=tmp_path,
        )
    is_done = playbook == "apply"
    assert ran.returncode == (0 if is_done else 2), ran.stdout
    assert lines(ran.stdout, form, "europe") == (DONE if is_done else PLANNED)
    assert lines(ran.stdout, form, "asia") == [
        "Renamed 1." if is_done else "Would rename 1.",
        "rename   Stark -> Stark Industries (id 1001)",
    ]
    assert ("workspace 42" in ran.stdout) is not is_done, "drift shows the differences"


# a run that fails

KEPT = {
    "ansible.builtin.debug": {
        "msg": "kept {{ clients_result.plan | map(attribute='status') | sort | join(' ') }}"
    }
}
RESCUED = {"ansible.builtin.debug": {"msg": "rescued {{ ansible_failed_result.msg }}"}}


@pytest.mark.parametrize("shows", [True, False], ids=["with lines", "without"])
def test_a_run_of_the_role_that_fails_ends_failed_with_its_message(
    service: Simulator, play: Play, shows: bool
) -> None:
    """Not with the whole result, which nobody can read, and whether or not there are lines."""
    seed(service)
    service.script.append(REFUSES_A_CREATE)
    ran = play([{"block": [role(LIST, show_plan=shows, **PURGE)], "always": [KEPT]}])
    message = (
        'The service refused POST /workspaces/4711/clients: 400 "no". Of 5 changes, 4 were done '
        "and 1 failed."
    )
    assert ran.status == 2
    (failed,) = re.findall(r"^fatal: \[localhost\]: FAILED! => (.*)$", ran.output, re.M)
    assert json.loads(failed)["msg"].endswith(message)
    assert json.loads(failed)["msg"].count("refused") == 1
    assert "kept done done done done failed" in ran.output
    assert "plan_digest" not in ran.output
    assert "changed=1" in ran.output, "what was done counts as changed"
    if shows:
        first, *steps_shown = lines(ran.output, "json")
        assert first.endswith(readable(message))
        wrong = steps_shown.pop(len(DELETIONS))
        assert steps_shown == [*DELETIONS, *OTHERS]
        assert wrong.startswith(f"{NEW} [failed] The service refused POST")


def test_a_run_of_the_role_that_leaves_something_pending_fails(
    service: Simulator, tmp_path: Path
) -> None:
    service.script.append(Fault(lambda method, _: method == "POST", status=402, body=USED_UP))
    one_by_one = role(["Acme", "Globex"], concurrency=1)
    ran = played(service, tmp_path, [{"block": [one_by_one], "always": [KEPT]}])
    assert ran.status == 2
    assert "kept pending pending" in ran.output
    assert lines(ran.output, "json")[1:] == [
        "create   Acme [pending]",
        "create   Globex [pending]",
    ]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a guard": ({"max_deletions": 1}, "max_deletions is 1"),
    "its digest": ({"plan_digest": "0" * 64}, "has changed since it was reviewed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_plan_that_is_refused_is_printed_and_fails(
    service: Simulator, play: Play, case: str
) -> None:
    """A playbook that rescues it has the plan, and the reason."""
    seed(service)
    options, reason = REFUSED[case]
    ran = play([{"block": [role(LIST, **{**PURGE, **options})], "rescue": [RESCUED, KEPT]}])
    assert ran.status == 0, ran.output
    assert service.writes == []
    first, *steps_shown = lines(ran.output, "json")
    assert reason in first
    assert first.endswith(f"Nothing was written. The plan w{PLANNED[0][1:]}")
    assert steps_shown == PLANNED[1:]
    assert f"rescued {first}" in readable(ran.output.replace('\\"', '"'))
    assert "kept planned planned planned planned planned" in ran.output


def test_a_list_that_is_wrong_fails_before_there_is_a_plan(service: Simulator, play: Play) -> None:
    ran = play([role(["Acme", {"name": "Gamma", "state": "presnt"}])])
    assert ran.status == 2
    assert "Show the plan" not in ran.output
    (failed,) = re.findall(r"^fatal: \[localhost\]: FAILED! => (.*)$", ran.output, re.M)
    assert json.loads(failed)["msg"] == (
        'Entry 2 ("Gamma"): state is "presnt"; did you mean present?'
    )
