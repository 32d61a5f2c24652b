# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan file for people: Markdown that fits into a comment of a pull request. No I/O."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .._text import SERVICE_URL, at_most, counted, shown
from .common import counts_of
from .render import attributes_text, in_reading_order

Workspace = Mapping[str, Any]

LONGEST = 65_000  # characters; a code host's comment takes not many more

MARKER = "<!-- toggl.focus plan -->"
"""The last line: by it, a bot finds its own comment to replace it."""

HOURLY_QUOTAS = (30, 240, 600)
"""Requests an hour, by subscription plan of the service."""

_MOST = 2_000
"""Lines of a list: more do not fit."""

_LEAST = 3
"""Lines that a list has in any case, except those of a table."""

_MOST_WARNINGS = 10


class _Part(NamedTuple):
    """A list, or a table, of which as many ``lines`` are shown as fit."""

    head: Sequence[str]
    lines: Sequence[str]
    more: str = "- and {} more, which the plan file lists"
    foot: Sequence[str] = ()

    def text(self, most: int) -> str:
        """Return the part with so many of its lines, and how many more there are."""
        return "\n".join([*self.head, *at_most(self.lines, most, self.more), *self.foot])


def plan_markdown(plan: Mapping[str, Any]) -> str:
    """Return the text for a plan file, as ``toggl.focus.plan`` writes it.

    What nobody may miss comes first: the counts, then where the API key goes if that is not the
    service's own address, then why a plan is refused, then the deletions. Then each workspace has a
    table. What does not fit is cut from the end of that order, rows of tables first. Wherever
    something is cut, the text says how much.

    :arg plan: ``{"workspaces": {host: {...}}}``
    """
    hosts = sorted(plan["workspaces"].items())
    title = f"### {_heading([workspace for _host, workspace in hosts])}"
    cautions = [line for of_host in hosts for line in _cautions(*of_host)]
    refusals = [line for of_host in hosts for line in _refusals(*of_host)]
    deletions = [line for of_host in hosts for line in _deletions(*of_host)]
    parts = [
        _Part(["", "> [!CAUTION]"], cautions, "> - and {} more, which the plan file lists"),
        _Part([""], refusals, "- **and {} more workspaces cannot be applied**"),
        _Part(["", f"**{counted(len(deletions), 'deletion')}**", ""], deletions),
    ]
    sections = [_section(*of_host) for of_host in hosts]

    def text(lines: int) -> str:
        """Return the text with so many lines: of the first parts, then workspaces, then rows."""
        of_part, workspaces, rows = (min(max(lines - _MOST * at, 0), _MOST) for at in range(3))
        more = "\nAnd {} more workspaces, which the plan file lists."
        last = _Part([], [section.text(rows) for section in sections], more)
        first = [part.text(max(of_part, _LEAST)) for part in parts if part.lines]
        shown_last = [last.text(max(workspaces, 1))] if sections else []
        return "\n".join([title, *first, *shown_last, "", MARKER, ""])

    fitting = bisect(range(3 * _MOST), LONGEST, key=lambda lines: len(text(lines)))
    return text(fitting - 1)


def _heading(workspaces: Sequence[Workspace]) -> str:
    summary = sum((Counter(workspace["summary"]) for workspace in workspaces), Counter[str]())
    where = counted(len(workspaces), "workspace")
    return f"Plan for {where}: {counts_of(summary) or 'nothing to do'}"


def _cautions(host: str, workspace: Workspace) -> Iterator[str]:
    """Say where the API key goes, unless that is the service itself, known by its certificate."""
    start, address = f"> - {code(host)}:", code(workspace["api_url"])
    if workspace["api_url"] != SERVICE_URL:
        yield f"{start} the API key goes to {address}, which is not the service's own address"
    if not workspace["validate_certs"]:
        yield f"{start} certificates are not checked, so others may read the API key"


def _refusals(host: str, workspace: Workspace) -> Iterator[str]:
    if workspace["refusal"]:
        yield f"- **{code(host)} cannot be applied:** {code(workspace['refusal'])}"


def _deletions(host: str, workspace: Workspace) -> Iterator[str]:
    for row in workspace["steps"]:
        if row["step"] == "delete":
            id_ = [f"id {row['id']}"] if "id" in row else []
            purge = ["by purge"] if row.get("purge") else []
            yield f"- {code(host)}: {', '.join([code(row.get('name', '')), *id_, *purge])}"


def _section(host: str, workspace: Workspace) -> _Part:
    head = ["", f"#### {code(host)}, workspace {workspace['workspace_id']}", ""]
    if workspace["digest"] is None:
        return _Part([*head, "It could not be planned."], [])
    if workspace["refusal"]:
        head += ["**It cannot be applied.**", ""]
    rows = [_row(row) for row in in_reading_order(workspace["steps"])]
    table = ["| | client | becomes | id |", "| --- | --- | --- | ---: |"]
    head += table if rows else ["Nothing to do."]
    return _Part(head, rows, "| | and {} more | | |", list(_notes(workspace)))


def _row(row: Mapping[str, Any]) -> str:
    before, after = row.get("name"), None
    if row["step"] == "rename":
        before, after = row.get("from"), row.get("name")
    step = f"{row['step']}{' by purge' if row.get('purge') else ''}"
    becomes = [_cell(after), _cell(attributes_text(row) or None)]
    cells = [step, _cell(before), ", ".join(filter(None, becomes)), str(row.get("id", ""))]
    return f"| {' | '.join(cells)} |"


def _notes(workspace: Workspace) -> Iterator[str]:
    requests, left = workspace["requests"], (workspace.get("quota") or {}).get("remaining")
    warnings = [f"- {code(warning)}" for warning in workspace["warnings"]]
    yield _Part([""], warnings).text(_MOST_WARNINGS)
    hours = ((-(-requests // quota), quota) for quota in HOURLY_QUOTAS)
    long = ", ".join(f"{number} hours at {quota} an hour" for number, quota in hours if number > 1)
    yield f"- {counted(requests, 'request')}{long and f': {long}'}"
    if left is not None:
        yield f"- {counted(left, 'request')} left when this was planned"
    yield f"- digest `{workspace['digest']}`, for {code(workspace['api_url'])}"


def _cell(name: str | None) -> str:
    """Return a name as a cell of a table, which ends at a pipe, in code too."""
    return "" if name is None else code(name).replace("|", "\\|")


def code(text: object) -> str:
    """Return foreign text as code, in which neither Markdown nor HTML, mentions nor links count."""
    plain = shown(text) or " "
    fence = "`" * (1 + max(map(len, re.findall(r"`+", plain)), default=0))
    pad = " " if plain.startswith("`") or plain.endswith("`") or plain != plain.strip() else ""
    return f"{fence}{pad}{plain}{pad}{fence}"
