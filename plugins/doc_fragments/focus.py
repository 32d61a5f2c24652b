# -*- coding: utf-8 -*-
# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules of the collection share: how the service is reached."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  workspace_id:
    description:
      - The number of the workspace, as in the address of the web application.
      - If not given, the environment variable E(TOGGL_FOCUS_WORKSPACE_ID) is used.
    type: int
    required: true
  api_token:
    description:
      - An API key of Toggl Focus. It begins with V(toggl_sk_).
      - If not given, the environment variable E(TOGGL_FOCUS_API_TOKEN) is used, else
        E(TOGGL_API_TOKEN).
      - Give either an API key, or O(username) and O(password). None of them, or both kinds, is an
        error before any request.
      - A token of Toggl Track does not work.
    type: str
  username:
    description:
      - The e-mail address of the user, for HTTP basic authentication. Needs O(password).
      - If not given, the environment variable E(TOGGL_FOCUS_USERNAME) is used.
    type: str
  password:
    description:
      - The password of the user, for HTTP basic authentication. Needs O(username).
      - If not given, the environment variable E(TOGGL_FOCUS_PASSWORD) is used.
    type: str
  api_url:
    description:
      - The address of the API.
      - If not given, the environment variable E(TOGGL_FOCUS_API_URL) is used.
      - Plain V(http) is accepted for a loopback address only. The address must not hold a user or
        a password.
      - Redirects are not followed. To be redirected is an error.
    type: str
    default: https://focus.toggl.com/api
  api_timeout:
    description:
      - How many seconds the service may take to connect, between two parts of its answer, and for
        the answer as a whole.
      - If not given, the environment variable E(TOGGL_FOCUS_API_TIMEOUT) is used.
      - It must be above 0 and at most 3600.
    type: float
    default: 30.0
  api_retries:
    description:
      - How often a request is tried again after the first try, where that is safe.
      - Tried again are requests that were not processed, and those that may be repeated without
        harm. After a request to create a client that may have been processed, a look at the
        service comes first, so that no second client is made.
      - The pauses between the tries grow. A pause that the service asks for is kept, up to 120
        seconds.
    type: int
    default: 4
  quota_wait:
    description:
      - How many seconds the task may sleep in all, so that the service's quota of requests
        reopens.
      - With V(0), a used up quota is an error at once. It is an error as well if the service says
        that the quota reopens later than that, or does not say when.
    type: int
    default: 0
  validate_certs:
    description:
      - Whether the server's TLS certificate must be valid. Use V(false) for tests only.
    type: bool
    default: true
  ca_path:
    description:
      - A file, or a folder, with certificates of authorities to trust, on the host that runs the
        task.
    type: path
  journal:
    description:
      - A file on the host that runs the task, to which each write is noted, before it is sent and
        after its answer came. It is made if there is none, and read by its owner only.
      - If not given, the environment variable E(TOGGL_FOCUS_JOURNAL) is used.
      - Each line is a JSON object, and is on disk before the write goes on. So a run that is killed
        at any moment leaves a journal from which the filter
        P(toggl.focus.journal_undo#filter) reads the way back.
      - Where the service does not list deleted clients, V(restored) by name finds the last deletion
        of that name in it.
      - Several runs may write to one file. Check mode writes nothing to it.
    type: path
requirements:
  - Python 3.10 or newer on the host that runs the task
  - requests (Python library) on the host that runs the task
notes:
  - The module talks to the service from the host that runs the task. Run it on C(localhost), unless
    another host is to do so.
  - The service allows a number of requests an hour, for each user and organization. At the time of
    writing these are 30 with the plan Free, 240 with Starter, 600 with Premium. Each task says in
    RV(requests) how many it sent.
"""
