# SPDX-License-Identifier: GPL-3.0-or-later
"""How much a run of the role prints: what a reader of a log has to scroll through.

``python -m benchmarks --sizes`` measures it in some five minutes and puts the table into the page.
tests/e2e/test_lines.py keeps it within bounds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.simulator import back_door

_ROLE = """\
- name: Keep the clients as one list
  hosts: localhost
  gather_facts: false
  roles:
    - toggl.focus.clients
"""


@dataclass(frozen=True)
class Outcome:
    """What a run is made to end with.

    ``options`` are the role's, ``conditions`` the simulator's. ``status`` is the exit code.
    """

    name: str
    status: int = 0
    arguments: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    script: tuple[Mapping[str, Any], ...] = ()
    is_second: bool = False
    """Whether the workspace is as the list says."""
    is_twice: bool = False
    """Whether each entry is in the list twice."""
    has_deleted: bool = False
    """Whether there are deleted clients of the names that are created."""


def refused(answer: str) -> Mapping[str, Any]:
    return {"method": "POST", "status": 400, "body": answer}


OUTCOMES = [
    Outcome("check mode", arguments=("--check",)),
    Outcome("run"),
    Outcome("second run", is_second=True),
    Outcome("one change fails", 2, script=(refused("no"),)),
    Outcome(
        "every creation fails",
        2,
        script=tuple(refused(f"{'no ' * 100}{number}") for number in range(5000)),
    ),
    Outcome("a guard refuses", 2, options={"clients_max_deletions": 0}),
    Outcome("a guard refuses in check mode", 2, ("--check",), {"clients_max_deletions": 0}),
    Outcome("the quota is too small", 2, conditions={"quota_limit": 3}),
    Outcome(
        "the quota ends on the way",
        2,
        options={"clients_allow_partial": True},
        conditions={"quota_limit": 8},
    ),
    Outcome("the digest is another", 2, options={"clients_plan_digest": "0" * 64}),
    Outcome("no credentials that hold", 2, options={"clients_api_token": "toggl_sk_" + "0" * 32}),
    Outcome("every name is in the list twice", 2, is_twice=True),
    Outcome("every created name has a deleted client", has_deleted=True),
]


@dataclass(frozen=True)
class Printed:
    """Of one run: both streams together."""

    text: str
    status: int

    @property
    def characters(self) -> int:
        return len(self.text)


class Stage:
    """A workspace and a list of which every entry has something to do, and a purge besides.

    :arg environment: of the processes; it names the simulator and holds the credentials
    """

    def __init__(self, folder: Path, url: str, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._url = url
        self._environment = environment

    def printed(self, outcome: Outcome, entries: int, *flags: str) -> Printed:
        created, renamed, purged = _names(entries)
        there = [*purged, *(f"{name} GmbH" for name in renamed)]
        if outcome.is_second:
            there = [*created, *renamed]
        listed: list[dict[str, Any]] = [{"name": name} for name in created]
        listed += [{"name": name, "former_names": [f"{name} GmbH"]} for name in renamed]
        options = {
            "clients_list": listed * (2 if outcome.is_twice else 1),
            "clients_purge": True,
            "clients_max_deletion_percent": 100,
            **outcome.options,
        }
        wanted = {
            "clients": there,
            "deleted": created if outcome.has_deleted else [],
            "script": outcome.script,
            **outcome.conditions,
        }
        back_door(self._url, "reset", wanted)
        return self._run(options, *flags, *outcome.arguments)

    def _run(self, options: Mapping[str, Any], *arguments: str) -> Printed:
        book, variables = self._folder / "book.yml", self._folder / "variables.json"
        book.write_text(_ROLE)
        variables.write_text(json.dumps(options))
        ran = subprocess.run(
            [
                str(Path(sys.executable).with_name("ansible-playbook")),
                str(book),
                *("-e", f"@{variables}"),
                *arguments,
            ],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Printed(ran.stdout.decode(errors="replace"), ran.returncode)


def _names(entries: int) -> tuple[list[str], list[str], list[str]]:
    """Of clients to create and to rename, three to one, and as many to purge as to rename."""
    names = [f"Bureau of Names That Are Not Short {number:04}" for number in range(entries)]
    renamed = entries // 4
    return names[renamed:], names[:renamed], [f"Former customer {at:04}" for at in range(renamed)]


ENTRIES = (10, 500, 5000)

Sizes = Mapping[str, Mapping[str, int]]
"""Characters by outcome and number of entries, both as texts: it comes from JSON."""


def measured(stage: Stage) -> Iterator[tuple[str, int, int]]:
    """Each outcome at each number of entries, with the characters that it printed."""
    for outcome in OUTCOMES:
        for entries in ENTRIES:
            printed = stage.printed(outcome, entries)
            if printed.status != outcome.status:
                raise SystemExit(f"{outcome.name} ended with {printed.status}:\n{printed.text}")
            yield outcome.name, entries, printed.characters
