# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions about the service that nobody has answered, and one answer to each."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

QUESTIONS: dict[str, tuple[object, ...]] = {
    "list_shows_deleted": (True, False),
    "get_shows_deleted": (True, False),
    "create_body": ("client", "wrapped", "id", "nothing"),
    "duplicates": ("allowed", "refused_active", "refused_all", "refused_any_case"),
    "name_filter": ("equals", "contains", "begins", "any_case", "fuzzy", "ignored"),
    "default_per_page": (20, 50, 100),
    "per_page_cap": (100, 50, 20),
    "longest_name": (255, 50),
    "names_trimmed": (True, False),
    "delete_deleted": (204, 404, 400),
    "restore_active": (204, 404, 400),
    "put_deleted": (204, 404),
    "active_field": ("true", "false_when_deleted", "sometimes_false"),
    "missing_fields": ("null", "absent", "zero"),
    "empty_data": ("list", "null"),
    "quota_headers": (True, False),
    "order_by_key": ("order_by[]", "order_by"),
    "list_order": ("id", "name", "newest"),
    "trace_id": (True, False),
    "extra_fields": (False, True),
}

SEEN_ELSEWHERE: dict[str, tuple[object, ...]] = {
    "quota_refusal": ("json", "headers", "text", "retry_after", "nothing"),
    "largest_per_page": (100, 50, 20),
    "read_after_write": ("new", "old"),
    "currency": ("replaces", "keeps", "unknown"),
    "currency_shown": ("own", "workspace"),
    "names_changed": ("no", "lower", "cut", "escaped", "folded", "numbered"),
}
"""What was seen at another route or at a sibling of the service, or is said in its newer
description, and may be so here, too.

``currency``: what an update without one does to it; ``unknown`` is a service without this field.
``currency_shown``: what a read shows of a client that has none of its own.
``names_changed``: what is kept of a name that is created or renamed to; ``cut`` is at
``longest_name``, ``numbered`` adds " 1" to the name of another client, also a deleted one.
"""

ANSWERS = {**QUESTIONS, **SEEN_ELSEWHERE}

BEARABLE = {
    name: values
    for name, values in ANSWERS.items()
    if name not in ("read_after_write", "names_changed")
}
"""No client can live with old reads in every case: a run that begins with the list as it was before
the last run does that one's work again. Nor does it create a client whose name is changed. So these
are asked for by name only."""

SIZES = ("per_page_cap", "longest_name")
"""Switches that take any size: small pages make a list of many pages cheap."""


@dataclass(frozen=True)
class Switches:
    """One way the service may behave; the defaults are the likely one."""

    list_shows_deleted: bool = True
    get_shows_deleted: bool = True
    create_body: str = "client"
    duplicates: str = "allowed"
    name_filter: str = "contains"
    default_per_page: int = 50
    per_page_cap: int = 100
    longest_name: int = 255
    names_trimmed: bool = True
    delete_deleted: int = 204
    restore_active: int = 204
    put_deleted: int = 204
    active_field: str = "true"
    missing_fields: str = "null"
    empty_data: str = "list"
    quota_headers: bool = True
    order_by_key: str = "order_by[]"
    list_order: str = "id"
    trace_id: bool = True
    extra_fields: bool = False
    quota_refusal: str = "json"
    largest_per_page: int = 100
    read_after_write: str = "new"
    currency: str = "replaces"
    currency_shown: str = "own"
    names_changed: str = "no"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in SIZES and isinstance(value, int) and value > 0:
                continue
            if value not in ANSWERS[field.name]:
                raise ValueError(f"{field.name}={value!r}: not one of {ANSWERS[field.name]}")


def every_single_switch() -> list[Switches]:
    """All deviations from the default that change one switch, and that can be lived with."""
    default = Switches()
    return [
        replace(default, **{name: value})  # type: ignore[arg-type]
        for name, values in BEARABLE.items()
        for value in values
        if value != getattr(default, name)
    ]


def random_switches(seed: int) -> Switches:
    """A random answer to every question; the same seed gives the same answers."""
    chooser = random.Random(seed)
    return Switches(**{name: chooser.choice(values) for name, values in BEARABLE.items()})  # type: ignore[arg-type]


def from_settings(settings: Iterable[str]) -> Switches:
    """Switches from texts such as `name_filter=ignored` or `names_trimmed=false`."""
    answers: dict[str, object] = {}
    for setting in settings:
        name, _, text = setting.partition("=")
        answers[name] = _answer(name, text)
    return Switches(**answers)  # type: ignore[arg-type]


def _answer(name: str, text: str) -> object:
    if name not in ANSWERS:
        raise ValueError(f"no switch is called {name!r}; there are {', '.join(ANSWERS)}")
    for value in ANSWERS[name]:
        if str(value).lower() == text.strip().lower():
            return value
    raise ValueError(f"{name}={text!r}: not one of {ANSWERS[name]}")
