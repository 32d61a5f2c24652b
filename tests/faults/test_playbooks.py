# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of ``ansible-playbook`` broken at random, in Ansible's own process and as modules.

They are judged as the campaign judges its runs. FAULTS_LONG=1 breaks fifty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from simulator.workspace import FIRST_ID
from support.playbooks import WAYS
from support.stage import CLIENT, CLIENTS

from faults.campaign import trials
from faults.expected import Task, expected
from faults.length import FIRST_SEED, times
from faults.model import Client
from faults.playing import Stage, unsafe
from faults.runs import Report
from faults.scenarios import History, history
from faults.trial import Trial, Violated

RUNS = times(short=2, long=50)


class PlaybookTrial(Trial):
    """The broken run is a task in a playbook; what is judged around it is the same.

    A port that refuses connections is for the campaign alone: here the connection is lost.
    """

    stage: Stage
    way: tuple[str, ...]

    def _run_with_faults(self, task: Task, **options: Any) -> Report:
        given = {**self._shared, **task.options, **options}
        entries = [dict(entry) for entry in task.entries]
        if task.single:
            options = {**given, **entries[0]}
            played = {CLIENT: {k: v for k, v in options.items() if v is not None}}
        else:
            played = {CLIENTS: {**given, "clients": entries}}
        stage = replace(self.stage, service=self._service)
        ran = stage.play_on([unsafe(played)], *self.way)
        assert "Traceback" not in ran.output, ran.output
        return ran.results["t_0"]


def seeds() -> Iterator[int]:
    """Of histories that begin with something to break, and no proxy is needed."""
    seed = FIRST_SEED * 10_000
    while True:
        seed += 1
        if _is_fit(history(seed)):
            yield seed


def _is_fit(case: History) -> bool:
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


CASES = [(seed, list(WAYS)[at % 2]) for at, seed in zip(range(RUNS), seeds(), strict=False)]


@pytest.mark.parametrize(("seed", "through"), CASES)
def test_a_playbook_that_is_broken(
    trial: PlaybookTrial, seed: int, through: str, tmp_path: Path, collections: Path
) -> None:
    case = history(seed)
    trial.stage = Stage(trial.services.plain, tmp_path, collections)
    trial.way = WAYS[through]
    try:
        trial.run(case)
    except Violated as violated:
        pytest.fail(f"{case}\n{violated}")
