# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own: `python -m simulator --url-file FILE`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from simulator.records import Entry
from simulator.server import Simulator
from simulator.service import WORKSPACE_ID
from simulator.switches import from_settings


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    conditions = {"port": options.port, "quota_limit": options.quota}
    switches, workspace_id = from_settings(options.set), options.workspace_id
    with Simulator(switches, workspace_id=workspace_id, **conditions) as simulator:
        simulator.add_many(options.clients)
        for name in options.client:
            simulator.add(name)
        if options.log_file:
            simulator.observers.append(_writer(options.log_file))
        print(simulator.url, flush=True)
        if options.url_file:
            _write_whole(options.url_file, simulator.url)
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=0, help="0: the system chooses")
    add("--url-file", type=Path, help="where the base address is written once it is served")
    add("--log-file", type=Path, help="where each request is appended as a line of JSON")
    add("--workspace-id", type=int, default=WORKSPACE_ID)
    add("--clients", type=int, default=0, metavar="N", help="start with N clients")
    add("--client", action="append", default=[], metavar="NAME", help="start with this client")
    add("--set", action="append", default=[], metavar="SWITCH=VALUE", help="see switches.py")
    add("--quota", type=int, metavar="N", help="requests an hour")
    return parser


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever reads half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)


def _writer(path: Path) -> Callable[[Entry], None]:
    file: TextIO = path.open("a", encoding="utf-8", buffering=1)

    def write(entry: Entry) -> None:
        file.write(
            json.dumps({**asdict(entry), "body": entry.body.decode("utf-8", "replace")}) + "\n"
        )

    return write


if __name__ == "__main__":
    main()
