#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: focus_clients
short_description: Keep the clients of a Toggl Focus workspace as a list declares them
version_added: 1.0.0
description:
  - Makes a workspace match a list. It creates, renames, deletes and restores what differs, and
    leaves the rest alone. With O(purge=true) it also deletes the active clients that no entry
    stands for.
  - It reads the list of clients once, then sends one request for each client that differs.
  - All contradictions of the list are found before the first write, and are reported together.
author:
  - toggl.focus maintainers (!UNKNOWN)
extends_documentation_fragment:
  - toggl.focus.focus
  - toggl.focus.attributes
attributes:
  check_mode:
    support: full
    details:
      - It reads as a run does, judges every guard, and sends no write.
      - A plan that does not fit into the quota is an error in a run, and a warning in check mode.
      - Whether an O(clients[].id) that the service does not show can be restored, only the restore
        itself tells. Check mode says that it changes, with a warning.
  diff_mode:
    support: full
    details:
      - The diff is one of the list of active clients, sorted by name.
options:
  clients:
    description:
      - The desired clients. An entry needs O(clients[].name), O(clients[].id), or both.
      - The order of the entries does not matter.
      - The clients that no entry stands for are left alone, unless O(purge=true).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the client.
          - Blanks around it are removed. An empty name is an error before any request.
        type: str
      id:
        description:
          - The number of the client. It finds the client whatever its name is.
          - With O(clients[].state=present) and O(clients[].state=restored), the client is renamed
            if O(clients[].name) is given too and differs.
          - With O(clients[].state=absent), O(clients[].name) must be the client's name if it is
            given too, otherwise it is an error.
          - An id that the service's list does not show costs one request more.
        type: int
      state:
        description:
          - What shall be true of the client, as the option
            O(toggl.focus.focus_client#module:state) describes it.
        type: str
        choices:
          - present
          - absent
          - restored
        default: present
      former_names:
        description:
          - Names that the client may bear until now, and that it is renamed from, if no active
            client has the name O(clients[].name) yet.
          - With O(clients[].id) and O(clients[].name), it allows what RV(undo) needs to take a run
            back, as M(toggl.focus.focus_client) describes.
        type: list
        elements: str
        default: []
      restore_deleted:
        description:
          - Whether to restore a deleted client of that name rather than to create a new one, if the
            service lists it.
        type: bool
        default: false
  purge:
    description:
      - Whether to delete the active clients that no entry stands for, too.
      - An entry with O(clients[].state=absent) stands for its client, and so does one that renames
        it.
    type: bool
    default: false
  protected:
    description:
      - Patterns of names, such as V(Internal*). A client whose name fits one of them is never
        deleted nor renamed, whatever an entry or O(purge) says. That it would be is an error.
      - V(*) stands for any characters, V(?) for one, and V([abc]) for one of these. Case does not
        matter.
    type: list
    elements: str
    default: []
  max_deletions:
    description:
      - How many clients a run may delete in all, by entries and by O(purge). More is an error.
      - If not given, there is no such cap.
    type: int
  max_deletion_percent:
    description:
      - How many of the active clients O(purge) may delete, from V(0) to V(100). More is an error.
      - One client may always be deleted, except the last one.
    type: int
    default: 30
  plan_digest:
    description:
      - The RV(plan_digest) of a plan that was reviewed, for example in check mode.
      - If the plan is still the same, it is applied. Otherwise nothing is written, and it is an
        error.
    type: str
  allow_partial:
    description:
      - With V(false), nothing is written unless the plan fits into the quota that is left, or
        O(quota_wait) reaches past the end of the window. The size of the next window is not known,
        so that waiting goes on as long as O(quota_wait) allows.
      - With V(true), what fits is done. Then the task fails, with the rest in RV(pending). Another
        run does the rest.
      - If the service does not say what is left of the quota, the run goes ahead in either case.
    type: bool
    default: false
  concurrency:
    description:
      - How many writes may be under way at once, from V(1) to V(16).
    type: int
    default: 4
notes:
  - Names are compared as Unicode normalization form C (NFC) without the blanks around them, with
    their case kept.
  - What frees a name is written before what takes it. Where clients swap their names, one of them
    goes by way of a temporary name that begins with C(toggl.focus-), which costs one request more.
  - Without errors of the service, a run sends one request for each page of 100 clients, and one for
    each write. A client that the service creates without telling its id costs one more.
  - An entry that fails does not stop the others. What would fail for all of them stops the run,
    which is refused access, a used up quota, or no connection.
  - If several playbooks write to one workspace at the same time, a client may be created by each of
    them, unless the service refuses a second client of a name. Let one job at a time apply a list.
  - What deleting a client does to its projects is not documented. Try it on a workspace that does
    not matter first.
seealso:
  - module: toggl.focus.focus_client
  - module: toggl.focus.focus_client_info
"""

EXAMPLES = r"""
# The workspace and the credentials come from the environment variables
# TOGGL_FOCUS_WORKSPACE_ID and TOGGL_FOCUS_API_TOKEN, unless the options are given.

- name: Keep the clients as declared, and leave all others alone
  toggl.focus.focus_clients:
    clients:
      - name: Acme
      - name: Globex Corporation
        former_names:
          - Globex
      - name: Initech
        state: absent
      - name: Umbrella
        restore_deleted: true

- name: Delete what the list does not name, but at most five clients and never an internal one
  toggl.focus.focus_clients:
    clients:
      - name: Acme
      - name: Globex Corporation
      - name: Umbrella
      - name: Hooli
    purge: true
    max_deletions: 5
    protected:
      - Internal*

- name: Review what would be done
  toggl.focus.focus_clients:
    clients:
      - name: Acme
      - name: Stark Industries
  check_mode: true
  register: review

- name: Apply it, unless the workspace has changed in between
  toggl.focus.focus_clients:
    clients:
      - name: Acme
      - name: Stark Industries
    plan_digest: "{{ review.plan_digest }}"
  register: change

- name: Take it back
  toggl.focus.focus_clients:
    clients: "{{ change.undo }}"

- name: Apply a list from a file on a small quota, and sleep up to two hours for it to reopen
  vars:
    listed: |
      - name: Acme
      - name: Wayne Enterprises
  toggl.focus.focus_clients:
    clients: "{{ listed | from_yaml }}"
    quota_wait: 7200
"""

RETURN = r"""
plan:
  description:
    - The writes that lead from what is to what is desired, in an order that works.
    - It is the same in check mode and in a run.
  returned: if the list of clients could be read and holds no contradiction
  type: list
  elements: dict
  sample:
    - step: rename
      id: 1002
      name: Globex Corporation
      from: Globex
    - step: create
      name: Stark Industries
  contains:
    step:
      description: The kind of write.
      returned: always
      type: str
      choices:
        - create
        - rename
        - delete
        - restore
      sample: rename
    id:
      description: The number of the client.
      returned: if known
      type: int
      sample: 1002
    name:
      description: The name that the client has afterwards.
      returned: if known
      type: str
      sample: Globex Corporation
    from:
      description: The name that a rename takes from the client.
      returned: with a rename, if known
      type: str
      sample: Globex
    purge:
      description: Whether it is O(purge) that deletes the client. It is V(true) then.
      returned: if so
      type: bool
      sample: true
plan_digest:
  description:
    - Stands for what the plan does. It is the same whatever the order of the entries or of the
      service's list, and another one if anything else would be done.
    - 64 hexadecimal digits.
  returned: with RV(plan)
  type: str
  sample: 5f0c1e3a9d7b2c4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6
results:
  description: What was done for each entry of O(clients), in their order.
  returned: with RV(plan)
  type: list
  elements: dict
  sample:
    - name: Acme
      id: 1001
      action: none
      changed: false
      client:
        id: 1001
        name: Acme
  contains:
    name:
      description: The name of the client.
      returned: always
      type: str
      sample: Acme
    id:
      description: The number of the client. V(null) if not known.
      returned: always
      type: int
      sample: 1001
    action:
      description: What was done, or would be done in check mode.
      returned: always
      type: str
      choices:
        - created
        - renamed
        - deleted
        - restored
        - none
      sample: none
    changed:
      description: Whether anything was done.
      returned: always
      type: bool
      sample: false
    client:
      description: The client, as in RV(toggl.focus.focus_client#module:client).
      returned: unless the entry failed
      type: dict
      sample:
        id: 1001
        name: Acme
    error:
      description: Why the entry failed.
      returned: if it failed
      type: str
      sample: 'The service refused POST /workspaces/4242/clients: 400 "validation".'
    pending:
      description: Whether something is left to be done for the entry. It is V(true) then.
      returned: if so
      type: bool
      sample: true
purged:
  description: The clients that O(purge) deleted.
  returned: with RV(plan)
  type: list
  elements: dict
  sample:
    - id: 1004
      name: Hooli
summary:
  description:
    - How many entries were C(created), C(renamed), C(deleted), C(restored) and C(unchanged), how
      many clients were C(purged), and how many of both C(failed) or are C(pending).
  returned: with RV(plan)
  type: dict
  sample:
    created: 1
    renamed: 1
    deleted: 0
    restored: 0
    purged: 0
    unchanged: 12
    failed: 0
    pending: 0
applied:
  description: The steps of RV(plan) that were carried out, created clients with their C(id).
  returned: with RV(plan)
  type: list
  elements: dict
  sample:
    - step: create
      id: 1006
      name: Stark Industries
failures:
  description:
    - The steps of RV(plan) that failed, each with its C(error).
    - RV(ignore:failed) is Ansible's own, and says whether the task failed.
  returned: with RV(plan)
  type: list
  elements: dict
  sample:
    - step: create
      name: Bad
      error: 'The service refused POST /workspaces/4242/clients: 400 "validation".'
pending:
  description: The steps of RV(plan) that were not tried, or that the quota turned away.
  returned: with RV(plan)
  type: list
  elements: dict
  sample:
    - step: create
      name: Wayne Enterprises
undo:
  description:
    - A list for O(clients) that takes this run back. It brings back every name and deletion state.
    - It also holds after a run that failed on the way.
    - A client that was created and whose id is not known, as in check mode, is in it by its name.
  returned: with RV(plan)
  type: list
  elements: dict
  sample:
    - id: 1002
      name: Globex
      former_names:
        - Globex Corporation
diff:
  description: The list of active clients before and after, as YAML, sorted by name.
  returned: with RV(plan)
  type: dict
  sample:
    before: "- name: Acme\n- name: Globex\n"
    after: "- name: Acme\n- name: Globex Corporation\n"
  contains:
    before:
      description: The active clients before.
      returned: always
      type: str
      sample: "- name: Acme\n- name: Globex\n"
    after:
      description: The active clients after.
      returned: always
      type: str
      sample: "- name: Acme\n- name: Globex Corporation\n"
requests:
  description: How many requests were sent, tries again included.
  returned: always
  type: int
  sample: 4
quota:
  description: The service's quota, as its last answer that mentions it says.
  returned: if the service says
  type: dict
  sample:
    remaining: 236
    resets_in: 1740
  contains:
    remaining:
      description: How many requests are left. V(null) if the service does not say.
      returned: always
      type: int
      sample: 236
    resets_in:
      description: In how many seconds the quota reopens. V(null) if the service does not say.
      returned: always
      type: int
      sample: 1740
"""

from ansible_collections.toggl.focus.plugins.module_utils._arguments import CLIENTS
from ansible_collections.toggl.focus.plugins.module_utils._module import run_module
from ansible_collections.toggl.focus.plugins.module_utils._reconcile import reconcile_clients


def main() -> None:
    run_module(CLIENTS, reconcile_clients)


if __name__ == "__main__":
    main()
