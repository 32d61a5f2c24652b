# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from figures: medians, promises, the page. Nothing is measured here."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from benchmarks.figures import (
    EVERYTHING,
    NOTHING,
    SOME,
    Figures,
    Sample,
    Scene,
    Spread,
    limit,
    promises,
    rounds,
    settled,
    spread,
)
from benchmarks.page import page, promise_line, promise_table, with_sizes
from benchmarks.palette import COLOURS, INK, PAGES, contrast
from benchmarks.planner import Cost

SAMPLE = Sample(1.0, 0.8, 60.0, requests=11, characters=900, simulator=0.1, service=0.0)

COSTS = {"all renamed": Cost(100_000, 1.9, 220), "one ring": Cost(100_001, 2.1, 220)}
SIZES = {"check mode": {"10": 900, "500": 3900}, "run": {"10": 950}}


def ran(figures: Figures, scene: Scene, way: str, *seconds: float, **other: float) -> None:
    for took in seconds:
        figures.add(scene, way, dataclasses.replace(SAMPLE, seconds=took, **other))


def kept() -> Figures:
    """Figures with which every promise holds."""
    figures = Figures()
    idle, fresh = Scene(1000, NOTHING, 20), Scene(1000, EVERYTHING, 20)
    ran(figures, idle, "uri", 400)
    ran(figures, idle, "list", 1.0, 1.1, 0.9)
    ran(figures, idle, "bare", 0.5, 0.6, 0.5)
    ran(figures, idle, "start", 0.6, 0.5, 0.6)
    for scene, seconds in ((Scene(1000, NOTHING, 100), 1.4), (Scene(1000, NOTHING, 0), 0.9)):
        ran(figures, scene, "list", seconds, mebibytes=60)
        ran(figures, scene, "bare", 2 * seconds - 0.8)
        ran(figures, scene, "start", 0.6)
    ran(figures, Scene(1000, NOTHING, 100), "unsaid", 2.6)
    ran(figures, idle, "unsaid", 1.1)
    ran(figures, Scene(10_000, NOTHING, 0), "list", 1.2, mebibytes=69)
    ran(figures, Scene(10_000, NOTHING, 0), "bare", 0.4)
    ran(figures, Scene(10_000, NOTHING, 0), "assert", 0.8, mebibytes=68)
    ran(figures, Scene(1000, NOTHING, 0), "assert", 0.6, mebibytes=58)
    ran(figures, Scene(10, NOTHING, 20), "list", 0.72, service=0.02)
    ran(figures, Scene(10, NOTHING, 20), "start", 0.6)
    ran(figures, fresh, "list", 6.3)
    ran(figures, fresh, "bare4", 5.4)
    ran(figures, fresh, "start", 0.6)
    for latency, inside in ((0, 1.1), (20, 3.1)):
        scene = Scene(100, NOTHING, latency)
        for way in ("inside", "get"):
            ran(figures, scene, way, inside, service=(latency + 1) / 10)
        ran(figures, scene, "start", 0.6)
    for way, seconds in (("module", 10.6), ("trivial", 10.6), ("loaded", 10.6)):
        ran(figures, Scene(25, NOTHING, 0), way, seconds)
    ran(figures, Scene(25, NOTHING, 0), "start", 0.6)
    ran(figures, Scene(1000, EVERYTHING, 0), "list", 1, mebibytes=60)
    ran(figures, Scene(10_000, EVERYTHING, 0), "list", 3, mebibytes=78)
    return figures


def test_the_median_comes_with_the_lowest_and_the_highest() -> None:
    assert spread([3, 1, 2]) == Spread(2, 1, 3)
    assert spread([4, 1]) == Spread(2.5, 1, 4)
    assert spread([]) is None


@pytest.mark.parametrize(
    ("clients", "change", "creates"),
    [(10, NOTHING, 0), (10, SOME, 1), (1000, SOME, 10), (1000, EVERYTHING, 1000)],
)
def test_one_per_cent_is_at_least_one_client(clients: int, change: str, creates: int) -> None:
    assert Scene(clients, change, 0).creates == creates


@pytest.mark.parametrize(
    ("now", "is_settled"),
    [
        ({"uri": 8.0, "list": 2.0}, True),
        ({"uri": 16.0, "list": 4.0}, True),
        ({"uri": 8.0, "list": 2.2}, False),
        ({"uri": 8.0}, False),
    ],
)
def test_rounds_end_when_the_ratios_hold_still(now: dict[str, float], is_settled: bool) -> None:
    assert settled({"uri": 8.0, "list": 2.0}, now, 0.05) is is_settled


def test_figures_survive_being_kept() -> None:
    assert Figures.from_json(kept().as_json()) == kept()


@pytest.mark.parametrize(
    ("scene", "way", "waits"),
    [
        (Scene(10, NOTHING, 20), "list", 1),
        (Scene(99, NOTHING, 20), "list", 1),
        (Scene(100, NOTHING, 20), "list", 2),
        (Scene(1000, NOTHING, 20), "list", 4),
        (Scene(1000, SOME, 20), "list", 7),
        (Scene(1000, EVERYTHING, 20), "list", 251),
        (Scene(1000, NOTHING, 20), "unsaid", 11),
        (Scene(1000, SOME, 20), "unsaid", 13),
        (Scene(100, NOTHING, 20), "inside", 100),
        (Scene(100, EVERYTHING, 20), "inside", 200),
    ],
)
def test_the_limit_is_the_rounds_that_cannot_be_avoided(scene: Scene, way: str, waits: int) -> None:
    assert rounds(scene, way) == waits
    figures = Figures()
    assert limit(figures, scene, way) is None
    ran(figures, scene, "start", 0.5)
    assert limit(figures, scene, way) == pytest.approx(0.5 + waits * 0.02)


def test_each_promise_is_judged_by_its_own_figures() -> None:
    values = [promise.value for promise in promises(kept())]
    expected = [400, 1.4 / 2.6, 1 / 1.1, 0.9 / 1.6, 1, 1.05, 4, 4, 1, 80, 1, 1, 1, 1]
    expected += [100, 0.9, 2.097152]
    assert values == pytest.approx(expected)
    assert all(promise.holds for promise in promises(kept()))


def test_the_spread_is_that_of_whole_rounds() -> None:
    around = promises(kept())[2].rounds
    assert around == Spread(*map(pytest.approx, (1 / 1.1, 0.9 / 1.1, 1.0)))


def test_what_was_not_measured_is_no_promise_kept() -> None:
    assert {promise.holds for promise in promises(Figures())} == {None}


@pytest.mark.parametrize(
    ("scene", "way", "seconds", "broken"),
    [
        (Scene(1000, NOTHING, 20), "uri", 150, 0),
        (Scene(1000, NOTHING, 100), "list", 2.0, 1),
        (Scene(1000, NOTHING, 20), "list", 1.2, 2),
        (Scene(1000, NOTHING, 0), "list", 2.1, 3),
        (Scene(10_000, NOTHING, 0), "list", 1.5, 4),
        (Scene(1000, EVERYTHING, 20), "list", 6.6, 5),
        (Scene(100, NOTHING, 0), "inside", 1.6, 6),
        (Scene(100, NOTHING, 20), "inside", 3.6, 7),
        (Scene(100, NOTHING, 20), "get", 2.9, 8),
        (Scene(25, NOTHING, 0), "module", 4.0, 9),
        (Scene(25, NOTHING, 0), "trivial", 8.0, 10),
        (Scene(25, NOTHING, 0), "loaded", 8.0, 11),
        (Scene(1000, NOTHING, 100), "unsaid", 3.4, 12),
        (Scene(1000, NOTHING, 20), "unsaid", 1.5, 13),
        (Scene(10, NOTHING, 20), "list", 0.75, 14),
    ],
)
def test_a_broken_promise_is_seen(scene: Scene, way: str, seconds: float, broken: int) -> None:
    figures = kept()
    rest = {"service": figures.of(scene, way)[0].service}
    figures.samples[scene, way] = []
    ran(figures, scene, way, seconds, **rest)
    judged = promises(figures)
    assert judged[broken].holds is False


def test_memory_that_grows_too_fast_is_seen() -> None:
    figures = kept()
    figures.samples[Scene(10_000, NOTHING, 0), "list"] = []
    ran(figures, Scene(10_000, NOTHING, 0), "list", 3, mebibytes=71)
    assert [promise.holds for promise in promises(figures)[-2:]] == [False, True]


def test_a_promise_is_shown_with_bound_figure_and_spread() -> None:
    promise = promises(kept())[2]
    assert promise_line(promise).startswith("yes          0.909 x (0.818–1)       ≤ 1 x")
    assert "| ≤ 1 x | 0.909 x (0.818–1) | yes |" in promise_table([promise])


ROWS = {
    "a time next to its limit": "| 1,000 | nothing | 20 ms | list | 4 | 0.68 s | 1.00 (0.90–1.10) "
    "| 1.47 | 11 | 900 |",
    "a dash for what was not run": "| 1,000 | nothing | 20 ms | 400 | — | — | 1.00 (0.90–1.10) "
    "| 1.10 | 0.50 (0.50–0.60) | — | 0.60 (0.50–0.60) | — | — | — | — |",
    "the numbers of entries": "| outcome | 10 entries | 500 entries | 5,000 entries |",
    "the sizes of an outcome": "| check mode | 900 | 3,900 | — |",
    "what a plan costs": "| all renamed | 100,000 | 1.90 s | 220 MiB | yes |",
    "what a plan costs too much": "| one ring | 100,001 | 2.10 s | 220 MiB | NO |",
}


@pytest.mark.parametrize("row", ROWS)
def test_the_page_has(row: str) -> None:
    assert ROWS[row] in page(kept(), {}, "promised", SIZES, COSTS).splitlines()


def test_a_figure_that_the_simulator_set_is_marked() -> None:
    figures = Figures()
    ran(figures, Scene(10, NOTHING, 0), "bare", 1.0, simulator=0.9)
    assert "| 1.00* |" in page(figures, {}, "promised", SIZES, COSTS)


def test_colours_stand_out_from_white_and_from_black() -> None:
    for colour in {*COLOURS.values(), INK}:
        assert min(contrast(colour, behind) for behind in PAGES) > 4


def test_the_picture_is_the_same_each_time(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.picture import draw, spaced

    draw(kept(), tmp_path / "one.svg")
    draw(kept(), tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert "focus_clients" in (tmp_path / "one.svg").read_text()
    assert spaced({"a": 0.5, "b": 0.51, "c": 0.9}, 0.1) == {"a": 0.5, "b": 0.6, "c": 0.9}


def test_other_sizes_change_only_their_section() -> None:
    whole = page(kept(), {"Python": "3.11"}, "promised", SIZES, COSTS)
    others = page(kept(), {"Python": "3.11"}, "promised", {"run": {"10": 7}}, COSTS)
    assert with_sizes(whole, {"run": {"10": 7}}) == others
