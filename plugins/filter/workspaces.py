# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workspaces of the hosts of a play."""

DOCUMENTATION = r"""
name: workspaces
short_description: The workspace of each host, and whether two hosts have the same
version_added: 1.0.0
author:
  - toggl.focus maintainers (!UNKNOWN)
description:
  - Takes the options that the tasks of each host have, and returns the workspace that each of them
    would work on.
  - Two hosts of one workspace would create each client twice. So the playbooks of this collection
    ask this filter first, before any request.
  - An option that is empty or left out comes from the environment, as in the modules. Ids are
    compared as numbers, and addresses however they are written.
options:
  _input:
    description:
      - For each host, its name as C(host), and C(workspace_id), C(api_url) and C(validate_certs) as
        the options of M(toggl.focus.focus_clients).
    type: list
    elements: dict
    required: true
seealso:
  - module: toggl.focus.focus_clients
"""

EXAMPLES = r"""
- name: Fail if two hosts have the same workspace
  ansible.builtin.assert:
    that: found.refusal == ''
    fail_msg: "{{ found.refusal }}"
  vars:
    found: "{{ hosts | toggl.focus.workspaces }}"
    hosts:
      - host: europe
        workspace_id: 4242
      - host: asia
        workspace_id: 5151
"""

RETURN = r"""
_value:
  description:
    - C(hosts) has the C(workspace_id), the C(api_url) and C(validate_certs) of each host. The
      address is written in the one form in which addresses are compared. The id is C(null) where
      none is given.
    - C(refusal) names the hosts that have the same workspace, and says what to do. It is empty if
      there are none.
    - C(plan_format) and C(attributes), the format of plan files and the attributes of clients that
      an entry may give, are for what the playbook C(toggl.focus.plan) writes.
  type: dict
"""

from ..plugin_utils._place import workspaces
from ..plugin_utils._values import plugin_of

FilterModule = plugin_of(workspaces)
