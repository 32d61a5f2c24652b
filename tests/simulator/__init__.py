# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of the Toggl Focus clients API, for tests."""

from __future__ import annotations

from simulator.records import Client, Entry, Fault
from simulator.server import Simulator
from simulator.switches import (
    ANSWERS,
    BEARABLE,
    QUESTIONS,
    Switches,
    every_single_switch,
    from_settings,
    random_switches,
)

__all__ = [
    "ANSWERS",
    "BEARABLE",
    "QUESTIONS",
    "Client",
    "Entry",
    "Fault",
    "Simulator",
    "Switches",
    "every_single_switch",
    "from_settings",
    "random_switches",
]
