# SPDX-License-Identifier: GPL-3.0-or-later
"""With a plan file, nothing is applied but what was reviewed, however a playbook is started."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.playbooks import ROOT
from support.stage import ROLE, Stage, active, asked, fill, play, workspaces

from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import digest
from ansible_collections.toggl.focus.plugins.plugin_utils._place import PLAN_FORMAT

NAMES = ("localhost", "sound", "omitted", "other", "forged", "moved", "absent", "changed", "alone")
HOSTS = {name: id_ for id_, name in enumerate(NAMES, 4242)}
HERE, OTHER, MOVED = (HOSTS[name] for name in ("localhost", "other", "moved"))
BY_PLAN = ("-e", "clients_plan_file=plan.json")
COMMIT, RUN = "5f0c1e3a9d7b2c4e6f8091a2b3c4d5e6f7081920", "https://example.org/runs/7"
BY_PIPELINE = ("-e", f"clients_plan_commit={COMMIT}", "-e", f"clients_plan_run={RUN}")
ACME = {"clients_list": ["Acme"]}
NOT_REVIEWED = ["Acme", "Nobody has reviewed this"]
ELSEWHERE = "https://example.org/api"

SAID = {
    "sound": "Created 1.",
    "omitted": 'The option plan_digest cannot be used: "" is not a digest',
    "other": "plan.json has another digest",
    "forged": "what plan.json shows for forged is not the plan of its digest",
    "moved": f"plan.json has a plan for workspace {MOVED} at {ELSEWHERE}, and",
    "absent": "plan.json has no plan for absent. Nothing was written there. Run ",
    "changed": "Nothing was written. The plan would create 1; 1 unchanged.",
    "alone": "The plan has changed since it was reviewed",
}
"""Where a reviewed plan is applied by the playbook, or in the last case by a play of one's own."""


def digest_of(plan: dict[str, Any], workspace_id: int, api_url: str) -> str:
    """Return the digest of what the file shows; each row has a status too."""
    rows = [{of: row[of] for of in row if of != "status"} for row in plan["steps"]]
    return digest(rows, workspace_id, api_url)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, str]]:
    """A playbook of one's own plans each workspace, and compares one; with what it printed."""
    own = {"clients_workspace_id": f"{{{{ {HOSTS}[inventory_hostname] }}}}"}
    with workspaces(*HOSTS.values()) as service:
        stage = Stage(service, tmp_path_factory.mktemp("plan"))
        own_key = {**ACME, "clients_api_token": service.token}
        stage.inventory({**dict.fromkeys(HOSTS, ACME), "other": own_key})
        book = stage.book(
            {"import_playbook": "toggl.focus.plan", "vars": own},
            {"import_playbook": "toggl.focus.drift", "vars": {**own, "clients_hosts": "sound"}},
        )
        stage.write("plan.json", "{}")
        given = (*BY_PLAN, *BY_PIPELINE, "-e", "clients_plan_digest=")
        printed = stage.run(book, *given, status=2)
        assert service.writes == []
        yield stage, printed


@pytest.fixture
def stage(planned: tuple[Stage, str], tmp_path: Path) -> Stage:
    """Empty workspaces, and an empty folder."""
    service = planned[0].service
    service.reset()
    return Stage(service, tmp_path)


@pytest.fixture
def reviewed(planned: tuple[Stage, str], stage: Stage) -> Stage:
    """The same with the plan."""
    shutil.copy(planned[0].folder / "plan.json", stage.folder)
    return stage


def test_each_host_has_the_workspace_that_the_play_gives_it(planned: tuple[Stage, str]) -> None:
    """Also by variables that no other host sees; the plan file that is there is an earlier one."""
    stage, printed = planned
    plans = stage.plans().values()
    assert {plan["workspace_id"] for plan in plans} == {*HOSTS.values()}
    for plan in plans:
        assert plan["digest"] == digest_of(plan, plan["workspace_id"], plan["api_url"])
    assert {plan["msg"] for plan in plans} == {"Would create 1."}
    assert "The workspace differs from the list: Would create 1." in printed


def test_the_files_say_what_they_are_of(planned: tuple[Stage, str]) -> None:
    """And which hosts share a key, without the key. The files are no change of a workspace."""
    stage, printed = planned
    text = (stage.folder / "plan.json").read_text()
    plan = json.loads(text)
    assert (plan["commit"], plan["run"]) == (COMMIT, RUN)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", plan["time"])
    assert {host for host, of in plan["workspaces"].items() if of["key"] == 2} == {"other"}
    assert {of["key"] for of in plan["workspaces"].values()} == {1, 2}
    assert stage.service.token not in text
    assert f"\nPlanned from commit {COMMIT} on " in (stage.folder / "plan.md").read_text()
    assert re.search(r"^localhost .* changed=1 ", printed, re.M), "what the role would do"


def test_nothing_passes_the_digest_over(reviewed: Stage) -> None:
    """The plan file has harmless steps with the digest of what would really be done, or the plan
    for another server: the key is not sent there, and nothing is. A list or a workspace has changed
    since. The role in a play of one's own is bound too."""
    service = reviewed.service
    fill(service, HOSTS["changed"], "Acme")
    steps = [{"step": "create", "name": name} for name in NOT_REVIEWED]
    other, forged = (digest(steps, HOSTS[host], service.url) for host in ("other", "forged"))
    plans = reviewed.plans()
    del plans["absent"]
    plans["forged"]["digest"] = forged
    moved = digest_of(plans["moved"], MOVED, ELSEWHERE)
    plans["moved"] |= {"api_url": ELSEWHERE, "digest": moved}
    reviewed.write("plan.json", json.dumps({"format": PLAN_FORMAT, "workspaces": plans}))
    hosts: dict[str, dict[str, Any]] = {
        host: {"clients_workspace_id": HOSTS[host], "clients_list": NOT_REVIEWED} for host in SAID
    }
    hosts["sound"] |= ACME
    hosts["omitted"]["clients_plan_digest"] = "{{ omit }}"
    hosts["other"]["clients_plan_digest"] = other
    reviewed.inventory(hosts)
    apply = {"import_playbook": "toggl.focus.apply", "vars": {"clients_hosts": "all:!alone"}}
    book = reviewed.book(apply, play(ROLE, hosts="alone", connection="local"))
    printed = reviewed.run(book, *BY_PLAN, status=2)
    assert [host for host, words in SAID.items() if words not in printed] == []
    assert {*asked(service)} == {HOSTS[host] for host in ("sound", "changed", "alone")}
    assert {id_: active(service, id_) for id_ in HOSTS.values() if active(service, id_)} == {
        HOSTS["sound"]: ["Acme"],
        HOSTS["changed"]: ["Acme"],
    }
    assert len(service.writes) == 1, "of the one that is sound"


EVERYTHING = {
    "clients_plan_only": True,
    "apply_plan": {"digest": "{{ omit }}"},
    "apply_refusal": "",
    "focus_workspaces": {"failed": False},
    "focus_workspace": {"host": "localhost"},
    "focus_places": {"refusal": "", "hosts": {}},
    "plan_digest": "{{ omit }}",
    "omit": "",
    "inventory_hostname": "localhost",
    "clients_list": NOT_REVIEWED,
}
LATER = ("--start-at-task", "Match the workspace")


def test_nor_do_a_later_task_and_all_variables_of_the_playbook(reviewed: Stage) -> None:
    reviewed.run("apply", *BY_PLAN, *LATER, "-e", json.dumps(EVERYTHING), status=2)
    assert reviewed.service.writes == []


NOTHING = ("", " ", None, "{{ omit }}", "{{ nothing | default(omit) }}", "{{ nothing }}")


def test_what_is_given_but_blank_is_an_error_before_any_request(stage: Stage) -> None:
    names = ("clients_plan_file", "clients_plan_digest")
    given = [{**ACME, name: value} for name in names for value in NOTHING]
    guards = ("purge", "protected", "max_deletions", "max_deletion_percent")
    given += [{**ACME, f"clients_{guard}": value} for guard in guards for value in (None, "")]
    hosts = {f"host{id_}": {**of, "clients_workspace_id": id_} for id_, of in enumerate(given, 1)}
    stage.inventory(hosts)
    printed = stage.run("apply", status=2)
    assert stage.service.log == []
    assert printed.count("failed=1") == len(hosts), printed


# one workspace, several hosts

SHARED: dict[str, dict[str, Any]] = {
    "europe": {**ACME, "clients_workspace_id": OTHER},
    "copy": {**ACME, "clients_workspace_id": f"0{OTHER}"},
    "web1": ACME,
    "web2": {**ACME, "clients_workspace_id": ""},
}
"""The last two have the id of the environment."""


def test_two_hosts_of_one_workspace_are_refused_before_any_request(stage: Stage) -> None:
    """With what to do, and no file is written."""
    stage.inventory(SHARED)
    printed = stage.run("plan", status=2)
    for hosts, id_, remedy in (
        ("europe and copy", OTHER, "give each host the clients_workspace_id of its own workspace"),
        ("web1 and web2", HERE, "run on this machine alone with -e clients_hosts=localhost"),
    ):
        where = f"{hosts} (workspace {id_} at {stage.service.url})"
        assert f"These hosts have the same workspace: {where}; {remedy}" in printed
    assert stage.service.log == []
    assert [path.name for path in stage.folder.iterdir()] == ["hosts.yml"]


def test_each_playbook_looks_at_the_hosts_first() -> None:
    """What sends a request after that needs what the look registers."""
    for path in (ROOT / "playbooks").glob("*.yml"):
        (of,) = yaml.safe_load(path.read_text())
        look, after, *_ = of["tasks"]
        assert look["ansible.builtin.import_tasks"] == "tasks/workspaces.yml", path
        assert after["when"] == "focus_workspaces is success", path
        assert of["vars_files"] == ["vars/controller.yml"], path


def test_the_look_at_the_hosts_is_not_passed_over(stage: Stage) -> None:
    """By a later task, and step by step, where its tasks are left out and the others are not."""
    stage.inventory(SHARED)
    stage.run("apply", *LATER, status=2)
    stage.run("apply", "--step", status=2, typed="n\nn\ny\ny\ny\ny\n")
    assert stage.service.log == []


@pytest.mark.parametrize("way", ["--limit=web1", "--extra-vars=clients_hosts=localhost"])
def test_where_one_host_is_left_it_is_let_through(stage: Stage, way: str) -> None:
    """The remedies work, also without any of the servers."""
    stage.inventory(SHARED)
    stage.run("apply", "-e", json.dumps(ACME), way)
    assert stage.service.names() == ["Acme"]
