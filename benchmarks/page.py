# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures as a page of Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks.figures import (
    SILENT,
    WAYS,
    Figures,
    Promise,
    Scene,
    Spread,
    limit,
    promises,
    rounds,
)
from benchmarks.planner import MANY, MEBIBYTES, SECONDS, Cost, Costs
from benchmarks.sizes import ENTRIES, Sizes

NOT_RUN = "—"
BUSY = 0.7
"""Share of the time at which the simulator, one process, holds the others up."""

_HEAD = """\
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->

# Benchmarks

`make bench` wrote this page. It measures ways to do the same thing concurrently, over HTTP against
the simulated service, which is a process of its own on the same machine.

![Time by number of clients](benchmarks.svg)

| way | what runs |
| --- | --- |
| `uri` | `ansible-playbook`, two loops of `ansible.builtin.uri`: look up, create |
| `module` | `ansible-playbook`, a loop of `toggl.focus.focus_client`, each a module's process |
| `inside` | the same where the connection is local, so in Ansible's own process |
| `list` | `ansible-playbook`, one task of `toggl.focus.focus_clients`, `concurrency: 4` |
| `unsaid` | the same where the service does not say what is left of the quota |
| `bare` | a Python script with one session of `requests`, the requests of `list` one by one |
| `bare4` | the same with four threads |
| `start` | `ansible-playbook` with an empty play |
| `assert` | `ansible-playbook`, one task that takes the same list and does nothing with it |
| `get` | `ansible-playbook`, a loop of an action that looks a client up and does nothing |
| `trivial` | `ansible-playbook`, a loop of a module that imports `requests` and does nothing |
| `loaded` | the same, of a module that also loads the files of `focus_client` |

The playbooks and the script are in `benchmarks/`. All read the same file of YAML, the script
with the fastest loader of PyYAML. A playbook does so where it needs the list, with `lookup` and
`from_yaml`, so that Ansible parses it once. A file in `vars_files` it parses at every step of the
play.
"""

_HOW = """\
## How to read it

- A run is a whole process, from its start to its end. Where it ran more than once, the figure is
  the median, and the lowest and the highest follow in brackets. The ways take turns, round by
  round, until the ratios of their medians move by less than 5 % from one round to the next, or
  enough time has gone.
- {not_run} was not run. No figure is extrapolated.
- With 1 % to do, at least one client is created.
- A latency is what the simulator waits before it answers. Its own work of a few milliseconds a
  request comes on top, for every way alike. Where a promise speaks of the service's latency, it is
  the time from a request read to its answer ready, which the simulator measured in the same run.
- Ansible keeps the result of a task three times: as it is, as a copy for callbacks, and as that
  copy in plain types. With everything created, the result has three dictionaries a client: in
  `plan`, `results` and `undo`.
- The simulator works on one processor. A * marks a figure during which it was busy for more than
  {busy:.0%} of the time: there it, and not the way, sets the pace.
- Compare ratios. Times are those of this machine.
"""


_LIMIT = """\
## Next to the limit

No way can be faster than the start of Ansible and the latency of the answers that it must wait for
one after the other: with four requests at once, the list of 1,000 clients takes four such rounds,
and eleven where the service does not say what is left of the quota.
The ratio is that of the time to this limit. What is printed is in characters.

"""


_SIZES = "## Output in characters\n"

_SIZES_HOW = """
What `ansible-playbook` prints for a run of the role `toggl.focus.clients`, without a flag, on both
streams. Three quarters of the entries are created, the others renamed, and a purge deletes a
quarter as many besides. `python -m benchmarks --sizes` measures this table alone.

"""


_PLANNER = f"""\
## The planner alone, with {MANY:,} clients and as many entries

Without Ansible and without a service, each case three times in a process of its own; the figures
are those of the median run. It promises at most {SECONDS:g} s of processor and {MEBIBYTES} MiB,
with Python, the clients and the entries.

"""


def page(
    figures: Figures, machine: Mapping[str, str], mode: str, sizes: Sizes, costs: Costs
) -> str:
    """The whole page; the same figures always give the same text."""
    judged = promises(figures)
    parts = [
        _HEAD,
        "## Promises\n\n" + promise_table(judged),
        _LIMIT + _limit_table(figures),
        _HOW.format(not_run=NOT_RUN, busy=BUSY),
        "## Time in seconds\n\n" + _by_scene(figures, lambda s, w: _time(figures, s, w), WAYS),
        "## Processor time in seconds, of the process and its children\n\n"
        + _by_scene(figures, lambda s, w: _plain(figures, s, w, "processor", ".2f"), WAYS),
        "## Requests\n\n"
        + _by_scene(figures, lambda s, w: _plain(figures, s, w, "requests", ",.0f"), _SENDING),
        "## Peak memory in MiB, of the largest process\n\n"
        + _by_scene(figures, lambda s, w: _plain(figures, s, w, "mebibytes", ".1f"), WAYS),
        size_section(sizes),
        _PLANNER + _planner_table(costs),
        "## The machine\n\n" + table(("what", "which"), machine.items()),
        f"Measured with `make bench`, in the form `--{mode}`.\n",
    ]
    return "\n".join(parts)


_SENDING = [way for way in WAYS if way not in SILENT]


def size_section(sizes: Sizes) -> str:
    rows = [
        (outcome, *(_characters(printed.get(str(entries))) for entries in ENTRIES))
        for outcome, printed in sizes.items()
    ]
    head = ("outcome", *(f"{entries:,} entries" for entries in ENTRIES))
    return _SIZES + _SIZES_HOW + table(head, rows, numbers=True)


def _planner_table(costs: Costs) -> str:
    rows = [
        (case, f"{cost.steps:,}", f"{cost.seconds:.2f} s", f"{cost.mebibytes:.0f} MiB", _kept(cost))
        for case, cost in costs.items()
    ]
    return table(("case", "steps", "processor", "memory", "holds"), rows)


def _kept(cost: Cost) -> str:
    return "yes" if cost.holds else "NO"


def with_sizes(text: str, sizes: Sizes) -> str:
    """The page with another section of sizes; all else stays as it was measured."""
    before, _, rest = text.partition(_SIZES)
    behind = rest[rest.index("\n## ") :]
    return f"{before}{size_section(sizes)}{behind}"


def _limit_table(figures: Figures) -> str:
    rows = []
    for scene in figures.scenes():
        for way in ("list", "unsaid", "inside"):
            least, took = limit(figures, scene, way), figures.middle(scene, way)
            if least is None or took is None:
                continue
            rows.append(
                (
                    *_labels(scene),
                    way,
                    f"{rounds(scene, way):,}",
                    f"{least:.2f} s",
                    _time(figures, scene, way),
                    f"{took / least:.2f}",
                    _plain(figures, scene, way, "requests", ",.0f"),
                    _plain(figures, scene, way, "characters", ",.0f"),
                )
            )
    columns = ("way", "rounds", "limit", "measured", "ratio", "requests", "printed")
    return table(("clients", "to do", "latency", *columns), rows, numbers=True)


def _labels(scene: Scene) -> tuple[str, str, str]:
    return f"{scene.clients:,}", scene.change, f"{scene.latency} ms"


def _characters(value: int | None) -> str:
    return NOT_RUN if value is None else f"{value:,}"


def promise_table(judged: Iterable[Promise]) -> str:
    rows = [(promise.text, _bound(promise), _value(promise), _word(promise)) for promise in judged]
    return table(("promise", "bound", "measured", "holds"), rows)


def promise_line(promise: Promise) -> str:
    return f"{_word(promise):13}{_value(promise):24}{_bound(promise):14}{promise.text}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: bool = False) -> str:
    rule = ["---:" if numbers else "---"] * len(head)
    lines = [head, rule, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _word(promise: Promise) -> str:
    return {None: "not measured", True: "yes", False: "NO"}[promise.holds]


def _bound(promise: Promise) -> str:
    return f"{'≥' if promise.at_least else '≤'} {promise.bound:g} {promise.unit}"


def _value(promise: Promise) -> str:
    if promise.value is None:
        return NOT_RUN
    around = promise.rounds
    return f"{_number(promise.value)} {promise.unit}" + _between(around, _number)


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _between(around: Spread | None, written: Callable[[float], str]) -> str:
    if around is None or around.lowest == around.highest:
        return ""
    return f" ({written(around.lowest)}–{written(around.highest)})"


def _time(figures: Figures, scene: Scene, way: str) -> str:
    seconds = figures.spread(scene, way)
    if seconds is None:
        return NOT_RUN

    def written(value: float) -> str:
        return f"{value:.2f}" if value < 100 else f"{value:.0f}"

    held_up = "*" if busy(figures, scene, way) > BUSY else ""
    return written(seconds.middle) + held_up + _between(seconds, written)


def busy(figures: Figures, scene: Scene, way: str) -> float:
    """Share of a way's time in which the simulator was at work."""
    share = [sample.simulator / sample.seconds for sample in figures.of(scene, way)]
    return max(share, default=0.0)


def _plain(figures: Figures, scene: Scene, way: str, figure: str, form: str) -> str:
    value = figures.middle(scene, way, figure)
    return NOT_RUN if value is None else format(value, form)


def _by_scene(figures: Figures, written: Callable[[Scene, str], str], ways: Iterable[str]) -> str:
    ways = list(ways)
    head = ("clients", "to do", "latency", *ways)
    scenes = [s for s in figures.scenes() if any(figures.of(s, way) for way in ways)]
    rows = [(*_labels(s), *(written(s, way) for way in ways)) for s in scenes]
    return table(head, rows, numbers=True)
