#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: focus_clients
short_description: Keep the clients of a Toggl Focus (Toggl 2.0) workspace as a list declares them
version_added: 1.0.0
description:
  - Makes the clients of a Toggl Focus workspace, also called Toggl 2.0, match a list. It creates,
    renames, deletes and restores what differs, and leaves the rest alone. With O(purge=true) it
    also deletes the active clients that no entry stands for.
  - It reads the list of clients once, then sends one request for each client that differs.
  - All contradictions in the list are found before the first write, and are reported together.
author:
  - toggl.focus maintainers (!UNKNOWN)
extends_documentation_fragment:
  - toggl.focus.focus
  - toggl.focus.attributes
attributes:
  check_mode:
    support: full
    details:
      - It reads as a run does, checks every guard, and sends no write.
      - A plan that does not fit into the quota is an error in a run, and a warning in check mode.
      - Only a run shows whether an O(clients[].id) that the service hides can be restored. Check
        mode reports a change, with a warning.
  diff_mode:
    support: full
    details:
      - The diff is one of the list of active clients, sorted by name. A line that changes says why
        in a comment.
options:
  clients:
    description:
      - The desired clients. An entry needs O(clients[].name), O(clients[].id), or both. An entry
        that is a plain text is a name.
      - An empty option of an entry counts as not given, except the name. So does what is omitted
        (C(default(omit))).
      - Everything wrong with the list that can be seen without the service is reported together,
        before any request.
      - The order of the entries does not matter.
      - The clients that no entry stands for are left alone, unless O(purge=true).
    type: list
    elements: raw
    required: true
    suboptions:
      name:
        description:
          - The name of the client.
          - Blanks around it are removed. An empty name, or one with a line break, is an error
            before any request.
          - It is a text. A value that YAML takes for something else, such as V(No), V(1.10),
            V(12:30) or V(007), needs quotes. Without them, it is an error before any request.
        type: str
      id:
        description:
          - The id of the client. It finds the client whatever its name is.
          - With O(clients[].state=present) and O(clients[].state=restored), the client is renamed
            if O(clients[].name) is given too and differs.
          - With O(clients[].state=absent), an O(clients[].name) that is given too must be the
            client's name. Otherwise it is an error.
          - An id that the service's list does not show costs one more request.
        type: int
      state:
        description:
          - The state that the client should be in, as the option
            O(toggl.focus.focus_client#module:state) describes it.
        type: str
        choices:
          - present
          - absent
          - restored
        default: present
      former_names:
        description:
          - Names that the client may have so far, and that it is renamed from, if no active client
            has the name O(clients[].name) yet.
          - With O(clients[].id) and O(clients[].name), a client that has another name than these is
            renamed all the same, with a warning.
          - With O(clients[].id) and O(clients[].name), it allows what RV(undo) needs to undo a run,
            as M(toggl.focus.focus_client) describes. Another entry with the same O(clients[].name),
            O(clients[].state=absent) and no O(clients[].id) is then about other clients of that
            name, and is not a contradiction.
        type: list
        elements: str
        default: []
      restore_deleted:
        description:
          - Whether to restore a deleted client of that name rather than create a new one, if the
            service lists it.
        type: bool
        default: false
      currency:
        description:
          - The currency of the client, as the option O(toggl.focus.focus_client#module:currency)
            describes it.
        type: str
  purge:
    description:
      - Whether to also delete the active clients that no entry stands for.
      - An entry with O(clients[].state=absent) stands for its client, and so does one that renames
        it.
      - Clients that match O(protected) are left alone.
      - Nothing is purged in a run in which a client of the list could not be created. It may be
        there under the name that the service has made of it.
    type: bool
    default: false
  protected:
    description:
      - Patterns of names, such as V(Internal*). A client whose name matches one of them is never
        deleted or renamed. O(purge) leaves it alone, and an entry that would delete or rename it
        is an error.
      - V(*) matches any characters, V(?) one character, and V([abc]) one of those in the brackets.
        Case does not matter.
    type: list
    elements: str
    default: []
  max_deletions:
    description:
      - How many clients a run may delete in all, by entries and by O(purge). More is an error.
      - If not given, there is no limit.
    type: int
  max_deletion_percent:
    description:
      - How many percent of the active clients O(purge) may delete, from V(0) to V(100). More is an
        error.
      - One client may always be deleted, unless it is the last one. Unless this is V(100), purge
        never deletes the last active clients, even where entries delete all the others.
    type: int
    default: 30
  plan_digest:
    description:
      - The RV(plan_digest) of a plan that was reviewed, for example in check mode.
      - If the plan is still the same, it is applied. Otherwise nothing is written, and the task
        fails.
      - A value that is empty, or is not 64 hexadecimal digits, is an error before any request.
    type: str
  allow_partial:
    description:
      - With V(false), nothing is written unless the plan fits into the quota that is left, or
        O(quota_wait) reaches past the end of the window. The size of the next window is not known,
        so the task keeps waiting as long as O(quota_wait) allows.
      - With V(true), what fits is done. Then the task fails, and the rest has the status
        C(pending) in RV(plan). Another run does the rest. With O(plan_digest), it needs a new plan.
      - If the service does not say what is left of the quota, the run goes ahead in either case.
    type: bool
    default: false
  concurrency:
    description:
      - How many writes, or pages of the list, may be in flight at once, from V(1) to V(16).
    type: int
    default: 4
  report:
    description:
      - With V(changes), RV(results) lists the entries that something was or is to be done for.
      - With V(all), it lists all entries, and RV(unmanaged) the active clients that no entry
        stands for.
    type: str
    choices:
      - changes
      - all
    default: changes
notes:
  - Runs of one user on one machine take turns on a workspace, from the first read to the last
    write, so that several hosts of one workspace create no client twice. In check mode, a run waits
    for nobody.
  - Names are compared as Unicode normalization form C (NFC), without the blanks around them, and
    with their case kept.
  - A client is not created beside an active one whose name differs only in case, in blanks or in
    invisible characters, if no entry stands for that one. The plan is refused then, in check mode
    too. The message shows the line with O(clients[].former_names) that renames it. If there are two
    clients, give the other one an entry of its own. Where O(protected) matches its name, there is
    only a warning.
  - If the service gives a new client another name than O(clients[].name), the step fails, and the
    client is deleted again if it is certainly new. Otherwise it is left, and is in RV(undo).
  - An update sends back everything else that the service would reset. So a rename keeps the
    currency, and a change of the currency keeps the name as it is written.
  - After a run that set a currency, one more request shows whether the service has kept it. If it
    has not, or if it shows the workspace's currency where a client has none, that is an error of
    each entry that set one.
  - Only the name that a client ends with is compared with those of others. A name that another
    active client has is an error.
  - Where the service hides deleted clients, those to be restored are restored first and read, which
    costs one request each. Then the rest is planned again. If that plan is refused, the restore
    stays, and is in RV(undo).
  - A step that frees a name is written before the step that takes it. Where clients swap their
    names, one of them is first renamed to a temporary name that begins with C(toggl.focus-), which
    costs one more request.
  - If the service has no errors, a run sends one request for each page of 100 clients, and one for
    each write. A client that the service creates without returning its id costs one more.
  - Where the first page is full, and the service says that ten times the pages that O(clients) lets
    expect are left of the quota, these pages are read concurrently, as many at once as
    O(concurrency) says. A workspace that has fewer clients than the list may then cost up to
    O(concurrency) minus one requests more.
  - Where steps give names, which are creates, renames and restores, and the list has several pages,
    the module first makes sure that no client is missing in the list because somebody changed the
    workspace while it was read. That takes one request for each name, and for each former name of
    a client that is created, or one for each page boundary, whichever is fewer. A list that changed
    while it was read is read again, at most twice.
  - Where a client is deleted and one with a similar name is created, a warning asks whether that is
    a rename, and shows the line that makes it one.
  - An entry that fails does not stop the others. The run stops on what would fail for all of them,
    which is refused access, a used-up quota, or no connection.
  - If several playbooks write to one workspace at the same time, each of them may create a client
    of one name, unless the service refuses the second. Let only one job at a time apply a list.
  - What deleting a client does to its projects is not documented. Try it first on a workspace that
    does not matter.
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
      - name: Vandelay Industries
        currency: EUR

- name: Delete all other clients, but at most five, and never an internal one
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

- name: Review the plan
  toggl.focus.focus_clients:
    clients:
      - name: Acme
      - name: Stark Industries
  check_mode: true
  register: review

- name: Apply the plan, unless the workspace has changed since
  toggl.focus.focus_clients:
    clients:
      - name: Acme
      - name: Stark Industries
    plan_digest: "{{ review.plan_digest }}"
  register: change

- name: Undo the run
  toggl.focus.focus_clients:
    clients: "{{ change.undo }}"

- name: Apply a list from a file with a small quota, and wait up to two hours for it to reopen
  vars:
    listed: |
      - name: Acme
      - name: Wayne Enterprises
  toggl.focus.focus_clients:
    clients: "{{ listed | from_yaml }}"
    quota_wait: 7200
"""

RETURN = r"""
msg:
  description:
    - One line that says what was done, or would be in check mode. If the task failed, why comes
      first.
  returned: always
  type: str
  sample: Created 1, renamed 1, deleted 2 (1 by purge); 497 unchanged.
plan:
  description:
    - The steps that make the workspace match the list, each of them one write, in the order of
      writing. It is the same in check mode and in a run, which also has the ids of new clients,
      and the names of those that the service hid until they were restored.
    - A plan that is refused, by O(protected), O(max_deletions), O(max_deletion_percent),
      O(plan_digest), the quota, or because a new client looks like another one, is returned too.
  returned: if the list of clients could be read and holds no contradiction
  type: list
  elements: dict
  sample:
    - step: rename
      id: 1002
      name: Globex Corporation
      from: Globex
      status: done
    - step: create
      id: 1006
      name: Stark Industries
      status: done
  contains:
    step:
      description: The kind of write.
      returned: always
      type: str
      choices:
        - create
        - rename
        - update
        - delete
        - restore
      sample: rename
    id:
      description: The id of the client.
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
    currency:
      description: The currency that the step sets, V(workspace) where it clears it.
      returned: with a step that changes it
      type: str
      sample: EUR
    currency_from:
      description: The currency that the service showed before.
      returned: with a step that changes it, if there was one
      type: str
      sample: USD
    purge:
      description: V(true) if O(purge) deletes the client.
      returned: with a deletion by O(purge)
      type: bool
      sample: true
    status:
      description:
        - What became of the step.
        - With C(planned), it is what would be done. That is in check mode, and where the plan is
          refused.
        - With C(unclear), it may have been done, and the service could not be asked. Look at the
          client before another run.
        - With C(pending), it was not tried, or was refused because of the quota.
      returned: always
      type: str
      choices:
        - planned
        - done
        - failed
        - unclear
        - pending
      sample: done
    error:
      description: What went wrong.
      returned: if something did
      type: str
      sample: 'The service refused POST /workspaces/4242/clients: 400 "validation".'
plan_digest:
  description:
    - Identifies what the plan does, as 64 hexadecimal digits. It covers the address of the service,
      the workspace, and what RV(plan) shows of each step. It does not depend on the order of the
      entries or of the service's list, and changes if anything else would be done.
  returned: with RV(plan)
  type: str
  sample: 5f0c1e3a9d7b2c4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6
possible_renames:
  description:
    - The deletions and creates whose names are alike. A warning asks of each whether it is a
      rename. There are at most five.
  returned: if there are any
  type: list
  elements: dict
  sample:
    - id: 1002
      name: Globex
      new_name: Globex Corporation
      entry: 2
      line: "former_names: [Globex]"
      obsolete_entry:
      warning: >-
        The client "Globex" (id 1002) is deleted, and "Globex Corporation" is created. If that is a
        rename, give entry 2 the line former_names: [Globex].
  contains:
    id:
      description: The id of the client that is deleted.
      returned: if known
      type: int
      sample: 1002
    name:
      description: Its name.
      returned: always
      type: str
      sample: Globex
    new_name:
      description: The name of the client that is created.
      returned: always
      type: str
      sample: Globex Corporation
    entry:
      description: The number of its entry, from 1.
      returned: always
      type: int
      sample: 2
    line:
      description: The line that the entry needs, if it is a rename.
      returned: always
      type: str
      sample: "former_names: [Globex]"
    obsolete_entry:
      description:
        - The number of the entry to take out, if it is a rename. V(null) if O(purge) deletes the
          client.
      returned: always
      type: int
      sample: 3
    warning:
      description: The warning that asks.
      returned: always
      type: str
      sample: >-
        The client "Globex" (id 1002) is deleted, and "Globex Corporation" is created. If that is a
        rename, give entry 2 the line former_names: [Globex].
refused:
  description:
    - V(true) if the plan was refused, so that nothing was written. RV(msg) says why.
  returned: if the plan was refused
  type: bool
  sample: true
results:
  description:
    - The entries of O(clients) that something was or is to be done for, in their order; none if the
      plan was refused. With O(report=all), all entries.
  returned: with RV(plan)
  type: list
  elements: dict
  sample:
    - entry: 2
      name: Globex Corporation
      id: 1002
      action: renamed
      changed: true
  contains:
    entry:
      description: The number of the entry, from 1.
      returned: always
      type: int
      sample: 2
    name:
      description: The name of the client. V(null) if not known.
      returned: always
      type: str
      sample: Globex Corporation
    id:
      description: The id of the client. V(null) if not known.
      returned: always
      type: int
      sample: 1002
    action:
      description: What was done, or would be done in check mode.
      returned: always
      type: str
      choices:
        - created
        - renamed
        - updated
        - deleted
        - restored
        - none
      sample: renamed
    changed:
      description: Whether anything was done, or would be done in check mode.
      returned: always
      type: bool
      sample: true
    error:
      description: What went wrong.
      returned: if something did
      type: str
      sample: 'The service refused POST /workspaces/4242/clients: 400 "validation".'
summary:
  description:
    - How many entries were C(created), C(renamed), C(updated), C(deleted), C(restored) and
      C(unchanged), how many clients were C(purged), and how many of both C(failed) or are
      C(pending).
    - C(unmanaged) are the active clients that no entry stands for and that stay.
    - In check mode, and where the plan is refused, it counts what would be done.
  returned: with RV(plan)
  type: dict
  sample:
    created: 1
    renamed: 1
    updated: 0
    deleted: 0
    restored: 0
    purged: 0
    unchanged: 12
    unmanaged: 3
    failed: 0
    pending: 0
unmanaged:
  description:
    - The active clients that no entry stands for and that stay, as entries that can be added to
      O(clients), sorted by name.
  returned: with RV(plan), if O(report=all)
  type: list
  elements: dict
  sample:
    - name: Hooli
undo:
  description:
    - A list for O(clients) that undoes this run. It brings back every name and deletion state, and
      the currency of each client that is active then.
    - It is also returned, and works, after a run that failed on the way.
    - Applied after other people's edits, it takes back a client that somebody has renamed since,
      with a warning. It is refused where it would give a client a name that another one has by
      then.
    - An entry has C(former_names) only where several active clients shared the name before, or
      where the client is renamed before it is deleted.
    - A created client whose id is not known, as in check mode, is in it by its name. After a run, a
      warning says so.
    - A created client is renamed before it is deleted where another client gets its name back,
      since the service may count the names of deleted clients too.
  returned: with RV(plan)
  type: list
  elements: dict
  sample:
    - id: 1002
      name: Globex
diff:
  description:
    - The list of active clients before and after, as YAML, sorted by name. A line that changes has
      a comment that says why, such as C(currency EUR, was USD).
    - It shows what was done, and what would be done in check mode and where the plan is refused.
  returned: with RV(plan)
  type: dict
  sample:
    before_header: workspace 4242
    after_header: workspace 4242
    before: "- name: Acme\n- name: Globex  # becomes \"Globex Corporation\"\n"
    after: "- name: Acme\n- name: Globex Corporation  # was \"Globex\", id 1002\n"
  contains:
    before:
      description: The active clients before.
      returned: always
      type: str
      sample: "- name: Acme\n- name: Globex  # becomes \"Globex Corporation\"\n"
    after:
      description: The active clients after.
      returned: always
      type: str
      sample: "- name: Acme\n- name: Globex Corporation  # was \"Globex\", id 1002\n"
    before_header:
      description: The workspace.
      returned: always
      type: str
      sample: workspace 4242
    after_header:
      description: The workspace.
      returned: always
      type: str
      sample: workspace 4242
requests:
  description: How many requests were sent, retries included.
  returned: always
  type: int
  sample: 4
quota:
  description: The service's quota, from the last answer that mentions it.
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
      description: How many seconds until the quota reopens. V(null) if the service does not say.
      returned: always
      type: int
      sample: 1740
"""

from ..module_utils._task.arguments import CLIENTS
from ..module_utils._task.python import check_python


def main() -> None:
    check_python(CLIENTS)  # an older one cannot import what follows
    from ..module_utils._reconcile import reconcile_clients
    from ..module_utils._task.run import run_module

    run_module(CLIENTS, reconcile_clients)


if __name__ == "__main__":
    main()
