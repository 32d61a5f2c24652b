# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan file for people: Markdown that fits into a comment of a pull request. No I/O."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._text import LONGEST_SHOWN, SERVICE_URL, counted, shown
from .message import counts_of
from .render import in_reading_order

Workspace = Mapping[str, Any]

LONGEST = 65_000  # characters; a code host's comment takes not many more

MARKER = "<!-- toggl.focus plan -->"
"""The last line: by it, a bot finds its own comment to replace it."""

HOURLY_QUOTAS = (30, 240, 600)
"""Requests an hour, by subscription plan of the service."""

_ROOM_FOR_CAUTIONS = 5_000
_ROOM_FOR_REFUSALS = 30_000
_ROOM_FOR_HEAD = 60_000
"""Characters for what comes first. Only a plan of very many workspaces or deletions needs more."""

_SHORTEST_REFUSAL = 80
_MOST_WARNINGS = 10


def plan_markdown(plan: Mapping[str, Any]) -> str:
    """The text for a plan file, as ``toggl.focus.plan`` writes it.

    What nobody may miss comes first: the counts, then where the API key goes if that is not the
    service's own address, then why a plan is refused, then the deletions. Then each workspace has a
    table, from which rows are cut to fit. Wherever something is cut, the text says how much.

    :arg plan: ``{"workspaces": {host: {...}}}``
    """
    workspaces = dict(sorted(plan["workspaces"].items()))
    first = [*_cautions(workspaces), *_refusals(workspaces)]
    deletions = _deletions(workspaces, _ROOM_FOR_HEAD - _length(first))
    head = [f"### {_heading(list(workspaces.values()))}", *first, *deletions]
    foot = ["", MARKER, ""]
    body = _sections(workspaces, LONGEST - _length(head) - _length(foot))
    return "\n".join([*head, *body, *foot])


def _length(lines: Sequence[str]) -> int:
    return sum(map(len, lines)) + len(lines)


def _fitting(lines: Sequence[str], room: int, more: str) -> list[str]:
    """As many of the lines as fit, then how many are left out.

    :arg more: the line that says so, with ``{}`` for the number
    """
    if _length(lines) <= room:
        return list(lines)
    fitting: list[str] = []
    room -= _length([more]) + len(str(len(lines)))
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        fitting.append(line)
    return [*fitting, more.format(len(lines) - len(fitting))]


def _heading(workspaces: Sequence[Workspace]) -> str:
    summary: Counter[str] = Counter()
    for workspace in workspaces:
        summary.update(workspace["summary"] or {})
    where = counted(len(workspaces), "workspace")
    return f"Plan for {where}: {counts_of(summary) or 'nothing to do'}"


def _cautions(workspaces: Mapping[str, Workspace]) -> list[str]:
    """Say where the API key goes, unless that is the service itself, known by its certificate."""
    lines = [
        f"> - {code(host)}: the API key goes to {code(known['api_url'])}, which is not the "
        "service's own address"
        for host, known in workspaces.items()
        if known["api_url"] != SERVICE_URL
    ]
    lines += [
        f"> - {code(host)}: certificates are not checked, so others may read the API key"
        for host, known in workspaces.items()
        if not known["validate_certs"]
    ]
    more = "> - and {} more, which the plan file lists"
    return ["", "> [!CAUTION]", *_fitting(lines, _ROOM_FOR_CAUTIONS, more)] if lines else []


def _refusals(workspaces: Mapping[str, Workspace]) -> list[str]:
    refused = [(host, known["refusal"]) for host, known in workspaces.items() if known["refusal"]]
    longest = max(_SHORTEST_REFUSAL, _ROOM_FOR_REFUSALS // max(1, len(refused)) - 100)
    lines = [
        f"- **{code(host)} cannot be applied:** {code(refusal, longest)}"
        for host, refusal in refused
    ]
    more = "- **and {} more workspaces cannot be applied**, which the plan file lists"
    return ["", *_fitting(lines, _ROOM_FOR_REFUSALS, more)] if lines else []


def _deletions(workspaces: Mapping[str, Workspace], room: int) -> list[str]:
    lines = [
        f"- {code(host)}: {', '.join(_deleted(row))}"
        for host, workspace in workspaces.items()
        for row in workspace["steps"]
        if row["step"] == "delete"
    ]
    if not lines:
        return []
    more = "- and {} more, which the plan file lists"
    return ["", f"**{counted(len(lines), 'deletion')}**", "", *_fitting(lines, room, more)]


def _deleted(row: Mapping[str, Any]) -> Iterator[str]:
    yield code(row.get("name", ""))
    if "id" in row:
        yield f"id {row['id']}"
    if row.get("purge"):
        yield "by purge"


def _sections(workspaces: Mapping[str, Workspace], room: int) -> list[str]:
    """One for each workspace, with a fair part of what is left for its rows."""
    more = ["", "And {} more workspaces, which the plan file lists."]
    room -= _length(more) + len(str(len(workspaces)))
    lines: list[str] = []
    for number, (host, workspace) in enumerate(workspaces.items()):
        left = len(workspaces) - number
        part = _section(host, workspace, room // left)
        room -= _length(part)
        if room < 0:
            return [*lines, "", more[1].format(left)]
        lines += part
    return lines


def _section(host: str, workspace: Workspace, room: int) -> list[str]:
    head = ["", f"#### {code(host)}, workspace {workspace['workspace_id']}", ""]
    if workspace["digest"] is None:
        return [*head, "It could not be planned."]
    if workspace["refusal"]:
        head += ["**It cannot be applied.**", ""]
    rows = in_reading_order(workspace["steps"])
    if not rows:
        return [*head, "Nothing to do.", *_notes(workspace)]
    table = ["| | client | becomes | id |", "| --- | --- | --- | ---: |"]
    notes = _notes(workspace)
    room -= _length([*head, *table, *notes])
    lines = _fitting(list(map(_row, rows)), room, "| | and {} more | | |")
    return [*head, *table, *lines, *notes]


def _row(row: Mapping[str, Any]) -> str:
    before, after = row.get("name"), None
    if row["step"] == "rename":
        before, after = row.get("from"), row.get("name")
    step = f"{row['step']}{' by purge' if row.get('purge') else ''}"
    cells = [step, _cell(before), _cell(after), str(row.get("id", ""))]
    return f"| {' | '.join(cells)} |"


def _notes(workspace: Workspace) -> list[str]:
    requests = workspace["requests"]
    hours = ", ".join(f"{-(-requests // quota)} at {quota}" for quota in HOURLY_QUOTAS)
    notes = [f"- {code(warning)}" for warning in workspace["warnings"][:_MOST_WARNINGS]]
    more = len(workspace["warnings"]) - _MOST_WARNINGS
    if more > 0:
        notes.append(f"- and {counted(more, 'more warning')}")
    notes.append(f"- {counted(requests, 'request')}; hours of quota: {hours} requests an hour")
    quota = workspace.get("quota")
    if quota and quota.get("remaining") is not None:
        notes.append(f"- {counted(quota['remaining'], 'request')} left when this was planned")
    return ["", *notes, f"- digest `{workspace['digest']}`, for {code(workspace['api_url'])}"]


def _cell(name: str | None) -> str:
    """A table ends a cell at a pipe, in code too."""
    return "" if name is None else code(name).replace("|", "\\|")


def code(text: object, longest: int = LONGEST_SHOWN) -> str:
    """Foreign text as code, in which neither Markdown nor HTML, mentions nor links count."""
    plain = shown(text, longest) or " "
    fence = "`" * (1 + max(map(len, re.findall(r"`+", plain)), default=0))
    pad = " " if plain.startswith("`") or plain.endswith("`") or plain != plain.strip() else ""
    return f"{fence}{pad}{plain}{pad}{fence}"
