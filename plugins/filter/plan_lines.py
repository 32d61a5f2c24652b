# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a result to lines that people read."""

DOCUMENTATION = r"""
name: plan_lines
short_description: The result of focus_clients as lines for people
version_added: 1.0.0
author:
  - toggl.focus maintainers (!UNKNOWN)
description:
  - Takes what M(toggl.focus.focus_clients) returned, and returns a line with the numbers of all,
    and a line for each step, deletions first, then what went wrong.
  - At most 50 steps are in it, and how many more there are. With C(--diff), the task shows all of
    them. A name is cut after 60 characters.
  - The role P(toggl.focus.clients#role) prints them, unless its option
    O(toggl.focus.clients#role:main:clients_show_plan) is V(false).
options:
  _input:
    description: The result of the module, as C(register) keeps it.
    type: dict
    required: true
seealso:
  - module: toggl.focus.focus_clients
"""

EXAMPLES = r"""
- name: Plan
  toggl.focus.focus_clients:
    clients:
      - name: Acme
  check_mode: true
  register: planned

- name: What would be done
  ansible.builtin.debug:
    msg: "{{ planned | toggl.focus.plan_lines }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample:
    - Would rename 1, delete 1 (1 by purge); 12 unchanged.
    - delete   Hooli (id 1004) by purge
    - rename   Globex -> Globex Corporation (id 1002)
"""

from ..module_utils._results.render import plan_lines
from ..plugin_utils._values import plugin_of

FilterModule = plugin_of(plan_lines)
