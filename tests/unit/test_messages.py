# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages read aloud: what went wrong once, how far the run came, and advice that helps."""

from __future__ import annotations

import re
from typing import cast

import pytest
from support.lists import load_list
from support.notation import pairs, plan_of, rows, told
from support.steps import active

from ansible_collections.toggl.focus.plugins.module_utils._api import errors as E
from ansible_collections.toggl.focus.plugins.module_utils._apply.outcome import Outcome
from ansible_collections.toggl.focus.plugins.module_utils._errors import FocusError
from ansible_collections.toggl.focus.plugins.module_utils._model import Desired, Status
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._results.clients import clients_result
from ansible_collections.toggl.focus.plugins.module_utils._results.common import Report
from ansible_collections.toggl.focus.plugins.plugin_utils import _role_variables

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
        Outcome(step, cast(Status, status), error=ERRORS.get(error))
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


# look-alikes

ALIKE = pairs("""
no-break and thin spaces: Acme Inc ~ Acme\u00a0Inc | Acme\u2009Inc ~ Acme Inc
two blanks, and a tab: Acme Inc ~ Acme  Inc | Acme Inc ~ Acme\tInc
the blank of Braille: Acme Inc ~ Acme\u2800Inc
zero-width space, joiner at the end: Acme ~ Ac\u200bme | Acme ~ Acme\u200d
word joiner, grapheme joiner: Acme ~ Acme\u2060 | Acme ~ Ac\u034fme
soft hyphen, two marks: Acme ~ Ac\u00adme | Acme ~ \ufeffAcme | Acme ~ Acme\u200e
variation selectors: \u2764 Acme ~ \u2764\ufe0f Acme | Acme ~ Acme\U000e0100
case as well: ACME inc ~ Acme\u00a0\u00a0Inc
""")


@pytest.mark.parametrize(("given", "other"), ALIKE)
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


DIFFERENT = pairs("""
a blank more, an accent, a hyphen: DataSystems ~ Data Systems | M\u00fcller ~ Muller | A Inc ~ A-Inc
case, with both in the list: ACME ~ ACME; Acme
""")


@pytest.mark.parametrize(("existing", "wanted"), DIFFERENT)
def test_names_that_differ_to_the_eye_are_two_clients(existing: str, wanted: str) -> None:
    planned = plan_of(f"1 {existing}", wanted)
    assert (planned.warnings, planned.forbidden) == ((), ())


# the role's variables

VARIABLES = pairs("""
letters: clients_purg ~ clients_purge | clients_lists ~ clients_list
a word less: clients_token ~ clients_api_token | clients_digest ~ clients_plan_digest
one of many: clients_max_deletion ~ clients_max_deletions
of a playbook: clients_plan_fil ~ clients_plan_file | clients_planfile ~ clients_plan_file
without s: client_protected ~ clients_protected | client_list ~ clients_list
""")


@pytest.mark.parametrize(("variable", "meant"), VARIABLES)
def test_a_variable_nearly_like_one_of_the_role_gets_a_warning(variable: str, meant: str) -> None:
    assert list(_role_variables.warnings([variable, "clients_purge", "purg"])) == [
        f"The role toggl.focus.clients has no variable {variable}; did you mean {meant}?"
    ]


def test_other_variables_get_none() -> None:
    """Of the role, of the playbooks, and of the user's own."""
    names = ["list", "hosts", "file", "plan_file", "show_plan", "of_europe", "count", "x"]
    names = [*(f"clients_{name}" for name in names), "client_name", "client_list", "client"]
    assert list(_role_variables.warnings(names)) == []
