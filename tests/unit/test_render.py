# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines for people: a plan as a line a step, deletions first, at most fifty; and a long run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from support.filters import plan_lines
from support.notation import rows, steps_of
from support.steps import create, delete

from ansible_collections.toggl.focus.plugins.module_utils import _model as M
from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import row_of
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.undo import undo
from ansible_collections.toggl.focus.plugins.module_utils._progress import Snapshot
from ansible_collections.toggl.focus.plugins.plugin_utils._progress_lines import line

MSG = "Would rename 1, delete 2 (1 by purge); 497 unchanged."


def lines(steps: str | list[M.Step], msg: str = MSG, **became: Any) -> list[str]:
    """The lines of a result; what became of its steps is the same for all of them."""
    made = steps_of(steps) if isinstance(steps, str) else steps
    rows_shown = [{**row_of(step), "status": "planned", **became} for step in made]
    return plan_lines({"msg": msg, "plan": rows_shown})


LINES = rows("""
created         | create 7 Acme  | done    | | create   Acme (id 7)
restore, hidden | restore 7 ?    | planned | | restore  (id 7)
rename          | rename 7 A -> B Inc | planned | | rename   A -> B Inc (id 7)
rename, old name unknown | rename 7 ? -> B | planned | | rename   B (id 7)
pending         | create Acme    | pending | | create   Acme [pending]
failed          | create Acme    | failed  | Refused. | create   Acme [failed] Refused.
unclear | purge 7 Acme   | unclear | No answer. | delete   Acme (id 7) by purge [unclear] No answer.
done, with an error | delete 7 Acme | done | It is there. | delete   Acme (id 7) It is there.
a name on two lines | create "Acme\\ndelete   Globex (id 7)" | planned |
    | create   Acme\\ndelete   Globex (id 7)
control characters | create A\x1b[31m\u202eb | planned | | create   A\\x1b[31m\\u202eb
an emoji        | create Acme \U0001f680 | planned | | create   Acme \U0001f680
a quote in a name stays | create 7" Singles | planned | | create   7" Singles
quotes in an error are single | create Acme | failed | It said: 400 "no".
    | create   Acme [failed] It said: 400 'no'.
""")


@pytest.mark.parametrize(("step", "status", "error", "expected"), LINES)
def test_a_step_is_a_line(step: str, status: str, error: str, expected: str) -> None:
    shown_error = {"error": error} if error else {}
    assert lines(step, status=status, **shown_error) == [MSG, expected]


def test_long_texts_are_cut() -> None:
    assert lines([delete(7, "x" * 255)])[1] == f"delete   {'x' * 60}… (id 7)"
    failed = lines("create Acme", status="failed", error="x" * 500)
    assert failed[1] == f"create   Acme [failed] {'x' * 120}…"


def test_deletions_come_first_and_the_order_of_writing_is_kept_among_them() -> None:
    """The names of all kinds begin in one column."""
    steps = (
        "create B; rename 1 C -> D @EUR<USD; delete 3 F; restore 2 E; update 5 G @workspace<USD; "
        "create A @EUR; purge 4 E"
    )
    assert lines(steps)[1:] == [
        "delete   F (id 3)",
        "delete   E (id 4) by purge",
        "rename   C -> D (id 1) currency EUR, was USD",
        "update   G (id 5) currency workspace, was USD",
        "restore  E (id 2)",
        "create   B",
        "create   A currency EUR",
    ]


@pytest.mark.parametrize(
    ("steps", "last"), [(50, "create   No 49"), (51, "and 1 more, which --diff shows")]
)
def test_fifty_lines_at_most_and_how_many_more(steps: int, last: str) -> None:
    shown = lines([create(f"No {at}") for at in range(steps)])
    assert shown[-1] == last and len(shown) == 1 + steps


def test_what_went_wrong_is_among_the_fifty() -> None:
    """Of 500 steps one failed: a reader looks for it, after the deletions."""
    done = [create(f"No {at}", at) for at in range(1, 500)]
    made = [*done, create("Bad"), delete(1000, "Gone")]
    plan = [{**row_of(step), "status": "done"} for step in made]
    plan[-2] |= {"status": "failed", "error": "No."}
    shown = plan_lines({"msg": MSG, "plan": plan})
    assert shown[1:3] == ["delete   Gone (id 1000)", "create   Bad [failed] No."]


def test_without_steps_the_message_is_alone() -> None:
    assert plan_lines({"msg": "Nothing to do.", "plan": []}) == ["Nothing to do."]
    assert plan_lines({"msg": 'The name "Acme" is twice.'}) == ["The name 'Acme' is twice."]


@pytest.mark.parametrize("other", [None, [], "text", {"plan": []}, 7])
def test_what_is_not_a_result_is_an_error_in_words(other: object) -> None:
    with pytest.raises(AnsibleFilterError, match="takes what focus_clients returned"):
        plan_lines(other)


# of a long run

OF_A_LONG_RUN = rows("""
reading | read: 300 | 6 | 300 clients read
writing | total: 100, done: 25, quota: 80 | 10
    | 25 of 100 changes done, quota left 80, ends about 12:00:30
another run | holder: process 4711 | 6 | waiting for another run on this workspace (process 4711)
failed | total: 10, done: 4, failed: 2 | 8 | 4 of 10 changes done, 2 failed, ends about 12:00:08
nothing done yet | total: 10 | 8 | 0 of 10 changes done
waiting | total: 100, done: 25, quota: 0, wakes: 100.0 | 10
    | 25 of 100 changes done, quota left 0, waiting for the quota until 12:01:30
""")


@pytest.mark.parametrize(("snapshot", "elapsed", "expected"), OF_A_LONG_RUN)
def test_a_long_run_says_how_far_it_is(snapshot: str, elapsed: str, expected: str) -> None:
    so_far = Snapshot(**yaml.safe_load(f"{{{snapshot}}}"))
    noon = datetime(2026, 1, 1, 12, 0, 0)
    assert line(so_far, 0.0, float(elapsed), noon) == f"toggl.focus: {expected}"


def test_another_attribute_needs_its_row_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A free text, whose case counts: planned, shown on one line, and undone."""
    text = M.Attribute(".{1,40}", "a text", "none", str)
    monkeypatch.setitem(M.ATTRIBUTES, "reference", text)
    existing = [M.Client.of({"id": 1, "name": "A", "reference": "PO\u202e7"})]
    kept, changed = (M.Desired("A", attributes={"reference": of}) for of in ("PO\u202e7", "po 8"))
    assert plan(existing, [kept]).steps == ()
    made = plan(existing, [changed]).steps
    assert lines([*made])[1:] == ["update   A (id 1) reference po 8, was PO\\u202e7"]
    assert [entry.attributes for entry in undo(made)] == [{"reference": "PO\u202e7"}]
    assert (text.parse("None"), made[0].after.body["reference"]) == ("none", "po 8")
