# SPDX-License-Identifier: GPL-3.0-or-later
"""Each switch does what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import (
    ANSWERS,
    BEARABLE,
    Switches,
    every_single_switch,
    random_switches,
)

ZERO = "0001-01-01T00:00:00Z"
STATUS = {204: 204, 404: 404, 400: 400}
YES_OR_NO = {True: True, False: False}
OPTIONAL = ("deleted_at", "updated_at", "toggl_user_id")


def page_size(call: Any, asked: int | None = None) -> int:
    size: int = call("GET", params={"per_page": asked}).json()["per_page"]
    return size


def sizes(call: Any) -> list[int]:
    """Of a page without a size, with the largest one, and with a small one."""
    return [page_size(call, asked) for asked in (None, 100, 7)]


def allowed(call: Any, *names: str) -> list[str]:
    """Those of the names that a client may be created with."""
    return [name for name in names if call.create(name).status_code == 201]


def renamed(call: Any, name: str, client: int = 1001) -> str:
    """The name that a client has after its rename."""
    call.rename(client, name)
    kept: str = call.shown(client)["name"]
    return kept


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


BEHAVIOUR: dict[str, tuple[Callable[[Any], object], dict[Any, object]]] = {
    "list_shows_deleted": (
        lambda call: call.names(),
        {True: ["Here", "Acme", "Gone"], False: ["Here", "Acme"]},
    ),
    "get_shows_deleted": (
        lambda call: call("GET", "/1003").status_code,
        {True: 200, False: 404},
    ),
    "create_body": (
        lambda call: call.create("New").content[:11],
        {"client": b'{"id": 1004', "wrapped": b'{"data": {"', "id": b'{"id": 1004', "nothing": b""},
    ),
    "duplicates": (
        lambda call: allowed(call, "Here", "HERE", "Gone"),
        {
            "allowed": ["Here", "HERE", "Gone"],
            "refused_active": ["HERE", "Gone"],
            "refused_all": ["HERE"],
            "refused_any_case": ["Gone"],
        },
    ),
    "default_per_page": (sizes, {20: [20, 100, 7], 50: [50, 100, 7], 100: [100, 100, 7]}),
    "per_page_cap": (sizes, {100: [50, 100, 7], 50: [50, 50, 7], 20: [20, 20, 7]}),
    "largest_per_page": (
        lambda call: [call("GET", params={"per_page": n}).status_code for n in (20, 21, 51)],
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
    "quota_headers": (
        lambda call: {
            key in call("GET").headers
            for key in ("X-Toggl-Quota-Remaining", "X-Toggl-Quota-Resets-In")
        },
        {True: {True}, False: {False}},
    ),
    "order_by_key": (
        lambda call: [call.names(**{key: "name"})[0] for key in ("order_by[]", "order_by")],
        {"order_by[]": ["Acme", "Here"], "order_by": ["Here", "Acme"]},
    ),
    "list_order": (
        lambda call: call.names(),
        {
            "id": ["Here", "Acme", "Gone"],
            "name": ["Acme", "Gone", "Here"],
            "newest": ["Gone", "Acme", "Here"],
        },
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
            "no": ["ACME Ltd", "A&B", "A \u00a0 B", "Here", "Gone"],
            "cut": ["ACME Ltd", "A&B", "A \u00a0 B", "Here", "Gone"],
            "lower": ["acme ltd", "a&b", "a \u00a0 b", "here", "gone"],
            "escaped": ["ACME Ltd", "A&amp;B", "A \u00a0 B", "Here", "Gone"],
            "folded": ["ACME Ltd", "A&B", "A B", "Here", "Gone"],
            "numbered": ["ACME Ltd", "A&B", "A \u00a0 B", "Here 1", "Gone 1"],
        },
    ),
}
"""What shows each switch, by its answers, with the active clients Here and Acme and the deleted
Gone: 1001, 1002, 1003."""


def fill(simulator: Simulator, **switches: Any) -> Simulator:
    simulator.reset(Switches(**switches))
    simulator.add("Here")
    simulator.add("Acme")
    simulator.add("Gone", deleted=True)
    return simulator


@pytest.mark.parametrize(
    ("switch", "answer"), [(switch, answer) for switch in BEHAVIOUR for answer in ANSWERS[switch]]
)
def test_each_answer(simulator: Simulator, call: Any, switch: str, answer: object) -> None:
    fill(simulator, **{switch: answer})
    observe, expected = BEHAVIOUR[switch]
    assert observe(call) == expected[answer]


def test_every_switch_has_a_test() -> None:
    own = {"name_filter", "quota_refusal", "read_after_write"}
    assert ANSWERS.keys() - BEHAVIOUR.keys() == own, "which have tests of their own"


def test_single_deviations_cover_every_answer() -> None:
    default = Switches()
    seen = {
        (name, getattr(switches, name))
        for switches in every_single_switch()
        for name in ANSWERS
        if getattr(switches, name) != getattr(default, name)
    }
    assert len(seen) == len(every_single_switch())
    assert len(seen) == sum(len(answers) - 1 for answers in BEARABLE.values())


def test_random_switches_depend_on_the_seed_alone() -> None:
    assert random_switches(7) == random_switches(7)
    assert len({random_switches(seed) for seed in range(20)}) == 20


# names


@pytest.mark.parametrize("rule", ANSWERS["duplicates"])
def test_a_rename_and_a_restore_are_asked_for_duplicates_as_a_create_is(
    simulator: Simulator, call: Any, rule: str
) -> None:
    """The name of a deleted client does not keep another deleted one from coming back."""
    for name in ("Here", "HERE", "Gone"):
        fill(simulator, duplicates=rule)
        may_create = call.create(name).status_code == 201
        fill(simulator, duplicates=rule)
        assert (call.rename(1002, name).status_code == 204) is may_create, name
        fill(simulator, duplicates=rule)
        deleted = simulator.add(name, deleted=True)
        may_restore = may_create or name == "Gone"
        assert (call.restore(deleted.id).status_code == 204) is may_restore, name


def test_a_client_is_no_duplicate_of_itself(simulator: Simulator, call: Any) -> None:
    fill(simulator, duplicates="refused_any_case")
    assert call.rename(1001, "HERE").status_code == 204


NAMES = ["Acme", "acme Ltd", "Big Acme", "Zebra", "Acne"]


@pytest.mark.parametrize(
    ("kind", "wanted", "names"),
    [
        ("equals", "Acme", ["Acme"]),
        ("equals", "acme", []),
        ("equals", "", NAMES),
        ("contains", "Acme", ["Acme", "Big Acme"]),
        ("begins", "Ac", ["Acme", "Acne"]),
        ("any_case", "ACME", ["Acme", "acme Ltd", "Big Acme"]),
        ("fuzzy", "Acme", ["Acme", "acme Ltd", "Big Acme", "Acne"]),
        ("ignored", "nothing like it", NAMES),
    ],
)
def test_name_filter(
    simulator: Simulator, call: Any, kind: str, wanted: str, names: list[str]
) -> None:
    simulator.reset(Switches(name_filter=kind))
    for name in NAMES:
        simulator.add(name)
    assert call.names(name=wanted) == names


@pytest.mark.parametrize("body", ANSWERS["create_body"])
def test_a_name_is_cut_at_the_longest_one(simulator: Simulator, call: Any, body: str) -> None:
    """Whatever the answer shows."""
    simulator.reset(Switches(names_changed="cut", longest_name=8, create_body=body))
    assert call.create("Acme Limited").status_code == 201
    assert simulator.names() == ["Acme Lim"]


# pages


def test_the_second_page_begins_behind_the_first(simulator: Simulator, call: Any) -> None:
    simulator.reset(Switches(per_page_cap=20))
    simulator.add_many(50)
    first, second = (call("GET", params={"page": page}).json() for page in (1, 2))
    assert (first["page"], len(first["data"])) == (1, 20)
    assert (second["page"], second["data"][0]["id"]) == (2, 1021)


@pytest.mark.parametrize(
    "params",
    [
        *({"per_page": 101}, {"per_page": 0}, {"page": 0}, {"page": "x"}),
        *({"order_by[]": "size"}, {"order_by[]": ""}),
    ],
    ids=str,
)
def test_refused_pages(call: Any, params: dict[str, Any]) -> None:
    answer = call("GET", params=params)
    assert (answer.status_code, answer.json()["error"]) == (400, "validation")
    too_large = "Field validation for 'PerPage' failed on the 'max' tag"
    is_too_large = params.get("per_page") == 101
    assert (answer.json()["error_description"] == too_large) is is_too_large


def test_an_order_has_several_keys(simulator: Simulator, call: Any) -> None:
    fill(simulator)
    assert call.names(**{"order_by[]": "-active,-name"}) == ["Here", "Gone", "Acme"]
    assert call.names(**{"order_by[]": ["active", "-created_at"]}) == ["Gone", "Acme", "Here"]


# the quota


@pytest.mark.parametrize(
    ("form", "words", "with_headers"),
    [
        ("json", '"error": "quota_exceeded"', True),
        ("headers", "", True),
        ("text", "Your quota will reset in 3600 seconds.", False),
        ("retry_after", "", False),
        ("nothing", "", False),
    ],
)
def test_quota_refusal(
    simulator: Simulator, call: Any, form: str, words: str, with_headers: bool
) -> None:
    simulator.reset(Switches(quota_refusal=form), quota_limit=0)
    answer = call("GET")
    assert answer.status_code == 402
    assert words in answer.text and bool(answer.text) is bool(words)
    assert ("X-Toggl-Quota-Resets-In" in answer.headers) is with_headers
    assert answer.headers.get("Retry-After") == ("3600" if form == "retry_after" else None)


# reads that lag


def test_read_after_write(simulator: Simulator, call: Any) -> None:
    """The first read after a write shows what was before it, whichever read it is."""
    simulator.reset(Switches(read_after_write="old"))
    simulator.add("Acme")
    assert call.names() == ["Acme"]
    call.create("New")
    assert [call.names(), call.names()] == [["Acme"], ["Acme", "New"]]
    call.rename(1002, "Newer")
    assert [call.shown(1002)["name"] for _ in range(2)] == ["New", "Newer"]


def test_reads_that_lag_for_several_reads(simulator: Simulator, call: Any) -> None:
    """They show what was before the first write that they lag behind."""
    simulator.reset(lag=2)
    call.create("One")
    assert call.names() == []
    call.create("Two")
    assert [call.names() for _ in range(3)] == [[], ["One"], ["One", "Two"]]


# currencies


@pytest.mark.parametrize("currency", ["EURO", "eur", "", 978])
def test_no_currency(simulator: Simulator, call: Any, currency: object) -> None:
    """A service without such a field does not refuse it."""
    assert call.create("Acme", currency=currency).status_code == 400
    simulator.reset(Switches(currency="unknown"))
    assert call.create("Acme", currency=currency).status_code == 201
