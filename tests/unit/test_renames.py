# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that are alike: what is deleted and created may be a rename, or stands beside another."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from support.companies import COMPANIES, replaced
from support.lists import load_list
from support.notation import pairs, plan_of, rows, told
from support.steps import active, rename

from ansible_collections.toggl.focus.plugins.module_utils._model import Desired, Plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._plan.renames import renames_meant


def asked(planned: Plan) -> list[str]:
    return [text for text in planned.warnings if "If that is a rename" in text]


ALIKE = pairs("""
a legal form: Globex ~ Globex GmbH | Globex Inc. ~ Globex | BMW ~ BMW AG | Globex ~ Globex Group
a legal form: Globex ~ Globex S.p.A. | Globex A/S ~ Globex | Globex (Pty) Ltd ~ Globex
a legal form: Globex ~ Globex Corporation | Globex Company ~ The Globex Company
more words: Hooli ~ Hooli Labs | Hooli ~ Project Hooli | Hooli ~ Hooli (until June)
fewer words: Hooli Search Labs ~ Hooli Search
umlauts: M\u00fcller ~ Mueller | M\u00fcller Bau ~ Muller Bau | Nestl\u00e9 ~ Nestle
another Unicode form, and a legal form: Mu\u0308ller ~ M\u00fcller GmbH
a letter left out, added, replaced: Microsoft ~ Mircosoft | Initech ~ Inittech | Initech ~ Initeck
letters that changed places, and the first one: Initech ~ Initehc | Initech ~ Unitech
a typo in one of three words: Stark Engine Works ~ Stark Engnie Works
words that changed places: Bau M\u00fcller ~ M\u00fcller Bau | John Smith ~ Smith, John
signs: Sunny Side ~ Sunnyside | Coca-Cola ~ Coca Cola | Kellogg's ~ Kelloggs
and: Procter & Gamble ~ Procter and Gamble
the same number: Project 7 ~ Project 7 GmbH
another script: \u0413\u0430\u0437\u043f\u0440\u043e\u043c ~ \u0413\u0430\u0437\u043f\u043e\u043c
""")

DIFFERENT = pairs("""
other names: Acme ~ Globex | Import ~ Export
another word behind: Globex GmbH ~ Globex AG | General Motors ~ General Mills
all but one word is shared: Bank of America ~ Bank of China | Air China ~ Air India
short words that look alike: Deutsche Bank ~ Deutsche Bahn | Telia ~ Tesla
only legal forms are shared: Acme Holding GmbH ~ Globex Holding GmbH
numbers: Project 7 ~ Project 8 | Project 1 ~ Project 11 | Project ~ Project 2 | Phase7a ~ Phase8a
years: Annual report 2025 ~ Annual report 2026
single letters: Team A ~ Team B
short names: Acme ~ Acne | AB ~ AC | AB ~ AB Films
words in between: Bank of China ~ China Construction Bank
a word twice: Johnson & Johnson ~ Johnson Controls
signs: \U0001f680 ~ \U0001f681 | \U0001f680 ~ Rocket
directions: Region North ~ Region South
""")


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_are_alike(one: str, other: str) -> None:
    """Either may be the old one."""
    assert len(asked(replaced([one], [other]))) == len(asked(replaced([other], [one]))) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_that_are_not(one: str, other: str) -> None:
    assert asked(replaced([one], [other])) == asked(replaced([other], [one])) == []


def test_the_words_of_the_warning() -> None:
    planned = plan_of("7 Globex, 8 Acme", "Acme; Globex Corporation; absent Globex")
    assert planned.warnings == (
        'The client "Globex" (id 7) is deleted, and "Globex Corporation" is created. If that is a '
        "rename, give entry 2 the line former_names: [Globex], and take entry 3 out.",
    )


QUESTIONS = rows("""
former_names             | Globex Corporation (was Globex)     | 0
the id                   | 1 Globex Corporation                | 0
both are wanted          | Globex Corporation; Globex          | 0
no creation              | absent Globex                       | 0
nothing is deleted       | Globex Corporation; absent globex   | 0
another one is renamed   | 2 Initech; Globex AG; absent Globex | 1
""")


@pytest.mark.parametrize(("desired", "expected"), QUESTIONS)
def test_whether_there_is_something_to_ask(desired: str, expected: str) -> None:
    assert len(asked(plan_of("1 Globex, 2 Hooli", desired))) == int(expected)


HARD = [
    *("Globex", "Globex, Inc", "Globex: the firm", "Globex #1", 'Globex "the firm"', "- Globex"),
    *("Globex [old]", "Mu\u0308ller Globex", "Globex\u200b Firm", "Globex \U0001f680", " Globex "),
]


@pytest.mark.parametrize("old", HARD)
@pytest.mark.parametrize("former", [(), ("Something, else",)], ids=["", "has former names"])
@pytest.mark.parametrize(("order", "absent"), [(1, 2), (-1, 1)], ids=["", "backwards"])
def test_the_line_that_is_shown_is_a_rename(old: str, former: Any, order: int, absent: int) -> None:
    """Pasted into the entry, in place of the line that is there, without the absent entry."""
    existing = [active(7, old)]
    new = old.strip() + " GmbH"
    desired = [Desired(new, former_names=former), Desired(old.strip(), state="absent")]
    [warning] = asked(plan(existing, desired[::order]))
    shown = re.search(rf"(former_names: .*\]), and take entry {absent} out\.$", warning)
    assert shown, warning
    pasted = Desired(new, former_names=tuple(load_list(shown[1])["former_names"]))
    assert pasted.former_names[: len(former)] == former
    then = plan(existing, [pasted])
    assert (told(then.steps), then.warnings) == (told([rename(7, old, new)]), ())


def test_each_name_is_asked_about_once_and_what_is_most_alike_comes_together() -> None:
    texts = asked(replaced(["Globex", "Globex Labs"], ["Labs Globex", "Globex AG"]))
    pairs = [re.findall('"(.*?)"', text) for text in texts]
    assert pairs == [["Globex", "Globex AG"], ["Globex Labs", "Labs Globex"]]


def test_a_name_with_more_words_is_meant_only_if_it_is_the_only_one() -> None:
    assert asked(replaced(["Hooli"], ["Hooli Labs", "Hooli Search"])) == []
    assert asked(replaced(["Hooli Labs", "Hooli Search"], ["Hooli"])) == []


def test_false_alarms_are_rare() -> None:
    """Of firms deleted and others created by chance: at most one for each 100 creations."""
    seed = random.randrange(2**32)
    chance, half, false = random.Random(seed), len(COMPANIES) // 2, 0
    for _ in range(10):
        names = chance.sample(COMPANIES, len(COMPANIES))
        false += len(renames_meant(replaced(names[:half], names[half:]).steps))
    assert 100 * false / (10 * (len(COMPANIES) - half)) <= 1.0, f"seed {seed}"


# look-alikes of active clients

LOOK_ALIKES = pairs("""
no-break and thin spaces: Acme Inc ~ Acme\u00a0Inc | Acme\u2009Inc ~ Acme Inc
two blanks, and a tab: Acme Inc ~ Acme  Inc | Acme Inc ~ Acme\tInc
the blank of Braille: Acme Inc ~ Acme\u2800Inc
zero-width space, joiner at the end: Acme ~ Ac\u200bme | Acme ~ Acme\u200d
word joiner, grapheme joiner: Acme ~ Acme\u2060 | Acme ~ Ac\u034fme
soft hyphen, two marks: Acme ~ Ac\u00adme | Acme ~ \ufeffAcme | Acme ~ Acme\u200e
variation selectors: \u2764 Acme ~ \u2764\ufe0f Acme | Acme ~ Acme\U000e0100
case as well: ACME inc ~ Acme\u00a0\u00a0Inc
""")


@pytest.mark.parametrize(("given", "other"), LOOK_ALIKES)
def test_a_client_is_not_created_beside_one_that_looks_like_it(given: str, other: str) -> None:
    """The plan is shown and refused. Its line, pasted, is read as the name that the client has."""
    planned = plan([active(1, other)], [Desired(given)])
    assert (told(planned.steps), planned.warnings) == (f"create {given}", ())
    (problem,) = planned.forbidden
    sentence = problem.sentence
    shown = re.search(r"looks like the active .* \(id 1\).* add (former_names: .*\]) to", sentence)
    assert shown, sentence
    assert all(char == " " or (char.isprintable() and not char.isspace()) for char in sentence)
    pasted = Desired(given, former_names=tuple(load_list(shown[1])["former_names"]))
    then = plan([active(1, other)], [pasted])
    assert (told(then.steps), then.forbidden) == (f"rename 1 {other} -> {given}", ())


def test_an_entry_that_is_about_another_client_does_not_stand_for_a_look_alike() -> None:
    """So a purge does not delete what the service has made of a name in the list."""
    purge = {"purge": True, "max_deletion_percent": 100}
    (problem,) = plan_of("1 acme", "absent 9 acme; Acme", **purge).forbidden
    assert "looks like the active client" in problem.sentence


def test_a_protected_look_alike_is_a_warning() -> None:
    planned = plan_of("1 ACME", "Acme", protected=("AC*",))
    (warning,) = planned.warnings
    assert planned.forbidden == () and '"Acme" looks like "ACME" (id 1)' in warning


def test_the_refusal_shows_what_nobody_sees() -> None:
    (problem,) = plan_of("1 Acme\u00a0Inc", "Ac\u200bme Inc").forbidden
    assert problem.sentence == (
        r'The new client "Ac\u200bme Inc" looks like the active client "Acme\xa0Inc" (id 1). If it '
        r'is that one, add former_names: ["Acme\xa0Inc"] to rename it. If they are two, '
        r'give the other one an entry of its own in toggl.focus.focus_clients: name: "Acme\xa0Inc".'
    )


NO_LOOK_ALIKES = pairs("""
a blank more, an accent, a hyphen: DataSystems ~ Data Systems | M\u00fcller ~ Muller | A Inc ~ A-Inc
case, with both in the list: ACME ~ ACME; Acme
""")


@pytest.mark.parametrize(("existing", "wanted"), NO_LOOK_ALIKES)
def test_names_that_differ_to_the_eye_are_two_clients(existing: str, wanted: str) -> None:
    planned = plan_of(f"1 {existing}", wanted)
    assert (planned.warnings, planned.forbidden) == ((), ())
