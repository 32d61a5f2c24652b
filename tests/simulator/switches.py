# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions about the service that nobody has answered, and one answer to each."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any


def _open(*answers: object, is_open: bool = True) -> Any:
    """The likely answer is the first one."""
    return field(default=answers[0], metadata={"answers": answers, "is_open": is_open})


_elsewhere = partial(_open, is_open=False)
"""What was seen at another route or at a sibling of the service, or is said in its newer
description, and may be so here, too."""


@dataclass(frozen=True)
class Switches:
    """One way the service may behave; the defaults are the likely one."""

    list_shows_deleted: bool = _open(True, False)
    get_shows_deleted: bool = _open(True, False)
    create_body: str = _open("client", "wrapped", "id", "nothing")
    duplicates: str = _open("allowed", "refused_active", "refused_all", "refused_any_case")
    name_filter: str = _open("contains", "equals", "begins", "any_case", "fuzzy", "ignored")
    default_per_page: int = _open(50, 20, 100)
    per_page_cap: int = _open(100, 50, 20)
    longest_name: int = _open(255, 50)
    names_trimmed: bool = _open(True, False)
    delete_deleted: int = _open(204, 404, 400)
    restore_active: int = _open(204, 404, 400)
    put_deleted: int = _open(204, 404)
    active_field: str = _open("true", "false_when_deleted", "sometimes_false")
    missing_fields: str = _open("null", "absent", "zero")
    empty_data: str = _open("list", "null")
    quota_headers: bool = _open(True, False)
    order_by_key: str = _open("order_by[]", "order_by")
    list_order: str = _open("id", "name", "newest")
    trace_id: bool = _open(True, False)
    extra_fields: bool = _open(False, True)
    quota_refusal: str = _elsewhere("json", "headers", "text", "retry_after", "nothing")
    largest_per_page: int = _elsewhere(100, 50, 20)
    read_after_write: str = _elsewhere("new", "old")
    # What an update without one does to it; or there is no such field.
    currency: str = _open("replaces", "keeps", "unknown")
    # What a read shows of a client that has none of its own.
    currency_shown: str = _open("own", "workspace")
    # What is kept of a name; "numbered" adds " 1" to that of another client, also a deleted one.
    names_changed: str = _elsewhere("no", "lower", "cut", "escaped", "folded", "numbered")

    def __post_init__(self) -> None:
        for name, answers in ANSWERS.items():
            if getattr(self, name) not in answers and name not in SIZES:
                raise ValueError(f"{name}: not one of {answers}")


ANSWERS: dict[str, Any] = {s.name: s.metadata["answers"] for s in fields(Switches)}
QUESTIONS = {s.name: ANSWERS[s.name] for s in fields(Switches) if s.metadata["is_open"]}

UNBEARABLE = ("read_after_write", "names_changed")
"""No client can live with old reads in every case: a run that begins with the list as it was before
the last run does that one's work again. Nor does it create a client whose name is changed. So these
are asked for by name only."""
BEARABLE = {name: values for name, values in ANSWERS.items() if name not in UNBEARABLE}

SIZES = ("per_page_cap", "longest_name")
"""Switches that take any size: small pages make a list of many pages cheap."""


def every_single_switch() -> list[Switches]:
    """All deviations from the default that change one switch, and that can be lived with."""
    return [
        Switches(**{name: value}) for name, (_, *others) in BEARABLE.items() for value in others
    ]


def random_switches(seed: int) -> Switches:
    """A random answer to every question; the same seed gives the same answers."""
    chooser = random.Random(seed)
    return Switches(**{name: chooser.choice(values) for name, values in BEARABLE.items()})
