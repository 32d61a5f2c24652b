# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the collection's code before Ansible forks a process for each task of each host: without
it, each of them loads it anew, which is most of what a playbook costs."""

from __future__ import annotations

import gc
import importlib
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: loaded
type: aggregate
short_description: Loads the collection's code once
"""
PACKAGE = "ansible_collections.toggl.focus"
FOLDER = Path(__file__).parent
ENVIRONMENT = {"ANSIBLE_CALLBACK_PLUGINS": str(FOLDER), "ANSIBLE_CALLBACKS_ENABLED": "loaded"}


class CallbackModule(CallbackBase):  # type: ignore[misc]
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "loaded"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_start(self, playbook: object) -> None:
        load_collection()
        gc.freeze()  # what is not touched is not copied


def load_collection() -> None:
    (folder,) = map(Path, importlib.import_module(PACKAGE).__path__)
    for path in (folder / "plugins").glob("*_utils/**/*.py"):
        name = path.relative_to(folder).with_suffix("")
        importlib.import_module(".".join([PACKAGE, *name.parts]))
