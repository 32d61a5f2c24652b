#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: focus_client
short_description: Keep one client of a Toggl Focus (Toggl 2.0) workspace as declared
version_added: 1.0.0
description:
  - Creates, renames, deletes or restores one client of a Toggl Focus workspace, also called Toggl
    2.0, or finds that there is nothing to do.
  - It reads first, and writes only what differs.
author:
  - toggl.focus maintainers (!UNKNOWN)
extends_documentation_fragment:
  - toggl.focus.focus
  - toggl.focus.attributes
attributes:
  check_mode:
    support: full
    details:
      - It reads as a run does, and sends no write.
      - Only a run shows whether an O(id) that the service hides can be restored. Check mode reports
        a change, with a warning.
  diff_mode:
    support: full
options:
  name:
    description:
      - The name of the client.
      - Blanks around it are removed. An empty name, or one with a line break, is an error before
        any request.
      - It is a text. A value that YAML takes for something else, such as V(No), V(1.10), V(12:30)
        or V(007), needs quotes. Without them, it is an error before any request.
      - At least one of O(name) and O(id) is needed.
    type: str
  id:
    description:
      - The id of the client. It finds the client whatever its name is.
      - With O(state=present) and O(state=restored), the client is renamed if O(name) is given too
        and differs.
      - With O(state=absent), an O(name) that is given too must be the client's name. Otherwise it
        is an error, so that nobody deletes the wrong client.
    type: int
  state:
    description:
      - The state that the client should be in.
      - V(present) with O(name) alone does nothing if an active client has that name. Otherwise it
        renames an active client that has one of O(former_names). If there is none, it restores a
        deleted client of that name, if O(restore_deleted=true) and the service lists it. In all
        other cases it creates the client, and warns if the service lists a deleted one of that
        name.
      - V(present) with O(id) needs the client to exist and to be active.
      - V(absent) deletes the active client. If there is none, it does nothing.
      - V(restored) brings a deleted client back. If the client is active, it is not restored.
      - V(restored) with O(name) alone needs the service to list deleted clients, which is not
        documented, or a O(journal) in which the deletion is recorded. If neither shows the client,
        or the service lists several of that name, it is an error that asks for O(id).
      - V(restored) with O(id) works whether or not the service shows deleted clients.
    type: str
    choices:
      - present
      - absent
      - restored
    default: present
  former_names:
    description:
      - Names that the client may have so far. With O(state=present) and O(name) alone, an active
        client that has one of them is renamed to O(name), if no active client has that name yet.
      - If a client with the wanted name and one with a former name are both active, the latter is
        left alone, with a warning.
      - Where O(name) alone finds no client, each of these names costs one more request. They are
        not looked up where a client with O(name) is active, so that the warning may be missing.
        M(toggl.focus.focus_clients) always gives it.
      - With O(state=absent), O(id) and O(name), a client that has one of these names is first
        renamed to O(name), then deleted. The value of RV(undo) uses this to undo a restore with a
        rename.
      - With O(state=present), O(id) and O(name), it allows a name that another active client has,
        if it lists the name that the client with O(id) has now. The value of RV(undo) uses this
        only where several active clients had one name before.
    type: list
    elements: str
    default: []
  restore_deleted:
    description:
      - With O(state=present) and O(name) alone, whether to restore a deleted client of that name
        rather than to create a new one.
      - It works only if the service lists deleted clients, which is not documented. If it does not,
        a new client is created.
      - If the service lists several deleted clients of that name, it is an error that asks for
        O(id).
    type: bool
    default: false
  currency:
    description:
      - The currency of the client, as three letters of ISO 4217 such as V(EUR). Case does not
        matter. V(workspace) means none of its own, so that the workspace's counts.
      - If it is not given, the currency stays as it is. With O(state=absent), it is ignored.
      - After a run that set one, one more request shows whether the service has kept it. If it has
        not, or if it shows the workspace's currency where a client has none, that is an error.
    type: str
notes:
  - Runs of one user on one machine take turns on a workspace, from the first read to the last
    write, so that several hosts of one workspace create no client twice. In check mode, a run waits
    for nobody.
  - Names are compared as Unicode normalization form C (NFC), without the blanks around them, and
    with their case kept.
  - A client is not created beside an active one whose name differs only in case, in blanks or in
    invisible characters, as far as the look-up by name shows it. That is an error, also in check
    mode, which shows the line with O(former_names) that renames it. Where there really are two
    clients, use M(toggl.focus.focus_clients) with an entry for each.
  - If the module reads two active clients with the wanted name, it fails and lists their ids. Give
    O(id) then.
  - If the service gives a new client another name than O(name), the task fails, and the client is
    deleted again if it is certainly new. Otherwise it is left, and is in RV(undo).
  - An update sends back everything else that the service would reset. So a rename keeps the
    currency, and a change of the currency keeps the name as it is written.
  - If the service has no errors, a run sends one request if there is nothing to do, and two if
    a client is created or deleted. A rename or a restore by O(id) takes three, since the name is
    looked up. Each of O(former_names) costs one more where no client has O(name).
  - One more each is needed where O(name) has a second Unicode form, where the service answers a
    create without the id or the name, and where it hides a client that is restored.
  - Where the service ignores or widens its filter by name, a look-up costs one request for each
    100 clients that it shows.
  - What deleting a client does to its projects is not documented. Try it first on a workspace that
    does not matter.
seealso:
  - module: toggl.focus.focus_client_info
"""

EXAMPLES = r"""
# The workspace and the credentials come from the environment variables
# TOGGL_FOCUS_WORKSPACE_ID and TOGGL_FOCUS_API_TOKEN, unless the options are given.

- name: Make sure that a client exists
  toggl.focus.focus_client:
    name: Acme

- name: Make sure that a client exists, and restore it if somebody has deleted it
  toggl.focus.focus_client:
    name: Acme
    restore_deleted: true

- name: Make sure that a client is invoiced in euros
  toggl.focus.focus_client:
    name: Acme
    currency: EUR

- name: Create a client that does not exist yet
  toggl.focus.focus_client:
    name: Hooli
    state: present

- name: Rename a client, if it still has the old name
  toggl.focus.focus_client:
    name: Globex Corporation
    former_names:
      - Globex
      - Globex Inc.

- name: Rename a client by its id
  toggl.focus.focus_client:
    id: 1002
    name: Globex International

- name: Make sure that a client with this id exists and is active
  toggl.focus.focus_client:
    id: 1001

- name: Delete a client
  toggl.focus.focus_client:
    name: Hooli
    state: absent

- name: Delete a client by its id, but only if it has this name
  toggl.focus.focus_client:
    id: 1003
    name: Initech
    state: absent
  register: deletion

- name: Restore the deleted client by its id
  toggl.focus.focus_client:
    id: "{{ deletion.client.id }}"
    state: restored

- name: List the deleted clients, if the service lists them
  toggl.focus.focus_client_info:
    deleted: only
  register: deleted

- name: Restore a client by its name, if the service lists it
  toggl.focus.focus_client:
    name: Umbrella
    state: restored
  when: "'Umbrella' in (deleted.clients | map(attribute='name'))"

- name: Restore a client by its id and give it a new name
  toggl.focus.focus_client:
    id: 1004
    name: Umbrella Holding
    state: restored

- name: Rename a client for a while
  toggl.focus.focus_client:
    name: Acme (closed for stocktaking)
    former_names:
      - Acme
  register: change

- name: Undo the change
  toggl.focus.focus_client:
    id: "{{ item.id }}"
    name: "{{ item.name | default(omit) }}"
    state: "{{ item.state | default('present') }}"
    former_names: "{{ item.former_names | default([]) }}"
    currency: "{{ item.currency | default(omit) }}"
  loop: "{{ change.undo }}"

- name: Set shared options once for several tasks
  module_defaults:
    group/toggl.focus.focus:
      workspace_id: "{{ lookup('ansible.builtin.env', 'TOGGL_FOCUS_WORKSPACE_ID') }}"
      api_token: "{{ lookup('ansible.builtin.env', 'TOGGL_FOCUS_API_TOKEN') }}"
      quota_wait: 3600
  block:
    - name: Make sure that the first client exists
      toggl.focus.focus_client:
        name: Acme

    - name: Make sure that the second client exists
      toggl.focus.focus_client:
        name: Initech
"""

RETURN = r"""
msg:
  description:
    - One line that says what was done, or would be done in check mode. If the task failed, why.
  returned: always
  type: str
  sample: Created "Acme" (id 1001).
client:
  description:
    - The client as it was read, with what the service accepted applied to it.
    - After a write, a field that only the service knows is left out, such as C(updated_at) after a
      rename. In check mode, C(id) is left out where the client would be created.
    - Fields that the service adds in the future are passed on.
    - It is V(null) where there is no client.
  returned: success, and if a write failed
  type: dict
  sample:
    active: true
    created_at: "2026-03-02T09:12:44Z"
    deleted_at: null
    id: 1002
    name: Globex Corporation
    toggl_user_id: 5005
    workspace_id: 4242
  contains:
    id:
      description: The number of the client.
      returned: if known
      type: int
      sample: 1002
    name:
      description: The name of the client.
      returned: if known
      type: str
      sample: Globex Corporation
    workspace_id:
      description: The number of the workspace.
      returned: if known
      type: int
      sample: 4242
    active:
      description: What the service says. No decision is based on it.
      returned: if known
      type: bool
      sample: true
    created_at:
      description: When the client was created.
      returned: if known
      type: str
      sample: "2026-03-02T09:12:44Z"
    updated_at:
      description: When the client was last changed.
      returned: if known
      type: str
      sample: "2026-03-02T09:12:44Z"
    deleted_at:
      description: When the client was deleted. A client is deleted if this is set.
      returned: if known
      type: str
      sample: "2026-04-01T08:00:00Z"
    currency:
      description:
        - The currency of the client, as the service shows it. It may be the workspace's where the
          client has none of its own.
      returned: if known
      type: str
      sample: EUR
    toggl_user_id:
      description: The number of a user, as the service gives it.
      returned: if known
      type: int
      sample: 5005
action:
  description:
    - What was done, or would be done in check mode.
    - V(updated) is a change of something other than the name. A restore that is followed by another
      change is V(restored), and a rename that is followed by a deletion is V(deleted).
  returned: success, and if a write failed
  type: str
  choices:
    - created
    - renamed
    - updated
    - deleted
    - restored
    - none
  sample: renamed
diff:
  description:
    - The client before and after, as options of this module.
    - It is for people, so control and format characters in a name are escaped. RV(client) and
      RV(undo) have the name as it is.
  returned: success, and if a write failed
  type: dict
  sample:
    before:
      id: 1002
      name: Globex
      state: present
    after:
      id: 1002
      name: Globex Corporation
      state: present
  contains:
    before:
      description:
        - The client before, with C(name), C(id) and C(state), and with C(currency) if O(currency)
          is given, where they are known.
      returned: always
      type: dict
      sample:
        id: 1002
        name: Globex
        state: present
    after:
      description:
        - The client after, with C(name), C(id) and C(state), and with C(currency) if O(currency)
          is given, where they are known.
      returned: always
      type: dict
      sample:
        id: 1002
        name: Globex Corporation
        state: present
undo:
  description:
    - What undoes this run, as a list of options of this module. It is empty if nothing was done.
    - Applied after other people's edits, it is refused where it would give the client a name that
      another one has by then.
    - An option that has its default is left out.
    - A created client whose id is not known, as in check mode, is in it by its name. After a run, a
      warning says so.
  returned: success, and if a write failed
  type: list
  elements: dict
  sample:
    - id: 1002
      name: Globex
requests:
  description: How many requests were sent, retries included.
  returned: always
  type: int
  sample: 2
quota:
  description: The service's quota, from the last answer that mentions it.
  returned: if the service says
  type: dict
  sample:
    remaining: 238
    resets_in: 1740
  contains:
    remaining:
      description: How many requests are left. V(null) if the service does not say.
      returned: always
      type: int
      sample: 238
    resets_in:
      description: How many seconds until the quota reopens. V(null) if the service does not say.
      returned: always
      type: int
      sample: 1740
"""

from ..module_utils._task.arguments import CLIENT
from ..module_utils._task.python import check_python


def main() -> None:
    check_python(CLIENT)  # an older one cannot import what follows
    from ..module_utils._reconcile import reconcile_client
    from ..module_utils._task.run import run_module

    run_module(CLIENT, reconcile_client)


if __name__ == "__main__":
    main()
