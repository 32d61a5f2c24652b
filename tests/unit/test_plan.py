# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner as a table: what is, what is desired, what is done."""

from __future__ import annotations

import pytest

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import (
    plan,
    renamed_by_id,
)


def active(client_id: int, name: str) -> Client:
    return Client(client_id, name, None, {"id": client_id, "name": name})


def deleted(client_id: int, name: str) -> Client:
    when = "2026-01-01T00:00:00Z"
    return Client(client_id, name, when, {"id": client_id, "name": name, "deleted_at": when})


def steps_of(existing: list[Client], desired: list[Desired]) -> list[str]:
    return [
        " ".join(
            str(part)
            for part in (step.kind, step.id, step.old_name if step.kind == "rename" else None)
            if part is not None
        )
        + ("" if step.kind == "delete" else f" -> {step.name}")
        for step in plan(existing, desired).steps
    ]


ACME, GLOBEX, OLD = active(1, "Acme"), active(2, "Globex"), deleted(3, "Old")

STEPS = {
    "present by name, is there": ([ACME], [Desired("Acme")], []),
    "present by name, blanks around": ([active(1, " Acme ")], [Desired("Acme")], []),
    "present by name, another Unicode form": (
        [active(1, "Mu\u0308ller")],
        [Desired("M\u00fcller")],
        [],
    ),
    "present by name, not there": ([ACME], [Desired("New")], ["create -> New"]),
    "present by name, case differs": ([ACME], [Desired("ACME")], ["create -> ACME"]),
    "present by former name": (
        [ACME],
        [Desired("New", former_names=("Gone", "Acme"))],
        ["rename 1 Acme -> New"],
    ),
    "present, the former name is there too": (
        [ACME, GLOBEX],
        [Desired("Acme", former_names=("Globex",))],
        [],
    ),
    "former name that an entry of its own names": (
        [ACME],
        [Desired("New", former_names=("Acme",)), Desired("Acme")],
        ["create -> New"],
    ),
    "former name that is unwanted by another entry": (
        [ACME],
        [Desired("New", former_names=("Acme",)), Desired("Acme", state="absent")],
        ["rename 1 Acme -> New"],
    ),
    "present, only a deleted one": ([OLD], [Desired("Old")], ["create -> Old"]),
    "present, restore_deleted": (
        [OLD],
        [Desired("Old", restore_deleted=True)],
        ["restore 3 -> Old"],
    ),
    "present by id": ([ACME], [Desired(id=1)], []),
    "present by id and name, same": ([ACME], [Desired("Acme", 1)], []),
    "present by id and name, differs": ([ACME], [Desired("New", 1)], ["rename 1 Acme -> New"]),
    "absent by name": ([ACME], [Desired("Acme", state="absent")], ["delete 1"]),
    "absent by name, not there": ([ACME], [Desired("New", state="absent")], []),
    "absent by name, deleted": ([OLD], [Desired("Old", state="absent")], []),
    "absent by id": ([ACME], [Desired(id=1, state="absent")], ["delete 1"]),
    "absent by id and name": ([ACME], [Desired("Acme", 1, "absent")], ["delete 1"]),
    "absent by id, deleted": ([OLD], [Desired(id=3, state="absent")], []),
    "absent by id, unknown": ([], [Desired(id=9, state="absent")], []),
    "absent by id, under its former name": (
        [ACME],
        [Desired("First", 1, "absent", ("Acme",))],
        ["rename 1 Acme -> First", "delete 1"],
    ),
    "restored by name": ([OLD], [Desired("Old", state="restored")], ["restore 3 -> Old"]),
    "restored by name, active": ([ACME], [Desired("Acme", state="restored")], []),
    "restored by name, active and deleted": (
        [ACME, deleted(4, "Acme")],
        [Desired("Acme", state="restored")],
        [],
    ),
    "restored by id": ([OLD], [Desired(id=3, state="restored")], ["restore 3 -> Old"]),
    "restored by id, active": ([ACME], [Desired(id=1, state="restored")], []),
    "restored by id, new name": (
        [OLD],
        [Desired("New", 3, "restored")],
        ["restore 3 -> Old", "rename 3 Old -> New"],
    ),
    "restored by id, unseen": ([], [Desired(id=9, state="restored")], ["restore 9 -> None"]),
    "restored by id, unseen, with a name": (
        [],
        [Desired("New", 9, "restored")],
        ["restore 9 -> None", "rename 9 -> New"],
    ),
    "restored by id, broken off before the rename": (
        [active(3, "Old")],
        [Desired("New", 3, "restored")],
        ["rename 3 Old -> New"],
    ),
    "rename away, then create": (
        [ACME],
        [Desired("Acme"), Desired("Acme old", 1)],
        ["rename 1 Acme -> Acme old", "create -> Acme"],
    ),
    "delete, then rename to its name": (
        [ACME, GLOBEX],
        [Desired("Acme", 2), Desired(id=1, state="absent")],
        ["delete 1", "rename 2 Globex -> Acme"],
    ),
    "chain of renames": (
        [ACME, GLOBEX],
        [Desired("Globex", 1), Desired("Hooli", 2)],
        ["rename 2 Globex -> Hooli", "rename 1 Acme -> Globex"],
    ),
    "two swap their names": (
        [ACME, GLOBEX],
        [Desired("Globex", 1), Desired("Acme", 2)],
        [
            "rename 1 Acme -> toggl.focus-1",
            "rename 2 Globex -> Acme",
            "rename 1 toggl.focus-1 -> Globex",
        ],
    ),
    "two swap their names, and a third one shall have the name for now": (
        [ACME, GLOBEX],
        [Desired("Globex", 1), Desired("Acme", 2), Desired("toggl.focus-1")],
        [
            "create -> toggl.focus-1",
            "rename 1 Acme -> toggl.focus-1-",
            "rename 2 Globex -> Acme",
            "rename 1 toggl.focus-1- -> Globex",
        ],
    ),
    "case alone changes": ([ACME], [Desired("ACME", 1)], ["rename 1 Acme -> ACME"]),
    "duplicates, each by its id": (
        [ACME, active(4, "Acme")],
        [Desired("Acme", 1), Desired("Acme", 4)],
        [],
    ),
    "a name that one has on its way to be deleted, and another in the end": (
        [ACME, GLOBEX],
        [Desired("New", 1, "absent", ("Acme", "New")), Desired("New", 2)],
        ["rename 1 Acme -> New", "delete 1", "rename 2 Globex -> New"],
    ),
    "back to a duplicate, on purpose": (
        [ACME, active(4, "Other")],
        [Desired("Acme", 4, former_names=("Other",))],
        ["rename 4 Other -> Acme"],
    ),
}


NAME_TWICE = "is in the list more than once: keep one entry, or"
ID_TWICE = "is in the list more than once: keep one entry."
PRESENT_AND_ABSENT = "is declared both present and absent"
UNKNOWN_ID = "The service shows no client with the id"
DELETED_ID = "is deleted: use state=restored"
NAMES_DISAGREE = "nothing is deleted until id and name agree"
AMBIGUOUS = "Several active clients have the name"
AMBIGUOUS_FORMER = "Several active clients have former names of"
SEVERAL_DELETED = "Several deleted clients have the name"
NOTHING_TO_RESTORE = "The service lists no deleted client of the name"
TWO_ENTRIES_ONE_CLIENT = "More than one entry stands for the client"
NAME_TAKEN = "only one active client may get a name"

PROBLEMS = {
    "name twice": ([], [Desired("A"), Desired("A")], [NAME_TWICE]),
    "name twice, once by id": ([ACME], [Desired("Acme"), Desired("Acme", 1)], [NAME_TWICE]),
    "id twice": ([ACME], [Desired(id=1), Desired("A", 1)], [ID_TWICE]),
    "present and absent": ([], [Desired("A"), Desired("A", state="absent")], [PRESENT_AND_ABSENT]),
    "unknown id": ([], [Desired(id=9)], [UNKNOWN_ID]),
    "deleted id": ([OLD], [Desired(id=3)], [DELETED_ID]),
    "names disagree": ([ACME], [Desired("Globex", 1, "absent")], [NAMES_DISAGREE]),
    "two active of one name, present": (
        [ACME, active(4, "Acme")],
        [Desired("Acme")],
        [AMBIGUOUS],
    ),
    "two active of one name, absent": (
        [ACME, active(4, "Acme")],
        [Desired("Acme", state="absent")],
        [AMBIGUOUS],
    ),
    "two active of the former names": (
        [ACME, GLOBEX],
        [Desired("New", former_names=("Acme", "Globex"))],
        [AMBIGUOUS_FORMER],
    ),
    "two deleted of one name": (
        [OLD, deleted(4, "Old")],
        [Desired("Old", state="restored")],
        [SEVERAL_DELETED],
    ),
    "two deleted of one name, restore_deleted": (
        [OLD, deleted(4, "Old")],
        [Desired("Old", restore_deleted=True)],
        [SEVERAL_DELETED],
    ),
    "nothing to restore": ([ACME], [Desired("Old", state="restored")], [NOTHING_TO_RESTORE]),
    "id and name of one client": (
        [ACME],
        [Desired("Acme"), Desired(id=1)],
        [TWO_ENTRIES_ONE_CLIENT],
    ),
    "deleted by id, wanted by name": (
        [ACME],
        [Desired("Acme"), Desired(id=1, state="absent")],
        [TWO_ENTRIES_ONE_CLIENT],
    ),
    "restored by id, unwanted by name": (
        [OLD],
        [Desired(id=3, state="restored"), Desired("Old", state="absent")],
        [TWO_ENTRIES_ONE_CLIENT],
    ),
    "one former name for two": (
        [ACME],
        [Desired("A", former_names=("Acme",)), Desired("B", former_names=("Acme",))],
        [TWO_ENTRIES_ONE_CLIENT],
    ),
    "one former name for two, one of which might be restored": (
        [ACME, deleted(4, "A"), deleted(5, "A")],
        [
            Desired("B", former_names=("Acme",)),
            Desired("A", former_names=("Acme",), restore_deleted=True),
        ],
        [TWO_ENTRIES_ONE_CLIENT],
    ),
    "one former name for two, one of which has another": (
        [ACME, GLOBEX],
        [Desired("B", former_names=("Acme",)), Desired("A", former_names=("Acme", "Globex"))],
        [TWO_ENTRIES_ONE_CLIENT, AMBIGUOUS_FORMER],
    ),
    "one former name for two, and a third to be called so: none of the two gets out of its way": (
        [ACME, GLOBEX],
        [
            Desired("A", former_names=("Acme",)),
            Desired("B", former_names=("Acme",)),
            Desired("Acme", 2),
        ],
        [TWO_ENTRIES_ONE_CLIENT, NAME_TAKEN],
    ),
    "contradictions of more than one name": (
        [],
        [Desired("A"), Desired("A", state="absent"), Desired("B"), Desired("B")],
        [PRESENT_AND_ABSENT, NAME_TWICE],
    ),
    "restore by id alone under a name that is borne, whatever the former names": (
        [ACME, deleted(4, "Acme")],
        [Desired(None, 4, "restored", ("Acme",))],
        [NAME_TAKEN],
    ),
    "two renames to one name": (
        [ACME, GLOBEX],
        [Desired("New", 1), Desired("New", 2)],
        [NAME_TAKEN],
    ),
    "three renames to one name, behind one to another": (
        [ACME, GLOBEX, active(4, "C"), active(5, "D")],
        [Desired("Free", 1), Desired("New", 2), Desired("New", 4), Desired("New", 5)],
        [NAME_TAKEN],
    ),
    "two renames to one name, behind a name that one has in passing": (
        [ACME, GLOBEX, active(4, "C")],
        [
            Desired("Passing", 1, "absent", ("Acme",)),
            Desired("Passing"),
            Desired("New", 2),
            Desired("New", 4),
        ],
        [NAME_TAKEN],
    ),
    "rename to a name that is borne": ([ACME, GLOBEX], [Desired("Acme", 2)], [NAME_TAKEN]),
    "restore under a name that is borne": (
        [ACME, deleted(4, "Acme")],
        [Desired(id=4, state="restored")],
        [NAME_TAKEN],
    ),
    "all problems at once": (
        [ACME, OLD],
        [
            Desired(id=3),
            Desired(id=9),
            Desired("Globex", 1, "absent"),
            Desired("New"),
            Desired("New"),
        ],
        [NAME_TWICE, DELETED_ID, UNKNOWN_ID, NAMES_DISAGREE],
    ),
}

WARNINGS = {
    "the former one is left alone": (
        [ACME, GLOBEX],
        [Desired("Acme", former_names=("Globex",))],
        '"Globex" (id 2)',
    ),
    "a deleted one of that name": ([OLD], [Desired("Old")], "id 3"),
    "differs in case": ([ACME, active(4, "ACME")], [Desired("ACME")], '"Acme" (id 1)'),
    "restore unseen": ([], [Desired(id=9, state="restored")], "id 9"),
}


@pytest.mark.parametrize("case", STEPS)
def test_steps(case: str) -> None:
    existing, desired, expected = STEPS[case]
    assert steps_of(existing, desired) == expected


@pytest.mark.parametrize("case", PROBLEMS)
def test_problems(case: str) -> None:
    existing, desired, expected = PROBLEMS[case]
    with pytest.raises(PlanRefused) as refused:
        plan(existing, desired)
    sentences = dict.fromkeys(problem.sentence for problem in refused.value.problems)
    assert all(part in sentence for part, sentence in zip(expected, sentences, strict=True))
    assert str(refused.value).endswith((".", "first."))


@pytest.mark.parametrize("case", PROBLEMS)
def test_problems_do_not_depend_on_the_order_of_the_list(case: str) -> None:
    existing, desired, expected = PROBLEMS[case]
    with pytest.raises(PlanRefused) as refused:
        plan(existing, desired[::-1])
    sentences = {problem.sentence for problem in refused.value.problems}
    assert all(any(part in sentence for sentence in sentences) for part in expected)
    assert all(any(part in sentence for part in expected) for sentence in sentences)


@pytest.mark.parametrize("case", WARNINGS)
def test_warnings(case: str) -> None:
    existing, desired, expected = WARNINGS[case]
    warnings = plan(existing, desired).warnings
    assert len(warnings) == 1
    assert expected in warnings[0]


def test_no_warning_where_each_case_is_named() -> None:
    assert plan([ACME, active(4, "ACME")], [Desired("Acme"), Desired("ACME")]).warnings == ()


def test_a_name_that_was_mistyped_is_suggested() -> None:
    with pytest.raises(PlanRefused, match='Did you mean "Umbrella"?'):
        plan([deleted(4, "Umbrella")], [Desired("umbrela", state="restored")])


def test_problems_name_their_entries() -> None:
    with pytest.raises(PlanRefused, match="Entry 2: The service shows no client with the id 9"):
        plan([ACME], [Desired("Acme"), Desired(id=9)])


def test_what_a_plan_tells_besides_its_steps() -> None:
    """Who is active before it, which names are shared before it, and each entry's own steps."""
    existing = [ACME, active(4, "Acme"), GLOBEX, active(5, "Old"), OLD]
    made = plan(
        existing,
        [Desired("New"), Desired(id=2), Desired("Other", 5), Desired("Gone", state="absent")],
        Rules(True, max_deletion_percent=100),
    )
    assert made.active == tuple(existing[:4])
    assert made.shared_names == {"Acme"}
    own_steps = [[made.steps[place] for place in entry.steps] for entry in made.entries]
    kinds = [[(step.kind, step.entry) for step in steps] for steps in own_steps]
    assert kinds == [[("create", 0)], [], [("rename", 2)], []]
    assert [entry.action for entry in made.entries] == ["created", "none", "renamed", "none"]
    assert [step.id for step in made.steps if step.entry is None] == [1, 4]


UNSEEN: dict[str, tuple[Desired, tuple[int, ...]]] = {
    "under the first of its former names": (Desired("New", 9, "restored", ("Acme", "Old")), (0,)),
    "or, where there are none, under the name that it shall have": (
        Desired("acme", 9, "restored"),
        (0,),
    ),
    "under no other former name": (Desired("New", 9, "restored", ("Old", "Acme")), ()),
    "of an entry without a name, under the former one too": (
        Desired(None, 9, "restored", ("Acme",)),
        (0,),
    ),
    "or under one that nobody knows": (Desired(id=9, state="restored"), ()),
}


@pytest.mark.parametrize("case", UNSEEN)
def test_a_hidden_client_probably_comes_back(case: str) -> None:
    """So its restore waits for the one that has this name, and its rename for the restore."""
    entry, needs = UNSEEN[case]
    steps = plan([ACME], [entry, Desired(id=1, state="absent")]).steps
    found = {step.kind: step.needs for step in steps if step.kind in ("delete", "restore")}
    assert found == {"delete": (), "restore": needs}


RENAMED_BY_ID: dict[str, tuple[list[Client], Desired, int]] = {
    "from a name that is not listed": ([ACME], Desired("New", 1), 1),
    "from a name that is not listed, restored as well": ([OLD], Desired("New", 3, "restored"), 1),
    "from another name than the former ones": ([ACME], Desired("New", 1, "present", ("Old",)), 1),
    "from a former name": ([ACME], Desired("New", 1, "present", ("Old", " Acme")), 0),
    "from a former name, without an id": ([ACME], Desired("New", former_names=("Acme",)), 0),
    "on its way to be deleted": ([ACME], Desired("New", 1, "absent", ("Acme",)), 0),
    "not at all, restored": ([OLD], Desired("Old", 3, "restored"), 0),
    "not at all, restored without a name": ([OLD], Desired(None, 3, "restored"), 0),
    "not at all, deleted under another name": ([OLD], Desired("New", 3, "absent"), 0),
    "not at all, created": ([], Desired("New"), 0),
    "from a name that nobody knows": ([], Desired("New", 9, "restored"), 0),
}


@pytest.mark.parametrize("case", RENAMED_BY_ID)
def test_a_rename_by_an_id_from_a_name_that_is_not_listed_gets_a_warning(case: str) -> None:
    existing, entry, expected = RENAMED_BY_ID[case]
    made = plan([*existing, GLOBEX], [Desired("Globex", 2), entry])
    assert len(list(renamed_by_id(made))) == expected


def test_a_digest_is_of_one_workspace() -> None:
    digests = [plan([], [Desired("A")], workspace_id=id_).digest for id_ in (0, 1, 11)]
    assert len(set(digests)) == 3
    assert plan([], [Desired("A")]).digest == digests[0]
