# SPDX-License-Identifier: GPL-3.0-or-later
"""What switches do that ``make live`` does not find: tests/http/test_live.py shows the others."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import ANSWERS, QUESTIONS, Switches
from support.workspace import fill


def with_quota(headers: Any) -> set[bool]:
    return {f"X-Toggl-Quota-{of}" in headers for of in ("Remaining", "Resets-In")}


def furnish(service: Simulator, **switches: Any) -> None:
    """1001 Here and 1002 Acme are active, and 1003 Gone is deleted."""
    fill(service, "Here, Acme, (Gone)", Switches(**switches))


def test_every_switch_has_a_test() -> None:
    """``test_live.py`` finds each answer to an open question, and the largest page."""
    others = {"largest_per_page", "names_changed", "quota_refusal", "read_after_write"}
    assert ANSWERS.keys() == {*QUESTIONS, *others}


# names

AS_GIVEN = "ACME Ltd, A&B, A \u00a0 B, Here, Gone"
CHANGED = {
    "no": AS_GIVEN,
    "cut": AS_GIVEN,
    "lower": "acme ltd, a&b, a \u00a0 b, here, gone",
    "escaped": "ACME Ltd, A&amp;B, A \u00a0 B, Here, Gone",
    "folded": "ACME Ltd, A&B, A B, Here, Gone",
    "numbered": "ACME Ltd, A&B, A \u00a0 B, Here 1, Gone 1",
}


@pytest.mark.parametrize("change", ANSWERS["names_changed"])
def test_a_rename_and_a_create_change_a_name_alike(
    service: Simulator, call: Any, change: str
) -> None:
    furnish(service, names_changed=change)
    names, given = AS_GIVEN.split(", "), []
    for name in names:
        call.rename(1002, name)
        given.append(call.shown(1002)["name"])
    call.rename(1002, "Acme")
    assert given == [call.create(name).json()["name"] for name in names]
    assert ", ".join(given) == CHANGED[change]


@pytest.mark.parametrize(("status", "name"), [(204, "New"), (404, "Gone")])
def test_a_deleted_client_is_renamed_where_put_says_so(
    service: Simulator, call: Any, status: int, name: str
) -> None:
    furnish(service, put_deleted=status)
    assert call.rename(1003, "New").status_code == status
    assert call.shown(1003)["name"] == name


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
