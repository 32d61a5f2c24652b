# SPDX-License-Identifier: GPL-3.0-or-later
"""Workspaces and lists by chance, whose few names meet often: in another case, with blanks, in
another Unicode form, of deleted and active clients."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from support.ending import ends_within
from support.steps import active, deleted

NAMES = ["Acme", "acme", "Globex", "Mu\u0308ller", "M\u00fcller", " Initech", "Hooli\u00a0", "X"]
FEW = ["a", "A", "b", "B"]
MORE = [*FEW, "c", "C", "\u00e4", "A\u0308"]
MOST_CLIENTS = 5

Case = tuple[list[Client], list[Desired]]


def clients() -> st.SearchStrategy[list[Client]]:
    """Workspaces with deleted, duplicate and oddly written names."""
    names = st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=7)
    return names.map(
        lambda drawn: [
            deleted(id_, name) if gone else active(id_, name)
            for id_, (name, gone) in enumerate(drawn, 1)
        ]
    )


def desired() -> st.SearchStrategy[list[Desired]]:
    names = st.sampled_from(NAMES).map(str.strip)
    entry = entries(names, st.none() | names, st.none() | st.integers(1, 8))
    sound = entry.filter(lambda wanted: wanted.name is not None or wanted.id is not None)
    return st.lists(sound, max_size=5)


def entries(names: Any, given: Any, ids: Any) -> st.SearchStrategy[Desired]:
    """Entries whose former names are of these, and their name and id of those that are given."""
    return st.builds(
        Desired,
        name=given,
        id=ids,
        state=st.sampled_from(["present", "present", "absent", "restored"]),
        former_names=st.lists(names, max_size=2).map(tuple),
        restore_deleted=st.booleans(),
        attributes=attributes(),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """What is, and what is desired. Most entries give ids and names: these make chains and rings
    of names, and lists that are not refused."""
    names = st.sampled_from(draw(st.sampled_from([FEW, MORE])))
    former_names = st.lists(names, max_size=2).map(tuple)
    existing, wanted = [], []
    for id_ in range(1, draw(st.integers(1, MOST_CLIENTS)) + 1):
        written = draw(names) + draw(st.sampled_from(["", "", " "]))
        currency = draw(st.sampled_from([{}, {"currency": "USD"}]))
        existing.append(draw(st.sampled_from([active, deleted]))(id_, written, **currency))
        state = draw(st.sampled_from(["restored", "restored", "restored", "absent", ""]))
        if state == "restored":
            name = draw(st.one_of(names, names, names, st.none()))
            given = draw(former_names), False, draw(attributes())
            wanted.append(Desired(name, id_, "restored", *given))
        elif state == "absent":
            name = draw(st.one_of(names, st.none()))
            wanted.append(Desired(name, id_, "absent", tuple(MORE)))
    wanted += draw(st.lists(entries(names, names, st.none()), max_size=2))
    return existing, draw(st.permutations(wanted))


def attributes() -> st.SearchStrategy[dict[str, str]]:
    """What an entry declares beside the name: mostly nothing."""
    given = st.sampled_from(["EUR", "USD", "workspace"]).map(lambda value: {"currency": value})
    return st.just({}) | st.just({}) | given


def planned(existing: list[Client], wanted: list[Desired], *rules: Any) -> Plan:
    """Return the plan; a list that is refused is no example."""
    try:
        with ends_within(5):
            return plan(existing, wanted, *rules)
    except PlanRefused:
        assume(False)
        raise
