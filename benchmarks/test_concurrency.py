# SPDX-License-Identifier: GPL-3.0-or-later
"""What concurrent writes are worth, as a ratio within one run."""

from __future__ import annotations

import time

from simulator.server import Simulator
from support.running import clients

LATENCY = 0.05  # seconds a request
CREATES = 80
TRIES = 3  # what else the machine does can only lower the ratio


def seconds(service: Simulator, concurrency: int) -> float:
    service.reset(latency=LATENCY)
    started = time.monotonic()
    wanted = [{"name": f"Client {number}"} for number in range(CREATES)]
    result = clients(service, clients=wanted, concurrency=concurrency)
    assert result["summary"]["created"] == CREATES
    return time.monotonic() - started


def test_four_at_once_take_less_than_a_third_of_the_time() -> None:
    with Simulator() as service:
        for _try in range(TRIES):
            alone, four = seconds(service, 1), seconds(service, 4)
            print(f"{CREATES} creates at 50 ms: {alone:.1f} s alone, {four:.1f} s four at once")
            print(f"ratio {alone / four:.2f}")
            if four < alone / 3:
                break
    assert four < alone / 3
