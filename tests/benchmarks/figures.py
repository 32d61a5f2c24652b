# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, as values, and what follows from it. No processes, no files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

WAYS = {
    "uri": "loop of ansible.builtin.uri",
    "module": "loop of focus_client, as a module",
    "inside": "loop of focus_client, in process",
    "list": "focus_clients, concurrency 4",
    "bare": "bare script, one by one",
    "bare4": "bare script, four threads",
    "start": "ansible-playbook, empty play",
    "assert": "ansible-playbook, an assert on the list",
}
"""Ways to do the same thing, and what Ansible takes by itself."""
SILENT = ("start", "assert")
"""They send no request."""

NOTHING, SOME, EVERYTHING = "nothing", "1 %", "everything"
KILOBYTES = 1024 * 1024 / 1000
"""In a mebibyte."""
CHANGES = (NOTHING, SOME, EVERYTHING)
"""How much of the list is missing in the workspace and has to be created."""


@dataclass(frozen=True, order=True)
class Scene:
    """What a way is measured at. ``latency`` is in milliseconds a request."""

    clients: int
    change: str
    latency: int

    @property
    def creates(self) -> int:
        """One per cent is at least one client."""
        some = max(1, self.clients // 100)
        return {NOTHING: 0, SOME: some, EVERYTHING: self.clients}[self.change]


@dataclass(frozen=True)
class Sample:
    """One run of one way, as a whole process with its children."""

    seconds: float
    processor: float
    """Seconds of all processors together."""
    mebibytes: float
    """Of the largest process, at its peak."""
    requests: int
    simulator: float
    """Seconds of processor that the simulated service took meanwhile."""
    service: float
    """Seconds that it took for its answers, from a request read to its answer ready, summed up."""


@dataclass(frozen=True)
class Spread:
    middle: float
    lowest: float
    highest: float


@dataclass
class Figures:
    """Samples by scene and way, in the order of the rounds."""

    samples: dict[tuple[Scene, str], list[Sample]] = field(default_factory=dict)

    def add(self, scene: Scene, way: str, sample: Sample) -> None:
        self.samples.setdefault((scene, way), []).append(sample)

    def of(self, scene: Scene, way: str) -> Sequence[Sample]:
        return self.samples.get((scene, way), ())

    def scenes(self) -> list[Scene]:
        at = {scene for scene, _way in self.samples}
        return sorted(at, key=lambda s: (s.clients, s.latency, CHANGES.index(s.change)))

    def spread(self, scene: Scene, way: str, figure: str = "seconds") -> Spread | None:
        return spread(getattr(sample, figure) for sample in self.of(scene, way))

    def middle(self, scene: Scene, way: str, figure: str = "seconds") -> float | None:
        found = self.spread(scene, way, figure)
        return None if found is None else found.middle

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {**asdict(scene), "way": way, "samples": [asdict(sample) for sample in samples]}
            for (scene, way), samples in self.samples.items()
        ]

    @classmethod
    def from_json(cls, cells: Iterable[Mapping[str, Any]]) -> Figures:
        figures = cls()
        for cell in cells:
            scene = Scene(cell["clients"], cell["change"], cell["latency"])
            for sample in cell["samples"]:
                figures.add(scene, cell["way"], Sample(**sample))
        return figures


def spread(values: Iterable[float]) -> Spread | None:
    """The median with the lowest and the highest value; ``None`` of nothing."""
    known = sorted(values)
    return Spread(median(known), known[0], known[-1]) if known else None


def settled(before: Mapping[str, float], now: Mapping[str, float], tolerance: float) -> bool:
    """Whether no way's time, as a multiple of the others', has moved by ``tolerance`` or more.

    :arg before: the medians by way, one round ago
    """
    if before.keys() != now.keys() or len(now) < 2:
        return False
    moved = [now[way] / before[way] for way in now]
    return max(moved) / min(moved) - 1 < tolerance


# promises


@dataclass(frozen=True)
class Promise:
    """``value`` is the ratio of medians; ``None`` if something for it was not measured."""

    text: str
    value: float | None
    bound: float
    unit: str = "x"
    at_least: bool = False
    rounds: Spread | None = None
    """Of the values of single rounds."""

    @property
    def holds(self) -> bool | None:
        if self.value is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


Pick = Callable[[Scene, str, str], float | None]
"""Of a way at a scene, one of its sample's figures."""
Formula = Callable[[Pick], float | None]


def promises(figures: Figures) -> list[Promise]:
    """What the collection promises, each with what was measured."""
    idle, fresh = Scene(1000, NOTHING, 20), Scene(1000, EVERYTHING, 20)
    loops = {latency: Scene(100, NOTHING, latency) for latency in (0, 20)}
    judged = [
        _judged(
            figures,
            "1,000 clients, nothing to do, 20 ms: a loop of uri takes at least this many times "
            "the time of focus_clients",
            _ratio(_sum((idle, "uri")), _sum((idle, "list"))),
            Promise("", None, 200, at_least=True),
        ),
        _judged(
            figures,
            "1,000 clients, nothing to do, 20 ms: focus_clients takes at most this many times "
            "the bare script, one by one, and the start of Ansible",
            _ratio(_sum((idle, "list")), _sum((idle, "bare"), (idle, "start"))),
            Promise("", None, 1.15),
        ),
        _judged(
            figures,
            "the same, next to the bare script and Ansible with the same list and an assert on it",
            _ratio(_sum((idle, "list")), _sum((idle, "bare"), (idle, "assert"))),
            Promise("", None, 1.15),
        ),
        _judged(
            figures,
            "1,000 creates, 20 ms, concurrency 4: focus_clients takes at most this many times "
            "the bare script with four threads and the start of Ansible",
            _ratio(_sum((fresh, "list")), _sum((fresh, "bare4"), (fresh, "start"))),
            Promise("", None, 1.15),
        ),
    ]
    judged += [
        _judged(
            figures,
            f"100 times focus_client in process, nothing to do, {latency} ms: at most this much "
            "a task over the service's latency and the start of Ansible",
            _overhead(scene),
            Promise("", None, 10, "ms"),
        )
        for latency, scene in loops.items()
    ]
    judged.append(
        _judged(
            figures,
            "100 times focus_client, nothing to do, 0 ms, without the start of Ansible: as a "
            "module a task takes at least this many times the time that it takes in process",
            _ratio(_less_start(loops[0], "module"), _less_start(loops[0], "inside")),
            Promise("", None, 30, at_least=True),
        )
    )
    return judged + [_growth(figures, change) for change in (NOTHING, EVERYTHING)]


def _judged(figures: Figures, text: str, formula: Formula, rule: Promise) -> Promise:
    """The value from the medians, and its spread over the rounds in which all were measured."""
    by_round = []
    for turn in range(max(map(len, figures.samples.values()), default=0)):
        value = formula(_of_round(figures, turn))
        if value is not None:
            by_round.append(value)
    return Promise(
        text, formula(figures.middle), rule.bound, rule.unit, rule.at_least, spread(by_round)
    )


def _of_round(figures: Figures, turn: int) -> Pick:
    def pick(scene: Scene, way: str, figure: str) -> float | None:
        samples = figures.of(scene, way)
        return getattr(samples[turn], figure) if turn < len(samples) else None

    return pick


def _sum(*cells: tuple[Scene, str]) -> Formula:
    def formula(pick: Pick) -> float | None:
        values = [pick(*cell, "seconds") for cell in cells]
        known = [value for value in values if value is not None]
        return sum(known) if len(known) == len(values) else None

    return formula


def _less_start(scene: Scene, way: str) -> Formula:
    def formula(pick: Pick) -> float | None:
        whole, start = pick(scene, way, "seconds"), pick(scene, "start", "seconds")
        return None if whole is None or start is None else whole - start

    return formula


def _ratio(above: Formula, below: Formula) -> Formula:
    def formula(pick: Pick) -> float | None:
        upper, lower = above(pick), below(pick)
        return None if upper is None or lower is None or lower <= 0 else upper / lower

    return formula


def _overhead(scene: Scene) -> Formula:
    """Milliseconds a task, without start and without what the service took for its answers."""
    loop = _less_start(scene, "inside")

    def formula(pick: Pick) -> float | None:
        seconds, service = loop(pick), pick(scene, "inside", "service")
        if seconds is None or service is None:
            return None
        return (seconds - service) * 1000 / scene.clients

    return formula


def _growth(figures: Figures, change: str) -> Promise:
    few, many = Scene(1000, change, 0), Scene(10_000, change, 0)
    small, large = (figures.middle(scene, "list", "mebibytes") for scene in (few, many))
    grown = None
    if small is not None and large is not None:
        grown = (large - small) * KILOBYTES / (many.clients - few.clients)
    done = {NOTHING: "nothing to do", EVERYTHING: "everything created"}[change]
    text = (
        f"focus_clients, {done}: its peak of memory grows by at most this much a client "
        "between 1,000 and 10,000"
    )
    return Promise(text, grown, 3, "KB")
