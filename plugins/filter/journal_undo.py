# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a journal to the list that undoes a run."""

from __future__ import annotations

DOCUMENTATION = r"""
name: journal_undo
short_description: The list that undoes a run in a journal
version_added: 1.0.0
author:
  - toggl.focus maintainers (!UNKNOWN)
description:
  - Takes what the modules have written to the file of their option
    O(toggl.focus.focus_clients#module:journal), and returns the list of clients that undoes the
    last run in it. That is the run that the last line belongs to. The tasks of one play are one
    run, where they run on the controller.
  - The playbook C(toggl.focus.undo) applies that list. By itself, the filter is for playbooks of
    your own, after a run that was killed and could not return its
    RV(toggl.focus.focus_clients#module:undo).
  - Damaged lines are skipped. If a write was in flight when the run was killed, it is not known
    whether it was executed. The list works in both cases.
  - A text in which no line can be read is an error.
options:
  _input:
    description: The text of the journal.
    type: str
    required: true
  workspace_id:
    description:
      - The id of the workspace whose last run is undone. Give the id that the task has which
        applies the list, so that a list never reaches another workspace than the one it comes from.
        A journal without a run of that workspace is an error.
      - It may be left out where all runs in the journal are of one workspace, and the list has the
        id of each client. Otherwise that is an error. An entry without an id stands for a client
        that was being created when the run was killed. In another workspace, it would delete a
        client of the same name.
    type: int
  run:
    description:
      - The run to undo, as P(toggl.focus.journal_runs#filter) returns it. If not given, it is the
        run that the last line belongs to.
      - A run that the journal does not know is an error.
    type: str
seealso:
  - module: toggl.focus.focus_clients
  - plugin: toggl.focus.journal_runs
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Undo a run that was killed
  toggl.focus.focus_clients:
    workspace_id: "{{ workspace_id }}"
    clients: "{{ journal | toggl.focus.journal_undo(workspace_id=workspace_id) }}"
  vars:
    journal: "{{ lookup('ansible.builtin.file', 'journal.jsonl') }}"
    workspace_id: 4242
"""

RETURN = r"""
_value:
  description: A list for the option O(toggl.focus.focus_clients#module:clients).
  type: list
  elements: dict
"""

from typing import Any

from ..module_utils._journal import undo_of_run
from ..plugin_utils._values import journal_of, plugin_of


def journal_undo(
    text: object, workspace_id: object = None, run: str | None = None
) -> list[dict[str, Any]]:
    return undo_of_run(*journal_of(text, workspace_id), run)


FilterModule = plugin_of(journal_undo)
