# SPDX-License-Identifier: GPL-3.0-or-later
"""What fits into an hour, as the table of the guide."""

from __future__ import annotations

from collections.abc import Callable

PLANS = {"Free": 30, "Starter": 240, "Premium": 600}
"""Requests an hour, by subscription plan."""

PAGE = 100
"""Clients."""


def reads(clients: int) -> int:
    """Requests for a list: one a page, and one more only where the last page is exactly full."""
    return clients // PAGE + 1


def longest_list(quota: int) -> int:
    """The most clients that a list read with these requests can hold."""
    return quota * PAGE - 1


def comparisons(quota: int, clients: int) -> int:
    """Runs of ``focus_clients`` that find nothing to do."""
    return quota // reads(clients)


def changes(quota: int, clients: int) -> int:
    """Deletions that one run of ``focus_clients`` can make in a workspace of so many clients."""
    return max(0, quota - reads(clients))


def creations(quota: int, clients: int) -> int:
    """The same for creations: the boundaries of the list's pages are checked before."""
    return max(0, quota - reads(clients) - (reads(clients) - 1))


def hours(quota: int, creates: int) -> int:
    """Windows in which a run fills an empty workspace with so many clients."""
    return -(-(reads(0) + creates) // quota)


ROWS: tuple[tuple[str, Callable[[int], int]], ...] = (
    ("the longest list that an hour can read, in clients", longest_list),
    ("comparisons an hour with a workspace of 99 clients", lambda q: comparisons(q, 99)),
    ("comparisons an hour with a workspace of 500 clients", lambda q: comparisons(q, 500)),
    ("changes by one run in an hour, in a workspace of 99 clients", lambda q: changes(q, 99)),
    ("deletions by one run in an hour, in a workspace of 500 clients", lambda q: changes(q, 500)),
    ("creations by one run in an hour, in a workspace of 500 clients", lambda q: creations(q, 500)),
    ("tasks an hour for a single client, with nothing to do", lambda q: q),
    ("tasks an hour that each create or delete a single client", lambda q: q // 2),
    ("hours begun until an empty workspace has 1,000 clients", lambda q: hours(q, 1000)),
)


def quota_table() -> str:
    lines = [
        ".. list-table::",
        "   :header-rows: 1",
        f"   :widths: 55 {' '.join(['15'] * len(PLANS))}",
        "",
        "   * - Plan, requests an hour",
        *(f"     - {plan}, {quota}" for plan, quota in PLANS.items()),
    ]
    for label, count in ROWS:
        lines.append(f"   * - {label}")
        lines += [f"     - {count(quota):,}" for quota in PLANS.values()]
    return "\n".join(lines)


def with_table(text: str) -> str:
    begin, end = ".. quota-table: begin", ".. quota-table: end"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n\n{quota_table()}\n\n{end}{after}"
