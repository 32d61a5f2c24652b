# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's task gets the digest of the reviewed plan, or nothing is sent at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.toggl.focus.plugins.module_utils._errors import BadOption
from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import digest
from ansible_collections.toggl.focus.plugins.plugin_utils._reviewed import bind

URL = "https://focus.toggl.com/api"
OMITTED = "__omit_place_holder__" + "0" * 40
STEPS = [
    {"step": "create", "name": "New", "status": "planned"},
    {"step": "delete", "id": 1, "name": "Old", "status": "planned"},
]
DIGEST = digest(STEPS, 4242, URL)

Plan = dict[str, Any]
Arguments = dict[str, Any]


def host(**more: Any) -> Plan:
    known = {"workspace_id": 4242, "api_url": URL, "digest": DIGEST, "steps": STEPS}
    return {**known, "refusal": None, **more}


def content(of_europe: Any = None, **more: Any) -> str:
    plans = {"europe": host() if of_europe is None else of_europe}
    return json.dumps({"format": 2, "workspaces": plans, **more})


def bound(
    folder: Path,
    text: str | None,
    arguments: Arguments | None = None,
    is_check: bool = False,
    **variables: Any,
) -> Arguments:
    """The arguments of the task of ``europe``, with the text as its plan file."""
    given = {"inventory_hostname": "europe", **variables}
    if text is not None:
        (folder / "plan.json").write_text(text)
        given.setdefault("clients_plan_file", "plan.json")
    made = {"workspace_id": "4242", **(arguments or {})}
    bind(made, given, lambda value: value, is_check)
    return made


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where ansible-playbook was started; no environment says where the service is."""
    for name in ("TOGGL_FOCUS_API_URL", "TOGGL_FOCUS_WORKSPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PWD", str(tmp_path))
    return tmp_path


def without(key: str) -> Plan:
    return {name: value for name, value in host().items() if name != key}


ELSEWHERE = "https://example.org/api"

NO_PLAN: dict[str, tuple[str | None, str]] = {
    "there is no file": (None, "plan.json cannot be read: No such file or directory"),
    "it is no JSON": ("### Plan for 1 workspace", "plan.json is not a plan file"),
    "it is no mapping": ("[]", "plan.json is not a plan file"),
    "it is something else": ('{"steps": []}', "plan.json is not a plan file"),
    "it is nested too deeply": ("[" * 100_000, "plan.json is not a plan file"),
    "it is of an earlier format": (
        content(format=1),
        'plan.json was made by another version of the collection (format "1", not 2)',
    ),
    "it is of a later format": (content(format=3), "another version"),
    "a key is given twice": (
        content().replace('"steps": [', '"steps": [], "steps": ['),
        "plan.json is not a plan file",
    ),
    "it has no plans": ('{"format": 2}', "plan.json has no plan for europe"),
    "its plans are a list": (content(workspaces=[]), "plan.json has no plan for europe"),
    "it has no plan for the host": (
        content(workspaces={"asia": host()}),
        "plan.json has no plan for europe",
    ),
    "the plan is a text": (content("harmless"), "plan.json has no plan for europe"),
    "it has no steps": (content(without("steps")), "plan.json has no plan for europe"),
    "its steps are none": (content(host(steps=None)), "plan.json has no plan for europe"),
    "its steps are texts": (content(host(steps=["create"])), "plan.json has no plan for europe"),
    "it has no address": (content(without("api_url")), "plan.json has no plan for europe"),
    "it does not say whether it was refused": (
        content(without("refusal")),
        "plan.json has no plan for europe",
    ),
    "there was no plan": (content(host(digest=None)), "no plan for europe that can be applied"),
    "the plan was refused": (
        content(host(refusal="Too many.")),
        "no plan for europe that can be applied. It was refused: Too many. Nothing was written",
    ),
}

A_LIE: dict[str, Plan] = {
    "harmless steps": host(steps=[{**STEPS[0], "name": "Harmless"}]),
    "no steps": host(steps=[]),
    "a step less": host(steps=STEPS[:1]),
    "a step more": host(steps=[*STEPS, STEPS[0]]),
    "another client": host(steps=[STEPS[0], {**STEPS[1], "id": 2}]),
    "something that is no step": host(steps=[*STEPS, {}]),
    "another workspace": host(workspace_id=5151),
    "another address": host(api_url=ELSEWHERE),
    "another digest": host(digest="0" * 64),
}


@pytest.mark.parametrize("case", NO_PLAN)
def test_without_a_plan_for_the_host_there_is_an_error(folder: Path, case: str) -> None:
    text, reason = NO_PLAN[case]
    with pytest.raises(BadOption) as raised:
        bound(folder, text, clients_plan_file="plan.json")
    assert str(raised.value).startswith("The option clients_plan_file cannot be used: ")
    assert reason in str(raised.value)
    assert text is None or "Run toggl.focus.plan again" in str(raised.value)


@pytest.mark.parametrize("case", A_LIE)
def test_what_the_file_shows_must_be_the_plan_of_its_digest(folder: Path, case: str) -> None:
    with pytest.raises(BadOption, match="shows for europe is not the plan of its digest"):
        bound(folder, content(A_LIE[case]))


@pytest.mark.parametrize(
    "given",
    [
        {"workspace_id": 4242},
        {"workspace_id": "4242", "api_url": "HTTPS://focus.toggl.com:443/api/"},
        {"workspace_id": 4242, "plan_digest": DIGEST.upper()},
        {"workspace_id": None},
    ],
    ids=str,
)
def test_the_task_gets_the_digest_of_the_file(folder: Path, given: Arguments) -> None:
    """However address and id are written; where no id is given, the module says so."""
    assert bound(folder, content(), given)["plan_digest"] == DIGEST


@pytest.mark.parametrize("path", ["plan.json", "./plan.json", "{folder}/plan.json"])
def test_the_file_is_where_the_playbook_was_started(folder: Path, path: str) -> None:
    given = path.format(folder=folder)
    assert bound(folder, content(), clients_plan_file=given)["plan_digest"] == DIGEST


@pytest.mark.parametrize(
    "given",
    [{"workspace_id": 5151}, {"api_url": ELSEWHERE}, {"api_url": f"{URL}/v2"}],
    ids=str,
)
def test_a_plan_for_another_place_is_refused_before_the_key_is_sent_there(
    folder: Path, given: Arguments
) -> None:
    with pytest.raises(BadOption, match=r"has a plan for workspace 4242 at https://focus\.toggl"):
        bound(folder, content(), given)


def test_the_environment_is_a_place_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOGGL_FOCUS_API_URL", ELSEWHERE)
    with pytest.raises(BadOption, match=f"and this is workspace 4242 at {ELSEWHERE}"):
        bound(folder, content())


BLANK: dict[str, tuple[Arguments, dict[str, Any], str]] = {
    "a digest that was omitted": ({}, {"clients_plan_digest": OMITTED}, "clients_plan_digest"),
    "a digest of nothing beside a file": (
        {"plan_digest": ""},
        {"clients_plan_digest": "", "clients_plan_file": "plan.json"},
        "plan_digest",
    ),
    "a digest that is null beside a file": (
        {"plan_digest": None},
        {"clients_plan_digest": None, "clients_plan_file": "plan.json"},
        "plan_digest",
    ),
    "a digest that was omitted beside a file": (
        {},
        {"clients_plan_digest": OMITTED, "clients_plan_file": "plan.json"},
        "clients_plan_digest",
    ),
    "another digest beside a file": (
        {"plan_digest": "0" * 64},
        {"clients_plan_digest": "0" * 64, "clients_plan_file": "plan.json"},
        "clients_plan_digest",
    ),
    "a file without a name": ({}, {"clients_plan_file": ""}, "clients_plan_file"),
    "a file of blanks": ({}, {"clients_plan_file": " "}, "clients_plan_file"),
    "a file that is null": ({}, {"clients_plan_file": None}, "clients_plan_file"),
    "a file that was omitted": ({}, {"clients_plan_file": OMITTED}, "clients_plan_file"),
    "a file that is none": ({}, {"clients_plan_file": False}, "clients_plan_file"),
}


@pytest.mark.parametrize("case", BLANK)
def test_neither_is_ever_dropped(folder: Path, case: str) -> None:
    """Also not where it is given but blank, or where the two do not agree."""
    arguments, variables, option = BLANK[case]
    with pytest.raises(BadOption) as raised:
        bound(folder, content(), arguments, **variables)
    assert raised.value.option == option


PLANNERS: dict[str, tuple[bool, object, bool]] = {
    "in check mode": (True, True, False),
    "in check mode, as a text": (True, "yes", False),
    "never in a run": (False, True, True),
    "without it, in check mode too": (True, False, True),
}


@pytest.mark.parametrize("case", PLANNERS)
def test_what_only_plans_looks_at_no_reviewed_plan(folder: Path, case: str) -> None:
    """``toggl.focus.plan`` writes to the file that ``toggl.focus.apply`` reads."""
    is_check, plan_only, looks = PLANNERS[case]
    made = bound(folder, content(), is_check=is_check, clients_plan_only=plan_only)
    assert ("plan_digest" in made) == looks
