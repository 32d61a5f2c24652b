# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the real service what its reference does not say, and runs the modules on it once.

It needs an API key in TOGGL_FOCUS_API_TOKEN, a workspace in TOGGL_FOCUS_WORKSPACE_ID, perhaps an
address in TOGGL_FOCUS_API_URL, and consent: TOGGL_FOCUS_LIVE=yes-change-this-workspace. It works on
clients that it makes itself, with names of their own, and removes them. It sends at most 30
requests an hour, and goes on when it is called again. Status 0: done; 1: failed; 2: something is
missing; 3: call it again in the next hour.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / ".ansible" / "tree"), str(ROOT / "tests")]

from live import modules, store  # noqa: E402
from live.run import DONE, Rules, Run  # noqa: E402

from ansible_collections.toggl.focus.plugins.module_utils._arguments import (  # noqa: E402
    SHARED,
    access,
)
from ansible_collections.toggl.focus.plugins.module_utils._errors import BadOption  # noqa: E402
from ansible_collections.toggl.focus.plugins.module_utils._transport import (  # noqa: E402
    Transport,
)

CONSENT = "yes-change-this-workspace"
MISSING = 2


class Missing(Exception):
    """``str()`` says what is missing, in a sentence."""


def settings(environment: Mapping[str, str]) -> modules.Access:
    """:raises Missing: access or consent is not given"""
    token = environment.get("TOGGL_FOCUS_API_TOKEN", "")
    workspace = environment.get("TOGGL_FOCUS_WORKSPACE_ID", "")
    if not token or not workspace.isdecimal():
        raise Missing(
            "Give an API key in TOGGL_FOCUS_API_TOKEN and the number of a workspace in "
            "TOGGL_FOCUS_WORKSPACE_ID, best one that does not matter."
        )
    if environment.get("TOGGL_FOCUS_LIVE") != CONSENT:
        raise Missing(
            f"This creates, renames, deletes and restores clients of its own in workspace "
            f"{workspace}: say TOGGL_FOCUS_LIVE={CONSENT} if that is what you want."
        )
    given = {name: option.get("default") for name, option in SHARED.items()}
    url = environment.get("TOGGL_FOCUS_API_URL") or SHARED["api_url"]["default"]
    try:
        checked = access(
            {**given, "api_token": token, "workspace_id": int(workspace), "api_url": url}
        )
    except BadOption as error:
        raise Missing(str(error)) from None
    return modules.Access(checked.workspace_id, checked.api_url, token.strip())


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="live.py", description=__doc__)
    add = made.add_argument
    add("--wait", action="store_true", help="sleep until the quota reopens, and go on")
    add("--thorough", action="store_true", help="also what takes many requests: some 100 in all")
    add("--clean", action="store_true", help="only remove what an earlier call left")
    add("--budget", type=int, default=30, metavar="N", help="requests in one window")
    add("--window", type=float, default=3600.0, metavar="SECONDS", help="length of the window")
    add("--folder", type=Path, default=ROOT / ".ansible" / "live", help="where the state is kept")
    return made


def locked(folder: Path) -> TextIO:
    """:raises Missing: another call is under way"""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Missing("Another call is under way: let it end first.") from None
    return file


def remembered(folder: Path, given: modules.Access) -> store.Store:
    """:raises Missing: the state cannot be used"""
    path = folder / f"{given.workspace_id}.json"
    try:
        return store.load(path, given.workspace_id, given.api_url)
    except (ValueError, KeyError, TypeError) as error:
        raise Missing(
            f"The state of an earlier call in {path} cannot be used, {error}: finish that with its "
            f"own settings, or remove the file and, by hand, clients named {store.PREFIX}…"
        ) from None


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        given = settings(os.environ)
        lock = locked(options.folder)
        kept = remembered(options.folder, given)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return MISSING
    rules = Rules(options.budget, options.window, options.wait, options.thorough, options.clean)
    run = Run(
        Transport(given.api_url, given.token, 30.0, True),
        kept,
        rules,
        modules.player(given, options.folder / "ansible"),
        lambda line: print(line.replace(given.token, "***"), flush=True),
    )
    with lock:
        status = run.go()
    if run.has_answers:
        report(run, options.folder / f"{given.workspace_id}.md", status)
    return status


def report(run: Run, path: Path, status: int) -> None:
    """A table of a run that is not finished is printed as well: what is known is known."""
    path.write_text(run.table + "\n", encoding="utf-8")
    ending = "" if status == DONE else ", as far as it came"
    print(f"\n{run.table}\n\nThe table is in {path}{ending}.")


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Ended at once: call this again to clean up.", file=sys.stderr)
        sys.exit(130)
