# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan tells besides its steps (see ``test_match``), planning the rest again in one run, and
what holds of every plan, over arbitrary workspaces and lists (of undo, see ``test_undo``)."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.drawn import Case, cases, clients, desired, planned
from support.notation import clients_of, entries_of, plan_of, rows, steps_of, told
from support.services import MANNERS, Manners, Service, executed

from ansible_collections.toggl.focus.plugins.module_utils import _model as M
from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._plan import plan as planner
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key


def test_what_a_plan_tells_besides_its_steps() -> None:
    """The purge deletes the active clients that no entry keeps, renames or deletes."""
    existing = clients_of("1 Acme, 4 Acme, 2 Globex, 5 Old, 6 Gone, (3 Old)")
    entries = entries_of("New; 2; 5 Other; absent Gone")
    made = plan(existing, entries, M.Rules(True, max_deletion_percent=100))
    assert made.active == tuple(existing[:5])
    assert made.shared_names == {"Acme"}
    assert [entry.client and entry.client.id for entry in made.entries] == [None, 2, 5, 6]
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
    steps = plan_of("1 Acme", f"{entry}; absent 1").steps
    found = {step.kind: str(step.needs) for step in steps if step.kind != "rename"}
    assert found == {"delete": "()", "restore": needs}


RENAMED_BY_ID = rows("""
a name that is not listed              | 1 Acme  | 1 New                   | a warning
another name than the former ones      | 1 Acme  | 1 New (was Old)         | a warning
a former name                          | 1 Acme  | 1 New (was Old, " Acme") |
on its way to be deleted               | 1 Acme  | absent 1 New (was Acme) |
not renamed, restored without a name   | (3 Old) | restored 3              |
not renamed, deleted under another name | (3 Old) | absent 3 New           |
a name that nobody knows               |         | restored 9 New          |
""")


@pytest.mark.parametrize(("existing", "entry", "expected"), RENAMED_BY_ID)
def test_a_rename_by_an_id_from_an_unlisted_name(existing: str, entry: str, expected: str) -> None:
    made = plan(clients_of(existing) + clients_of("2 Globex"), entries_of(f"2 Globex; {entry}"))
    assert len(list(planner.renamed_by_id(made))) == bool(expected)


def test_a_digest_is_of_one_workspace_at_one_address() -> None:
    """However the address is written."""
    places = [(), (0,), (1,), (11,), (1, "https://h/api"), (1, "HTTPS://H:443/api/")]
    digests = [plan([], entries_of("A"), M.Rules(), *place).digest for place in places]
    assert digests[0] == digests[1] and digests[4] == digests[5] and len({*digests}) == 4


def test_of_each_kind_of_warning_there_are_five_and_how_many_more() -> None:
    existing = clients_of(", ".join(f"({at} No {at})" for at in range(1, 9)))
    namesakes, hidden = range(1, 9), range(70, 75)
    wanted = [*(f"No {at}" for at in namesakes), *(f"restored {at}" for at in hidden)]
    warnings = plan(existing, entries_of("; ".join(wanted))).warnings
    more = [text for text in warnings if "more of this kind" in text]
    assert more == ["And 3 more of this kind."]
    for kind in ("A deleted client of the name", "id 7"):
        assert sum(kind in text for text in warnings) == 5


# planning again in the same run


def test_the_rest_begins_behind_the_last_hidden_restore() -> None:
    assert planner.first_part(()) == planner.first_part(steps_of("delete 1 A; restore 3 B")) == 0
    steps = "delete 1 A; restore 8 ?; restore 9 ?; rename 8 ? -> B"
    assert planner.first_part(steps_of(steps)) == 3


BY_IDS = rows("""
an active client is known by its id | Acme | 1 Acme | | | 1 Acme
another name for now | New (was Acme) | 1 Acme | create New | rename 1 Acme -> toggl.focus-1 | 1 New
an entry that does nothing is no rename | Acme (was Globex) | 1 Acme | | | 1 Acme (was Globex)
who agreed to the old name agrees to the one for now
    | absent 1 New (was Acme) | 1 Acme | create New | rename 1 Acme -> toggl.focus-1
    | absent 1 New (was Acme, toggl.focus-1)
who did not agree to the old name does not
    | 1 New (was Globex) | 1 Acme | create New | rename 1 Acme -> toggl.focus-1 | 1 New (was Globex)
another is changed | 1 New (was Acme) | 1 Acme | create New | delete 2 Globex | 1 New (was Acme)
a deleted client | Old (restore_deleted) | (3 Old) | create New | | Old (restore_deleted)
no client | New (was Acme) | | create New | rename 1 Acme -> toggl.focus-1 | New (was Acme)
""")


@pytest.mark.parametrize(("entry", "client", "own", "done", "then"), BY_IDS)
def test_the_same_client_is_meant(entry: str, client: str, own: str, done: str, then: str) -> None:
    """By what is desired when the rest is planned."""
    (found,) = clients_of(client) or [None]
    steps = tuple(steps_of(own))
    planned = M.Plan((M.PlannedEntry(*entries_of(entry), found, steps),), steps)
    assert planner.by_their_ids(planned, steps_of(done)) == entries_of(then)


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
def test_what_is_left_differs_by_hidden_renames_alone(
    first: Any, rest: Any, expected: bool
) -> None:
    assert planner.is_same(first, rest, {9}) == expected


def test_the_plan_of_the_run_has_the_steps_of_both_plans() -> None:
    """What was reviewed is the first plan, and so are the clients of the entries that it knew."""
    wanted = entries_of("restored 9 New; Old (was Acme); Gone; Zoe")
    first = plan(clients_of("1 Acme, 2 Globex, (5 Gone)"), wanted)
    rest = plan(clients_of("1 Acme, 9 Hooli, 3 Old, 4 Zoe, (5 Gone)"), wanted)
    run = planner.continued(first, first.steps[:1], rest)
    assert [entry.client and entry.client.id for entry in run.entries] == [9, 1, None, 4]
    assert run.entries[0] == first.entries[0]
    assert told(run.steps) == "restore 9 ?; rename 9 Hooli -> New; create Gone"
    assert first.warnings[1] == rest.warnings[0], "of the deleted client of the name Gone"
    assert run.warnings == (*first.warnings, *rest.warnings[1:]) and len(run.warnings) == 3
    assert (run.unmanaged, run.digest) == (tuple(clients_of("1 Acme")), first.digest)


# every plan


@given(st.tuples(clients(), desired()), st.booleans())
def test_a_second_plan_is_empty(case: Case, purge: bool) -> None:
    """After a purge, only what the list stands for is active."""
    existing, wanted = case
    rules = M.Rules(purge=purge, max_deletion_percent=100)
    made = planned(existing, wanted, rules)
    service = Service(Manners(), existing)
    assume(all(step.id is None or step.id in service.held for step in made.steps))
    for step in made.steps:
        service.execute(step)
    there = service.shown()
    assert plan(there, wanted, rules).steps == ()
    alive = sum(entry.state != "absent" for entry in wanted)
    active = sum(not client.deleted for client in there)
    assert active >= alive
    assert active == alive or not purge or any("is left alone" in of for of in made.warnings)


PASSED_ON = "1 Acme, (2 Acme), 3 Acme, 4 Acme, 5 Acme", "restored 6 acme; restored 2 Globex; 1"
RINGS = "1 b, 2 a, 3 b, 4 A", "restored 1 a; restored 2 b; absent 3 a (was a, b); restored 4"


@given(st.tuples(clients(), desired()) | cases(), st.randoms(use_true_random=False))
@example((clients_of(PASSED_ON[0]), entries_of(PASSED_ON[1])), random.Random(2))
@example((clients_of(RINGS[0]), entries_of(RINGS[1])), random.Random(3))
def test_the_order_of_the_lists_does_not_matter(case: Case, chance: random.Random) -> None:
    def effects(case: Case) -> object:
        try:
            made = plan(*case)
        except PlanRefused as refused:
            return sorted({name_key(problem.sentence) for problem in refused.problems})
        changes = [(step.kind, step.id or 0, step.name, step.old_name) for step in made.steps]
        told = sorted(re.sub(r"entry \d+", "entry", warning) for warning in made.warnings)
        return sorted(changes, key=str), told, made.digest

    existing, wanted = (chance.sample(listed, len(listed)) for listed in case)
    assert effects(case) == effects((existing, wanted))


@given(st.tuples(clients(), desired()), st.booleans(), st.integers(0, 3), st.integers(0, 100))
def test_guards_hold(case: Case, purge: bool, most: int, percent: int) -> None:
    """No plan deletes more than it may, or what nobody names, nor touches what is protected."""
    existing, wanted = case
    made = planned(existing, wanted, M.Rules(purge, ("a*",), most, percent))
    steps = () if made.forbidden else made.steps
    victims = [step for step in steps if step.kind == "delete"]
    named = [wanted[step.entry] for step in victims if step.entry is not None]
    purged = len(victims) - len(named)
    active = sum(not client.deleted for client in existing)
    assert all(entry.state == "absent" for entry in named)
    assert purge or not purged
    assert len(victims) <= most
    assert purged * 100 <= active * percent or purged == 1
    assert len(victims) < active or percent == 100 or not purged
    touched = [step.old_name or "" for step in steps if step.kind in ("delete", "rename")]
    assert not any(name.strip().lower().startswith("a") for name in touched)


SHOW_ALL = [manners for manners in MANNERS if not manners.hides]


@given(cases(), st.sampled_from(SHOW_ALL), st.booleans(), st.integers(0))
def test_no_step_is_refused(case: Case, manners: Manners, purge: bool, seed: int) -> None:
    """In any order that keeps what steps need, a service that hides nothing refuses none, unless a
    client that nothing happens to has the name, or what is desired breaks the service's rule."""
    existing, wanted = case
    service = Service(manners, existing)
    assume(service.is_possible())
    made = planned(service.shown(), wanted, M.Rules(purge, (), None, 100))
    desired = Service(Manners(), existing)
    assert executed(desired, made.steps, random.Random(seed)).refused == []
    desired.manners = manners
    assume(desired.is_possible())
    refused = executed(service, made.steps, random.Random(seed)).refused
    moving = {step.id for step in made.steps if step.kind != "update"}
    assert all(one.bearer not in moving for one in refused)
