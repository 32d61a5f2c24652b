# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages read aloud: what went wrong once, how far the run came, and advice that helps."""

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.toggl.focus.plugins.module_utils._api import errors as E
from ansible_collections.toggl.focus.plugins.module_utils._apply.outcome import Outcome
from ansible_collections.toggl.focus.plugins.module_utils._errors import FocusError, PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._results.clients import clients_result
from ansible_collections.toggl.focus.plugins.plugin_utils import _role_variables

POST = E.Request("POST", "/workspaces/1/clients")
REFUSED = E.status_error(E.ErrorResponse(POST, 400, "no such name"))
FORBIDDEN = E.status_error(E.ErrorResponse(POST, 403, "forbidden"))
UNAUTHORIZED = E.status_error(E.ErrorResponse(POST, 401, "unauthorized"))
QUOTA = E.QuotaExceeded(E.ErrorResponse(POST, 402, "quota"), E.Closed(600))
FAILING = E.status_error(E.ErrorResponse(POST, 503, "down"))
LOST = E.ConnectionLost("The connection was lost.")

DONE = ("done", None)
BAD = ("failed", REFUSED)

ENDS: dict[str, tuple[list[tuple[str, FocusError | None]], str]] = {
    "one of three is refused": ([DONE, BAD, DONE], "Of 3 changes, 2 were done and 1 failed."),
    "one is done": ([DONE, BAD], "Of 2 changes, 1 was done and 1 failed."),
    "none is done": ([BAD, BAD], "Of 2 changes, none was done and 2 failed."),
    "forbidden": (
        [("failed", FORBIDDEN), ("pending", FORBIDDEN)],
        "Of 2 changes, none was done, 1 failed and 1 is pending.",
    ),
    "not let in": (
        [DONE, ("failed", UNAUTHORIZED), ("pending", UNAUTHORIZED), ("pending", UNAUTHORIZED)],
        "Of 4 changes, 1 was done, 1 failed and 2 are pending.",
    ),
    "quota": (
        [DONE, ("pending", QUOTA), ("pending", QUOTA)],
        "Of 3 changes, 1 was done and 2 are pending. Another run does the rest.",
    ),
    "quota, and one refused": (
        [DONE, BAD, ("pending", QUOTA)],
        "Of 3 changes, 1 was done, 1 failed and 1 is pending. Another run does what is pending.",
    ),
    "the service fails": (
        [DONE, ("failed", FAILING)],
        "Of 2 changes, 1 was done and 1 failed. Another run does the rest.",
    ),
    "nobody knows": (
        [DONE, ("unclear", LOST)],
        "It may have been done: look before you run it again. Of 2 changes, 1 was done and 1 "
        "failed.",
    ),
    "a single change is refused": (
        [BAD],
        'refused POST /workspaces/1/clients: 400 "no such name".',
    ),
}


def message(outcomes: list[tuple[str, FocusError | None]], *names: str) -> str:
    wanted = [Desired(name) for name in names or [f"C {n}" for n in range(len(outcomes))]]
    planned = plan([], wanted)
    ended = [
        Outcome(step, status, error=error)  # type: ignore[arg-type]
        for step, (status, error) in zip(planned.steps, outcomes, strict=True)
    ]
    text: str = clients_result(planned, ended, 1)["msg"]
    return text


@pytest.mark.parametrize("case", ENDS)
def test_another_run_is_promised_only_what_it_will_do(case: str) -> None:
    outcomes, end = ENDS[case]
    assert message(outcomes).endswith(end)


def test_the_same_answer_for_many_clients_is_reported_once() -> None:
    assert message([BAD, BAD, DONE], "Acme", "Globex", "Initech") == (
        '"Acme" and "Globex": The service refused POST /workspaces/1/clients: 400 "no such name". '
        "Of 3 changes, 1 was done and 2 failed."
    )


def test_what_affects_every_request_is_reported_once() -> None:
    text = message([("failed", FORBIDDEN), ("pending", FORBIDDEN), ("pending", FORBIDDEN)])
    assert text.count("The service forbids") == 1


# guards


def active(*names: str) -> list[Client]:
    return [Client(n, name, None, {"id": n, "name": name}) for n, name in enumerate(names, 1)]


def refusal(clients: list[Client], wanted: list[Desired], rules: Rules) -> str:
    """What a plan that guards forbid says, or one with contradictions."""
    try:
        return str(PlanRefused(plan(clients, wanted, rules).forbidden, ()))
    except PlanRefused as refused:
        return str(refused)


def test_the_victims_are_named_once() -> None:
    text = refusal(active("A", "B", "C"), [Desired("A")], Rules(purge=True, max_deletions=1))
    assert text == (
        "2 clients would be deleted, but max_deletions is 1. If that is right, set max_deletions "
        'to 2. They are: "B" (id 2), "C" (id 3). The purge would delete 2 of 3 active clients, but '
        "max_deletion_percent is 30. Is the list complete? If so, set max_deletion_percent to 67."
    )


def test_one_victim_is_one_client() -> None:
    text = refusal(active("A"), [Desired("A", state="absent")], Rules(max_deletions=0))
    assert text == (
        "1 client would be deleted, but max_deletions is 0. If that is right, set max_deletions to "
        '1. They are: "A" (id 1).'
    )


def test_a_name_that_several_would_get() -> None:
    wanted = [Desired("C", id=1), Desired("C", id=2)]
    assert refusal(active("A", "B"), wanted, Rules()) == (
        'Entries 1 and 2: The name "C" would be given to clients 1 and 2: only one active client '
        "may get a name. Rename or delete the other one first."
    )


# look-alikes

ALIKE: dict[str, tuple[str, str]] = {
    "no-break space": ("Acme Inc", "Acme\u00a0Inc"),
    "two blanks": ("Acme Inc", "Acme  Inc"),
    "thin space": ("Acme\u2009Inc", "Acme Inc"),
    "tab": ("Acme Inc", "Acme\tInc"),
    "Braille blank": ("Acme Inc", "Acme\u2800Inc"),
    "zero-width space": ("Acme", "Ac\u200bme"),
    "zero-width joiner at the end": ("Acme", "Acme\u200d"),
    "soft hyphen": ("Acme", "Ac\u00adme"),
    "byte order mark": ("Acme", "\ufeffAcme"),
    "variation selector": ("\u2764 Acme", "\u2764\ufe0f Acme"),
    "another variation selector": ("Acme", "Acme\U000e0100"),
    "grapheme joiner": ("Acme", "Ac\u034fme"),
    "direction mark": ("Acme", "Acme\u200e"),
    "word joiner": ("Acme", "Acme\u2060"),
    "case as well": ("ACME inc", "Acme\u00a0\u00a0Inc"),
}


@pytest.mark.parametrize("case", ALIKE)
def test_a_client_is_not_created_beside_one_that_looks_like_it(case: str) -> None:
    """As a guard: the plan is shown and refused, with both names and the id."""
    given, other = ALIKE[case]
    planned = plan(active(other), [Desired(given)])
    assert [step.kind for step in planned.steps] == ["create"]
    (problem,) = planned.forbidden
    sentence = problem.sentence
    assert "looks like the active client" in sentence and "(id 1)" in sentence
    assert all(char == " " or (char.isprintable() and not char.isspace()) for char in sentence)
    assert planned.warnings == ()


@pytest.mark.parametrize("case", ALIKE)
def test_the_line_that_is_shown_renames_the_look_alike(case: str) -> None:
    """Pasted into the entry, it is read as the name that the client has."""
    given, other = ALIKE[case]
    (problem,) = plan(active(other), [Desired(given)]).forbidden
    shown = re.search(r"add (former_names: .*\]) to rename it", problem.sentence)
    assert shown
    pasted = Desired(
        given, former_names=tuple(yaml.safe_load(shown[1].replace("!unsafe ", ""))["former_names"])
    )
    then = plan(active(other), [pasted])
    assert [(step.kind, step.id) for step in then.steps] == [("rename", 1)]
    assert then.forbidden == ()


def test_with_both_in_the_list_there_is_nothing_to_say() -> None:
    planned = plan(active("ACME"), [Desired("ACME"), Desired("Acme")])
    assert (planned.forbidden, planned.warnings) == ((), ())


def test_an_entry_that_is_about_another_client_does_not_stand_for_a_look_alike() -> None:
    """Its id says which one it means. So where the service writes names its own way, a purge does
    not delete what the service has made of a name in the list."""
    wanted = [Desired("acme", id=9, state="absent"), Desired("Acme")]
    (problem,) = plan(active("acme"), wanted, Rules(purge=True, max_deletion_percent=100)).forbidden
    assert "looks like the active client" in problem.sentence


def test_a_protected_look_alike_is_a_warning() -> None:
    planned = plan(active("ACME"), [Desired("Acme")], Rules(protected=("AC*",)))
    (warning,) = planned.warnings
    assert planned.forbidden == () and '"Acme" looks like "ACME" (id 1)' in warning


def test_the_refusal_shows_what_nobody_sees() -> None:
    (problem,) = plan(active("Acme\u00a0Inc"), [Desired("Ac\u200bme Inc")]).forbidden
    assert problem.sentence == (
        r'The new client "Ac\u200bme Inc" looks like the active client "Acme\xa0Inc" (id 1). If it '
        r'is that one, add former_names: [!unsafe "Acme\xa0Inc"] to rename it. If they are two, '
        r'add an entry of its own: name: !unsafe "Acme\xa0Inc".'
    )


DIFFERENT: dict[str, tuple[str, str]] = {
    "a blank more": ("Data Systems", "DataSystems"),
    "an accent": ("Muller", "M\u00fcller"),
    "a hyphen": ("Acme-Inc", "Acme Inc"),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_names_that_differ_to_the_eye_are_two_clients(case: str) -> None:
    given, other = DIFFERENT[case]
    planned = plan(active(other), [Desired(given)])
    assert (planned.warnings, planned.forbidden) == ((), ())


# the role's variables

VARIABLES = {
    "clients_purg": "clients_purge",
    "clients_lists": "clients_list",
    "clients_token": "clients_api_token",
    "clients_max_deletion": "clients_max_deletions",
    "clients_digest": "clients_plan_digest",
}


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_that_is_nearly_one_of_the_role_gets_a_warning(variable: str) -> None:
    assert list(_role_variables.warnings([variable, "clients_purge", "purg"])) == [
        f"The role toggl.focus.clients has no variable {variable}; did you mean "
        f"{VARIABLES[variable]}?"
    ]


def test_other_variables_get_none() -> None:
    """Of the role, of the playbooks, and of the user's own."""
    known = ["list", "purge", "workspace_id", "hosts", "file", "result", "plan_file", "show_plan"]
    own = ["of_europe", "count", "team", "x"]
    assert list(_role_variables.warnings(f"clients_{name}" for name in [*known, *own])) == []
