# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest of a plan is a function of what is shown of it, and of where it is a plan for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn import clients, desired, planned
from support.notation import pairs, steps_of

from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import digest, row_of
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._text import normal_address

URL = "https://focus.toggl.com/api"

STEPS = steps_of("create New; delete 1 Old; rename 2 A -> B; restore 3 C; rename 3 C -> D")
ROWS = CREATE, DELETE, RENAME, RESTORE, RENAME_RESTORED = [*map(row_of, STEPS)]

OTHER: dict[str, list[dict[str, Any]]] = {
    "an id as a text": [CREATE, {**DELETE, "id": "1"}, *ROWS[2:]],
    "by purge": [CREATE, {**DELETE, "purge": True}, *ROWS[2:]],
    "something more": [{**CREATE, "currency": "EUR"}, *ROWS[1:]],
    "through a temporary name": [
        *(CREATE, {**RENAME, "name": "temporary"}, DELETE, RESTORE),
        *({**RENAME, "from": "temporary"}, RENAME_RESTORED),
    ],
    "two names in one": [{"step": "create", "name": 'New"}, {"name": "Old'}],
}

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


def test_the_same_effect_has_the_same_digest() -> None:
    """Also in another order, and after a run."""
    others = [DELETE, RESTORE, CREATE, RENAME_RESTORED, RENAME]
    done = [{**row, "status": "done", "error": "one"} for row in ROWS]
    assert digest(ROWS, 7, URL) == digest(others, 7, URL) == digest(done, 7, URL)


@pytest.mark.parametrize("rows", OTHER.values(), ids=OTHER)
def test_whatever_else_is_shown_has_another_digest(rows: list[dict[str, Any]]) -> None:
    assert digest(rows, 7, URL) != digest(ROWS, 7, URL)


@pytest.mark.parametrize(("address", "normal"), ADDRESSES)
def test_an_address_has_one_form(address: str, normal: str) -> None:
    assert normal_address(address) == normal


def test_the_same_effect_elsewhere_has_another_digest() -> None:
    """In another workspace, and at another address; one that is written otherwise is the same."""

    def digest_at(workspace_id: int, api_url: str) -> str:
        return plan([], [Desired("A")], workspace_id=workspace_id, api_url=api_url).digest

    here = digest_at(7, URL)
    assert here == digest_at(7, "https://FOCUS.toggl.com:443/api/")
    assert here not in (digest_at(8, URL), digest_at(7, "https://example.org/api"))


@given(clients(), desired(), st.booleans())
def test_it_can_be_computed_from_what_is_shown(
    existing: list[Client], wanted: list[Desired], purge: bool
) -> None:
    """Rings of renames included, and read again from a file."""
    made = planned(existing, wanted, Rules(purge=purge), 7, URL)
    shown = json.loads(json.dumps(list(map(row_of, made.steps))))
    assert digest(shown, 7, URL) == made.digest
