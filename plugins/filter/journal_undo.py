# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back from a journal."""

from __future__ import annotations

DOCUMENTATION = r"""
name: journal_undo
short_description: The list that takes back the last run of a journal
version_added: 1.0.0
author:
  - toggl.focus maintainers (!UNKNOWN)
description:
  - Reads what the modules have written to the file of their option
    O(toggl.focus.focus_clients#module:journal), and gives the list of clients that takes the last
    run in it back.
  - It is for a run that was killed and could not return its
    RV(toggl.focus.focus_clients#module:undo).
  - Damaged lines are passed over. Of a write that was under way when the run was killed, nobody
    knows whether it was carried out. The list holds in both cases.
options:
  _input:
    description: The text of the journal.
    type: str
    required: true
seealso:
  - module: toggl.focus.focus_clients
"""

EXAMPLES = r"""
- name: Take back a run that was killed
  toggl.focus.focus_clients:
    clients: "{{ lookup('ansible.builtin.file', journal) | toggl.focus.journal_undo }}"
  vars:
    journal: journal.jsonl
"""

RETURN = r"""
_value:
  description: A list for the option O(toggl.focus.focus_clients#module:clients).
  type: list
  elements: dict
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.toggl.focus.plugins.module_utils._journal import undo_of_last_run


def journal_undo(text: object) -> list[dict[str, Any]]:
    if not isinstance(text, str):
        raise AnsibleFilterError(
            "toggl.focus.journal_undo takes the text of a journal, as the file lookup gives it, "
            f"not {type(text).__name__}."
        )
    return undo_of_last_run(text)


class FilterModule:
    """Ansible's filter plugin."""

    def filters(self) -> dict[str, Any]:
        return {"journal_undo": journal_undo}
