# SPDX-License-Identifier: GPL-3.0-or-later
"""The model says what the design says: the tables of ``focus_client`` and ``focus_clients``, row by
row, and the rules of the guards, in the notation of ``support/notation.py``."""

from __future__ import annotations

import pytest
from support.notation import clients_of, entries_from, entry_from, unnamed_rows

from faults.model import Change, Client, Rules, Verdict, judge, judge_one, sight_of

CLIENTS = "1 Acme, 2 Globex, 3 Twin, 4 Twin, (5 Old), (6 Gone), (7 Gone), 8 A\u00a0 B"
STATE = {found.id: Client(found.name, found.deleted) for found in clients_of(CLIENTS)}
THERE = sight_of(STATE, list_shows_deleted=True, get_shows_deleted=True)
HIDDEN = sight_of(STATE, list_shows_deleted=False, get_shows_deleted=False)
RULES = {
    "": Rules(),
    "purge": Rules(purge=True),
    "purge 100": Rules(purge=True, max_deletion_percent=100),
    "purge, not tw*": Rules(purge=True, max_deletion_percent=100, protected=["tw*"]),
    "not ACM?": Rules(protected=["ACM?"]),
    "none": Rules(max_deletions=0),
    "one": Rules(max_deletions=1),
}


def told(verdict: Verdict) -> str:
    """The plan; or why there is none; or both, where only guards forbid it."""
    reasons = ", ".join(sorted({refusal.reason for refusal in verdict.refusals}))
    plan = "; ".join(map(_told_one, verdict.changes))
    return f"{reasons}: {plan}" if reasons and verdict.has_plan else reasons or plan


def _told_one(change: Change) -> str:
    kind = "purge" if change.by_purge else change.kind
    return f"{kind} {change.name if kind == 'create' else f'{change.id} {change.name}'}"


CASES = unnamed_rows("""
Acme                       | |
" Acme\t"                  | |
New                        | | create New
Ac me; Ac\u00a0me          | | create Ac me; create Ac\u00a0me
acme; 1                    | | create acme
1 Old; restored 5 New      | | rename 1 Old; restore 5 Old; rename 5 New
A (was Acme)               | | rename 1 A
Acme (was Globex)          | |
Old (was Acme) (restore_deleted) | | rename 1 Old
Old                        | | create Old
Old (restore_deleted)      | | restore 5 Old
1                          | |
1 Acme                     | |
1 A                        | | rename 1 A
absent Acme                | | delete 1 Acme
absent New                 | |
absent Gone                | |
absent 1                   | | delete 1 Acme
absent 99                  | |
absent 5                   | |
restored Acme              | |
restored Old               | | restore 5 Old
restored 1                 | |
restored 5                 | | restore 5 Old
restored 5 New             | | restore 5 Old; rename 5 New
1 Globex; 2 Acme           | | rename 1 Globex; rename 2 Acme
1 A; Acme                  | | rename 1 A; create Acme
1 Twin (was Acme)          | | rename 1 Twin
""                         | | neither name nor id
"  "                       | | empty name
"A\\nB"                    | | line break
1; absent 1                | | id twice
A; " A"                    | | name twice
A; absent A                | | name twice
1; Acme                    | | two entries for one client
A (was Acme); B (was Acme) | | two entries for one client
Twin                       | | ambiguous
absent Twin                | | ambiguous
A (was Acme, Globex)       | | ambiguous
restored Gone              | | several deleted
restored New               | | nothing to restore
99                         | | unknown id
5                          | | deleted id
absent 1 Globex            | | id and name do not agree
1 Globex                   | | name of two clients
restored 5; Old            | | name of two clients
restored 5; 1 A; absent Old | | wanted and unwanted
Acme; 3; 8                 | purge 100      | purge 2 Globex; purge 4 Twin
Acme; 8                    | purge, not tw* | purge 2 Globex
1; 3; 4; 8                 | purge          | purge 2 Globex
1; 3; 8                    | purge          | max_deletion_percent: purge 2 Globex; purge 4 Twin
absent 1; 3; 8             | purge 100      | delete 1 Acme; purge 2 Globex; purge 4 Twin
absent Acme                | not ACM?       | protected: delete 1 Acme
1 B                        | not ACM?       | protected: rename 1 B
absent 1; absent 2         | one            | max_deletions: delete 1 Acme; delete 2 Globex
New; absent Acme           | none           | max_deletions: create New; delete 1 Acme
acme                       |                | look-alike: create acme
a b                        |                | look-alike: create a b
Ac\u200bme                 |                | look-alike: create Ac\u200bme
acme; 2; 3; 4; 8           | purge 100      | look-alike: create acme; purge 1 Acme
acme                       | not ACM?       | create acme
""")


@pytest.mark.parametrize(("entries", "rules", "outcome"), CASES)
def test_what_becomes_of_a_list(entries: str, rules: str, outcome: str) -> None:
    verdict = judge(entries_from(entries), THERE, RULES[rules])
    assert told(verdict) == outcome


def test_the_last_client_is_kept() -> None:
    one = sight_of({1: STATE[1]}, list_shows_deleted=True, get_shows_deleted=True)
    verdict = judge([], one, Rules(purge=True, max_deletion_percent=99))
    assert told(verdict) == "max_deletion_percent: purge 1 Acme"


UNMANAGED: list[tuple[str, str, set[int]]] = [
    ("Acme; 3", "", {2, 4, 8}),
    ("A (was Acme)", "", {2, 3, 4, 8}),
    ("Acme (was Globex)", "", {2, 3, 4, 8}),
    ("absent Acme", "", {2, 3, 4, 8}),
    ("Acme", "purge 100", set()),
    ("Acme", "purge, not tw*", {3, 4}),
]


@pytest.mark.parametrize(("entries", "rules", "unmanaged"), UNMANAGED)
def test_the_active_clients_of_no_entry(entries: str, rules: str, unmanaged: set[int]) -> None:
    assert judge(entries_from(entries), THERE, RULES[rules]).unmanaged == unmanaged


def test_what_is_hidden_is_restored_while_hidden_or_by_the_journal() -> None:
    hidden = judge(entries_from("restored 5 New"), HIDDEN)
    assert (told(hidden), hidden.unseen) == ("restore 5 None; rename 5 New", {5})
    recalled = judge(entries_from("restored Old"), HIDDEN, remembered={5: "Old"})
    assert told(recalled) == "restore 5 Old"


def test_one_client_is_compared_with_those_that_its_look_up_shows() -> None:
    """And may be with others, where more was read: either is right."""
    verdicts = judge_one(entry_from("acme"), THERE, {2: STATE[2]}, remembered={})
    assert [verdict.refused for verdict in verdicts] == [False, True]
