# SPDX-License-Identifier: GPL-3.0-or-later
"""The same requests as focus_clients, by a script that does nothing else: ``bare.py FILE THREADS``.

It retries nothing, checks nothing and returns nothing. FILE is the list that the playbooks read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
import yaml

PAGE_SIZE = 100
FASTEST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def main(path: Path, threads: int) -> None:
    wanted = [entry["name"] for entry in yaml.load(path.read_text(), FASTEST)]
    url = "{TOGGL_FOCUS_API_URL}/workspaces/{TOGGL_FOCUS_WORKSPACE_ID}/clients".format(**os.environ)
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {os.environ['TOGGL_FOCUS_API_TOKEN']}"
        session.headers["Content-Type"] = "application/json"
        there = set(names(session, url))

        def create(name: str) -> None:
            session.post(url, json={"name": name}, timeout=30).raise_for_status()

        missing = [name for name in wanted if name not in there]
        if threads == 1:
            for name in missing:
                create(name)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(create, missing))


def names(session: requests.Session, url: str) -> Iterator[str]:
    number = 1
    while True:
        answer = session.get(url, params={"per_page": PAGE_SIZE, "page": number}, timeout=30)
        answer.raise_for_status()
        page = answer.json()["data"]
        yield from (client["name"] for client in page)
        if len(page) < PAGE_SIZE:
            return
        number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
