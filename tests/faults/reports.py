# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report says in words: the one place that knows them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from support.lists import load_list
from support.running import rows

from faults.model import key

Report = Mapping[str, Any]
Step = Mapping[str, Any]

UNCHECKED = "could not be checked"
MAY_BE_LEFT = "may still be there"
UNCLEAR = ("may have been done", UNCHECKED, MAY_BE_LEFT)
NOT_KEPT = ("It may keep none, or show another one", "so this probably neither")
TWICE = ("twice", "several new ones", "New and in no entry", UNCHECKED)
NO_ID = "is not known, so the undo list finds it by its name"
MORE_WARNINGS = "of this kind"
NOTHING = "Nothing to do"
NAME_FOUND = "was restored and is called"  # by a name that blocks the rest
TEMPORARY = "toggl.focus-"  # how names for a moment begin

COUNTED = re.compile(r"\b(create|rename|update|delete|restore)d? (\d+)", re.IGNORECASE)
COUNTED_ASIDE = re.compile(r"\b(\d+) (by purge|unchanged)\b")


def failed(report: Report) -> Sequence[Step]:
    """Those that may have been done included; each says why."""
    return rows(report, "failed", "unclear")


def new_ids(report: Report) -> set[int]:
    """Of clients that it tells of as new and in no entry: nobody knows what made them."""
    texts = [report.get("msg", ""), *(step.get("error", "") for step in report.get("plan", ()))]
    parts = [text.partition("New and in no entry: ")[2] for text in texts]
    return {int(i) for part in parts for i in re.findall(r"\(id (\d+)\)", part)}


def says(words: str, *any_of: str) -> bool:
    return any(said in words for said in any_of)


def names_with(report: Report, *words: str) -> set[str]:
    """The names of which it says one of these."""
    if "plan" in report:
        return {step["name"] for step in report["plan"] if says(step.get("error", ""), *words)}
    entries = report.get("undo", ()) if says(report.get("msg", ""), *words) else ()
    return {entry["name"] for entry in entries if "name" in entry}


def names_without_an_id(report: Report) -> set[str]:
    """Keys of the names of new clients of which the undo list has no id, as it warns."""
    warns = any(NO_ID in words for words in report.get("warnings", ()))
    undo = report.get("undo", ()) if warns else ()
    return {key(entry["name"]) for entry in undo if "id" not in entry}


def active_names(report: Report, when: str) -> list[str]:
    """The names of the active clients ``before`` or ``after``, as the diff shows them."""
    return [entry["name"] for entry in load_list(report["diff"][when]) or []]


def counts_in_words(report: Report) -> Mapping[str, int]:
    """The counts that the message tells, whether of what is done or of what would be."""
    words = report["msg"].rpartition("ould ")[2]
    numbers = {kind.lower(): int(number) for kind, number in COUNTED.findall(words)}
    return numbers | {what: int(number) for number, what in COUNTED_ASIDE.findall(words)}


def foreseen(report: Report) -> Mapping[str, Any]:
    """What check mode must say as the run does: all but the steps' ends, and new ids."""
    same = ("changed", "plan_digest", "diff", "action", "summary", "unmanaged", "warnings")
    said = {what: report[what] for what in same if what in report}
    if "plan" in report:
        of_new = {"create": ("status", "id"), "created": ("id",)}
        said["plan"] = [_without(s, *of_new.get(s["step"], ("status",))) for s in report["plan"]]
        said["results"] = [_without(e, *of_new.get(e["action"], ())) for e in report["results"]]
    return said


def _without(row: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def ids_of_clients(report: Report) -> set[int | None]:
    """Of those that the report tells of as changed."""
    if "plan" in report:
        return {step.get("id") for step in rows(report, "done")}
    return {(report.get("client") or {}).get("id")}
