# SPDX-License-Identifier: GPL-3.0-or-later
"""Each switch does what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import ANSWERS, BEARABLE, Switches, every_single_switch, random_switches
from support.workspace import fill

ZERO = "0001-01-01T00:00:00Z"
STATUS = {204: 204, 404: 404, 400: 400}
YES_OR_NO = {True: True, False: False}
OPTIONAL = ("deleted_at", "updated_at", "toggl_user_id")


def page_sizes(call: Any) -> list[int]:
    """Of a page without a size, with the largest one, and with a small one."""
    return [call("GET", params={"per_page": asked}).json()["per_page"] for asked in (None, 100, 7)]


def statuses(call: Any) -> list[int]:
    """Of pages of these sizes."""
    return [call("GET", params={"per_page": size}).status_code for size in (20, 21, 51)]


def names(call: Any, **params: Any) -> str:
    return ", ".join(call.names(**params))


def allowed(call: Any, *names: str) -> list[str]:
    """Those of the names that a client may be created with."""
    return [name for name in names if call.create(name).status_code == 201]


def filtered(call: Any) -> list[str]:
    allowed(call, "acme Ltd", "Big Acme", "Acne")
    return [names(call, name=wanted) for wanted in ("Acme", "ACME", "Ac", "nothing like it")]


def renamed(call: Any, name: str, client: int = 1001) -> str:
    """The name that a client has after its rename."""
    call.rename(client, name)
    return str(call.shown(client)["name"])


def changed(call: Any) -> list[str]:
    """What is made of these names, by a rename and by a create alike."""
    names = ("ACME Ltd", "A&B", "A \u00a0 B", "Here", "Gone")
    *given, _ = [renamed(call, name, client=1002) for name in (*names, "Acme")]
    assert given == [call.create(name).json()["name"] for name in names]
    return given


def currencies(call: Any) -> list[object]:
    """What clients with USD have after an update without a currency, with null, with another."""
    kept = []
    for sent in ({}, {"currency": None}, {"currency": "CHF"}):
        client = call.create("New", currency="USD").json()["id"]
        call.rename(client, "Newer", **sent)
        kept.append(call.shown(client).get("currency", "no such field"))
    return kept


def with_quota(headers: Any) -> set[bool]:
    return {f"X-Toggl-Quota-{of}" in headers for of in ("Remaining", "Resets-In")}


ALL = "Acme, acme Ltd, Big Acme, Acne"
BEHAVIOUR: dict[str, tuple[Callable[[Any], object], dict[Any, object]]] = {
    "list_shows_deleted": (names, {True: "Here, Acme, Gone", False: "Here, Acme"}),
    "get_shows_deleted": (lambda call: call("GET", "/1003").status_code, {True: 200, False: 404}),
    "create_body": (
        lambda call: call.create("New").content[:11],
        {"client": b'{"id": 1004', "wrapped": b'{"data": {"', "id": b'{"id": 1004', "nothing": b""},
    ),
    "duplicates": (
        lambda call: allowed(call, "Here", "HERE", "Gone"),
        {
            **{"allowed": ["Here", "HERE", "Gone"], "refused_active": ["HERE", "Gone"]},
            **{"refused_all": ["HERE"], "refused_any_case": ["Gone"]},
        },
    ),
    "name_filter": (
        filtered,
        {
            "equals": ["Acme", "", "", ""],
            "contains": ["Acme, Big Acme", "", "Acme, Big Acme, Acne", ""],
            "begins": ["Acme", "", "Acme, Acne", ""],
            "any_case": ["Acme, acme Ltd, Big Acme", "Acme, acme Ltd, Big Acme", ALL, ""],
            "fuzzy": [ALL, ALL, ALL, ""],
            "ignored": [f"Here, Acme, Gone, {ALL[6:]}"] * 4,
        },
    ),
    "default_per_page": (page_sizes, {20: [20, 100, 7], 50: [50, 100, 7], 100: [100, 100, 7]}),
    "per_page_cap": (page_sizes, {100: [50, 100, 7], 50: [50, 50, 7], 20: [20, 20, 7]}),
    "largest_per_page": (
        statuses,
        {100: [200, 200, 200], 50: [200, 200, 400], 20: [200, 400, 400]},
    ),
    "longest_name": (
        lambda call: [len(name) for name in allowed(call, *("ä" * n for n in (50, 51, 255, 256)))],
        {255: [50, 51, 255], 50: [50]},
    ),
    "names_trimmed": (lambda call: renamed(call, " X "), {True: "X", False: " X "}),
    "delete_deleted": (lambda call: call.delete(1003).status_code, STATUS),
    "restore_active": (lambda call: call.restore(1001).status_code, STATUS),
    "put_deleted": (
        lambda call: (call.rename(1003, "New").status_code, call.shown(1003)["name"]),
        {204: (204, "New"), 404: (404, "Gone")},
    ),
    "active_field": (
        lambda call: [client["active"] for client in call("GET").json()["data"]],
        {
            "true": [True, True, True],
            "false_when_deleted": [True, True, False],
            "sometimes_false": [True, False, True],
        },
    ),
    "missing_fields": (
        lambda call: [call.shown(1001).get(field, "absent") for field in OPTIONAL],
        {"null": [None] * 3, "absent": ["absent"] * 3, "zero": [ZERO, ZERO, None]},
    ),
    "empty_data": (
        lambda call: call("GET", params={"page": 2}).json()["data"],
        {"list": [], "null": None},
    ),
    "quota_headers": (lambda call: with_quota(call("GET").headers), {True: {True}, False: {False}}),
    "order_by_key": (
        lambda call: [call.names(**{key: "name"})[0] for key in ("order_by[]", "order_by")],
        {"order_by[]": ["Acme", "Here"], "order_by": ["Here", "Acme"]},
    ),
    "list_order": (
        names,
        {"id": "Here, Acme, Gone", "name": "Acme, Gone, Here", "newest": "Gone, Acme, Here"},
    ),
    "trace_id": (lambda call: "trace_id" in call("GET", "/1").json(), YES_OR_NO),
    "extra_fields": (
        lambda call: (len(call("GET").json()) > 3, len(call.shown(1001)) > 9),
        {True: (True, True), False: (False, False)},
    ),
    "currency_shown": (
        lambda call: (call.shown(1001)["currency"], call.create("New").json()["currency"]),
        {"own": (None, None), "workspace": ("EUR", "EUR")},
    ),
    "currency": (
        currencies,
        {
            "replaces": [None, None, "CHF"],
            "keeps": ["USD", None, "CHF"],
            "unknown": ["no such field"] * 3,
        },
    ),
    "names_changed": (
        changed,
        {
            **dict.fromkeys(("no", "cut"), ["ACME Ltd", "A&B", "A \u00a0 B", "Here", "Gone"]),
            "lower": ["acme ltd", "a&b", "a \u00a0 b", "here", "gone"],
            "escaped": ["ACME Ltd", "A&amp;B", "A \u00a0 B", "Here", "Gone"],
            "folded": ["ACME Ltd", "A&B", "A B", "Here", "Gone"],
            "numbered": ["ACME Ltd", "A&B", "A \u00a0 B", "Here 1", "Gone 1"],
        },
    ),
}
"""What shows each switch, where 1001 Here and 1002 Acme are active, and 1003 Gone is deleted."""


def furnish(service: Simulator, **switches: Any) -> None:
    fill(service, "Here, Acme, (Gone)", Switches(**switches))


@pytest.mark.parametrize(
    ("switch", "answer"), [(switch, answer) for switch in BEHAVIOUR for answer in ANSWERS[switch]]
)
def test_each_answer(service: Simulator, call: Any, switch: str, answer: object) -> None:
    furnish(service, **{switch: answer})
    observe, expected = BEHAVIOUR[switch]
    assert observe(call) == expected[answer]


def test_every_switch_has_a_test() -> None:
    """These two have tests of their own."""
    assert ANSWERS.keys() - BEHAVIOUR.keys() == {"quota_refusal", "read_after_write"}


def test_single_deviations_cover_every_answer() -> None:
    assert len(set(every_single_switch()) - {Switches()}) == sum(
        len(answers) - 1 for answers in BEARABLE.values()
    )


def test_random_switches_depend_on_the_seed_alone() -> None:
    assert random_switches(7) == random_switches(7)
    assert len({random_switches(seed) for seed in range(20)}) == 20


# names


@pytest.mark.parametrize("rule", ANSWERS["duplicates"])
def test_renames_and_restores_make_no_duplicates(service: Simulator, call: Any, rule: str) -> None:
    """A deleted client keeps no other deleted one away, and no client is its own duplicate."""
    furnish(service, duplicates=rule)
    assert call.rename(1001, "HERE").status_code == 204
    for name in ("Here", "HERE", "Gone"):
        furnish(service, duplicates=rule)
        may_create = call.create(name).status_code == 201
        furnish(service, duplicates=rule)
        deleted = service.add(name, deleted=True)
        may_restore = may_create or name == "Gone"
        assert (call.restore(deleted.id).status_code == 204) is may_restore, name
        furnish(service, duplicates=rule)
        assert (call.rename(1002, name).status_code == 204) is may_create, name


# pages

REFUSED = ("per_page=101", "per_page=0", "page=0", "page=x", "order_by[]=size", "order_by[]=")


@pytest.mark.parametrize("query", REFUSED)
def test_refused_pages(call: Any, query: str) -> None:
    answer = call("GET", f"?{query}")
    assert (answer.status_code, answer.json()["error"]) == (400, "validation")
    too_large = "Field validation for 'PerPage' failed on the 'max' tag"
    assert (answer.json()["error_description"] == too_large) is (query == "per_page=101")


def test_an_order_has_several_keys(service: Simulator, call: Any) -> None:
    furnish(service)
    assert call.names(**{"order_by[]": "-active,-name"}) == ["Here", "Gone", "Acme"]
    assert call.names(**{"order_by[]": ["active", "-created_at"]}) == ["Gone", "Acme", "Here"]


# the quota

REFUSALS = {
    "json": ('"error": "quota_exceeded"', True, None),
    "headers": ("", True, None),
    "text": ("Your quota will reset in 3600 seconds.", False, None),
    "retry_after": ("", False, "3600"),
    "nothing": ("", False, None),
}
"""Words of the body, headers of the quota, and Retry-After."""


@pytest.mark.parametrize("form", ANSWERS["quota_refusal"])
def test_quota_refusal(service: Simulator, call: Any, form: str) -> None:
    words, headers, retry_after = REFUSALS[form]
    service.reset(Switches(quota_refusal=form), quota_limit=0)
    answer = call("GET")
    assert answer.status_code == 402
    assert words in answer.text and bool(answer.text) is bool(words)
    assert with_quota(answer.headers) == {headers}
    assert answer.headers.get("Retry-After") == retry_after


# reads that lag


def test_read_after_write(service: Simulator, call: Any) -> None:
    """The first read after a write shows what was before it, whichever read it is."""
    service.reset(Switches(read_after_write="old"))
    service.add("Acme")
    assert call.names() == ["Acme"]
    call.create("New")
    assert [call.names(), call.names()] == [["Acme"], ["Acme", "New"]]
    call.rename(1002, "Newer")
    assert [call.shown(1002)["name"] for _ in range(2)] == ["New", "Newer"]


def test_reads_that_lag_for_several_reads(service: Simulator, call: Any) -> None:
    """They show what was before the first write that they lag behind."""
    service.reset(lag=2)
    call.create("One")
    assert call.names() == []
    call.create("Two")
    assert [call.names() for _ in range(3)] == [[], ["One"], ["One", "Two"]]


# currencies


@pytest.mark.parametrize("currency", ["EURO", "eur", "", 978])
def test_no_currency(service: Simulator, call: Any, currency: object) -> None:
    """A service without such a field does not refuse it."""
    assert call.create("Acme", currency=currency).status_code == 400
    service.reset(Switches(currency="unknown"))
    assert call.create("Acme", currency=currency).status_code == 201
