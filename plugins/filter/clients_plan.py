# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan from two values: what is desired and what exists."""

DOCUMENTATION = r"""
name: clients_plan
short_description: The plan from existing clients to a list, without the service
version_added: 1.0.0
author:
  - toggl.focus maintainers (!UNKNOWN)
description:
  - Takes a list as the option O(toggl.focus.focus_clients#module:clients) has it, and returns what
    M(toggl.focus.focus_clients) would return in check mode if the workspace had the clients
    O(existing). It has the same validation and the same words, and sends no request.
  - It is for tests, and for reviews where no key is at hand. Only the module knows what is in the
    workspace.
options:
  _input:
    description: The desired clients.
    type: list
    elements: raw
    required: true
  existing:
    description:
      - The clients that exist, as M(toggl.focus.focus_client_info) returns them. Each field is
        optional, but one of C(id) and C(name).
      - It may also be another list of entries, for example the one of a base branch. Then the
        workspace is taken to be as that list declares. A client that an entry of the new list knows
        by an id which the other list does not have is taken to exist, and one that it restores to
        be deleted.
    type: list
    elements: raw
    required: true
  purge:
    description: As O(toggl.focus.focus_clients#module:purge).
    type: bool
    default: false
  protected:
    description: As O(toggl.focus.focus_clients#module:protected).
    type: list
    elements: str
    default: []
  max_deletions:
    description: As O(toggl.focus.focus_clients#module:max_deletions).
    type: int
  max_deletion_percent:
    description: As O(toggl.focus.focus_clients#module:max_deletion_percent).
    type: int
    default: 30
  workspace_id:
    description:
      - The id of the workspace, which is part of the digest. With it, and the clients of that
        workspace, the digest is the one that the module returns.
      - Without it, an empty O(existing) is the empty list of a base branch, not an empty workspace.
    type: int
    default: 0
  api_url:
    description: The address of the service, which is part of the digest too.
    type: str
    default: https://focus.toggl.com/api
  variables:
    description:
      - Names of variables. Each that is nearly one of the role P(toggl.focus.clients#role) gets a
        warning, because it is probably a typing error.
    type: list
    elements: str
    default: []
seealso:
  - module: toggl.focus.focus_clients
  - plugin: toggl.focus.plan_lines
    plugin_type: filter
"""

EXAMPLES = r"""
- name: What a change of the list means
  ansible.builtin.debug:
    msg: "{{ new | toggl.focus.clients_plan(old, purge=true) | toggl.focus.plan_lines }}"
  vars:
    old:
      - Acme
      - Globex
    new:
      - Acme
      - name: Globex Corporation
        former_names: [Globex]
"""

RETURN = r"""
_value:
  description:
    - What M(toggl.focus.focus_clients) returns in check mode. Where a list contradicts itself or
      cannot be read, that is C(failed) and a C(msg) with all that is wrong.
  type: dict
"""

from ..plugin_utils._offline import clients_plan
from ..plugin_utils._values import plugin_of

FilterModule = plugin_of(clients_plan)
