# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan file for people: Markdown that fits into a comment of a pull request. No I/O."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from .._model import counts_of
from .._text import SERVICE_URL, at_most, counted, grouped, shown
from .render import Row, attributes_text, in_reading_order

Workspaces = Sequence[tuple[str, Mapping[str, Any]]]
"""Of a plan file, each with its host, which is shown as code."""

LONGEST = 65_000  # characters; a code host's comment takes not many more

MARKER = "<!-- toggl.focus plan -->"
"""The last line: by it, a bot finds its own comment to replace it."""

HOURLY_QUOTAS = (30, 240, 600)
"""Requests an hour, by subscription plan of the service."""

_MOST = 2_000
"""Lines of a list: more do not fit."""

_FIRST = 10
"""Lines of a list that are there in any case, and that are not folded."""

_MOST_HOSTS = 50  # in one line

_REASONS = 20_000  # characters that the reasons of all refusals may take

_MORE = "and {} more, which the plan file lists"

_WORDS = re.compile(r"[\"(]*([A-Za-z\u00c0-\u024f]+([-'][A-Za-z]+)*|\d+)[\"),.:;?%\u2026]*")
"""What no code host takes for more than words."""


def plan_markdown(plan: Mapping[str, Any]) -> str:
    """Return the text for a plan file, as ``toggl.focus.plan`` writes it.

    A reviewer decides from its beginning: what is done, and first what cannot be; then what is
    dangerous, as alerts. What does not fit is cut from the end: the rows of all kinds of steps
    alike, then workspaces. Wherever something is cut, the text says how much.

    :arg plan: ``{"workspaces": {host: {...}}}``
    """
    hosts = [(code(host), of) for host, of in sorted(plan["workspaces"].items())]
    fit = [(host, of) for host, of in hosts if not _why_not(of)]
    title = f"### {_title(hosts, fit)}"
    cautions = [line for of_host in hosts for line in _cautions(*of_host)] + _refusals(hosts)
    deleting = [lines for of_host in fit if (lines := list(_deletions(*of_host)))]
    questions_first = sorted(chain.from_iterable(deleting), key=itemgetter(0), reverse=True)
    deletions = [line for _asks, line in questions_first]
    sections = [section for of_host in hosts if (section := _section(*of_host))]
    unchanged = [host for host, of in fit if not of["steps"]]
    same = ", ".join(at_most(unchanged, _MOST_HOSTS, "and {} more"))
    digests = [
        f"- {host}, workspace {of['workspace_id']} at {code(of['api_url'])}: "
        f"digest `{of['digest']}`"
        for host, of in fit
    ]

    def text(lines: int) -> str:
        """Return the text with so many refusals, then workspaces, then steps of each kind."""
        of_part, workspaces, rows = (min(max(lines - _MOST * at, 0), _MOST) for at in range(3))
        refused = at_most(cautions, max(of_part, _FIRST), f"**{_MORE}**")
        deleted = at_most(deletions, max(rows * len(deleting), _FIRST), f"- {_MORE}")
        more = "\nAnd {} more workspaces, which the plan file lists."
        parts = [
            title,
            _alert("CAUTION", "\n\n".join(refused).splitlines()),
            _alert("WARNING", _deletions_shown(deleted, len(deletions))),
            *at_most([section(rows) for section in sections], workspaces, more),
            same and f"\nNothing to do: {same}.",
            _folded(f"{_requests(hosts)} Digests", at_most(digests, workspaces, f"- {_MORE}")),
            _made(plan),
            f"\n{MARKER}\n",
        ]
        return "\n".join(filter(None, parts))

    return text(bisect(range(3 * _MOST), LONGEST, key=lambda lines: len(text(lines))) - 1)


def code(text: object) -> str:
    """Return foreign text as code, in which neither Markdown nor HTML, mentions nor links count."""
    plain = shown(text) or " "
    fence = "`" * (1 + max(map(len, re.findall(r"`+", plain)), default=0))
    pad = " " if plain.startswith("`") or plain.endswith("`") or plain != plain.strip() else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def prose(sentence: str) -> str:
    """Return a sentence that may hold foreign text: plain words as they are, all else as code."""
    words = re.split("(?<! ) (?! )", sentence)  # several blanks would be shown as one
    parts = groupby(words, lambda word: bool(_WORDS.fullmatch(word)))
    return " ".join(" ".join(same) if plain else _as_code(" ".join(same)) for plain, same in parts)


def _as_code(text: str) -> str:
    """Return a part of a sentence as code, but not the signs at its end."""
    bare = text.rstrip(".,:;?" if "(" in text else ".,:;?)")
    return f"{code(bare)}{text[len(bare) :]}" if bare else code(text)


def _title(hosts: Workspaces, fit: Workspaces) -> str:
    total = counted(len(hosts), "workspace")
    summary = sum((Counter(of["summary"]) for _host, of in fit), Counter[str]())
    does = counts_of(summary) or "nothing to do"
    cannot = Counter(filter(None, (_why_not(of) for _host, of in hosts)))
    if not cannot:
        return f"Plan for {total}: {does}"
    parts = [f"{cannot[what]} of {total} {what}" for what in sorted(cannot, reverse=True)]
    return "; ".join([*parts, *([f"in the rest: {does}"] if fit else [])])


def _why_not(of: Mapping[str, Any]) -> str:
    """Return what cannot be done with a workspace; empty if its plan can be applied."""
    if of["digest"] is None:
        return "cannot be planned"
    return "cannot be applied" if of["refusal"] else ""


def _alert(kind: str, lines: Sequence[str]) -> str:
    text = "\n".join([f"[!{kind}]", *lines]).replace("\n", "\n> ").replace("> \n", ">\n")
    return f"\n> {text}" if lines else ""


def _folded(title: str, lines: Sequence[str]) -> str:
    start = f"\n<details><summary>{title}</summary>"
    return "\n".join([start, "", *lines, "", "</details>"]) if lines else ""


def _cautions(host: str, of: Mapping[str, Any]) -> Iterator[str]:
    """Say where the API key goes, unless that is the service itself, known by its certificate."""
    if of["api_url"] != SERVICE_URL:
        address = f"{code(of['api_url'])}, which is not the service's own address"
        yield f"**{host}:** the API key goes to {address}."
    if not of["validate_certs"]:
        yield f"**{host}:** certificates are not checked, so others may read the API key."


def _refusals(hosts: Workspaces) -> list[str]:
    """Return each reason once, with its hosts."""
    refused = ((host, of) for host, of in hosts if _why_not(of))
    same = grouped(((_why_not(of), str(of["refusal"])), host) for host, of in refused)
    longest = min(300, max(40, _REASONS // max(len(same), 1)))
    return [
        f"**{', '.join(at_most(names, _MOST_HOSTS, 'and {} more'))} {what}:** "
        f"{prose(shown(reason, longest))}"
        for (what, reason), names in same.items()
    ]


def _deletions(host: str, of: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """Yield a line for each, and whether it asks if it is a rename."""
    questions = of.get("possible_renames", ())
    asked = {(question.get("id"), question["name"]): question for question in questions}
    for row in (row for row in of["steps"] if row["step"] == "delete"):
        name, id_ = row.get("name", ""), f" (id {row['id']})" if "id" in row else ""
        line = f"- {host}: {code(name)}{id_}{' by purge' if row.get('purge') else ''}"
        question = asked.get((row.get("id"), name))
        yield question is not None, f"{line}{_asking(question) if question else ''}"


def _asking(question: Mapping[str, Any]) -> str:
    out = question["obsolete_entry"]
    return (
        f". **Is this a rename to {code(question['new_name'])}?** Then give entry "
        f"{question['entry']} the line {code(question['line'])}"
        f"{f', and take entry {out} out' if out else ''}."
    )


def _deletions_shown(lines: Sequence[str], number: int) -> list[str]:
    if not lines:
        return []
    folded = _folded(f"{number - _FIRST} more", lines[_FIRST:])
    return [f"**{counted(number, 'deletion')}**", "", *lines[:_FIRST], *filter(None, [folded])]


def _section(host: str, of: Mapping[str, Any]) -> Callable[[int], str] | None:
    """Return a function of how many steps of each kind to show; ``None`` if there is nothing. It
    shows all but deletions, which stand above, or what a plan that is refused would do."""
    why_not, ordered = _why_not(of), in_reading_order(of["steps"])
    rows_shown = (row for row in ordered if why_not or row["step"] != "delete")
    table = grouped((row["step"], _cells(row)) for row in rows_shown)
    asked = () if why_not else [row["warning"] for row in of.get("possible_renames", ())]
    notes = [f"- {prose(shown(text))}" for text in of["warnings"] if text not in asked]
    notes = at_most(notes, _FIRST, "- and {} more warnings")
    head = f"\n#### {host}, workspace {of['workspace_id']}{why_not and f', {why_not}'}"
    head = ": ".join(filter(None, [head, counts_of(of["summary"])]))

    def text(most: int) -> str:
        lines = ["", "| | client | becomes | id |", "| --- | --- | --- | ---: |"]
        for kind, rows in table.items():
            lines += at_most(rows, most, f"| {kind} | {_MORE} | | |")
        if why_not or sum(map(len, table.values())) > _FIRST:
            lines = [_folded("What it would do" if why_not else "The steps", lines[1:])]
        return "\n".join([head, *(lines if table else ()), *([""] if notes else ()), *notes])

    return text if table or notes else None


def _cells(row: Row) -> str:
    before, after = ("from", "name") if row["step"] == "rename" else ("name", "")
    step = f"{row['step']}{' by purge' if row.get('purge') else ''}"
    becomes = [_cell(row.get(after)), _cell(attributes_text(row) or None)]
    cells = [step, _cell(row.get(before)), ", ".join(filter(None, becomes)), row.get("id", "")]
    return f"| {' | '.join(map(str, cells))} |"


def _cell(name: str | None) -> str:
    """Return a name as a cell of a table, which ends at a pipe, in code too."""
    return "" if name is None else code(name).replace("|", "\\|")


def _requests(hosts: Workspaces) -> str:
    """Say what the plans need, or of which keys that is more than is left, or than an hour has."""
    by_key = grouped(((of.get("key") or host, of["api_url"]), of) for host, of in hosts)
    too_many = at_most(list(filter(None, map(_too_many, by_key.values()))), _FIRST, "And {} more.")
    needed = sum(of["requests"] for _host, of in hosts if not _why_not(of))
    return " ".join(too_many) or f"{counted(needed, 'request')} needed."


def _too_many(same: Sequence[Mapping[str, Any]]) -> str:
    """Return what the workspaces of one API key need, if it is too much for now."""
    fit = [of["requests"] for of in same if not _why_not(of)]
    needed = sum(fit)
    known = ((of.get("quota") or {}).get("remaining") for of in same)
    left = min((number for number in known if number is not None), default=None)
    if needed <= (HOURLY_QUOTAS[0] if left is None else left):
        return ""
    who = f"{len(fit)} workspaces of one API key need" if len(fit) > 1 else "One workspace needs"
    but = "" if left is None else f", but {left} were left when this was planned"
    hours = [f"{-(-needed // of)} hours at {of} an hour" for of in HOURLY_QUOTAS if needed > of]
    need = f"<b>{who} {needed} requests{but}</b>"
    return f"{need}: {', '.join(hours)}." if hours else f"{need}."


def _made(plan: Mapping[str, Any]) -> str:
    """Say what it is a plan of, as far as that is known."""
    commit, time, run = (str(plan.get(of) or "") for of in ("commit", "time", "run"))
    at = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\dZ", time)
    is_id = re.fullmatch("[0-9a-f]{7,64}", commit)  # a code host makes a link of it
    is_address = re.fullmatch(r"https?://[\w./:%?=#~-]+", run, re.ASCII)
    parts = [
        commit and f" from commit {commit if is_id else code(commit)}",
        at and f" on {at[1]} at {at[2]} UTC",
        run and (f" by [this run]({run})" if is_address else f" by {code(run)}"),
    ]
    return f"\nPlanned{''.join(filter(None, parts))}." if any(parts) else ""
