#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: focus_client_info
short_description: List the clients of a Toggl Focus (Toggl 2.0) workspace
version_added: 1.0.0
description:
  - Lists the clients of a Toggl Focus workspace, also called Toggl 2.0. It reads all pages.
  - A list that cannot be read to its end is an error, never a shorter list.
author:
  - toggl.focus maintainers (!UNKNOWN)
extends_documentation_fragment:
  - toggl.focus.focus
  - toggl.focus.attributes
  - toggl.focus.attributes.info_module
options:
  name:
    description:
      - Only clients of exactly this name. Names are compared as Unicode normalization form C (NFC),
        without the blanks around them, and with their case kept.
    type: str
  name_contains:
    description:
      - Only clients whose name contains this text, in any case.
      - It needs the whole list to be read, unless O(name) or O(id) is given too.
    type: str
  id:
    description:
      - Only the client with this id. It is read by itself, with one request.
      - An unknown id returns an empty list, and is not an error.
    type: int
  deleted:
    description:
      - Whether deleted clients are shown. V(exclude) leaves them out, V(include) shows all clients,
        and V(only) shows only the deleted ones.
      - V(include) and V(only) can only show the deleted clients that the service lists. Whether it
        lists any is not documented.
    type: str
    choices:
      - exclude
      - include
      - only
    default: exclude
  order_by:
    description:
      - What the service orders the list by. The values are passed on to the service.
      - Known values are V(name), V(active), V(created_at) and V(updated_at), each also with a
        leading V(-).
    type: list
    elements: str
    default: []
  limit:
    description:
      - At most this many clients, after all other options have been applied.
      - Reading stops as soon as there are enough.
    type: int
notes:
  - A list of n clients takes one request for each 100 clients, at least one, and one more where the
    last page is exactly full. If the service sends smaller pages than requested, it takes more.
  - A client that somebody deletes while several pages are read may move the next one to a page that
    was already read, so that it is missing here. Read twice and compare where that matters, as the
    playbook C(toggl.focus.export) does.
seealso:
  - module: toggl.focus.focus_client
"""

EXAMPLES = r"""
# The workspace and the credentials come from the environment variables
# TOGGL_FOCUS_WORKSPACE_ID and TOGGL_FOCUS_API_TOKEN, unless the options are given.

- name: List all active clients
  toggl.focus.focus_client_info:
  register: listed

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ listed.clients | map(attribute='name') | sort }}"

- name: Look for a client of this name
  toggl.focus.focus_client_info:
    name: Acme
  register: found

- name: Stop if it is missing
  ansible.builtin.assert:
    that: found.clients | length == 1

- name: Read a client by its id, deleted or not
  toggl.focus.focus_client_info:
    id: 1001
    deleted: include

- name: List the three most recently changed clients whose name contains a word
  toggl.focus.focus_client_info:
    name_contains: corp
    order_by:
      - "-updated_at"
    limit: 3

- name: List the deleted clients, if the service lists them
  toggl.focus.focus_client_info:
    deleted: only

- name: Show the list as YAML, to keep it in a file
  ansible.builtin.debug:
    msg: "{{ listed.desired | to_nice_yaml }}"
"""

RETURN = r"""
msg:
  description: One line that says how many clients were found.
  returned: always
  type: str
  sample: Found 3 clients.
clients:
  description: The clients as the service returns them. Fields that it adds in the future are passed
    on.
  returned: success
  type: list
  elements: dict
  sample:
    - active: true
      created_at: "2026-03-02T09:12:44Z"
      deleted_at: null
      id: 1001
      name: Acme
      toggl_user_id: 5005
      updated_at: "2026-03-02T09:12:44Z"
      workspace_id: 4242
  contains:
    id:
      description: The number of the client.
      returned: always
      type: int
      sample: 1001
    name:
      description: The name of the client.
      returned: always
      type: str
      sample: Acme
    workspace_id:
      description: The number of the workspace.
      returned: if the service says
      type: int
      sample: 4242
    active:
      description: What the service says. No decision is based on it.
      returned: if the service says
      type: bool
      sample: true
    created_at:
      description: When the client was created.
      returned: if the service says
      type: str
      sample: "2026-03-02T09:12:44Z"
    updated_at:
      description: When the client was last changed.
      returned: if the service says
      type: str
      sample: "2026-03-02T09:12:44Z"
    deleted_at:
      description: When the client was deleted. A client is deleted if this is set.
      returned: if the service says
      type: str
      sample: "2026-04-01T08:00:00Z"
    currency:
      description:
        - The currency of the client, as the service shows it. It may be the workspace's where the
          client has none of its own.
      returned: if the service says
      type: str
      sample: EUR
    toggl_user_id:
      description: The number of a user, as the service gives it.
      returned: if the service says
      type: int
      sample: 5005
desired:
  description:
    - The same clients as a list of options of M(toggl.focus.focus_client). Each of them finds
      nothing to do, unless O(limit) or O(id) hides another active client of the same name.
    - It has C(id) only for deleted clients, and where the name is not enough, because several
      active clients have it or may have it (O(id) is given, or O(limit) ended the reading), or
      because it is blank.
  returned: success
  type: list
  elements: dict
  sample:
    - name: Acme
    - name: Globex
    - id: 1004
      name: Umbrella
      state: absent
requests:
  description: How many requests were sent, retries included.
  returned: always
  type: int
  sample: 1
quota:
  description: The service's quota, from the last answer that mentions it.
  returned: if the service says
  type: dict
  sample:
    remaining: 239
    resets_in: 1740
  contains:
    remaining:
      description: How many requests are left. V(null) if the service does not say.
      returned: always
      type: int
      sample: 239
    resets_in:
      description: How many seconds until the quota reopens. V(null) if the service does not say.
      returned: always
      type: int
      sample: 1740
"""

from ..module_utils._task.arguments import CLIENT_INFO
from ..module_utils._task.python import check_python


def main() -> None:
    check_python(CLIENT_INFO)  # an older one cannot import what follows
    from ..module_utils._info import list_clients
    from ..module_utils._task.run import run_module

    run_module(CLIENT_INFO, list_clients)


if __name__ == "__main__":
    main()
