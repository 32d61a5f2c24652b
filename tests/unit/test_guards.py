# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between a mistake and the loss of clients, at its bounds."""

from __future__ import annotations

import re

import pytest
import yaml
from support.notation import pairs, plan_of, rows, steps_of, told

from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan import guards, problems
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan

GLOBS = pairs("""
signs of globs: Acme ~ Acme | Acme* ~ Acme 2 | Acm? ~ Acme | [AB]cme ~ Bcme | * ~ ""
case does not matter: acme ~ ACME | ACME ~ acme | [ab]cme ~ ACME
nor do blanks around a name: Acme ~ " Acme " | " Acme " ~ Acme
nor its form: M\u00fcll?r ~ Mu\u0308ller | Mu\u0308ller ~ M\u00fcller | M?ller ~ Mu\u0308ller
one character is one in any case: Gro? ~ Gro\u00df | GRO? ~ gro\u00df | Gro? ~ GRO\u1e9e
and so are these: ?LE ~ \ufb01le | ?stanbul ~ \u0130stanbul | istanbul ~ \u0130stanbul
and these: Gro? \u039f\u0394\u039f\u03a3 ~ Gro\u00df \u03bf\u03b4\u03bf\u03c2
it may be written as two, such as SS: Gro?? ~ Gro\u00df | gro\u00df ~ GROSS | gross ~ Gro\u00df
or otherwise: Stra\u00dfe* ~ STRASSE 5 | \u039f\u0394\u039f\u03a3 ~ \u03bf\u03b4\u03bf\u03c2
no others: Acme ~ not Acme 2 | Acme ~ not My Acme | Acm? ~ not Acm | [AB]cme ~ not Ccme
no others in any case: [!a]cme ~ not Acme | Gross? ~ not Gro\u00df
""")


@pytest.mark.parametrize(("glob", "name"), GLOBS)
def test_a_glob_protects_what_it_fits_whatever_the_case(glob: str, name: str) -> None:
    protected = guards.protecting(
        Rules(protected=("nothing", glob, "*nothing")), name.removeprefix("not ")
    )
    assert protected == (None if name.startswith("not ") else glob)


GUARDS = rows("""
no steps | protected: ["*"], max_deletions: 0, max_deletion_percent: 0 | 5 | |
a deletion of a protected one | protected: [Acme*] | 5 | delete 1 ACME
    | 1 The option protected has "Acme*": leave the client as it is, or change protected. It would
    be deleted: "ACME" (id 1).
a rename of a protected one | protected: [Acme*] | 5 | rename 1 Acme 2 -> Other
    | 1 The option protected has "Acme*": leave the client as it is, or change protected. It would
    be renamed: "Acme 2" (id 1).
a deletion that no entry asks for | protected: [Acme*] | 5 | purge 1 Acme
    | - The option protected has "Acme*": leave
the first glob is named | protected: [B*, A*, a] | 5 | delete 1 A | 1 The option protected has "A*"
each protected one is named | protected: [A*, B*] | 5 | delete 1 A; delete 3 C; delete 2 B
    | 1 The option protected has "A*"; 3 The option protected has "B*"
a protected one behind steps that concern none | protected: [Acme*] | 5
    | create New; restore 2 ?; delete 1 Acme | 3 The option protected has "Acme*"
a rename to a protected name  | protected: [Acme*] | 5 | rename 1 Other -> Acme |
a create of a protected name  | protected: [Acme*] | 5 | create Acme            |
a restore of a protected one  | protected: [Acme*] | 5 | restore 1 Acme         |
a rename of a name that nobody knows | protected: ["*"] | 5 | restore 1 ?; rename 1 ? -> New |
fewer deletions than there may be | max_deletions: 2 | 5 | delete 1 A |
as many deletions as there may be | max_deletions: 2 | 5 | delete 1 A; delete 2 B |
one deletion more | max_deletions: 1 | 5 | delete 1 A; create C; delete 2 B
    | - 2 clients would be deleted, but max_deletions is 1. If that is right, set max_deletions to
    2. They are: "A" (id 1), "B" (id 2).
no deletion may be, and none is | max_deletions: 0 | 5 | create C; rename 1 A -> B; restore 2 D |
no deletion may be, and one is | max_deletions: 0 | 5 | delete 1 A
    | - 1 client would be deleted, but max_deletions is 0. If that is right, set max_deletions to 1.
deletions by entries know no percent | max_deletion_percent: 0 | 2 | delete 1 A; delete 2 B |
the last client | purge: true | 1 | purge 1 A
    | - The purge would delete 1 of 1 active clients and leave none, but max_deletion_percent is 30.
    Is the list complete? If so, set max_deletion_percent to 100. They are: "A" (id 1).
though others are created | purge: true | 1 | create New; purge 1 Old
    | - The purge would delete 1 of 1 active clients and leave none
more deletions than there are active ones leave none | purge: true | 1 | delete 1 A; purge 2 B
    | - The purge would delete 1 of 1 active clients and leave none, but
all guards speak, and name the victims once
    | purge: true, protected: [A], max_deletions: 1 | 4 | delete 1 A; purge 2 B; purge 3 C
    | 1 The option protected has "A"; - The purge would delete 2 of 4 active clients,
    but max_deletion_percent is 30. Is the list complete? If so, set max_deletion_percent to 50.; -
    3 clients would be deleted, but max_deletions is 1. If that is right, set max_deletions to 3.
    They are: "A" (id 1), "B" (id 2), "C" (id 3).
""")


@pytest.mark.parametrize(("options", "active", "steps", "expected"), GUARDS)
def test_guards(options: str, active: str, steps: str, expected: str) -> None:
    """A step is of the entry of its number, unless it purges; so are the problems."""
    numbered = enumerate(steps_of(steps))
    made = [of if of.entry is None else of._replace(entry=at) for at, of in numbered]
    victims = [step.after for step in made if step.entry is None]
    rules = Rules(**yaml.safe_load(f"{{{options}}}"))
    found = guards.check_guards(rules, int(active), made, victims)
    said = ["".join([*(f"{entry + 1} " for entry in of.entries), of.sentence]) for of in found]
    parts = [part.removeprefix("- ") for part in expected.split("; ") if part]
    assert [told[: len(part)] for told, part in zip(said, parts, strict=True)] == parts


PURGES = pairs("""
so many percent: 30 % of 10, 3 ~ fit | 30 % of 10, 4 ~ 40 % | 29 % of 10, 3 ~ 30 %
so many percent: 33 % of 9, 2 ~ fit | 33 % of 9, 3 ~ 34 % | 34 % of 9, 3 ~ fit
so many percent: 50 % of 4, 2 ~ fit | 49 % of 4, 2 ~ 50 % | 99 % of 100, 99 ~ fit
always one: 30 % of 2, 1 ~ fit | 1 % of 50, 1 ~ fit | 0 % of 50, 1 ~ fit | 0 % of 50, 2 ~ 4 %
never the last one: 99 % of 1, 1 ~ 100 % | 0 % of 1, 1 ~ 100 %
never the last one: 30 % of 2, 1 + 1 ~ 100 % | 30 % of 3, 1 + 1 ~ fit | 30 % of 3, 1 + 2 ~ 100 %
never the last one: 30 % of 10, 3 + 6 ~ fit | 30 % of 10, 3 + 7 ~ 100 % | 10 % of 10, 2 + 7 ~ 20 %
unless asked for: 100 % of 1, 1 ~ fit | 100 % of 10, 10 ~ fit | 100 % of 10, 3 + 7 ~ fit
nothing: 100 % of 0, 0 ~ fit
entries are free: 30 % of 10, 3 + 5 ~ fit | 30 % of 2, 0 + 2 ~ fit | 0 % of 2, 0 + 2 ~ fit
""")


@pytest.mark.parametrize(("purge", "expected"), PURGES)
def test_the_purge_deletes_so_many_and_never_the_last_client(purge: str, expected: str) -> None:
    """Of so many active clients, beside so many that entries delete. What it needs is told."""
    numbers = [int(number) for number in re.findall(r"\d+", purge)]
    percent, active, purged, by_entries = [*numbers, 0][:4]
    existing = [Client(id_, f"Client {id_}", None, {}) for id_ in range(1, active + 1)]
    wanted = [Desired(id=one.id, state="absent") for one in existing[:by_entries]]
    wanted += [Desired(id=one.id) for one in existing[by_entries + purged :]]
    assert percent_needed(existing, wanted, Rules(True, (), None, percent)) == expected


def percent_needed(existing: list[Client], wanted: list[Desired], rules: Rules) -> str:
    sentences = " ".join(problem.sentence for problem in plan(existing, wanted, rules).forbidden)
    needed = re.search(r"^The purge would .* set max_deletion_percent to (\d+)\.", sentences)
    return f"{needed[1]} %" if needed else sentences or "fit"


def test_the_purge_leaves_protected_clients_alone() -> None:
    """They are no victims, and do not count as deletions; of the active clients, they are part."""
    rules = {"purge": True, "protected": ("Internal*",), "max_deletions": 1}
    planned = plan_of("1 Internal, 2 internal 2, 3 A, 4 B", "A", **rules)
    assert told(planned.steps) == "purge 4 B"
    names = ["Internal" if id_ > 4 else f"Client {id_}" for id_ in range(1, 11)]
    four_of_ten = [Client(id_, name, None, {}) for id_, name in enumerate(names, 1)]
    assert percent_needed(four_of_ten, [], Rules(True, ("Internal",), None, 40)) == "fit"
    assert percent_needed(four_of_ten, [], Rules(True, ("Internal",), None, 39)) == "40 %"


def test_of_many_victims_twenty_are_named() -> None:
    victims = [Client(number, f"C{number}", None, {}) for number in range(21)]
    assert problems.too_many_deletions(victims[:20], 0).endswith(', "C19" (id 19).')
    assert problems.too_many_deletions(victims, 0).endswith(', "C19" (id 19), and 1 more.')


LEFT = rows("""
a create beside it            | 1 toggl.focus-1              | New    | false | refused
a purge of it                 | 1 toggl.focus-1, 2 A, 3 B    | A; B   | true  | refused
a create, and it has an entry | 1 toggl.focus-1              | New; 1 | false |
it gets its name back         | 1 toggl.focus-1              | New; 1 Old | false |
nothing is created            | 1 toggl.focus-1, 2 A         | A      | false |
another one is purged         | 1 toggl.focus-2, 2 toggl.focus-1, 3 A, 4 B | A; B | true |
a name of another id          | 1 toggl.focus-2              | New    | false |
a longer name                 | 1 toggl.focus-1 B            | New    | false |
""")


@pytest.mark.parametrize(("existing", "wanted", "purge", "expected"), LEFT)
def test_a_temporary_name_is_left(existing: str, wanted: str, purge: str, expected: str) -> None:
    """By a run that was interrupted: some entry may mean the client by the name that it creates."""
    rules = {"purge": purge == "true", "max_deletion_percent": 100}
    forbidden = plan_of(existing, wanted, **rules).forbidden
    assert len(forbidden) == bool(expected)
    assert all("The client 1 has the temporary name" in one.sentence for one in forbidden)
