# SPDX-License-Identifier: GPL-3.0-or-later
"""Workspaces by chance with a list for each, whose few names meet often: in another case, with
blanks, in another Unicode form, of deleted and active clients."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from support.ending import ends_within

WHEN = "2026-01-01T00:00:00Z"
FEW = ["a", "A", "b", "B"]
MORE = [*FEW, "c", "C", "\u00e4", "A\u0308"]
MOST_CLIENTS = 5

Case = tuple[list[Client], list[Desired]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """What is, and what is desired. Most entries give ids and names: these make chains and rings
    of names, and lists that are not refused."""
    names = st.sampled_from(draw(st.sampled_from([FEW, MORE])))
    former_names = st.lists(names, max_size=2).map(tuple)
    existing, wanted = [], []
    for id_ in range(1, draw(st.integers(1, MOST_CLIENTS)) + 1):
        written = draw(names) + draw(st.sampled_from(["", "", " "]))
        existing.append(Client(id_, written, draw(st.sampled_from([None, WHEN])), {}))
        state = draw(st.sampled_from(["restored", "restored", "restored", "absent", ""]))
        if state == "restored":
            name = draw(st.one_of(names, names, names, st.none()))
            wanted.append(Desired(name, id_, "restored", draw(former_names)))
        elif state == "absent":
            name = draw(st.one_of(names, st.none()))
            wanted.append(Desired(name, id_, "absent", tuple(MORE)))
    by_name = st.builds(
        Desired,
        name=names,
        id=st.none(),
        state=st.sampled_from(["present", "present", "restored", "absent"]),
        former_names=former_names,
        restore_deleted=st.booleans(),
    )
    wanted += draw(st.lists(by_name, max_size=2))
    return existing, draw(st.permutations(wanted))


def planned(existing: list[Client], wanted: list[Desired], *rules: Any) -> Plan:
    """Return the plan; a list that is refused is no example."""
    try:
        with ends_within(5):
            return plan(existing, wanted, *rules)
    except PlanRefused:
        assume(False)
        raise
