# SPDX-License-Identifier: GPL-3.0-or-later
"""Five warnings of a kind, and how many more: hundreds would bury all others."""

from __future__ import annotations

import pytest

from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.undo import undo_warnings

LONG_AGO = "2026-01-01T00:00:00Z"
Case = tuple[list[Client], list[Desired]]


def kinds(number: int) -> dict[str, Case]:
    """For each kind a workspace and a list that give as many warnings."""
    all_of = range(1, number + 1)
    return {
        "a deleted namesake": (
            [Client(at, f"No {at}", LONG_AGO, {}) for at in all_of],
            [Desired(f"No {at}") for at in all_of],
        ),
        "names that look alike": (
            [Client(at, f"NO {at}", None, {}) for at in all_of]
            + [Client(1000 + at, f"No {at}", None, {}) for at in all_of],
            [Desired(f"No {at}") for at in all_of],
        ),
        "a former name left alone": (
            [Client(at, name, None, {}) for at in all_of for name in (f"No {at}",)]
            + [Client(1000 + at, f"Was {at}", None, {}) for at in all_of],
            [Desired(f"No {at}", former_names=(f"Was {at}",)) for at in all_of],
        ),
        "a restore of a hidden client": (
            [],
            [Desired(id=at, state="restored") for at in all_of],
        ),
        "a rename that was meant": (
            [Client(at, f"Number {at}", None, {}) for at in all_of],
            [Desired(f"{at} Number") for at in all_of],
        ),
    }


@pytest.mark.parametrize("number", [5, 6, 500])
@pytest.mark.parametrize("kind", kinds(1))
def test_five_of_a_kind_and_how_many_more(kind: str, number: int) -> None:
    existing, desired = kinds(number)[kind]
    purge = Rules(purge="rename" in kind, max_deletion_percent=100)
    warnings = plan(existing, desired, purge).warnings
    more = number - 5
    expected = [f"And {more} more warning{'s'[: more - 1]} of this kind."] if more else []
    assert list(warnings[5:]) == expected


def test_one_kind_does_not_bury_another() -> None:
    existing, desired = kinds(500)["a deleted namesake"]
    warnings = plan(existing, [*desired, Desired(id=7000, state="restored")]).warnings
    assert any("id 7000" in text for text in warnings)


def test_clients_whose_id_is_not_known() -> None:
    warnings = list(undo_warnings([], (f"No {at}" for at in range(8))))
    assert len(warnings) == 6
    assert warnings[-1] == "And 3 more warnings of this kind."
