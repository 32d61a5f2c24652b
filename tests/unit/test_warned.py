# SPDX-License-Identifier: GPL-3.0-or-later
"""Five warnings of a kind, and how many more: that limits noise."""

from __future__ import annotations

import pytest
from support.notation import clients_of, entries_of

from ansible_collections.toggl.focus.plugins.module_utils._model import Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.undo import undo_warnings

KINDS = {
    "a deleted namesake": ("({at} No {at})", "No {at}"),
    "names that look alike": ("{at} NO {at}, 1{at:03} No {at}", "No {at}"),
    "a former name left alone": ("{at} No {at}, 1{at:03} Was {at}", "No {at} (was Was {at})"),
    "a restore of a hidden client": ("", "restored {at}"),
    "a rename that was meant": ("{at} Number {at}", '"{at} Number"'),
}
"""For each kind, the clients and the entry that give one warning of it."""


def warnings_of(kind: str, number: int, more: str = "") -> tuple[str, ...]:
    clients, entry = KINDS[kind]
    places = range(1, number + 1)
    existing = ", ".join(clients.format(at=at) for at in places) if clients else ""
    wanted = "; ".join(entry.format(at=at) for at in places) + more
    rules = Rules(purge="rename" in kind, max_deletion_percent=100)
    return plan(clients_of(existing), entries_of(wanted), rules).warnings


@pytest.mark.parametrize("number", [5, 6, 500])
@pytest.mark.parametrize("kind", KINDS)
def test_five_of_a_kind_and_how_many_more(kind: str, number: int) -> None:
    more = number - 5
    expected = [f"And {more} more warning{'s'[: more - 1]} of this kind."] if more else []
    assert list(warnings_of(kind, number)[5:]) == expected


def test_one_kind_does_not_bury_another() -> None:
    assert any(
        "id 7000" in text for text in warnings_of("a deleted namesake", 500, "; restored 7000")
    )


def test_clients_whose_id_is_not_known() -> None:
    warnings = list(undo_warnings([], (f"No {at}" for at in range(8))))
    assert len(warnings) == 6
    assert warnings[-1] == "And 3 more warnings of this kind."
