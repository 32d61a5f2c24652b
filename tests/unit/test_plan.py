# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan tells besides its steps (see ``test_match``), and planning the rest again."""

from __future__ import annotations

import pytest
from support.notation import clients_of, entries_of, rows, steps_of
from support.steps import active, create, rename, restore

from ansible_collections.toggl.focus.plugins.module_utils import _model as M
from ansible_collections.toggl.focus.plugins.module_utils._plan import plan as planner
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan


def test_what_a_plan_tells_besides_its_steps() -> None:
    """Who is active before it, which names are shared before it, and each entry's own steps."""
    existing = clients_of("1 Acme, 4 Acme, 2 Globex, 5 Old, (3 Old)")
    entries = entries_of("New; 2; 5 Other; absent Gone")
    made = plan(existing, entries, M.Rules(True, max_deletion_percent=100))
    assert made.active == tuple(existing[:4])
    assert made.shared_names == {"Acme"}
    own_steps = {step.entry: step.kind for step in made.steps if step.entry is not None}
    assert own_steps == {0: "create", 2: "rename"}
    assert [entry.client and entry.client.id for entry in made.entries] == [None, 2, 5, None]
    assert [step.id for step in made.steps if step.entry is None] == [1, 4]


HIDDEN = rows("""
under the first of its former names         | restored 9 New (was Acme, Old) | (0,)
without any, under the name that it shall have | restored 9 acme             | (0,)
under no other former name                  | restored 9 New (was Old, Acme) | ()
of an entry without a name, under the former one too | restored 9 (was Acme) | (0,)
under a name that nobody knows              | restored 9                     | ()
""")


@pytest.mark.parametrize(("entry", "needs"), HIDDEN)
def test_a_hidden_client_probably_comes_back(entry: str, needs: str) -> None:
    """So its restore waits for the one that has this name, and its rename for the restore."""
    steps = plan(clients_of("1 Acme"), entries_of(f"{entry}; absent 1")).steps
    found = {step.kind: str(step.needs) for step in steps if step.kind != "rename"}
    assert found == {"delete": "()", "restore": needs}


RENAMED_BY_ID = rows("""
a name that is not listed              | 1 Acme  | 1 New                   | a warning
a name that is not listed, restored    | (3 Old) | restored 3 New          | a warning
another name than the former ones      | 1 Acme  | 1 New (was Old)         | a warning
a former name                          | 1 Acme  | 1 New (was Old, " Acme") |
a former name, without an id           | 1 Acme  | New (was Acme)          |
on its way to be deleted               | 1 Acme  | absent 1 New (was Acme) |
not renamed, restored                  | (3 Old) | restored 3 Old          |
not renamed, restored without a name   | (3 Old) | restored 3              |
not renamed, deleted under another name | (3 Old) | absent 3 New           |
not renamed, created                   |         | New                     |
a name that nobody knows               |         | restored 9 New          |
""")


@pytest.mark.parametrize(("existing", "entry", "expected"), RENAMED_BY_ID)
def test_a_rename_by_an_id_from_a_name_that_is_not_listed_gets_a_warning(
    existing: str, entry: str, expected: str
) -> None:
    made = plan(clients_of(existing) + clients_of("2 Globex"), entries_of(f"2 Globex; {entry}"))
    assert len(list(planner.renamed_by_id(made))) == bool(expected)


def test_a_digest_is_of_one_workspace() -> None:
    digests = [plan([], entries_of("A"), workspace_id=id_).digest for id_ in (0, 1, 11)]
    assert len(set(digests)) == 3 and plan([], entries_of("A")).digest == digests[0]


# warnings: five of a kind, and how many more, to limit noise

KINDS = {
    "a deleted namesake": ("({at} No {at})", "No {at}"),
    "names that look alike": ("{at} NO {at}, 1{at:03} No {at}", "No {at}"),
    "a former name left alone": ("{at} No {at}, 1{at:03} Was {at}", "No {at} (was Was {at})"),
    "a restore of a hidden client": ("", "restored {at}"),
    "a rename that was meant": ("{at} Number {at}", '"{at} Number"'),
}
"""The clients and the entry that give one warning of a kind."""


def warnings_of(kind: str, number: int, more: str = "") -> list[str]:
    clients, entry = KINDS[kind]
    places = range(1, number + 1)
    existing = ", ".join(clients.format(at=at) for at in places) if clients else ""
    wanted = "; ".join(entry.format(at=at) for at in places) + more
    rules = M.Rules(purge="rename" in kind, max_deletion_percent=100)
    return list(plan(clients_of(existing), entries_of(wanted), rules).warnings)


@pytest.mark.parametrize("kind", KINDS)
def test_five_of_a_kind_and_how_many_more(kind: str) -> None:
    assert len(warnings_of(kind, 5)) == 5
    assert warnings_of(kind, 8)[5:] == ["And 3 more of this kind."]


def test_one_kind_does_not_bury_another() -> None:
    assert "id 7000" in " ".join(warnings_of("a deleted namesake", 9, "; restored 7000"))


# planning again in the same run

FIRST_PARTS = rows("""
nothing            |                                                            | 0
none is hidden     | delete 1 Acme; restore 3 Old                               | 0
one is             | restore 9 ?; create New                                    | 1
the last one is    | delete 1 Acme; restore 8 ?; restore 9 ?; rename 8 ? -> New | 3
""")


@pytest.mark.parametrize(("steps", "expected"), FIRST_PARTS)
def test_the_rest_begins_behind_the_last_hidden_restore(steps: str, expected: str) -> None:
    assert planner.first_part(steps_of(steps)) == int(expected)


BY_IDS = rows("""
an active client is known by its id | Acme | 1 Acme | none | | 1 Acme
another name for now | New (was Acme) | 1 Acme | renamed | rename 1 Acme -> toggl.focus-1 | 1 New
an entry that does nothing is no rename | Acme (was Globex) | 1 Acme | none | | 1 Acme (was Globex)
who agreed to the old name agrees to the one for now
    | absent 1 New (was Acme) | 1 Acme | deleted | rename 1 Acme -> toggl.focus-1
    | absent 1 New (was Acme, toggl.focus-1)
who did not agree to the old name does not
    | 1 New (was Globex) | 1 Acme | renamed | rename 1 Acme -> toggl.focus-1 | 1 New (was Globex)
another client was changed
    | 1 New (was Acme) | 1 Acme | renamed | delete 2 Globex | 1 New (was Acme)
a deleted client | Old (restore_deleted) | (3 Old) | restored | | Old (restore_deleted)
no client | New (was Acme) | | created | rename 1 Acme -> toggl.focus-1 | New (was Acme)
""")


@pytest.mark.parametrize(("entry", "client", "action", "done", "expected"), BY_IDS)
def test_the_same_clients_are_meant(
    entry: str, client: str, action: M.Action, done: str, expected: str
) -> None:
    (found,) = clients_of(client) or [None]
    steps = () if action == "none" else (create("New"),)
    planned = M.Plan((M.PlannedEntry(*entries_of(entry), found, steps),), steps)
    assert planner.by_their_ids(planned, steps_of(done)) == entries_of(expected)


FIRST = steps_of("rename 9 ? -> New; delete 1 Acme; create Globex")
OTHERS = FIRST[1:]

SAME = {
    "the same": (FIRST, FIRST, True),
    "in another order": (FIRST, FIRST[::-1], True),
    "the old name is known": (FIRST, [*steps_of("rename 9 Old -> New"), *OTHERS], True),
    "the hidden client has its name already": (FIRST, OTHERS, True),
    "the hidden client is to be renamed after all": (OTHERS, FIRST, False),
    "the hidden client gets another name": (FIRST, [*steps_of("rename 9 ? -> A"), *OTHERS], False),
    "the hidden client is deleted": (FIRST, [*FIRST, *steps_of("delete 9 New")], False),
    "a change of another client is missing": (FIRST, FIRST[:2], False),
    "there is one of another client more": (FIRST[:2], FIRST, False),
}


@pytest.mark.parametrize(("first", "rest", "expected"), SAME.values(), ids=SAME)
def test_what_is_left_may_differ_by_renames_of_hidden_clients_alone(
    first: list[M.Step], rest: list[M.Step], expected: bool
) -> None:
    assert planner.is_same_but_for({9}, first, rest) == expected


def test_the_plan_of_the_run_has_the_steps_of_both_plans() -> None:
    """Each entry has its steps of both, and the client that was known first."""
    hidden, old = M.Client.not_shown(9, 1), active(3, "Old")
    new, second = entries_of("restored 9 New; Old")
    first = M.Plan(
        (M.PlannedEntry(new, hidden), M.PlannedEntry(second, None)),
        steps=(restore(9, None), rename(9, None, "New"), create("Old", entry=1)),
        warnings=("One.", "Two."),
        unmanaged=(active(1, "Acme"),),
        digest="as it was reviewed",
    )
    known = M.PlannedEntry(new._replace(former_names=("Hooli",)), active(9, "Hooli"))
    rest = M.Plan(
        (known, M.PlannedEntry(second, old)),
        steps=(rename(9, "Hooli", "New"),),
        warnings=("Two.", "Three."),
        digest="of the rest",
    )
    assert planner.continued(first, first.steps[:1], rest) == M.Plan(
        (M.PlannedEntry(new, hidden), M.PlannedEntry(second, old)),
        steps=(first.steps[0], *rest.steps),
        warnings=("One.", "Two.", "Three."),
        digest="as it was reviewed",
    )
