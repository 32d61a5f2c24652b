# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a run with nothing to do takes, next to another checkout of this collection:
``python -m benchmarks.startup FOLDER``.

Both take turns at ten clients, each as a whole ``ansible-playbook``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

from benchmarks.__main__ import BOOKS, settings
from tools.simulator import ROOT, back_door, running

NAMES = [f"Client {number:02}" for number in range(10)]


def tree(at: Path, checkout: Path) -> Path:
    """The folder in which Ansible finds the checkout as a collection."""
    namespace = at / "ansible_collections" / "toggl"
    namespace.mkdir(parents=True)
    (namespace / "focus").symlink_to(checkout.resolve(strict=True))
    return at


def seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    took = time.monotonic() - started
    if done.returncode or "changed=0" not in done.stdout:
        raise SystemExit(f"A run failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return took


def in_turns(
    command: list[str], environments: Sequence[dict[str, str]], rounds: int
) -> Iterator[list[float]]:
    """The seconds of a run in each environment, round after round, each one first in turn."""
    for number in range(rounds):
        order = [*enumerate(environments)][:: -1 if number % 2 else 1]
        took = {place: seconds(command, environment) for place, environment in order}
        yield [took[place] for place in range(len(environments))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.startup", description=__doc__)
    parser.add_argument("other", type=Path, metavar="FOLDER", help="another checkout")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    if not (options.other / "galaxy.yml").exists():
        parser.error(f"{options.other} is not a checkout of this collection.")
    with running() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        back_door(url, "reset", {"clients": NAMES})
        listed = folder / "clients.yml"
        listed.write_text("".join(f"- name: {client}\n" for client in NAMES))
        ansible = Path(sys.executable).with_name("ansible-playbook")
        command = [str(ansible), str(BOOKS / "clients.yml"), "-e", f"clients_file={listed}"]
        checkouts = {"this checkout": ROOT, "the other one": options.other}
        environments = [
            {**settings(url), "ANSIBLE_COLLECTIONS_PATH": str(tree(folder / label, checkout))}
            for label, checkout in checkouts.items()
        ]
        list(in_turns(command, environments, 1))  # fills the caches of Python and of Ansible
        rounds = list(in_turns(command, environments, options.rounds))
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
