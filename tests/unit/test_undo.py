# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo: which list undoes which steps, and that it does so on each service."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.drawn import Case, cases, planned
from support.ending import ends_within
from support.notation import clients_of, entries_of, rows, steps_of
from support.services import MANNERS, Manners, Run, Service, executed

from ansible_collections.toggl.focus.plugins.module_utils._model import NOT_YET, Rules, Step
from ansible_collections.toggl.focus.plugins.module_utils._plan import plan as planner
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.undo import undo, undo_warnings

ENTRIES = rows("""
nothing                              |                      | |
a create                             | create 7 E           | | absent 7 E
a create whose id is not known       | create E             | | absent E
a create that may have been done twice | create E; create " E"; create F | | absent E; absent F
a rename                             | rename 1 E -> D      | | 1 E
a rename by way of a temporary name  | rename 1 E -> T; rename 1 T -> D | | 1 E
a client that is back where it was | rename 1 E -> D; rename 1 D -> E; delete 2 F; restore 2 F | |
a deletion                           | delete 1 E           | | restored 1 E
a restore                            | restore 1 E          | | absent 1 E
a restore of a client that nobody has seen | restore 1 ?    | | absent 1
a restore under another name | restore 1 E; rename 1 E -> D | | absent 1 E (was D, E)
the same by way of a temporary name, whose last step may not have been done
    | restore 1 E; rename 1 E -> T; rename 1 T -> D | | absent 1 E (was D, T, E)
the name is known by a look | restore 1 ?; rename 1 E -> G | | absent 1 E (was G, E)
a look has found the name that was wanted | restore 1 ?; rename 1 E -> E | | absent 1 E
the name is not known, as in check mode | restore 1 ?; rename 1 ? -> D | | absent 1
the last is undone first | delete 1 E; delete 2 F; rename 1 E -> G | | restored 2 F; 1 E
a deletion of one of two that had a name | delete 1 E       | E | restored 1 E (was E)
a rename of one of two that had a name | rename 1 E -> D    | E | 1 E (was D)
the same by way of a temporary name | rename 1 E -> T; rename 1 T -> D | E | 1 E (was D, T)
a deletion of a client with a blank name | delete 1 " "     | "" | restored 1
a restore of a client with a blank name | restore 1 ""      | | absent 1
a change of currency                 | update 1 E @EUR<USD  | | 1 E @USD
a currency where there was none      | update 1 E @EUR      | | 1 E @workspace
a change of name and currency        | rename 1 E -> D @EUR<USD | | 1 E @USD
a restore, and a change of currency  | restore 1 E; update 1 E @EUR<USD | | absent 1 E
a currency of a client with a blank name | update 1 " " @EUR<USD | | 1 @USD
a blank name is not to be had back   | rename 1 " " -> E    | |
a deletion of a client with a line break in its name | delete 1 "A\\nB" | | restored 1
a line break is not to be had back   | rename 1 A\u2028B -> E | |
a blank name, and the new one deleted | rename 1 " " -> E; delete 1 E | | restored 1
a blank name, the new one taken | delete 2 E; rename 1 " " -> e | | 1 toggl.focus-1; restored 2 E
a blank name that was deleted, and the new one belongs to another
    | rename 2 E -> D; restore 1 " "; rename 1 " " -> E |
    | absent 1 toggl.focus-1 (was E, toggl.focus-1); 2 E
a create of a name given back | rename 1 E -> D; create 7 e | | absent 7 toggl.focus-7 (was e); 1 E
a create of a name that another one has now | rename 1 D -> E; create 7 D; create 8 F |
    | absent 8 F; absent 7 toggl.focus-7 (was D); 1 D
the same, and its id is not known | rename 1 E -> D; create E | | absent E; 1 E (was D)
the same, given back by a restore | delete 1 E; create " E" | | absent " E"; restored 1 E (was E)
""")


@pytest.mark.parametrize(("steps", "shared_name", "expected"), ENTRIES)
def test_entries_say_where_each_client_was(steps: str, shared_name: str, expected: str) -> None:
    shared_names = {shared_name.strip('"')} if shared_name else set()
    assert list(undo(steps_of(steps), shared_names)) == entries_of(expected)


def test_a_create_without_an_id_gets_a_warning() -> None:
    """Five do, and then it is said how many more."""
    assert list(undo_warnings([])) == []
    first, *_, last = undo_warnings([], ["E\n", *(f"No {at}" for at in range(7))])
    assert first.startswith(r'The id of the new client "E\n" is not known')
    assert last == "And 3 more of this kind."


LOST = rows("""
a blank name, and one with a line break, behind a create
    | create 7 D; rename 1 " " -> E; rename 2 F -> G; rename 3 "I\\nJ" -> H
    | The client 1 had the name " "; The client 3 had the name "I\\nJ"
a blank name that the client has again | rename 1 " " -> E; rename 1 E -> " "; delete 2 " " |
a currency of a client that was deleted before | restore 1 E; update 1 E @EUR
    | The client 1 had the currency "workspace"
a name that nobody has seen | restore 1 ?; rename 1 ? -> E |
a currency that no list can declare | update 1 E @EUR<US; rename 2 F -> G @EUR<USD
    | The client 1 had the currency "US"
""")


@pytest.mark.parametrize(("steps", "expected"), LOST)
def test_a_name_that_no_list_can_give_back_gets_a_warning(steps: str, expected: str) -> None:
    warnings = undo_warnings(steps_of(steps))
    assert "; ".join(text.partition(". ")[0] for text in warnings) == expected


# what the list does, on each service

CASES = rows("""
a create without an id, over a name that was freed | 1 E | 1 D; E | forgets unless all
a create without an id, over a name that a purge freed | 1 E | e | purge forgets unless all
the same, of a client that ends deleted | (1 E) | restored 1 D; E | forgets unless all unless hidden
a create without an id | 1 D | E | forgets
a deleted client restored under a new name, since its own is taken
    | 1 Old, (9 Old) | restored 9 New | unless active unless all unless shown
a rename, and a create of that name in another case | 1 E | 1 D; e |
a restore with a rename, and a create of the name it freed | (1 E) | restored 1 D; E | unless hidden
a purged client with a blank name | 1 " ", 2 A | | purge
two purged clients with blank names | 1 " ", 2 "" | | purge unless active unless all unless hidden
currencies and a ring of names | 1 A @USD, 2 B, 3 C @USD | 1 B @EUR; 2 A @EUR; C @workspace |
one of two that had a name, deleted | 1 A, 2 A | absent 1 | unless active unless all
""")
"""``forgets``: a new client's id is not told. ``unless``: run or undo is impossible where the names
of ``active`` or ``all`` clients count, or deleted ones are ``hidden`` or ``shown``."""


def is_possible(manners: Manners, options: str) -> bool:
    known = "hidden" if manners.hides else "shown"
    return not any(f"unless {word}" in options for word in (manners.counts, known))


POSSIBLE = [
    pytest.param(*case.values, manners, id=f"{case.id} [{manners}]")
    for case in CASES
    for manners in MANNERS
    if is_possible(manners, case.values[2])
]


@pytest.mark.parametrize(("existing", "wanted", "options", "manners"), POSSIBLE)
def test_undo_on_each_service(existing: str, wanted: str, options: str, manners: Manners) -> None:
    """No step of the undo is refused; it brings back what was, and then finds nothing to do."""
    service = Service(manners, clients_of(existing))
    before, attributes = service.state(), service.attributes()
    first = plan(service.shown(), entries_of(wanted), Rules("purge" in options, (), None, 100))
    run = executed(service, first.steps, random.Random(1))
    assert run.refused == []
    back = undo(reported(run, "forgets" in options), first.shared_names)
    assert executed(service, plan(service.shown(), back).steps, random.Random(2)).refused == []
    assert_undone(service, before, attributes, back)


def reported(run: Run, forgets: bool) -> list[Step]:
    """Return the steps, with what the service said of them."""
    return [
        step._replace(after=step.after._replace(id=NOT_YET))
        if forgets and step.kind == "create"
        else step
        for step in run.done
    ]


def assert_undone(service: Service, before: Any, attributes: Any, back: Any) -> None:
    """All is as before, new clients are deleted. No list can give a blank name."""
    after = service.state()
    for id_, (name, gone) in {**dict.fromkeys(after, ("", True)), **before}.items():
        assert after[id_] == (name or after[id_][0], gone)
    assert service.attributes() == attributes
    assert plan(service.shown(), back).steps == ()


@given(
    cases(),
    st.sampled_from(MANNERS),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 6),
    st.integers(0),
)
def test_undo_brings_back_every_name_deletion_state_and_currency(
    case: Case, manners: Manners, purge: bool, forgets: bool, most: int | None, seed: int
) -> None:
    """Wherever the run was broken off, whatever was refused, in whatever order. Hidden clients come
    first; the rest is planned again. Refused may be a name that a new client without an id has,
    where deleted ones count, or that is in the way of a hidden client, whose name nobody knew."""
    existing, wanted = case
    chance = random.Random(seed)
    service = Service(manners, existing)
    assume(service.is_possible())
    first = planned(service.shown(), wanted, Rules(purge, (), None, 100))
    if forgets:  # the name that such a client comes back with decides on the creates in the run
        assume(all(step.kind != "restore" or step.name is not None for step in first.steps))
    before, attributes = service.state(), service.attributes()
    run = executed(service, first.steps, chance, most)
    back = undo(reported(run, forgets), first.shared_names)
    with ends_within(5):
        whole = plan(service.shown(), back)
    restores = whole.steps[: planner.first_part(whole.steps)]
    restored = executed(service, restores, chance)
    hidden = {step.id for step in restores if step.restores_hidden and step.id is not None}
    with ends_within(5):
        wanted = planner.by_their_ids(whole, restored.done)
        rest = plan(service.shown(), wanted, returned=hidden)
    refused = [*restored.refused, *executed(service, rest.steps, chance).refused]
    if refused:
        new = service.state().keys() - before.keys()
        is_new = forgets and manners.counts == "all" and all(one.bearer in new for one in refused)
        is_hidden = manners.hides and any(step.kind == "delete" for step in run.done)
        assert is_new or is_hidden
        return
    assert_undone(service, before, attributes, back)
