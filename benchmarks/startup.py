# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a run with nothing to do takes, next to another checkout of this collection:
``python -m benchmarks.startup FOLDER``.

Both take turns at ten clients, each as a whole ``ansible-playbook``.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

from benchmarks.__main__ import Bench, bench
from benchmarks.figures import NOTHING, Scene
from tools.simulator import ROOT

SCENE = Scene(10, NOTHING, 0)


def tree(at: Path, checkout: Path) -> Path:
    """The folder in which Ansible finds the checkout as a collection."""
    namespace = at / "ansible_collections" / "toggl"
    namespace.mkdir(parents=True)
    (namespace / "focus").symlink_to(checkout.resolve(strict=True))
    return at


def in_turns(ways: Sequence[Bench], rounds: int) -> Iterator[list[float]]:
    """The seconds of a run of each, round after round, each one first in turn."""
    for number in range(rounds):
        order = [*enumerate(ways)][:: -1 if number % 2 else 1]
        took = {place: at.run("list", SCENE).seconds for place, at in order}
        yield [took[place] for place in range(len(ways))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.startup", description=__doc__)
    parser.add_argument("other", type=Path, metavar="FOLDER", help="another checkout")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    if not (options.other / "galaxy.yml").exists():
        parser.error(f"{options.other} is not a checkout of this collection.")
    checkouts = {"this checkout": ROOT, "the other one": options.other}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        ways = [
            stack.enter_context(bench(ANSIBLE_COLLECTIONS_PATH=str(tree(Path(name, label), at))))
            for label, at in checkouts.items()
        ]
        list(in_turns(ways, 1))  # fills the caches of Python and of Ansible
        rounds = list(in_turns(ways, options.rounds))
    for label, times in zip(checkouts, zip(*rounds, strict=True), strict=True):
        print(f"{label}: {median(times) * 1000:.0f} ms")
    ratios = quantiles((this / other for this, other in rounds), n=4)
    print(
        "ratio: {1:.3f}, half of the {rounds} rounds between {0:.3f} and {2:.3f}".format(
            *ratios, rounds=options.rounds
        )
    )


if __name__ == "__main__":
    main()
