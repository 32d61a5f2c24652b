# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of active clients before and after, as YAML that says why a line changes. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .._model import Plan, Step
from .._text import quoted, yaml_text

Line = tuple[str, str, str]
"""The name by which it is sorted, what stands in the list, and the comment behind it."""


def clients_diff(plan: Plan, steps: Iterable[Step], workspace_id: int) -> dict[str, str]:
    """The active clients of ``plan`` before and after ``steps``, sorted by name."""
    changes = list(_changes(steps))
    staying = Counter(client.name for client in plan.active)
    staying.subtract(change.before for change in changes if change.was_active and change.before)
    unchanged = [(name, _entry(name), "") for name in staying.elements()]
    return {
        **headers(workspace_id),
        "before": _as_yaml([*unchanged, *(line for c in changes for line in c.lines_before())]),
        "after": _as_yaml([*unchanged, *(line for c in changes for line in c.lines_after())]),
    }


def headers(workspace_id: int) -> dict[str, str]:
    """What a diff of any module is headed with: several workspaces may be in one output."""
    title = f"workspace {workspace_id}"
    return {"before_header": title, "after_header": title}


class _Change(NamedTuple):
    """All that happens to one client: its name and whether it is active, before and after."""

    id: int | None
    before: str | None
    was_active: bool
    after: str | None = None
    is_active: bool = True
    by_purge: bool = False

    def lines_before(self) -> Iterator[Line]:
        if not self.was_active:
            return
        if self.is_active:
            yield self._line(self.before, f"becomes {quoted(self.after)}")
        else:
            purge = " by purge" if self.by_purge else ""
            yield self._line(self.before, f"deleted{purge}, id {self.id}")

    def lines_after(self) -> Iterator[Line]:
        if not self.is_active:
            return
        if self.was_active:
            yield self._line(self.after, f"was {quoted(self.before)}, id {self.id}")
        elif self.before is None and self.id is None:
            yield self._line(self.after, "new")
        else:
            yield self._line(self.after, f"restored, id {self.id}")

    def _line(self, name: str | None, comment: str) -> Line:
        return name or "", f"id: {self.id}" if name is None else _entry(name), comment


def _changes(steps: Iterable[Step]) -> Iterator[_Change]:
    changed: dict[int, _Change] = {}
    for step in steps:
        if step.kind == "create":
            yield _Change(None, None, was_active=False, after=step.name)
            continue
        was_active = step.kind != "restore"
        change = changed.get(step.client_id, _Change(step.id, step.before, was_active))
        is_active = step.kind != "delete"
        changed[step.client_id] = change._replace(
            after=step.name if is_active else change.after,
            is_active=is_active,
            by_purge=step.entry is None,
        )
    yield from changed.values()


def _entry(name: str) -> str:
    return f"name: {yaml_text(name)}"


def _as_yaml(lines: Iterable[Line]) -> str:
    return "".join(
        f"- {text}  # {comment}\n" if comment else f"- {text}\n"
        for _name, text, comment in sorted(lines)
    )
