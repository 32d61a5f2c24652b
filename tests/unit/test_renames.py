# SPDX-License-Identifier: GPL-3.0-or-later
"""Is it a rename? Where one name is deleted and one like it is created, a warning asks, and shows
the line that would make it one."""

from __future__ import annotations

import random
import re

import pytest
from support.companies import COMPANIES, PURGE, replaced
from support.lists import load_list

from ansible_collections.toggl.focus.plugins.module_utils._model import (
    Client,
    Desired,
    Plan,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan


def asked(planned: Plan) -> list[str]:
    return [text for text in planned.warnings if "If that is a rename" in text]


ALIKE = {
    "a legal form is added": ("Globex", "Globex GmbH"),
    "a legal form is gone": ("Globex Inc.", "Globex"),
    "a legal form with dots": ("Globex", "Globex S.p.A."),
    "a legal form with a slash": ("Globex A/S", "Globex"),
    "a legal form in brackets": ("Globex (Pty) Ltd", "Globex"),
    "a short name with a legal form": ("BMW", "BMW AG"),
    "Corporation": ("Globex", "Globex Corporation"),
    "Group": ("Globex", "Globex Group"),
    "The": ("Globex Company", "The Globex Company"),
    "more words behind": ("Hooli", "Hooli Labs"),
    "more words before": ("Hooli", "Project Hooli"),
    "fewer words": ("Hooli Search Labs", "Hooli Search"),
    "a remark": ("Hooli", "Hooli (until June)"),
    "an umlaut spelled out": ("M\u00fcller", "Mueller"),
    "an umlaut without its dots": ("M\u00fcller Bau", "Muller Bau"),
    "an accent": ("Nestl\u00e9", "Nestle"),
    "another Unicode form, and a legal form": ("Mu\u0308ller", "M\u00fcller GmbH"),
    "a letter left out": ("Microsoft", "Mircosoft"),
    "a letter added": ("Initech", "Inittech"),
    "a letter replaced": ("Initech", "Initeck"),
    "letters that changed places": ("Initech", "Initehc"),
    "a typo in the first letter": ("Initech", "Unitech"),
    "a typo in one of three words": ("Stark Engine Works", "Stark Engnie Works"),
    "words that changed places": ("Bau M\u00fcller", "M\u00fcller Bau"),
    "last name first": ("John Smith", "Smith, John"),
    "written as one": ("Sunny Side", "Sunnyside"),
    "a hyphen": ("Coca-Cola", "Coca Cola"),
    "an apostrophe": ("Kellogg's", "Kelloggs"),
    "and": ("Procter & Gamble", "Procter and Gamble"),
    "the same number": ("Project 7", "Project 7 GmbH"),
    "another script": (
        "\u0413\u0430\u0437\u043f\u0440\u043e\u043c",
        "\u0413\u0430\u0437\u043f\u043e\u043c",
    ),
}

DIFFERENT = {
    "other names": ("Acme", "Globex"),
    "another word behind": ("Globex GmbH", "Globex AG"),
    "one word is shared": ("General Motors", "General Mills"),
    "all but one word is shared": ("Bank of America", "Bank of China"),
    "the last words are shared": ("Air China", "Air India"),
    "short words that look alike": ("Deutsche Bank", "Deutsche Bahn"),
    "only legal forms are shared": ("Acme Holding GmbH", "Globex Holding GmbH"),
    "numbers": ("Project 7", "Project 8"),
    "numbers with a digit more": ("Project 1", "Project 11"),
    "a number more": ("Project", "Project 2"),
    "years": ("Annual report 2025", "Annual report 2026"),
    "numbers within words": ("Phase7a", "Phase8a"),
    "single letters": ("Team A", "Team B"),
    "short": ("Acme", "Acne"),
    "very short": ("AB", "AC"),
    "a short name in a longer one": ("AB", "AB Films"),
    "two letters": ("Telia", "Tesla"),
    "words in between": ("Bank of China", "China Construction Bank"),
    "a word twice": ("Johnson & Johnson", "Johnson Controls"),
    "signs": ("\U0001f680", "\U0001f681"),
    "a sign and a name": ("\U0001f680", "Rocket"),
    "directions": ("Region North", "Region South"),
    "opposites": ("Import", "Export"),
}


@pytest.mark.parametrize("case", ALIKE)
def test_names_that_are_alike(case: str) -> None:
    """Either may be the old one."""
    one, other = ALIKE[case]
    for old, new in ((one, other), (other, one)):
        assert len(asked(replaced([old], [new]))) == 1


@pytest.mark.parametrize("case", DIFFERENT)
def test_names_that_are_not(case: str) -> None:
    one, other = DIFFERENT[case]
    for old, new in ((one, other), (other, one)):
        assert asked(replaced([old], [new])) == []


def test_the_words_of_the_warning() -> None:
    existing = [Client(7, "Globex", None, {}), Client(8, "Acme", None, {})]
    desired = [Desired("Acme"), Desired("Globex Corporation"), Desired("Globex", state="absent")]
    assert plan(existing, desired[:2], PURGE).warnings == (
        'The client "Globex" (id 7) is deleted, and "Globex Corporation" is created. If that is a '
        "rename, give entry 2 the line former_names: [Globex].",
    )
    assert plan(existing, desired).warnings == (
        'The client "Globex" (id 7) is deleted, and "Globex Corporation" is created. If that is a '
        "rename, give entry 2 the line former_names: [Globex], and take entry 3 out.",
    )


@pytest.mark.parametrize(
    "desired",
    [
        [Desired("Globex Corporation", former_names=("Globex",))],
        [Desired("Globex Corporation", 1)],
        [Desired("Globex Corporation"), Desired("Globex")],
        [Desired("Globex", state="absent")],
        [Desired("Globex Corporation"), Desired("globex", state="absent")],
    ],
    ids=["former_names", "the id", "both are wanted", "no creation", "nothing is deleted"],
)
def test_there_is_nothing_to_ask(desired: list[Desired]) -> None:
    assert asked(plan([Client(1, "Globex", None, {})], desired)) == []


def test_it_is_asked_whatever_else_is_changed() -> None:
    existing = [Client(1, "Globex", None, {}), Client(2, "Hooli", None, {})]
    desired = [Desired("Initech", id=2), Desired("Globex AG"), Desired("Globex", state="absent")]
    assert len(asked(plan(existing, desired))) == 1


HARD = [
    "Globex",
    "Globex, Inc",
    "Globex: the firm",
    "Globex #1",
    'Globex "the firm"',
    "Globex [old]",
    "- Globex",
    "Mu\u0308ller Globex",
    "Globex\u200b Firm",
    "Globex \U0001f680",
    " Globex ",
]


@pytest.mark.parametrize("old", HARD)
@pytest.mark.parametrize("former", [(), ("Something, else",)], ids=["", "has former names"])
def test_the_line_that_is_shown_makes_it_a_rename(old: str, former: tuple[str, ...]) -> None:
    """Pasted into the entry, in place of the line that is there, without the absent entry."""
    existing = [Client(7, old, None, {})]
    new = old.strip() + " GmbH"
    desired = [Desired(new, former_names=former), Desired(old.strip(), state="absent")]
    [warning] = asked(plan(existing, desired))
    shown = re.search(r"(former_names: .*\]), and take entry 2 out\.$", warning)
    assert shown, warning
    pasted = Desired(new, former_names=tuple(load_list(shown[1])["former_names"]))
    assert pasted.former_names[: len(former)] == former
    then = plan(existing, [pasted])
    assert [(step.kind, step.id, step.name) for step in then.steps] == [("rename", 7, new)]
    assert then.warnings == ()


def test_each_name_is_asked_about_once_and_what_is_most_alike_comes_together() -> None:
    old = ["Globex", "Globex Labs"]
    new = ["Labs Globex", "Globex AG"]
    lines = [text.partition(" is created")[0] for text in asked(replaced(old, new))]
    assert lines == [
        'The client "Globex" (id 1) is deleted, and "Globex AG"',
        'The client "Globex Labs" (id 2) is deleted, and "Labs Globex"',
    ]


def test_a_name_with_more_words_is_meant_only_if_it_is_the_only_one() -> None:
    assert asked(replaced(["Hooli"], ["Hooli Labs", "Hooli Search"])) == []
    assert asked(replaced(["Hooli Labs", "Hooli Search"], ["Hooli"])) == []


@pytest.mark.parametrize("pairs", [5, 6, 8])
def test_five_are_asked_about_and_the_others_are_counted(pairs: int) -> None:
    old = [name for name in COMPANIES if len(name) > 2][:pairs]
    warnings = replaced(old, [f"{name} GmbH" for name in old]).warnings
    more = {5: [], 6: ["And 1 more warning"], 8: ["And 3 more warnings"]}[pairs]
    assert len(warnings) == 5 + len(more)
    assert [text.partition(" of ")[0] for text in warnings[5:]] == more


# how often it is wrong, and how often it finds a rename

ROUNDS = 10
MOST_FALSE = 1.0
"""Warnings for each 100 creations of firms that are others than the deleted ones."""


def count(warnings: tuple[str, ...]) -> int:
    more = sum(int(found[1]) for text in warnings if (found := re.match(r"And (\d+) more", text)))
    return sum("If that is a rename" in text for text in warnings) + more


def test_false_alarms_are_rare() -> None:
    """Half of the firms are deleted and the other half is created, by chance."""
    seed = random.randrange(2**32)
    print("seed", seed)
    chance, false, created = random.Random(seed), 0, 0
    for _ in range(ROUNDS):
        names = chance.sample(COMPANIES, len(COMPANIES))
        half = len(names) // 2
        false += count(replaced(names[:half], names[half:]).warnings)
        created += len(names) - half
    rate = 100 * false / created
    print(f"{rate:.2f} false alarms for each 100 creations")
    assert rate <= MOST_FALSE


LONG_WORD = re.compile(r"[^\W\d_]{6}")


def mistyped(name: str, chance: random.Random) -> str:
    """A letter is left out, doubled, replaced, or changes places, in the longest word."""
    word = max(re.findall(r"[^\W\d_]+", name), key=len)
    at = chance.randrange(len(word) - 1)
    wrong = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            f"{word[:at]}x{word[at + 1 :]}",
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return name.replace(word, wrong, 1)


FORMS = ["GmbH", "AG", "Inc.", "Ltd.", "S.A.", "plc", "Corporation", "Group", "GmbH & Co. KG"]
UMLAUTS = str.maketrans({"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss"})

RENAMES = {
    "a legal form": (lambda name, chance: f"{name} {chance.choice(FORMS)}", 0.97),
    "umlauts": (lambda name, _: name.translate(UMLAUTS), 1.0),
    "words change places": (lambda name, _: ", ".join(reversed(name.split(" ", 1))), 1.0),
    "a word more": (lambda name, _: f"{name} Deutschland", 0.9),
    "a typo in six letters or more": (mistyped, 0.95),
}
"""With the share that has to be found; a name of one or two letters with more words is not."""


@pytest.mark.parametrize("case", RENAMES)
def test_renames_are_found(case: str) -> None:
    """All firms are renamed at once, so a firm could be taken for another."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rename, share = RENAMES[case]
    chance = random.Random(seed)
    names = [name for name in COMPANIES if rename is not mistyped or LONG_WORD.search(name)]
    pairs = [(old, new) for old in names if (new := rename(old, chance)) != old]
    found = sum(
        any(f'"{old}"' in text and f'"{new}"' in text for text in replaced([old], [new]).warnings)
        for old, new in pairs
    )
    together = replaced([old for old, _ in pairs], [new for _, new in pairs])
    print(f"{found} of {len(pairs)} found, together {count(together.warnings)}")
    assert found >= share * len(pairs)
    assert count(together.warnings) >= (share - 0.05) * len(pairs)
