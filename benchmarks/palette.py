# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of the picture, each legible on a white page and on a dark one."""

from __future__ import annotations

INK = "#777777"
COLOURS = {
    "uri": "#d9480f",
    "module": "#9c5fd6",
    "inside": "#a8681a",
    "list": "#1677d2",
    "bare": "#12855a",
    "bare4": "#12855a",
    "start": INK,
}
DASHED = ("bare4", "start")
LABELS = {
    "uri": "loop of uri",
    "module": "focus_client, module",
    "inside": "focus_client, in process",
    "list": "focus_clients",
    "bare": "script, one by one",
    "bare4": "script, four threads",
    "start": "start of Ansible",
}
PAGES = ("#ffffff", "#0d1117")


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as the Web Content Accessibility Guidelines define it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
