# SPDX-License-Identifier: GPL-3.0-or-later
"""Which client an entry stands for: ids first, then names, then former names, then the absent."""

from __future__ import annotations

import pytest

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules, Step
from ansible_collections.toggl.focus.plugins.module_utils._plan.match import is_exact
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan


def active(id_: int, name: str) -> Client:
    return Client(id_, name, None, {})


def deleted(id_: int, name: str) -> Client:
    return Client(id_, name, "2026-01-01T00:00:00Z", {})


def described(step: Step) -> str:
    before = f"{step.old_name} -> " if step.kind == "rename" else ""
    return f"{step.entry}: {step.kind} {step.id or ''} {before}{step.name}".replace("  ", " ")


A, B, C = active(1, "A"), active(2, "B"), active(3, "C")
OLD = deleted(4, "Old")

STEPS: dict[str, tuple[list[Client], list[Desired], list[str]]] = {
    "an id speaks before a name": (
        [A, B],
        [Desired("A"), Desired("B2", 2), Desired("B")],
        ["1: rename 2 B -> B2", "2: create B"],
    ),
    "a name speaks before a former name": (
        [A, B],
        [Desired("New", former_names=("A", "B")), Desired("A")],
        ["0: rename 2 B -> New"],
    ),
    "a former name speaks before an absent one": (
        [A],
        [Desired("A", state="absent"), Desired("New", former_names=("A",))],
        ["1: rename 1 A -> New"],
    ),
    "a former name in another Unicode form, twice, with blanks": (
        [active(1, "Mu\u0308ller")],
        [Desired("New", former_names=("M\u00fcller", " Mu\u0308ller"))],
        ["0: rename 1 Mu\u0308ller -> New"],
    ),
    "a former name of a deleted client is none": (
        [OLD],
        [Desired("New", former_names=("Old",))],
        ["0: create New"],
    ),
    "a former one that its first entry leaves alone is free for the next": (
        [A, B],
        [Desired("A", former_names=("B",)), Desired("New", former_names=("B",))],
        ["1: rename 2 B -> New"],
    ),
    "an absent one's former names are no claim": (
        [B],
        [Desired("Gone", state="absent", former_names=("B",)), Desired("New", former_names=("B",))],
        ["1: rename 2 B -> New"],
    ),
    "a client that comes back under another name is not the one of its old name": (
        [OLD],
        [Desired("New", 4, "restored"), Desired("Old", state="absent")],
        ["0: rename 4 Old -> New", "0: restore 4 Old"],
    ),
    "a client that is deleted already is unwanted by its id and its name": (
        [OLD],
        [Desired(id=4, state="absent"), Desired("Old", state="absent")],
        [],
    ),
    "a client renamed away by its id is not the one of that name": (
        [A],
        [Desired("B", 1), Desired("A", state="absent")],
        ["0: rename 1 A -> B"],
    ),
    "a former name comes before a restore": (
        [A, OLD],
        [Desired("Old", former_names=("A",), restore_deleted=True)],
        ["0: rename 1 A -> Old"],
    ),
    "an active client comes before a deleted one": (
        [active(1, "Old"), OLD],
        [Desired("Old", restore_deleted=True)],
        [],
    ),
    "a name that is to be restored is not taken from a former one": (
        [A, OLD],
        [Desired("Old", state="restored", former_names=("A",))],
        ["0: restore 4 Old"],
    ),
    "a deleted client that shall be absent is left alone": (
        [OLD],
        [Desired(id=4, state="absent"), Desired("New")],
        ["1: create New"],
    ),
    "restored by id, blanks around the same name": (
        [deleted(4, " Old")],
        [Desired("Old", 4, "restored")],
        ["0: restore 4 Old"],
    ),
    "restored by id, while it is active, with a new name": (
        [A],
        [Desired("A2", 1, "restored")],
        ["0: rename 1 A -> A2"],
    ),
    "unwanted by name, but for the one that an entry sets apart": (
        [active(1, "D"), active(7, "E")],
        [Desired("E", state="absent"), Desired("E", 1, former_names=("D",))],
        ["0: delete 7 E", "1: rename 1 D -> E"],
    ),
    "unwanted by name, and the one that an entry sets apart has it": (
        [active(1, "E"), deleted(7, "E")],
        [Desired("E", state="absent"), Desired("E", 1, former_names=("D",))],
        [],
    ),
    "unwanted by name, and the one that an entry sets apart is to come back": (
        [deleted(1, "E"), active(7, "E")],
        [Desired("E", state="absent"), Desired("E", 1, "restored", ("E",))],
        ["0: delete 7 E", "1: restore 1 E"],
    ),
    "unwanted by name, and the one that an entry sets apart is to be deleted": (
        [active(1, "E"), active(7, "E")],
        [Desired("E", state="absent"), Desired("E", 1, "absent", ("D",))],
        ["0: delete 7 E", "1: delete 1 E"],
    ),
}

TWO = "More than one entry stands for the client"

REFUSED: dict[str, tuple[list[Client], list[Desired], list[str]]] = {
    "one client by id and by name": ([A], [Desired(id=1), Desired("A")], [f'1 and 2: {TWO} "A"']),
    "one client kept by id, and unwanted": (
        [A],
        [Desired(id=1), Desired("A", state="absent")],
        [f"1 and 2: {TWO}"],
    ),
    "one client unwanted by id and by name": (
        [A],
        [Desired(id=1, state="absent"), Desired("A", state="absent")],
        [f"1 and 2: {TWO}"],
    ),
    "a client unwanted by its id and name, and by its name": (
        [A],
        [Desired("A", 1, "absent"), Desired("A", state="absent")],
        [f"1 and 2: {TWO}"],
    ),
    "a client that gets another name before it is deleted, and its name wanted": (
        [A],
        [Desired("B", 1, "absent", ("A",)), Desired("A")],
        [f"1 and 2: {TWO}"],
    ),
    "a deleted client to be restored by two": (
        [OLD],
        [Desired("New", 4, "restored"), Desired("Old", state="restored")],
        [f"1 and 2: {TWO}"],
    ),
    "a deleted client to be restored by one, and to stay deleted": (
        [OLD],
        [Desired("Old", state="restored"), Desired(id=4, state="absent")],
        [f"1 and 2: {TWO}"],
    ),
    "one former name for three": (
        [A],
        [Desired(name, former_names=("A",)) for name in ("X", "Y", "Z")],
        [f'Entries 1, 2 and 3: {TWO} "A"'],
    ),
    "several of the name that is wanted": (
        [A, active(5, "A")],
        [Desired("A")],
        ['Several active clients have the name "A", with the ids 1, 5'],
    ),
    "several of the name that is unwanted": (
        [A, active(5, "A")],
        [Desired("A", state="absent")],
        ['Several active clients have the name "A", with the ids 1, 5'],
    ),
    "an id whose name is another, of former names too": (
        [B],
        [Desired("A", 2, "absent", ("C",))],
        ["The client with the id 2 is called"],
    ),
    "several to restore": (
        [OLD, deleted(5, "Old")],
        [Desired("Old", state="restored")],
        ["4 (deleted", "5 (deleted"],
    ),
    "wanted by id alone, and unwanted by name": (
        [active(1, "D"), active(7, "E")],
        [Desired("E", state="absent"), Desired("E", 1)],
        ['1 and 2: The name "E" is declared both present and absent'],
    ),
    "wanted by name with former names, and unwanted by name": (
        [active(1, "D"), active(7, "E")],
        [Desired("E", state="absent"), Desired("E", former_names=("D",))],
        ['1 and 2: The name "E" is declared both present and absent'],
    ),
    "wanted by one set apart and by one that is not, and unwanted": (
        [active(1, "D"), active(2, "F"), active(7, "E")],
        [Desired("E", state="absent"), Desired("E", 1, former_names=("D",)), Desired("E", 2)],
        ['1, 2 and 3: The name "E" is declared both present and absent'],
    ),
    "a name in two Unicode forms, kept as it was written first": (
        [],
        [Desired("A"), Desired("Mu\u0308ller"), Desired("M\u00fcller")],
        ['2 and 3: The name "Mu\u0308ller" is in the list more than once'],
    ),
    "a name that is taken, for two that shall have it": (
        [A, B, OLD],
        [Desired("A", 2), Desired("A", 4, "restored")],
        ['1 and 2: The name "A", which client 1 has, would be given to clients 2 and 4:'],
    ),
    "unwanted twice": (
        [],
        [Desired("E", state="absent"), Desired("B"), Desired("E", state="absent")],
        ['1 and 3: The name "E" is in the list more than once'],
    ),
    "unwanted twice, but for one set apart": (
        [],
        [
            Desired("E", state="absent"),
            Desired("E", state="absent"),
            Desired("E", 1, "restored", ("D",)),
        ],
        ['1 and 2: The name "E" is in the list more than once'],
    ),
    "two others unwanted by the name of one set apart": (
        [active(1, "D"), active(7, "E"), active(8, "E")],
        [Desired("E", state="absent"), Desired("E", 1, former_names=("D",))],
        ['Several active clients have the name "E", with the ids 7, 8'],
    ),
}


@pytest.mark.parametrize("case", STEPS)
def test_which_client_an_entry_stands_for(case: str) -> None:
    existing, desired, expected = STEPS[case]
    assert sorted(map(described, plan(existing, desired).steps)) == expected


@pytest.mark.parametrize("case", REFUSED)
def test_one_client_for_one_entry(case: str) -> None:
    existing, desired, expected = REFUSED[case]
    with pytest.raises(PlanRefused) as refused:
        plan(existing, desired)
    assert [part for part in expected if part not in str(refused.value)] == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Desired("A", 1, former_names=("B",)), True),
        (Desired("A", 1, "absent", ("B",)), True),
        (Desired("A", 1), False),
        (Desired("A", former_names=("B",)), False),
        (Desired(id=1, former_names=("B",)), False),
    ],
)
def test_an_exact_entry(entry: Desired, expected: bool) -> None:
    """It has the id, and former names besides its name: it is about this client, whoever else has
    that name."""
    assert is_exact(entry) == expected


def test_the_purge_deletes_what_no_entry_stands_for() -> None:
    """An entry stands for a client that it keeps, renames, restores or deletes; a deleted one is
    none to purge."""
    existing = [A, B, C, OLD, active(5, "E"), active(6, "F")]
    wanted = [
        Desired("A"),
        Desired("B2", former_names=("B",)),
        Desired("C", state="absent"),
        Desired(id=5),
    ]
    made = plan(existing, wanted, Rules(True, (), None, 100))
    assert [described(step) for step in made.steps if step.entry is None] == ["None: delete 6 F"]


WARNINGS: dict[str, tuple[list[Client], list[Desired], list[str]]] = {
    "a former one is left alone, each of them": (
        [A, B, C],
        [Desired("A", former_names=("B", "C", "B"))],
        ['"A" exists, and so does', '"B" (id 2), "C" (id 3)'],
    ),
    "one is left alone by an entry behind another": (
        [A, B, C],
        [Desired(id=3), Desired("A", former_names=("B",))],
        ['"A" exists, and so does', '"B" (id 2): the latter'],
    ),
    "a name that is given a second time on purpose": (
        [A, active(5, "D")],
        [Desired("A", 5, former_names=("D",))],
        ['The active clients 1 and 5 will have the name "A"'],
    ),
    "several that differ in case, behind an entry without a name": (
        [active(1, "ACME"), active(2, "acme"), C, active(5, "Acme")],
        [Desired(id=3), Desired("Acme")],
        ['"Acme" differs only in case from "ACME" (id 1), "acme" (id 2)'],
    ),
    "several deleted ones of a name that is created": (
        [OLD, deleted(5, "Old")],
        [Desired("Old")],
        ['A deleted client of the name "Old" exists, id 4, 5'],
    ),
    "a restore of a client that nobody sees": ([], [Desired(id=9, state="restored")], ["id 9"]),
}

SILENT: dict[str, tuple[list[Client], list[Desired]]] = {
    "the former one is renamed": ([A], [Desired("B", former_names=("A",))]),
    "the former one is wanted itself": ([A, B], [Desired("A", former_names=("B",)), Desired("B")]),
    "the former one is deleted": ([A, OLD], [Desired("A", former_names=("Old",))]),
    "it is not present that is wanted": (
        [A, B],
        [Desired("A", state="restored", former_names=("B",))],
    ),
    "an entry without a name leaves its former names alone": (
        [A, B],
        [Desired(id=1, former_names=("B",))],
    ),
    "the client itself changes its case": ([active(1, "ACME")], [Desired("Acme", 1)]),
    "the one in another case is deleted": ([deleted(1, "ACME")], [Desired("Acme")]),
    "the one in another case is named too": (
        [active(1, "ACME")],
        [Desired("Acme"), Desired("ACME")],
    ),
    "a deleted one of a name that is there": ([A, deleted(5, "A")], [Desired("A")]),
    "a deleted one that is restored": ([OLD], [Desired("Old", restore_deleted=True)]),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_what_there_is_a_warning_of(case: str) -> None:
    existing, desired, expected = WARNINGS[case]
    (warning,) = plan(existing, desired).warnings
    assert [part for part in expected if part not in warning] == []


@pytest.mark.parametrize("case", SILENT)
def test_what_needs_no_warning(case: str) -> None:
    existing, desired = SILENT[case]
    assert plan(existing, desired).warnings == ()
