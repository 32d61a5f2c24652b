# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of ``ansible-playbook`` broken at random, in Ansible's own process and as modules, and
judged as the campaign judges its runs. FAULTS_LONG=1 breaks fifty."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

import pytest
from simulator.workspace import FIRST_ID
from support.playbooks import WAYS
from support.stage import CLIENT, CLIENTS

from faults.campaign import trials
from faults.conftest import Stage, unsafe
from faults.expected import Task, expected
from faults.length import FIRST_SEED, times
from faults.model import Client
from faults.runs import Report
from faults.scenarios import History, history
from faults.trial import Trial

RUNS = times(short=2, long=50)


class PlaybookTrial(Trial):
    """The broken run is a task in a playbook; what is judged around it is the same. A port that
    refuses connections is for the campaign alone: here the connection is lost."""

    stage: Stage
    way: tuple[str, ...]

    def _run_with_faults(self, task: Task, **options: Any) -> Report:
        wanted = task.entries[0] if task.single else {"clients": task.entries}
        given = {**self._shared, **task.options, **options, **wanted}
        stage = self.stage._replace(service=self._service)
        ran = stage.play_on([unsafe({CLIENT if task.single else CLIENTS: given})], *self.way)
        assert "Traceback" not in ran.output, ran.output
        return ran.results["t_0"]


def is_fit(case: History) -> bool:
    """Whether it begins with something to break, and needs no proxy."""
    network = case.events[0].network
    if network is None or network.chance < 0.2 or case.way == "proxy":
        return False
    task = Task(case.lists[0], case.options, case.single, case.switches)
    there = {i: Client(*client[:2]) for i, client in enumerate(case.there, FIRST_ID)}
    return all(v.changes and not v.refused for v in expected(task, there, {}).verdicts)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlaybookTrial]:
    with trials(tmp_path_factory.mktemp("trial"), PlaybookTrial) as made:
        yield made
        print(made.tally)


SEEDS = (seed for seed in count(FIRST_SEED * 10_000 + 1) if is_fit(history(seed)))


@pytest.mark.parametrize(("seed", "through"), [*zip(islice(SEEDS, RUNS), cycle(WAYS))])
def test_a_playbook_that_is_broken(
    trial: PlaybookTrial, seed: int, through: str, tmp_path: Path, collections: Path
) -> None:
    trial.stage = Stage(trial.services.plain, tmp_path, collections)
    trial.way = WAYS[through]
    trial.run(history(seed))
