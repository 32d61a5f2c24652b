# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, as values, and what follows from it. No processes, no files."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any

WAYS = {
    "uri": "loop of ansible.builtin.uri",
    "module": "loop of focus_client, as a module",
    "inside": "loop of focus_client, in process",
    "list": "focus_clients, concurrency 4",
    "unsaid": "focus_clients, the quota is not known",
    "bare": "bare script, one by one",
    "bare4": "bare script, four threads",
    "start": "ansible-playbook, empty play",
    "assert": "ansible-playbook, an assert on the list",
    "get": "loop of an action that sends one GET",
    "trivial": "loop of a module that does nothing",
    "loaded": "loop of a module that loads the files of focus_client",
}
"""Ways to do the same thing, and what Ansible takes by itself."""
SILENT = ("start", "assert", "trivial", "loaded")
"""They send no request."""
IDLE = (*SILENT, "get")
"""They create nothing."""
PAGE_SIZE = 100
AT_ONCE = 4
"""The concurrency of ``list``."""

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

    @property
    def pages(self) -> int:
        """Of the list as the run finds it; the last one is not full."""
        return (self.clients - self.creates) // PAGE_SIZE + 1


@dataclass(frozen=True)
class Sample:
    """One run of one way, as a whole process with its children."""

    seconds: float
    processor: float
    """Seconds of all processors together."""
    mebibytes: float
    """Of the largest process, at its peak."""
    requests: int
    characters: int
    """Printed, on both streams."""
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


# the limit


def rounds(scene: Scene, way: str) -> int:
    """How many answers a way must wait for one after the other, however it is written.

    :arg way: ``list`` reads the first page before it knows that there are more, and creates what is
        missing once the list is read; ``unsaid`` reads one page after the other; ``inside`` looks
        each client up and creates it
    """
    if way == "inside":
        return scene.clients + scene.creates
    pages = scene.pages if way == "unsaid" else 1 + _at_once(scene.pages - 1)
    return pages + _at_once(scene.creates)


def _at_once(requests: int) -> int:
    return math.ceil(requests / AT_ONCE)


def limit(figures: Figures, scene: Scene, way: str) -> float | None:
    """Seconds: the start of Ansible, and the latency of the rounds that cannot be avoided."""
    start = figures.middle(scene, "start")
    return None if start is None else start + scene.latency / 1000 * rounds(scene, way)


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

LONG = Scene(10_000, NOTHING, 0)
NEXT_TO_BARE = {
    Scene(1000, NOTHING, 100): 0.75,
    Scene(1000, NOTHING, 20): 1.0,
    Scene(1000, NOTHING, 0): 1.25,
}
"""At most this many times the script that reads page after page, and the start of Ansible."""
UNSAID = (Scene(1000, NOTHING, 100), Scene(1000, NOTHING, 20))
UPLOAD = Scene(1000, EVERYTHING, 20)
LOOPS = {latency: Scene(100, NOTHING, latency) for latency in (0, 20)}
MODULES = Scene(25, NOTHING, 0)
AGAINST_URI = Scene(1000, NOTHING, 20)
SHORT = Scene(10, NOTHING, 20)


def promises(figures: Figures) -> list[Promise]:
    """What the collection promises, each with what was measured."""
    return [_judged(figures, promise, formula) for promise, formula in _formulas()]


def _formulas() -> Iterator[tuple[Promise, Formula]]:
    """What is promised, each with how it follows from the figures."""
    text = f"{_words(AGAINST_URI)}: a loop of uri takes at least this many times the time of "
    yield (
        Promise(f"{text}focus_clients", None, 200, at_least=True),
        _ratio(_sum((AGAINST_URI, "uri")), _sum((AGAINST_URI, "list"))),
    )
    for scene, bound in NEXT_TO_BARE.items():
        text = (
            f"{_words(scene)}: focus_clients takes at most this many times the bare script, one by "
            "one, and the start of Ansible"
        )
        yield (
            Promise(text, None, bound),
            _ratio(_sum((scene, "list")), _sum((scene, "bare"), (scene, "start"))),
        )
    text = (
        f"{_words(LONG)}: the same next to the bare script and Ansible with the same list and "
        "an assert on it"
    )
    yield (
        Promise(text, None, 1.15),
        _ratio(_sum((LONG, "list")), _sum((LONG, "bare"), (LONG, "assert"))),
    )
    text = (
        "1,000 creates, 20 ms, concurrency 4: focus_clients takes at most this many times "
        "the bare script with four threads and the start of Ansible"
    )
    yield (
        Promise(text, None, 1.08),
        _ratio(_sum((UPLOAD, "list")), _sum((UPLOAD, "bare4"), (UPLOAD, "start"))),
    )
    for latency, scene in LOOPS.items():
        text = (
            f"100 times focus_client in process, nothing to do, {latency} ms: at most this much "
            "a task over the service's latency and the start of Ansible"
        )
        yield Promise(text, None, 8, "ms"), _overhead(scene, "inside", scene.clients)
    text = (
        "the same at 20 ms next to an action that looks a client up with requests and does nothing "
        "with it"
    )
    inside, get = (_overhead(LOOPS[20], way, 100) for way in ("inside", "get"))
    yield Promise(text, None, 1.25), _ratio(inside, get)
    module, trivial, loaded = (_a_task(MODULES, way) for way in ("module", "trivial", "loaded"))
    text = (
        "focus_client, nothing to do, 0 ms, without the start of Ansible: as a module a task of 25 "
        "takes at least this many times the time of a task of 100 in process"
    )
    yield Promise(text, None, 30, at_least=True), _ratio(module, _a_task(LOOPS[0], "inside"))
    text = (
        "the same as a module: at most this many times a module that imports requests and does "
        "nothing"
    )
    yield Promise(text, None, 1.25), _ratio(module, trivial)
    text = "the same next to a module that loads the files of focus_client and does nothing"
    yield Promise(text, None, 1.15), _ratio(module, loaded)
    for scene in UNSAID:
        text = (
            f"{_words(scene)}, and the service does not say what is left of the quota: "
            "focus_clients takes at most this many times the bare script, one by one, and the "
            "start of Ansible"
        )
        whole = _sum((scene, "bare"), (scene, "start"))
        yield Promise(text, None, 1.25), _ratio(_sum((scene, "unsaid")), whole)
    text = (
        f"{_words(SHORT)}: focus_clients adds at most this much to Ansible's start and the answer"
    )
    yield Promise(text, None, 120, "ms"), _overhead(SHORT, "list", 1)
    growth = "its peak of memory grows between 1,000 and 10,000 clients by at most "
    text = f"focus_clients, nothing to do: {growth}this many times that of an assert on the list"
    yield Promise(text, None, 1), _ratio(_growth("list", NOTHING), _growth("assert", NOTHING))
    text = f"focus_clients, everything created: {growth}this much a client"
    yield Promise(text, None, 3, "KB"), _growth("list", EVERYTHING)


def _words(scene: Scene) -> str:
    return f"{scene.clients:,} clients, nothing to do, {scene.latency} ms"


def _judged(figures: Figures, promise: Promise, formula: Formula) -> Promise:
    """With the value from the medians, and its spread over the rounds that measured all of it."""
    by_round = []
    for turn in range(max(map(len, figures.samples.values()), default=0)):
        value = formula(_of_round(figures, turn))
        if value is not None:
            by_round.append(value)
    return replace(promise, value=formula(figures.middle), rounds=spread(by_round))


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


def _a_task(scene: Scene, way: str) -> Formula:
    """Seconds of one of the loop's tasks."""
    loop = _less_start(scene, way)

    def formula(pick: Pick) -> float | None:
        seconds = loop(pick)
        return None if seconds is None else seconds / scene.clients

    return formula


def _ratio(above: Formula, below: Formula) -> Formula:
    def formula(pick: Pick) -> float | None:
        upper, lower = above(pick), below(pick)
        return None if upper is None or lower is None or lower <= 0 else upper / lower

    return formula


def _overhead(scene: Scene, way: str, tasks: int) -> Formula:
    """Milliseconds a task, without start and without what the service took for its answers."""
    loop = _less_start(scene, way)

    def formula(pick: Pick) -> float | None:
        seconds, service = loop(pick), pick(scene, way, "service")
        if seconds is None or service is None:
            return None
        return (seconds - service) * 1000 / tasks

    return formula


def _growth(way: str, change: str) -> Formula:
    """Kilobytes a client."""
    few, many = Scene(1000, change, 0), Scene(10_000, change, 0)

    def formula(pick: Pick) -> float | None:
        small, large = pick(few, way, "mebibytes"), pick(many, way, "mebibytes")
        if small is None or large is None:
            return None
        return (large - small) * KILOBYTES / (many.clients - few.clients)

    return formula
