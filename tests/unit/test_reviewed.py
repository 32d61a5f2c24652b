# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest of what is shown of a plan; and before any request, that the plan is the reviewed one,
that no two hosts have one workspace, and that no variable is misspelt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.filters import workspaces
from support.notation import pairs, rows, steps_of

from ansible_collections.toggl.focus.plugins.module_utils._errors import BadOption
from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import digest, row_of
from ansible_collections.toggl.focus.plugins.module_utils._text import normal_address
from ansible_collections.toggl.focus.plugins.plugin_utils import _role_variables
from ansible_collections.toggl.focus.plugins.plugin_utils._place import PLAN_FORMAT
from ansible_collections.toggl.focus.plugins.plugin_utils._reviewed import bind

URL = "https://focus.toggl.com/api"

# the digest

SHOWN = "create New; delete 1 Old; rename 2 A -> B; restore 3 C; rename 3 C -> D"
ROWS = CREATE, DELETE, *_OTHERS = [*map(row_of, steps_of(SHOWN))]
BY_WAY_OF_C = SHOWN.replace("rename 2 A -> B", "rename 2 A -> C; rename 2 C -> B")

OTHER: dict[str, list[dict[str, Any]]] = {
    "another id": [CREATE, {**DELETE, "id": 11}, *ROWS[2:]],
    "other names of two": [{**CREATE, "name": "Old"}, {**DELETE, "name": "New"}, *ROWS[2:]],
    "by purge": [CREATE, {**DELETE, "purge": True}, *ROWS[2:]],
    "something more": [{**CREATE, "currency": "EUR"}, *ROWS[1:]],
    "through a temporary name": [*map(row_of, steps_of(BY_WAY_OF_C))],
    "two names in one": [{"step": "create", "name": 'New"}, {"name": "Old'}],
}


def test_the_same_steps_in_another_order_have_the_same_digest() -> None:
    assert digest(ROWS, 7, URL) == digest(ROWS[::-1], 7, URL)


@pytest.mark.parametrize("shown", OTHER.values(), ids=OTHER)
def test_whatever_else_is_shown_has_another_digest(shown: list[dict[str, Any]]) -> None:
    assert digest(shown, 7, URL) != digest(ROWS, 7, URL)


ADDRESSES = pairs("""
in capitals: HTTPS://Focus.Toggl.COM/api ~ https://focus.toggl.com/api
with its port, and a slash: https://focus.toggl.com:443/api/ ~ https://focus.toggl.com/api
with blanks: " https://focus.toggl.com/api// " ~ https://focus.toggl.com/api
a slash: https://focus.toggl.com/ ~ https://focus.toggl.com
another port: https://focus.toggl.com:8443/api ~ https://focus.toggl.com:8443/api
http: http://LOCALHOST:80 ~ http://localhost | http://localhost:443 ~ http://localhost:443
numbers: http://[::1]:8080/api ~ http://[::1]:8080/api
none: https://h:port/api ~ https://h:port/api | "" ~ ://
""")


@pytest.mark.parametrize(("address", "normal"), ADDRESSES)
def test_an_address_has_one_form(address: str, normal: str) -> None:
    assert normal_address(address) == normal


# the plan file

SIMPLE = [*map(row_of, steps_of("create New; delete 1 Old"))]
STEPS = [{**row, "status": "planned"} for row in SIMPLE]
DIGEST = digest(SIMPLE, 4242, URL)


def host(without: str = "", **more: Any) -> dict[str, Any]:
    known = {"workspace_id": 4242, "api_url": URL, "digest": DIGEST, "steps": STEPS}
    return {key: of for key, of in {**known, "refusal": None, **more}.items() if key != without}


def content(of_europe: Any = None, **more: Any) -> str:
    plans = {"europe": host() if of_europe is None else of_europe}
    return json.dumps({"format": PLAN_FORMAT, "workspaces": plans, **more})


def bound(folder: Path, text: str | None, /, **given: Any) -> dict[str, Any]:
    """Return the arguments of the task of ``europe``, by what the role's variables give."""
    made: dict[str, Any] = {"workspace_id": "4242"}
    if text is not None:
        (folder / "plan.json").write_text(text)
        made["plan_file"] = "plan.json"
    made |= {name.removeprefix("clients_"): value for name, value in given.items()}
    bind(made, "europe", False)
    return made


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where ansible-playbook was started; no environment says where the service is."""
    for name in ("TOGGL_FOCUS_API_URL", "TOGGL_FOCUS_WORKSPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PWD", str(tmp_path))
    return tmp_path


ELSEWHERE = "https://example.org/api"

NOT_A_FILE = "plan.json is not a plan file"
NO_PLAN = "plan.json has no plan for europe"
OTHER_VERSION = "plan.json was made by another version of the collection"
A_LIE = "shows for europe is not the plan of its digest"

UNFIT: dict[str, tuple[str | None, str]] = {
    "there is no file": (None, "plan.json cannot be read: No such file or directory"),
    "it is no JSON": ("### Plan for 1 workspace", NOT_A_FILE),
    "it is no mapping": ("[]", NOT_A_FILE),
    "it is nested too deeply": ("[" * 100_000, NOT_A_FILE),
    "a key is given twice": (content().replace('"steps":', '"steps": [], "steps":'), NOT_A_FILE),
    "it is of an earlier format": (content(format=1), f'{OTHER_VERSION} (format "1", not '),
    "it has no plans": (json.dumps({"format": PLAN_FORMAT}), NO_PLAN),
    "it has no plan for the host": (content(workspaces={"asia": host()}), NO_PLAN),
    "the plan is a text": (content("harmless"), NO_PLAN),
    "it has no steps": (content(host("steps")), NO_PLAN),
    "its steps are texts": (content(host(steps=["create"])), NO_PLAN),
    "an id is a text": (content(host(steps=[STEPS[0], {**STEPS[1], "id": "1"}])), NO_PLAN),
    "it has no address": (content(host("api_url")), NO_PLAN),
    "it does not say whether it was refused": (content(host("refusal")), NO_PLAN),
    "there was no plan": (content(host(digest=None)), f"{NO_PLAN} that can be applied"),
    "it was refused": (content(host(refusal="No.")), 'since it was refused: "No.". Nothing'),
    "another step is shown": (content(host(steps=[{**STEPS[0], "name": "Harmless"}])), A_LIE),
    "something that is no step is shown": (content(host(steps=[*STEPS, {}])), A_LIE),
    "another workspace is shown": (content(host(workspace_id=5151)), A_LIE),
    "another address is shown": (content(host(api_url=ELSEWHERE)), A_LIE),
    "another digest is shown": (content(host(digest="0" * 64)), A_LIE),
}


@pytest.mark.parametrize(("text", "reason"), UNFIT.values(), ids=UNFIT)
def test_an_unfit_plan_file_is_an_error(folder: Path, text: str | None, reason: str) -> None:
    with pytest.raises(BadOption) as raised:
        bound(folder, text, clients_plan_file="plan.json")
    said = str(raised.value)
    assert said.startswith("The option clients_plan_file cannot be used: ") and reason in said
    assert text is None or "Run toggl.focus.plan again" in said


GIVEN = [
    {"workspace_id": 4242, "clients_plan_file": "./plan.json"},
    {"workspace_id": "4242", "api_url": "HTTPS://focus.toggl.com:443/api/"},
    {"plan_digest": DIGEST.upper(), "clients_plan_file": "{folder}/plan.json"},
    {"workspace_id": None},
]


@pytest.mark.parametrize("given", GIVEN, ids=str)
def test_the_task_gets_the_digest_of_the_file(folder: Path, given: dict[str, Any]) -> None:
    """However address, id and path are written; where no id is given, the module says so."""
    path = given.get("clients_plan_file", "plan.json").format(folder=folder)
    assert bound(folder, content(), **{**given, "clients_plan_file": path})["plan_digest"] == DIGEST


ELSEWHERE_GIVEN = [{"workspace_id": 5151}, {"api_url": ELSEWHERE}, {"api_url": f"{URL}/v2"}]


@pytest.mark.parametrize("given", ELSEWHERE_GIVEN, ids=str)
def test_a_plan_for_another_place_is_refused(folder: Path, given: dict[str, Any]) -> None:
    """So the key is not sent there."""
    with pytest.raises(BadOption, match=r"has a plan for workspace 4242 at https://focus\.toggl"):
        bound(folder, content(), **given)


def test_the_environment_is_a_place_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOGGL_FOCUS_API_URL", ELSEWHERE)
    with pytest.raises(BadOption, match=f"and this is workspace 4242 at {ELSEWHERE}"):
        bound(folder, content())


# the hosts

HOSTS = rows("""
no hosts      | []                                                                   |
two ids       | [{workspace_id: 1}, {workspace_id: 2}]                               |
two addresses | [{workspace_id: 1}, {workspace_id: 1, api_url: https://example.org/api}] |
no ids        | [{}, {workspace_id: ""}, {workspace_id: null}]                       |
what is no id | [{workspace_id: x}, {workspace_id: x}]                               |
as numbers and as texts        | [{workspace_id: 1}, {workspace_id: " 1 "}]          | shared
a number with a zero before it | [{workspace_id: "1"}, {workspace_id: "01"}]         | shared
an address that is empty       | [{workspace_id: 1, api_url: ""}, {workspace_id: 1}] | shared
an address that is the default
    | [{workspace_id: 1}, {workspace_id: 1, api_url: https://focus.toggl.com/api}] | shared
addresses written in two ways | [{workspace_id: 1, api_url: https://example.org/api},
    {workspace_id: 1, api_url: "HTTPS://EXAMPLE.ORG:443/api/"}] | shared
one without certificates | [{workspace_id: 1}, {workspace_id: 1, validate_certs: no}] | shared
""")


def found(hosts: list[dict[str, Any]]) -> dict[str, Any]:
    return workspaces([{"host": f"h{number}", **host} for number, host in enumerate(hosts)])


@pytest.mark.parametrize(("hosts", "expected"), HOSTS)
def test_two_hosts_of_one_workspace_are_refused(hosts: str, expected: str) -> None:
    """Ids are compared as numbers, addresses however they are written."""
    start = "These hosts have the same workspace: h0 and h1 (workspace 1 at http"
    advice = "give each host the clients_workspace_id of its own workspace, or leave"
    refusal = found(yaml.safe_load(hosts))["refusal"]
    assert refusal.startswith(start) and advice in refusal if expected else refusal == ""


def test_the_workspace_of_each_host_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOGGL_FOCUS_API_URL", "https://example.org/api/")
    hosts = found([{"workspace_id": "7"}, {"validate_certs": "no", "api_url": URL}])["hosts"]
    assert hosts == {
        "h0": {"workspace_id": 7, "api_url": "https://example.org/api", "validate_certs": True},
        "h1": {"workspace_id": None, "api_url": URL, "validate_certs": False},
    }


# the role's variables

VARIABLES = pairs("""
letters: clients_purg ~ clients_purge | clients_lists ~ clients_list
a word less: clients_token ~ clients_api_token | clients_digest ~ clients_plan_digest
one of many: clients_max_deletion ~ clients_max_deletions
of a playbook: clients_plan_fil ~ clients_plan_file | clients_planfile ~ clients_plan_file
without s: client_protected ~ clients_protected | client_list ~ clients_list
""")


@pytest.mark.parametrize(("variable", "meant"), VARIABLES)
def test_a_variable_nearly_like_one_of_the_role_gets_a_warning(variable: str, meant: str) -> None:
    assert list(_role_variables.warnings([variable, "clients_purge", "purg"])) == [
        f"The role toggl.focus.clients has no variable {variable}; did you mean {meant}?"
    ]


def test_other_variables_get_none() -> None:
    """Of the role, of the playbooks, and of the user's own."""
    names = ["list", "hosts", "file", "plan_file", "show_plan", "of_europe", "count", "x"]
    names = [*(f"clients_{name}" for name in names), "client_name", "client_list", "client"]
    assert list(_role_variables.warnings(names)) == []
