# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report of ``focus_clients`` says: the one place that knows its keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from faults.model import key

Report = Mapping[str, Any]
Step = Mapping[str, Any]

UNCHECKED = "could not be checked"
MAY_BE_LEFT = "may still be there"
UNCLEAR = ("may have been done", UNCHECKED, MAY_BE_LEFT)
"""What is said of a write of which nobody knows whether it was carried out."""

NO_ID = "is not known, so the undo list finds it by its name"
MORE_WARNINGS = "of this kind"
SERVICE_REFUSED = "The service refused"
CAME_TO_LIGHT = "was restored and is called"
"""It is said where what a client is called that was restored unseen stands against the rest."""

TEMPORARY = "toggl.focus-"
"""Names of clients that swap theirs begin with it."""


class _Loader(yaml.CSafeLoader):
    """Knows texts that must not be taken for templates."""


_Loader.add_constructor("!unsafe", lambda loader, node: str(node.value))


def has_plan(report: Report) -> bool:
    """Whether it came so far that there is one."""
    return "plan" in report


def plan(report: Report) -> Sequence[Step]:
    steps: Sequence[Step] = report["plan"]
    return steps


def planned(report: Report) -> Sequence[Step]:
    """Those of which it is only said that they would be done."""
    return _of_status(report, "planned")


def done(report: Report) -> Sequence[Step]:
    return _of_status(report, "done")


def failed(report: Report) -> Sequence[Step]:
    """Those that may have been done included; each says why."""
    return _of_status(report, "failed", "unclear")


def pending(report: Report) -> Sequence[Step]:
    return _of_status(report, "pending")


def _of_status(report: Report, *statuses: str) -> Sequence[Step]:
    return [step for step in plan(report) if step["status"] in statuses]


def is_unclear(step: Step) -> bool:
    return bool(step["status"] == "unclear")


def may_be_left(step: Step) -> bool:
    """Whether a new client was to be deleted again, and nobody knows whether it was."""
    return step["step"] == "create" and MAY_BE_LEFT in step["error"]


def is_refused(report: Report) -> bool:
    """Whether there is a plan, and it must not be carried out."""
    return report.get("refused") is True


def entries(report: Report) -> Sequence[Mapping[str, Any]]:
    """What it says of entries of the list."""
    rows: Sequence[Mapping[str, Any]] = report["results"]
    return rows


def unmanaged(report: Report) -> Sequence[Mapping[str, Any]] | None:
    """Entries that stand for the clients of no entry, if it was asked for them."""
    return report.get("unmanaged")


def unchecked_names(report: Report) -> set[str]:
    """Keys of the names of which it says that nobody could look how often they are there."""
    if has_plan(report):
        steps = [step for step in plan(report) if UNCHECKED in step.get("error", "")]
        return {key(step["name"]) for step in steps}
    undo = report.get("undo", ()) if UNCHECKED in report.get("msg", "") else ()
    return {key(entry["name"]) for entry in undo if "name" in entry}


def names_perhaps_twice(report: Report) -> set[str]:
    """The names of which it says that they are there twice, or may be."""
    if has_plan(report):
        return {step["name"] for step in plan(report) if says_twice(step.get("error", ""))}
    entries = report.get("undo", ()) if says_twice(report.get("msg", "")) else ()
    return {entry["name"] for entry in entries if "name" in entry}


def names_without_an_id(report: Report) -> set[str]:
    """Keys of the names of new clients of which it warns that the undo list has no id for them."""
    warned = [words for words in report.get("warnings", ()) if NO_ID in words]
    names = [entry["name"] for entry in report.get("undo", ()) if "id" not in entry]
    return {key(name) for name in names if any(name in words for words in warned)}


def says_twice(words: str) -> bool:
    return any(
        said in words for said in ("twice", "several new ones", "New and in no entry", UNCHECKED)
    )


def came_to_light(words: str) -> bool:
    return CAME_TO_LIGHT in words


def says_unclear(words: str) -> bool:
    return any(unclear in words for unclear in UNCLEAR)


def active_names(report: Report, when: str) -> list[str]:
    """The names of the active clients ``before`` or ``after``, as the diff shows them."""
    shown = yaml.load(report["diff"][when], _Loader) or []
    return [entry["name"] for entry in shown]


def counts(report: Report) -> Mapping[str, int]:
    numbers: Mapping[str, int] = report["summary"]
    return numbers


def counts_in_words(report: Report) -> Mapping[str, int]:
    """The counts that the message tells, whether of what is done or of what would be."""
    words = report["msg"].rpartition("ould ")[2]
    numbers = {kind.lower(): int(number) for kind, number in _COUNTED.findall(words)}
    others = {what: int(number) for number, what in _COUNTED_ASIDE.findall(words)}
    return {**numbers, **others}


_COUNTED = re.compile(r"\b(create|rename|delete|restore)d? (\d+)", re.IGNORECASE)
_COUNTED_ASIDE = re.compile(r"\b(\d+) (by purge|unchanged)\b")


def says_nothing_to_do(report: Report) -> bool:
    return bool(report["msg"].startswith("Nothing to do"))


def foreseen(report: Report) -> Mapping[str, Any]:
    """What check mode must say as the run does: all but what became of the steps, and the ids of
    clients that were not there."""
    said = {what: report[what] for what in _SAID_BEFORE if what in report}
    if has_plan(report):
        said["plan"] = [
            _without(step, "status", *(("id",) if step["step"] == "create" else ()))
            for step in plan(report)
        ]
        said["results"] = [
            _without(entry, *(("id",) if entry["action"] == "created" else ()))
            for entry in entries(report)
        ]
    return said


_SAID_BEFORE = ("changed", "plan_digest", "diff", "action", "summary", "unmanaged")


def _without(row: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def ids_of_clients(report: Report) -> set[int | None]:
    """Of those that the report tells of as changed."""
    if has_plan(report):
        return {step.get("id") for step in done(report)}
    return {(report.get("client") or {}).get("id")}
