# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures as a picture: time by number of clients, on logarithmic axes.

It has no background, and its colours stand out from white as from black.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

from benchmarks.figures import EVERYTHING, NOTHING, Figures  # noqa: E402
from benchmarks.palette import COLOURS, DASHED, INK, LABELS  # noqa: E402

LATENCY = 20
PANELS = {NOTHING: "nothing to do", EVERYTHING: "everything created"}
APART = 0.055
"""Of the height of a panel: labels that are nearer are moved."""

Line = Sequence[tuple[int, float]]

_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "toggl.focus",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(figures: Figures, path: Path) -> None:
    """The same figures always give the same file."""
    with matplotlib.rc_context(_STYLE):
        figure, panels = pyplot.subplots(1, len(PANELS), figsize=(11, 4.8), sharey=True)
        for panel, (change, title) in zip(panels, PANELS.items(), strict=True):
            _panel(panel, lines(figures, change), f"{title}, {LATENCY} ms a request")
        panels[0].set_ylabel("seconds")
        figure.subplots_adjust(left=0.06, right=0.85, wspace=0.5, top=0.92, bottom=0.12)
        for panel, change in zip(panels, PANELS, strict=True):
            _labels(panel, lines(figures, change))
        metadata: dict[str, Any] = {"Date": None, "Creator": None}
        figure.savefig(path, format="svg", transparent=True, metadata=metadata)
        pyplot.close(figure)


def lines(figures: Figures, change: str) -> dict[str, Line]:
    """Median seconds by number of clients, for each way that has any."""
    found: dict[str, list[tuple[int, float]]] = {}
    for scene in figures.scenes():
        if (scene.change, scene.latency) != (change, LATENCY):
            continue
        for way in LABELS:
            seconds = figures.middle(scene, way)
            if seconds is not None:
                found.setdefault(way, []).append((scene.clients, seconds))
    return dict(found)


def _panel(panel: Axes, ways: Mapping[str, Line], title: str) -> None:
    for way, line in ways.items():
        across, up = zip(*line, strict=True)
        style = "--" if way in DASHED else "-"
        panel.plot(across, up, style, color=COLOURS[way], marker="o", markersize=4, linewidth=1.8)
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_title(title, loc="left", fontsize=11)
    panel.set_xlabel("clients")
    panel.xaxis.set_major_formatter(lambda value, _at: f"{value:,.0f}")
    panel.yaxis.set_major_formatter(lambda value, _at: f"{value:,g}")
    panel.tick_params(labelleft=True)
    panel.grid(axis="y", color=INK, alpha=0.25, linewidth=0.6)


def _labels(panel: Axes, ways: Mapping[str, Line]) -> None:
    """Each line's name at its end; names that would lie on each other are moved apart."""
    low, high = (math.log10(value) for value in panel.get_ylim())
    ends = {way: line[-1] for way, line in ways.items()}
    heights = {way: (math.log10(end[1]) - low) / (high - low) for way, end in ends.items()}
    for way, height in spaced(heights, APART).items():
        panel.annotate(
            LABELS[way],
            xy=ends[way],
            xytext=(1.02, height),
            textcoords="axes fraction",
            color=COLOURS[way],
            va="center",
            fontsize=9,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": COLOURS[way], "alpha": 0.5, "linewidth": 0.6},
        )


def spaced(heights: Mapping[str, float], apart: float) -> dict[str, float]:
    """Moved upwards where they would be nearer to each other than ``apart``."""
    moved: dict[str, float] = {}
    lowest = -math.inf
    for way, height in sorted(heights.items(), key=lambda item: item[1]):
        moved[way] = max(height, lowest)
        lowest = moved[way] + apart
    return moved
