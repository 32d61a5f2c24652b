# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a journal to the runs in it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: journal_runs
short_description: The runs in a journal
version_added: 1.0.0
author:
  - toggl.focus maintainers (!UNKNOWN)
description:
  - Takes what the modules have written to the file of their option
    O(toggl.focus.focus_clients#module:journal), and returns the runs on a workspace, the newest
    first.
  - The tasks of one play are one run, where they run on the controller. A run that changed nothing,
    since nothing was to be done, is in no journal.
  - The playbook C(toggl.focus.undo) finds here what to undo. Damaged lines are skipped.
options:
  _input:
    description: The text of the journal. An empty one has no runs.
    type: str
    required: true
  workspace_id:
    description: The id of the workspace.
    type: int
    required: true
seealso:
  - plugin: toggl.focus.journal_undo
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what has been done to a workspace
  ansible.builtin.debug:
    msg: "{{ journal | toggl.focus.journal_runs(workspace_id=4242) | map(attribute='msg') }}"
  vars:
    journal: "{{ lookup('ansible.builtin.file', 'journal.jsonl') }}"
"""

RETURN = r"""
_value:
  description:
    - For each run, its id as C(run); C(at), the time of its last line; C(counts), how many clients
      it created, renamed, updated, restored and deleted, or may have, if it was killed; C(undoes),
      the run that it is to undo, if there is one; C(undone), whether it was undone; and all of this
      as a line C(msg).
    - A run is undone if an undo of it was done in full and was not undone itself, and the run has
      not gone on since.
  type: list
  elements: dict
"""

from typing import Any

from ..module_utils._journal import runs_of
from ..plugin_utils._values import journal_of, plugin_of


def journal_runs(text: object, workspace_id: object) -> list[dict[str, Any]]:
    return runs_of(*journal_of(text, workspace_id))


FilterModule = plugin_of(journal_runs)
