# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read: a plan as lines and as a diff, how a run ended, and how far a long one is."""

from __future__ import annotations

import difflib
import unicodedata
from datetime import datetime
from typing import Any, cast

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import example, given
from hypothesis import strategies as st
from support.filters import plan_lines
from support.lists import load_list
from support.notation import clients_of, entries_of, plan_of, rows, steps_of
from support.steps import active, create, delete, deleted

from ansible_collections.toggl.focus.plugins.module_utils import _model as M
from ansible_collections.toggl.focus.plugins.module_utils._api import errors as E
from ansible_collections.toggl.focus.plugins.module_utils._apply.outcome import Outcome, predicted
from ansible_collections.toggl.focus.plugins.module_utils._errors import FocusError
from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import row_of
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.undo import undo
from ansible_collections.toggl.focus.plugins.module_utils._progress import Snapshot
from ansible_collections.toggl.focus.plugins.module_utils._results.clients import clients_result
from ansible_collections.toggl.focus.plugins.module_utils._results.common import Report
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


def test_fifty_lines_at_most_and_how_many_more() -> None:
    fifty, more = (lines([create(f"No {at}") for at in range(steps)]) for steps in (50, 51))
    assert (len(fifty), fifty[-1]) == (51, "create   No 49")
    assert (len(more), more[-1]) == (52, "and 1 more, which --diff shows")


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
    assert lines([*made])[1:] == ["update   A (id 1) reference 'po 8', was 'PO\\u202e7'"]
    assert [entry.attributes for entry in undo(made)] == [{"reference": "PO\u202e7"}]
    both = [M.Desired("A", attributes={"reference": "po 8", "currency": "EUR"})]
    assert plan(existing, both).requests == len(["update", "look", "look"])
    assert (text.parse("None"), made[0].after.body["reference"]) == ("none", "po 8")


# the diff


def diff_of(existing: list[M.Client], desired: list[M.Desired], done: int = 999) -> dict[str, str]:
    """Of a run that ended after so many steps."""
    planned = plan(existing, desired, M.Rules(purge=True, max_deletion_percent=100))
    outcomes = list(predicted(planned.steps))
    outcomes[done:] = [Outcome(outcome.step, "pending") for outcome in outcomes[done:]]
    return clients_result(Report(planned, outcomes, 4711))["diff"]


def changed_lines(diff: dict[str, str]) -> str:
    before, after = diff["before"].splitlines(), diff["after"].splitlines()
    marked = difflib.unified_diff(before, after, n=0, lineterm="")
    return "; ".join(line for line in marked if not line.startswith(("---", "+++", "@@")))


CHANGES = rows("""
create             |                    | Acme         | +- name: Acme  # new
rename             | 1002 Globex        | Globex Corporation (was Globex)
    | -- name: Globex  # becomes "Globex Corporation";
    +- name: Globex Corporation  # was "Globex", id 1002
purge              | 1004 Hooli         |              | -- name: Hooli  # deleted by purge, id 1004
delete             | 1004 Hooli         | absent Hooli | -- name: Hooli  # deleted, id 1004
restore            | (1005 Hooli)       | restored 1005 | +- name: Hooli  # restored, id 1005
restore, rename | (1005 Hooli) | restored 1005 Hooli Labs | +- name: Hooli Labs  # restored, id 1005
restore, hidden    |                    | restored 1005 | +- id: 1005  # restored, id 1005
names change places | 1 Acme, 2 Globex  | 1 Globex; 2 Acme
    | -- name: Acme  # becomes "Globex"; -- name: Globex  # becomes "Acme";
    +- name: Acme  # was "Globex", id 2; +- name: Globex  # was "Acme", id 1
another one takes a deleted one's name | 1 Acme, 2 Globex | 2 Acme; absent 1
    | -- name: Acme  # deleted, id 1; -- name: Globex  # becomes "Acme";
    +- name: Acme  # was "Globex", id 2
a deletion and a creation | 7 Globex    | Globex Corporation
    | -- name: Globex  # deleted by purge, id 7; +- name: Globex Corporation  # new
two of one name, one is deleted | 1 Acme, 2 Acme | 1; absent 2 | -- name: Acme  # deleted, id 2
nothing            | 1 Acme, (2 Old)    | Acme         |
""")


@pytest.mark.parametrize(("existing", "desired", "expected"), CHANGES)
def test_every_line_that_changes_says_why(existing: str, desired: str, expected: str) -> None:
    assert changed_lines(diff_of(clients_of(existing), entries_of(desired))) == expected


def test_lines_that_do_not_change_have_no_comment_and_are_sorted_by_name() -> None:
    """The headers say which workspace."""
    diff = diff_of(clients_of('1 Zoo, 2 "b: 1", 3 Acme, 4 7 Up'), entries_of("1; 2; 3; 4"))
    text = '- name: "7 Up"\n- name: Acme\n- name: Zoo\n- name: "b: 1"\n'
    header = "workspace 4711"
    expected = {"before": text, "after": text, "before_header": header, "after_header": header}
    assert diff == expected


def test_what_was_not_done_is_not_in_the_diff() -> None:
    """Not even as a comment: a reader sees what is."""
    diff = diff_of(clients_of("1 Acme, 2 Globex, 3 Hooli"), [], done=1)
    assert changed_lines(diff) == "-- name: Acme  # deleted by purge, id 1"


HARD = [
    # signs of YAML
    *('the "best"', "it's", "no # comment", "#1", "key: value", "ends with a colon:", "- item"),
    *("[list]", "{map}", "*alias", "&anchor", "!tag", "%percent", "@at", "`tick`", "| pipe", "<<"),
    *("=", "? question", 'Acme  # deleted by purge, id 1\n- name: "x', "ends with a back\\"),
    # what YAML takes for something else than a text
    *("yes", "No", "null", "~", "12", "1e3", "0x1F", "2026-01-31", "12:30", ".5"),
    # characters that break lines, or that nobody sees
    *("line\nbreak", "carriage\rreturn", "a\ttab", "\x1b[31mred", "a\x85line", "a\u2028line"),
    *("bidi \u202e txet", "zero\u200bwidth", "\ufeffbom", "tag \U000e0041", "no character \ufffe"),
]
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of characters that end lines, move the cursor or change the direction."""
NAME = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.strip)


@given(st.lists(NAME, min_size=1, max_size=3, unique_by=str.strip))
@example(HARD)
def test_no_name_can_break_the_list(names: list[str]) -> None:
    """Of clients that stay, go, change and come: both texts are lists, in lines that do no harm."""
    existing, desired = [], []
    for at, name in enumerate(names, 1):
        existing += [active(at, name), active(1000 + at, f"gone {name}")]
        existing += [active(2000 + at, f"was {name}"), deleted(3000 + at, f"back {name}")]
        desired += [M.Desired(id=at), M.Desired(f"is {name}", 2000 + at), M.Desired(f"new {name}")]
        desired.append(M.Desired(id=3000 + at, state="restored"))
    diff = diff_of(existing, desired)
    all_ways = {"before": ("", "gone ", "was "), "after": ("", "is ", "new ", "back ")}
    for of, ways in all_ways.items():
        found = sorted(entry["name"] for entry in load_list(diff[of]))
        assert found == sorted(way + name for name in names for way in ways)
        *lines, end = diff[of].split("\n")
        assert end == "" and all(line.startswith("- name: ") for line in lines)
        assert not {unicodedata.category(char) for char in "".join(lines)} & UNSEEN


# how a run ended

POST = E.Request("POST", "/workspaces/1/clients")
ERRORS: dict[str, FocusError] = {
    "refused": E.status_error(E.ErrorResponse(POST, 400, "no such name")),
    "forbidden": E.status_error(E.ErrorResponse(POST, 403, "forbidden")),
    "unauthorized": E.status_error(E.ErrorResponse(POST, 401, "unauthorized")),
    "quota": E.QuotaExceeded(E.ErrorResponse(POST, 402, "quota"), E.Closed(600)),
    "down": E.status_error(E.ErrorResponse(POST, 503, "down")),
}

ENDS = rows("""
none is done | failed refused, failed refused | Of 2 changes: 0 done, 2 failed, 0 pending.
not let in | done, failed unauthorized, pending unauthorized, pending unauthorized
    | Of 4 changes: 1 done, 1 failed, 2 pending.
quota | done, pending quota, pending quota
    | Of 3 changes: 1 done, 0 failed, 2 pending. Another run does the rest.
quota, and one refused | done, failed refused, pending quota
    | Of 3 changes: 1 done, 1 failed, 1 pending. Another run does what is pending.
down | done, failed down | Of 2 changes: 1 done, 1 failed, 0 pending. Another run does the rest.
quota, reviewed | reviewed: done, pending quota, pending quota
    | 2 pending. Run toggl.focus.plan again for the rest, which is another plan now.
quota, and one refused, reviewed | reviewed: done, failed refused, pending quota
    | 1 pending. Run toggl.focus.plan again for what is pending, which is another plan now.
none is done, so the reviewed plan is the same | reviewed: failed down, failed down
    | 0 pending. Another run does the rest.
refused, reviewed | reviewed: done, failed refused | 0 pending.
""")


def message(outcomes: str) -> str:
    is_reviewed = outcomes.startswith("reviewed: ")
    parts = [part.partition(" ") for part in outcomes.removeprefix("reviewed: ").split(", ")]
    planned = plan_of("", "; ".join("ABCD"[: len(parts)]))
    ended = [
        Outcome(step, cast(M.Status, status), error=ERRORS.get(error))
        for step, (status, _, error) in zip(planned.steps, parts, strict=True)
    ]
    return str(clients_result(Report(planned, ended, 1, None, is_reviewed))["msg"])


@pytest.mark.parametrize(("outcomes", "end"), ENDS)
def test_another_run_is_promised_only_what_it_will_do(outcomes: str, end: str) -> None:
    """What is left of a reviewed plan is another plan."""
    assert message(outcomes).endswith(end)


def test_the_same_answer_for_many_clients_is_reported_once() -> None:
    text = message("failed refused, failed refused, done")
    said = 'The service refused POST /workspaces/1/clients: 400 "no such name".'
    assert text == f'"A" and "B": {said} Of 3 changes: 1 done, 2 failed, 0 pending.'
    text = message("failed forbidden, pending forbidden, pending forbidden")
    assert text.count("The service forbids") == 1
