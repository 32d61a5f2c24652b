# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan as lines for people: short, plain, one line a step, deletions first, at most fifty."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.toggl.focus.plugins.filter.plan_lines import plan_lines

MSG = "Would rename 1, delete 2 (1 by purge); 497 unchanged."


def lines(*rows: dict[str, Any], msg: str = MSG) -> list[str]:
    return plan_lines({"msg": msg, "plan": list(rows)})


def row(step: str, status: str = "planned", **more: Any) -> dict[str, Any]:
    return {"step": step, "status": status, **more}


ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "create": (row("create", name="Acme"), "create   Acme"),
    "created": (row("create", "done", name="Acme", id=7), "create   Acme (id 7)"),
    "delete": (row("delete", name="Acme", id=7), "delete   Acme (id 7)"),
    "purge": (row("delete", name="Acme", id=7, purge=True), "delete   Acme (id 7) by purge"),
    "restore": (row("restore", name="Acme", id=7), "restore  Acme (id 7)"),
    "restore unseen": (row("restore", id=7), "restore  (id 7)"),
    "rename": (
        row("rename", id=7, name="Globex Corporation", **{"from": "Globex"}),
        "rename   Globex -> Globex Corporation (id 7)",
    ),
    "rename, old name unknown": (row("rename", id=7, name="Globex"), "rename   Globex (id 7)"),
    "pending": (row("create", "pending", name="Acme"), "create   Acme [pending]"),
    "failed": (
        row("create", "failed", name="Acme", error="The service refused it."),
        "create   Acme [failed] The service refused it.",
    ),
    "unclear": (
        row("delete", "unclear", name="Acme", id=7, purge=True, error="No answer."),
        "delete   Acme (id 7) by purge [unclear] No answer.",
    ),
    "done, with an error": (
        row("delete", "done", name="Acme", id=7, error="It is still there."),
        "delete   Acme (id 7) It is still there.",
    ),
    "a name on two lines": (
        row("create", name="Acme\ndelete   Globex (id 7)"),
        r"create   Acme\ndelete   Globex (id 7)",
    ),
    "control characters": (row("create", name="A\x1b[31m\u202eb"), r"create   A\x1b[31m\u202eb"),
    "an emoji": (row("create", name="Acme \U0001f680"), "create   Acme \U0001f680"),
    "a quote in a name stays": (row("create", name='7" Singles'), 'create   7" Singles'),
    "quotes in an error are single": (
        row("create", "failed", name="Acme", error='The service said: 400 "no".'),
        "create   Acme [failed] The service said: 400 'no'.",
    ),
    "a long name": (row("delete", name="x" * 255, id=7), f"delete   {'x' * 60}… (id 7)"),
    "a long error": (
        row("create", "failed", name="Acme", error="x" * 500),
        f"create   Acme [failed] {'x' * 120}…",
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_step_is_a_line(case: str) -> None:
    given, expected = ROWS[case]
    assert lines(given) == [MSG, expected]


def test_deletions_come_first_and_the_order_of_writing_is_kept_among_them() -> None:
    given = [
        row("create", name="B"),
        row("rename", id=1, name="D", **{"from": "C"}),
        row("delete", name="F", id=3),
        row("restore", name="E", id=2),
        row("create", name="A"),
        row("delete", name="E", id=4, purge=True),
    ]
    assert lines(*given)[1:] == [
        "delete   F (id 3)",
        "delete   E (id 4) by purge",
        "rename   C -> D (id 1)",
        "restore  E (id 2)",
        "create   B",
        "create   A",
    ]


def test_the_names_of_all_kinds_begin_in_one_column() -> None:
    shown = lines(*(row(step, name="X") for step in ("create", "rename", "delete", "restore")))
    assert {line.index("X") for line in shown[1:]} == {9}


@pytest.mark.parametrize(
    ("steps", "last"),
    [(50, "create   No 49"), (51, "and 1 more"), (500, "and 450 more")],
)
def test_fifty_lines_at_most_and_how_many_more(steps: int, last: str) -> None:
    shown = lines(*(row("create", name=f"No {at}") for at in range(steps)))
    assert shown[-1] == last
    assert len(shown) <= 1 + 50 + 1


def test_what_went_wrong_is_among_the_fifty() -> None:
    """Of 500 steps one failed: a reader looks for it, after the deletions."""
    done = [row("create", "done", name=f"No {at}", id=at) for at in range(1, 500)]
    gone = [row("delete", "done", name="Gone", id=1000)]
    shown = lines(*done, row("create", "failed", name="Bad", error="No."), *gone)
    assert shown[1:3] == ["delete   Gone (id 1000)", "create   Bad [failed] No."]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"msg": "Nothing to do.", "plan": []}, ["Nothing to do."]),
        ({"msg": "No connection.", "failed": True}, ["No connection."]),
        ({"msg": 'The name "Acme" is twice.'}, ["The name 'Acme' is twice."]),
    ],
)
def test_the_message_comes_first_and_alone_where_there_is_no_step(
    result: dict[str, Any], expected: list[str]
) -> None:
    assert plan_lines(result) == expected


def test_the_default_callback_shows_a_refused_plan_without_escaped_quotes() -> None:
    """It prints the lines as JSON."""
    msg = '1 client would be deleted, but max_deletions is 0. They are: "Acme" (id 7).'
    assert '\\"' not in json.dumps(lines(row("delete", name="Acme", id=7), msg=msg))


@pytest.mark.parametrize("other", [None, [], "text", {"plan": []}, 7])
def test_what_is_not_a_result_is_an_error_in_words(other: object) -> None:
    with pytest.raises(AnsibleFilterError, match="takes what focus_clients returned"):
        plan_lines(other)
