# SPDX-License-Identifier: GPL-3.0-or-later
"""Each switch does what it says."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import Any

import pytest
from simulator import (
    ANSWERS,
    BEARABLE,
    Client,
    Simulator,
    Switches,
    every_single_switch,
    from_settings,
    random_switches,
)
from simulator.workspace import Lag

NAMES = ["Acme", "acme Ltd", "Big Acme", "Zebra", "Acne"]


def test_every_switch_has_a_question_and_its_default_is_an_answer() -> None:
    assert [field.name for field in fields(Switches)] == list(ANSWERS)
    for field in fields(Switches):
        assert field.default in ANSWERS[field.name]


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


def test_settings() -> None:
    wanted = Switches(name_filter="ignored", names_trimmed=False, per_page_cap=20)
    texts = ["name_filter=ignored", "names_trimmed=false", "per_page_cap=20"]
    assert from_settings(texts) == wanted


@pytest.mark.parametrize("setting", ["nonsense=1", "name_filter=loud", "name_filter"])
def test_wrong_settings(setting: str) -> None:
    with pytest.raises(ValueError):
        from_settings([setting])


def test_wrong_answer() -> None:
    with pytest.raises(ValueError):
        Switches(delete_deleted=500)


@pytest.mark.parametrize(("shown", "names"), [(True, ["Here", "Gone"]), (False, ["Here"])])
def test_list_shows_deleted(simulator: Simulator, call: Any, shown: bool, names: list[str]) -> None:
    simulator.reset(Switches(list_shows_deleted=shown))
    simulator.add("Here")
    simulator.add("Gone", deleted=True)
    assert call.names() == names


@pytest.mark.parametrize(("shown", "status"), [(True, 200), (False, 404)])
def test_get_shows_deleted(simulator: Simulator, call: Any, shown: bool, status: int) -> None:
    simulator.reset(Switches(get_shows_deleted=shown))
    gone = simulator.add("Gone", deleted=True)
    answer = call("GET", f"/{gone.id}")
    assert answer.status_code == status
    assert (answer.json().get("deleted_at") == gone.deleted_at) is shown


@pytest.mark.parametrize(
    ("kind", "keys"),
    [("client", None), ("wrapped", ["data"]), ("id", ["id"]), ("nothing", [])],
)
def test_create_body(simulator: Simulator, call: Any, kind: str, keys: list[str] | None) -> None:
    simulator.reset(Switches(create_body=kind))
    answer = call.create("New")
    body = answer.json() if answer.content else {}
    assert answer.status_code == 201
    assert simulator.names() == ["New"]
    if keys is None:
        assert (body["id"], body["name"], body["workspace_id"]) == (1001, "New", 4711)
    else:
        assert list(body) == keys


@pytest.mark.parametrize(
    ("rule", "same", "other_case", "same_as_deleted"),
    [
        ("allowed", True, True, True),
        ("refused_active", False, True, True),
        ("refused_all", False, True, False),
        ("refused_any_case", False, False, True),
    ],
)
def test_duplicates(
    simulator: Simulator,
    call: Any,
    rule: str,
    same: bool,
    other_case: bool,
    same_as_deleted: bool,
) -> None:
    for name, allowed in {"Here": same, "HERE": other_case, "Gone": same_as_deleted}.items():
        other = crowded(simulator, rule)
        assert (call.rename(other.id, name).status_code == 204) is allowed, name
        crowded(simulator, rule)
        assert (call.create(name).status_code == 201) is allowed, name


@pytest.mark.parametrize(
    ("rule", "same", "other_case"),
    [
        ("allowed", True, True),
        ("refused_active", False, True),
        ("refused_all", False, True),
        ("refused_any_case", False, False),
    ],
)
def test_restored_duplicates(
    simulator: Simulator, call: Any, rule: str, same: bool, other_case: bool
) -> None:
    for name, allowed in {"Here": same, "HERE": other_case, "Gone": True}.items():
        crowded(simulator, rule)
        deleted = simulator.add(name, deleted=True)
        assert (call.restore(deleted.id).status_code == 204) is allowed, name


def crowded(simulator: Simulator, rule: str) -> Client:
    simulator.reset(Switches(duplicates=rule))
    simulator.add("Here")
    simulator.add("Gone", deleted=True)
    return simulator.add("Other")


def test_a_client_is_no_duplicate_of_itself(simulator: Simulator, call: Any) -> None:
    simulator.reset(Switches(duplicates="refused_any_case"))
    client = simulator.add("Acme")
    assert call.rename(client.id, "ACME").status_code == 204


@pytest.mark.parametrize(
    ("kind", "wanted", "names"),
    [
        ("equals", "Acme", ["Acme"]),
        ("equals", "acme", []),
        ("contains", "Acme", ["Acme", "Big Acme"]),
        ("begins", "Ac", ["Acme", "Acne"]),
        ("any_case", "ACME", ["Acme", "acme Ltd", "Big Acme"]),
        ("fuzzy", "Acme", ["Acme", "acme Ltd", "Big Acme", "Acne"]),
        ("ignored", "nothing like it", NAMES),
        ("equals", "", NAMES),
    ],
)
def test_name_filter(
    simulator: Simulator, call: Any, kind: str, wanted: str, names: list[str]
) -> None:
    simulator.reset(Switches(name_filter=kind))
    for name in NAMES:
        simulator.add(name)
    assert call.names(name=wanted) == names


@pytest.mark.parametrize(
    ("default", "cap", "asked", "used"),
    [
        (20, 100, None, 20),
        (50, 100, None, 50),
        (100, 20, None, 20),
        (50, 100, 100, 100),
        (50, 50, 100, 50),
        (50, 20, 7, 7),
    ],
)
def test_page_size(
    simulator: Simulator, call: Any, default: int, cap: int, asked: int | None, used: int
) -> None:
    simulator.reset(Switches(default_per_page=default, per_page_cap=cap))
    simulator.add_many(120)
    first = call("GET", params={"per_page": asked}).json()
    second = call("GET", params={"per_page": asked, "page": 2}).json()
    assert (first["page"], first["per_page"], len(first["data"])) == (1, used, used)
    assert (second["page"], second["data"][0]["id"]) == (2, 1001 + used)


@pytest.mark.parametrize(
    "params",
    [
        {"per_page": 101},
        {"per_page": 0},
        {"page": 0},
        {"page": "x"},
        {"order_by[]": "size"},
        {"order_by[]": ""},
    ],
)
def test_refused_pages(call: Any, params: dict[str, Any]) -> None:
    answer = call("GET", params=params)
    assert (answer.status_code, answer.json()["error"]) == (400, "validation")


def test_too_large_a_page_is_named(call: Any) -> None:
    description = call("GET", params={"per_page": 101}).json()["error_description"]
    assert description == "Field validation for 'PerPage' failed on the 'max' tag"


@pytest.mark.parametrize("longest", [255, 50])
def test_longest_name(simulator: Simulator, call: Any, longest: int) -> None:
    simulator.reset(Switches(longest_name=longest))
    assert call.create("ä" * longest).status_code == 201
    assert call.create("ä" * (longest + 1)).status_code == 400


@pytest.mark.parametrize(("trimmed", "stored"), [(True, "Acme"), (False, " Acme ")])
def test_names_trimmed(simulator: Simulator, call: Any, trimmed: bool, stored: str) -> None:
    simulator.reset(Switches(names_trimmed=trimmed))
    assert call.create(" Acme ").json()["name"] == stored
    assert simulator.names() == [stored]
    assert call.create("").status_code == 400


@pytest.mark.parametrize("status", [204, 404, 400])
def test_delete_deleted(simulator: Simulator, call: Any, status: int) -> None:
    simulator.reset(Switches(delete_deleted=status))
    gone = simulator.add("Gone", deleted=True)
    assert call.delete(gone.id).status_code == status
    assert simulator.client(gone.id) == gone


@pytest.mark.parametrize("status", [204, 404, 400])
def test_restore_active(simulator: Simulator, call: Any, status: int) -> None:
    simulator.reset(Switches(restore_active=status))
    here = simulator.add("Here")
    assert call.restore(here.id).status_code == status
    assert simulator.client(here.id) == here


@pytest.mark.parametrize(("status", "name"), [(204, "New"), (404, "Gone")])
def test_put_deleted(simulator: Simulator, call: Any, status: int, name: str) -> None:
    simulator.reset(Switches(put_deleted=status))
    gone = simulator.add("Gone", deleted=True)
    assert call.rename(gone.id, "New").status_code == status
    assert [client.name for client in simulator.clients()] == [name]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("true", [True, True, True]),
        ("false_when_deleted", [True, True, False]),
        ("sometimes_false", [True, False, True]),
    ],
)
def test_active_field(simulator: Simulator, call: Any, kind: str, shown: list[bool]) -> None:
    simulator.reset(Switches(active_field=kind))
    simulator.add_many(2)
    simulator.add("Gone", deleted=True)
    assert [client["active"] for client in call("GET").json()["data"]] == shown


@pytest.mark.parametrize(("kind", "there"), [("null", True), ("absent", False)])
def test_missing_fields(simulator: Simulator, call: Any, kind: str, there: bool) -> None:
    simulator.reset(Switches(missing_fields=kind))
    client = simulator.add("Acme")
    body = call("GET", f"/{client.id}").json()
    for name in ("deleted_at", "updated_at", "toggl_user_id"):
        assert (name in body) is there
        assert body.get(name) is None


def test_missing_times_as_zero(simulator: Simulator, call: Any) -> None:
    """A time that was never set is Go's zero time; one that was set is shown as it is."""
    simulator.reset(Switches(missing_fields="zero"))
    active, deleted = simulator.add("Acme"), simulator.add("Gone", deleted=True)
    assert call.shown(active.id)["deleted_at"] == "0001-01-01T00:00:00Z"
    assert call.shown(deleted.id)["deleted_at"] == deleted.deleted_at
    assert call.names() == ["Acme", "Gone"]


@pytest.mark.parametrize(("kind", "data"), [("list", []), ("null", None)])
def test_empty_data(simulator: Simulator, call: Any, kind: str, data: object) -> None:
    simulator.reset(Switches(empty_data=kind))
    assert call("GET").json()["data"] == data


@pytest.mark.parametrize("there", [True, False])
def test_quota_headers(simulator: Simulator, call: Any, there: bool) -> None:
    simulator.reset(Switches(quota_headers=there), quota_limit=1)
    for status in (200, 402):
        answer = call("GET")
        assert answer.status_code == status
        assert ("X-Toggl-Quota-Remaining" in answer.headers) is there
        assert ("X-Toggl-Quota-Resets-In" in answer.headers) is there


@pytest.mark.parametrize("key", ["order_by[]", "order_by"])
def test_order_by_key(simulator: Simulator, call: Any, key: str) -> None:
    simulator.reset(Switches(order_by_key=key))
    for name in ("b", "a", "c"):
        simulator.add(name)
    ignored = {"order_by[]": "order_by", "order_by": "order_by[]"}[key]
    assert call.names(**{key: "name"}) == ["a", "b", "c"]
    assert call.names(**{key: "-active,-name"}) == ["c", "b", "a"]
    assert call.names(**{key: ["active", "-created_at"]}) == ["c", "a", "b"]
    assert call.names(**{ignored: "name"}) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("order", "names"),
    [("id", ["b", "a", "c"]), ("name", ["a", "b", "c"]), ("newest", ["c", "a", "b"])],
)
def test_list_order(simulator: Simulator, call: Any, order: str, names: list[str]) -> None:
    simulator.reset(Switches(list_order=order))
    for name in ("b", "a", "c"):
        simulator.add(name)
    assert call.names() == names


@pytest.mark.parametrize("there", [True, False])
def test_trace_id(simulator: Simulator, call: Any, there: bool) -> None:
    simulator.reset(Switches(trace_id=there))
    assert ("trace_id" in call("GET", "/1").json()) is there


@pytest.mark.parametrize("there", [True, False])
def test_extra_fields(simulator: Simulator, call: Any, there: bool) -> None:
    simulator.reset(Switches(extra_fields=there))
    known = {"data", "page", "per_page"}
    assert (set(call("GET").json()) > known) is there
    assert (len(call.create("Acme").json()) > 9) is there


REFUSALS = {
    "json": (True, '"error": "quota_exceeded"'),
    "headers": (True, ""),
    "text": (False, "Your quota will reset in 3600 seconds."),
    "retry_after": (False, ""),
    "nothing": (False, ""),
}
"""Whether the quota's headers come along, and what is in the body."""


@pytest.mark.parametrize("form", REFUSALS)
def test_quota_refusal(simulator: Simulator, call: Any, form: str) -> None:
    there, words = REFUSALS[form]
    simulator.reset(Switches(quota_refusal=form), quota_limit=0)
    answer = call("GET")
    assert answer.status_code == 402
    assert words in answer.text and bool(answer.text) is bool(words)
    assert ("X-Toggl-Quota-Resets-In" in answer.headers) is there
    assert answer.headers.get("Retry-After") == ("3600" if form == "retry_after" else None)


@pytest.mark.parametrize("largest", [100, 50, 20])
def test_largest_per_page(simulator: Simulator, call: Any, largest: int) -> None:
    simulator.reset(Switches(largest_per_page=largest))
    refused = call("GET", params={"per_page": largest + 1})
    assert (refused.status_code, "'PerPage'" in refused.text) == (400, True)
    assert call("GET", params={"per_page": largest}).json()["per_page"] == largest
    assert call("GET").json()["per_page"] == min(50, largest)


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
    simulator.reset(lag=Lag(reads=2))
    call.create("One")
    assert call.names() == []
    call.create("Two")
    assert [call.names() for _ in range(3)] == [[], ["One"], ["One", "Two"]]


def test_reads_that_lag_for_some_time(simulator: Simulator, call: Any) -> None:
    simulator.reset(lag=Lag(seconds=0.3))
    call.create("One")
    assert [call.names() for _ in range(3)] == [[]] * 3
    time.sleep(0.3)
    assert call.names() == ["One"]


PUTS: dict[str, dict[str, Any]] = {
    "without": {},
    "null": {"currency": None},
    "another": {"currency": "CHF"},
}


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("replaces", "without", None),
        ("replaces", "null", None),
        ("replaces", "another", "CHF"),
        ("keeps", "without", "USD"),
        ("keeps", "null", None),
        ("keeps", "another", "CHF"),
    ],
)
def test_currency(simulator: Simulator, call: Any, kind: str, sent: str, kept: str | None) -> None:
    """An update without one clears it, or leaves it as it is."""
    simulator.reset(Switches(currency=kind))
    created = call.create("Acme", currency="USD").json()
    assert created["currency"] == "USD"
    call.rename(created["id"], "Acme Ltd", **PUTS[sent])
    assert call.shown(created["id"])["currency"] == kept
    assert [client.currency for client in simulator.clients()] == [kept]


@pytest.mark.parametrize("currency", ["USD", "no currency", None])
def test_a_service_without_currencies(simulator: Simulator, call: Any, currency: str) -> None:
    """It neither stores nor shows nor refuses one."""
    simulator.reset(Switches(currency="unknown"))
    created = call.create("Acme", currency=currency).json()
    assert call.rename(created["id"], "Acme Ltd", currency=currency).status_code == 204
    assert "currency" not in created and "currency" not in call.shown(created["id"])
    assert [client.currency for client in simulator.clients()] == [None]


@pytest.mark.parametrize("currency", ["EURO", "eur", "", 978])
def test_no_currency(simulator: Simulator, call: Any, currency: object) -> None:
    assert call.create("Acme", currency=currency).status_code == 400
    assert simulator.names() == []


@pytest.mark.parametrize(("kind", "shown"), [("own", None), ("workspace", "EUR")])
def test_currency_shown(simulator: Simulator, call: Any, kind: str, shown: str | None) -> None:
    """A client has none of its own: a read shows that, or the workspace's in its place."""
    simulator.reset(Switches(currency_shown=kind))
    assert call.create("Acme").json()["currency"] == shown
    assert call("GET").json()["data"][0]["currency"] == shown
    assert [client.currency for client in simulator.clients()] == [None]


@pytest.mark.parametrize("body", ["client", "wrapped", "id", "nothing"])
@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("lower", "ACME Ltd", "acme ltd"),
        ("cut", "Acme Limited", "Acme Lim"),
        ("escaped", "A&B", "A&amp;B"),
        ("folded", "A \u00a0 B", "A B"),
        ("numbered", "Here", "Here 1"),
        ("numbered", "New", "New"),
        ("numbered", "Gone", "Gone 1"),
    ],
)
def test_names_changed(
    simulator: Simulator, call: Any, kind: str, sent: str, kept: str, body: str
) -> None:
    """On a create, whatever its answer shows, and on a rename."""
    for write in ("create", "rename"):
        simulator.reset(Switches(names_changed=kind, create_body=body, longest_name=8))
        simulator.add("Here")
        simulator.add("Gone", deleted=True)
        if write == "rename":
            assert call.rename(simulator.add("Old").id, sent).status_code == 204
        else:
            created = call.create(sent)
            assert created.status_code == 201
            assert body != "client" or created.json()["name"] == kept
        assert [client.name for client in simulator.clients()] == ["Here", "Gone", kept]
