# SPDX-License-Identifier: GPL-3.0-or-later
"""Which client an entry stands for: ids first, then names, then former names, then the absent."""

from __future__ import annotations

import pytest
from support.notation import plan_of, rows, told_one

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused

STEPS = rows("""
an id before a name          | 1 A, 2 B | A; 2 B2; B          | 2: rename 2 B -> B2; 3: create B
a name before a former name  | 1 A, 2 B | New (was A, B); A   | 1: rename 2 B -> New
a former name before an absent one | 1 A | absent A; New (was A) | 2: rename 1 A -> New
a former name in another Unicode form, twice, with blanks | 1 Mu\u0308ller
    | New (was M\u00fcller, " Mu\u0308ller") | 1: rename 1 Mu\u0308ller -> New
a former name of a deleted client is none | (4 Old) | New (was Old) | 1: create New
a former one left alone is free | 1 A, 2 B | A (was B); New (was B) | 2: rename 2 B -> New
former names of an absent entry | 2 B | absent Gone (was B); New (was B) | 2: rename 2 B -> New
a client restored under another name is not the one of its old name | (4 Old)
    | restored 4 New; absent Old | 1: rename 4 Old -> New; 1: restore 4 Old
a deleted client is absent by its id and by its name | (4 Old) | absent 4; absent Old |
a client that its id renames has no longer its name | 1 A | 1 B; absent A | 1: rename 1 A -> B
a former name before a restore | 1 A, (4 Old) | Old (was A) (restore_deleted) | 1: rename 1 A -> Old
an active client before a deleted one | 1 Old, (4 Old) | Old (restore_deleted) |
a restore renames no former one | 1 A, (4 Old) | restored Old (was A) | 1: restore 4 Old
restored by id, blanks around the same name | (4 " Old") | restored 4 Old | 1: restore 4 " Old"
restored by id, while it is active, with a new name | 1 A | restored 1 A2 | 1: rename 1 A -> A2
absent, but for an exact one | 1 D, 7 E | absent E; 1 E (was D) | 1: delete 7 E; 2: rename 1 D -> E
absent by name, which an exact entry's client has | 1 E, (7 E) | absent E; 1 E (was D) |
absent by name, which an exact entry's client gets back | (1 E), 7 E
    | absent E; restored 1 E (was E) | 1: delete 7 E; 2: restore 1 E
a currency: set, kept, not given | 1 A, 2 B @EUR, 3 C @EUR | A @EUR; B @EUR; 3 | 1: update 1 A @EUR
a currency in another case is the same | 1 A @eur | A @EUR |
a currency of another kind | 1 A @USD | 1 @EUR | 1: update 1 A @EUR<USD
the workspace's currency, where there is one to clear | 1 A @USD, 2 B
    | A @workspace; B @workspace | 1: update 1 A @workspace<USD
a currency and a name are one write | 1 A @USD | B (was A) @EUR | 1: rename 1 A -> B @EUR<USD
a currency of a new client | | A @EUR; B @workspace | 1: create A @EUR; 2: create B
a currency of one restored | (1 A @USD) | restored A @EUR | 1: restore 1 A; 1: update 1 A @EUR<USD
a currency of a client restored under another name | (1 A @USD) | restored 1 B @EUR
    | 1: rename 1 A -> B @EUR<USD; 1: restore 1 A
a currency of a client restored by its name | (1 A) | A (restore_deleted) @EUR
    | 1: restore 1 A; 1: update 1 A @EUR
a currency of a hidden client | | restored 9 @EUR | 1: restore 9 ?; 1: update 9 ? @EUR
a currency to clear of a hidden client, which may have none | | restored 9 @workspace
    | 1: restore 9 ?; 1: update 9 ? @workspace
a currency of an absent client is ignored | 1 A @USD | absent A @EUR | 1: delete 1 A
a change of currency leaves former ones alone | 1 A, 2 B | A (was B) @EUR | 1: update 1 A @EUR
a name in another Unicode form | 1 Mu\u0308ller | M\u00fcller |
a name in another case | 1 Acme | ACME | 1: create ACME
the name of a deleted client | (3 Old) | Old | 1: create Old
a restored name of an active client and a deleted one | 1 Acme, (4 Acme) | restored Acme |
two of one name, each by its id | 1 Acme, 4 Acme | 1 Acme; 4 Acme |
a name that one has on its way to be deleted, and another in the end | 1 Acme, 2 Globex
    | absent 1 New (was Acme, New); 2 New
    | 1: delete 1 New; 1: rename 1 Acme -> New; 2: rename 2 Globex -> New
absent, by name and exactly | 1 E, 7 E | absent E; absent 1 E (was D) | 1: delete 7 E; 2: delete 1 E
""")


@pytest.mark.parametrize(("existing", "wanted", "expected"), STEPS)
def test_which_client_an_entry_stands_for(existing: str, wanted: str, expected: str) -> None:
    steps = plan_of(existing, wanted).steps
    assert "; ".join(sorted(f"{(s.entry or 0) + 1}: {told_one(s)}" for s in steps)) == expected


PROBLEMS = rows("""
name twice                  |                | A; A             | 1+2 keep one entry, or
name twice, once by id      | 1 Acme         | Acme; 1 Acme     | 1+2 keep one entry, or
name in two Unicode forms   |                | A; Mu\u0308ller; M\u00fcller | 2+3 keep one entry, or
absent twice, and exact once | | absent E; absent E; restored 1 E (was D) | 1+2 keep one entry, or
id twice                    | 1 Acme         | 1; 1 A           | 1+2 keep one entry.
present and absent          |                | A; absent A      | 1+2 both present and absent
by id alone, and absent     | 1 D, 7 E       | absent E; 1 E    | 1+2 both present and absent
by name with former names, and absent | 1 D, 7 E | absent E; E (was D) | 1+2 both present and absent
exact, by id, absent | 1 D, 2 F, 7 E | absent E; 1 E (was D); 2 E | 1+2+3 both present and absent
names disagree, former ones too | 2 B | absent 2 A (was C) | 1 The client with the id 2 is called
two active ones | 1 A, 5 A | A | 1 Several active clients have the name "A", with the ids 1, 5
two others of the name of an exact entry, absent | 1 D, 7 E, 8 E | absent E; 1 E (was D)
    | 1 Several active clients have the name "E", with the ids 7, 8
two active of the former names | 1 Acme, 2 Globex | New (was Acme, Globex)
    | 1 Several active clients have former names of "New"
two deleted of one name | (4 Old), (5 Old) | restored Old | 1 Several deleted clients have the
    name "Old", with the ids 4 (deleted "2026-01-01T00:00:00Z"), 5 (deleted "2026-01-01T00:00:00Z"):
restore_deleted | (3 Old), (4 Old) | Old (restore_deleted) | 1 Several deleted clients have the name
nothing to restore          | 1 Acme         | restored Old     | 1 no deleted client of the name
nothing of a mistyped name | (4 Umbrella) | restored umbrela | 1 "umbrela". Did you mean "Umbrella"?
one client by id and by name | 1 A           | 1; A             | 1+2 More than one entry
kept by id, absent by name  | 1 A            | 1; absent A      | 1+2 More than one entry
renamed, deleted | 1 A | absent 1 B (was A); A | 1+2 More than one entry stands for the client "A"
restored by id, absent by name | (3 Old) | restored 3; absent Old | 1+2 More than one entry
one former name for three | 1 A | X (was A); Y (was A); Z (was A)
    | 1+2+3 More than one entry stands for the client "A"
one former name for two, one of which might be restored | 1 Acme, (4 A), (5 A)
    | B (was Acme); A (was Acme) (restore_deleted) | 1+2 More than one entry
one former name for two, one of which has another | 1 Acme, 2 Globex
    | B (was Acme); A (was Acme, Globex)
    | 1+2 More than one entry; 2 Several active clients have former names of
one former name for two, and its name for a third | 1 Acme, 2 Globex
    | A (was Acme); B (was Acme); 2 Acme
    | 1+2 More than one entry; 3 only one active client may get a name
restored by id alone, its name is taken, whatever the former names | 1 Acme, (4 Acme)
    | restored 4 (was Acme) | 1 only one active client may get a name
renamed to a taken name | 1 Acme, 2 Globex | 2 Acme | 1 only one active client may get a name
two renames to one name | 1 A, 2 B | 1 C; 2 C | 1+2 The name "C" would be given to clients 1 and 2:
    only one active client may get a name. Rename or delete the other one first.
three renames to one name, behind one to another | 1 Acme, 2 Globex, 4 C, 5 D
    | 1 Free; 2 New; 4 New; 5 New | 2+3+4 only one active client may get a name
two renames to one name, behind a name that one has in passing | 1 Acme, 2 Globex, 4 C
    | absent 1 Passing (was Acme); Passing; 2 New; 4 New | 3+4 only one active client may get a name
two who shall have a name that is taken | 1 A, 2 B, (4 Old) | 2 A; restored 4 A
    | 1+2 The name "A", which client 1 has, would be given to clients 2 and 4: only one
all problems at once | 1 Acme, (3 Old) | 3; 9; absent 1 Globex; New; New
    | 4+5 keep one entry, or; 1 use state=restored; 2 shows no client; 3 until id and name agree
""")


@pytest.mark.parametrize("order", [1, -1], ids=["", "backwards"])
@pytest.mark.parametrize(("existing", "wanted", "expected"), PROBLEMS)
def test_one_client_for_one_entry(existing: str, wanted: str, expected: str, order: int) -> None:
    """Otherwise the list is refused, in whatever order, with all problems and their entries."""
    entries = wanted.split("; ")
    numbers = range(1, len(entries) + 1)[::order]
    with pytest.raises(PlanRefused) as refused:
        plan_of(existing, "; ".join(entries[::order]))
    found: dict[str, set[int]] = {}
    for problem in refused.value.problems:
        of_all = found.setdefault(problem.sentence, set())
        of_all.update(numbers[entry] for entry in problem.entries)
    problems = sorted(("+".join(map(str, sorted(own))), text) for text, own in found.items())
    parts = sorted(part.split(" ", 1) for part in expected.split("; "))
    assert [own for own, _ in problems] == [own for own, _ in parts]
    pairs = zip(problems, parts, strict=True)
    assert [part for (_, text), (_, part) in pairs if part not in text] == []


def test_a_name_in_two_unicode_forms_is_shown_as_it_was_written_first() -> None:
    with pytest.raises(PlanRefused, match='Entries 2 and 3: The name "Mu\u0308ller" is in'):
        plan_of("", "A; Mu\u0308ller; M\u00fcller")


WARNINGS = rows("""
a former one is left alone, each of them | 1 A, 2 B, 3 C | A (was B, C, B)
    | "A" exists, and so does a client of a former name, "B" (id 2), "C" (id 3): the latter
one is left alone by an entry behind another | 1 A, 2 B, 3 C | 3; A (was B)
    | "A" exists, and so does a client of a former name, "B" (id 2): the latter
a former one is kept by another entry | 1 A, 2 B | New (was A, B); A; 2
    | "New" is created, since another entry keeps the name of "A" (id 1), "B" (id 2).
the other entry renames or deletes it | 1 A, 2 B | N (was A); 1 C; M (was B); absent B |
a name twice on purpose | 1 A, 5 D | 5 A (was D) | The active clients 1 and 5 will have the name "A"
several that differ in case, behind an entry without a name | 1 ACME, 2 acme, 3 C, 5 Acme
    | 3; Acme | "Acme" looks like "ACME" (id 1); "Acme" looks like "acme" (id 2)
deleted namesakes | (4 Old), (5 Old) | Old | A deleted client of the name "Old" exists, id 4, 5
a restore of a client that nobody sees | | restored 9 | id 9
the former one is renamed           | 1 A               | B (was A)          |
the former one is wanted itself     | 1 A, 2 B          | A (was B); B       |
the former one is deleted           | 1 A, (4 Old)      | A (was Old)        |
it is not present that is wanted    | 1 A, 2 B          | restored A (was B) |
an entry without a name             | 1 A, 2 B          | 1 (was B)          |
the client itself changes its case  | 1 ACME            | 1 Acme             |
the one in another case is deleted  | (1 ACME)          | Acme               |
the one in another case is named too | 1 ACME           | Acme; ACME         |
both cases are there, and named     | 1 Acme, 4 ACME    | Acme; ACME         |
a deleted one of a name that is there | 1 A, (5 A)      | A                  |
a deleted one that is restored      | (4 Old)           | Old (restore_deleted) |
""")


@pytest.mark.parametrize(("existing", "wanted", "expected"), WARNINGS)
def test_what_there_is_a_warning_of(existing: str, wanted: str, expected: str) -> None:
    warnings = plan_of(existing, wanted).warnings
    parts = expected.split("; ") if expected else []
    assert all(part in warning for part, warning in zip(parts, warnings, strict=True))
