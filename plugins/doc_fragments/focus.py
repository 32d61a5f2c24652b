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
      - The id of the workspace, as in the address of the web application.
      - If not given, the environment variable E(TOGGL_FOCUS_WORKSPACE_ID) is used.
    type: int
    required: true
  api_token:
    description:
      - An API key of Toggl Focus. It begins with V(toggl_sk_).
      - If not given, the environment variable E(TOGGL_FOCUS_API_TOKEN) is used, else
        E(TOGGL_API_TOKEN).
      - Give either an API key, or O(username) and O(password). To give neither, or both, is an
        error before any request. If one kind is given as an option, the other kind in the
        environment counts as not given.
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
      - Plain V(http) is accepted for a loopback address only. The address must not contain a user
        or a password.
      - Redirects are not followed. A redirect is an error.
    type: str
    default: https://focus.toggl.com/api
  api_timeout:
    description:
      - How many seconds it may take to connect, and how many seconds the whole answer may take.
      - If not given, the environment variable E(TOGGL_FOCUS_API_TIMEOUT) is used.
      - It must be above 0 and at most 3600.
    type: float
    default: 30.0
  api_retries:
    description:
      - How often a request is retried, where that is safe.
      - A request is retried if it was not processed, or if it can be repeated without harm. Where a
        create may have been processed, the module first looks for the client, so that no second
        one is created.
      - The pauses between the retries grow. A pause that the service asks for is kept, up to 120
        seconds.
    type: int
    default: 4
  quota_wait:
    description:
      - How many seconds in all the task may wait until the service's quota of requests reopens.
      - With V(0), a used-up quota is an error at once. It is also an error at once if the service
        says that the quota reopens later than this allows.
      - If the service does not say when, one request is retried after pauses that grow to ten
        minutes, as long as this allows. V(3600) is an hour, the length of one window.
    type: int
    default: 0
  validate_certs:
    description:
      - Whether the server's TLS certificate must be valid. Use V(false) for tests only.
      - With V(false), each task gives a warning, and O(ca_path) is not used.
    type: bool
    default: true
  ca_path:
    description:
      - A file or a folder with the certificates of authorities to trust, on the host that runs the
        task. The files in a folder need the names that C(openssl rehash) gives them.
    type: path
  journal:
    description:
      - A file on the host that runs the task, in which each write is recorded before it is sent and
        after its answer has come. If there is none, it is created, readable by its owner only.
      - If not given, the environment variable E(TOGGL_FOCUS_JOURNAL) is used.
      - Each line is a JSON object with the client before and after the write, and is on disk before
        the run goes on. So a run that is killed at any moment leaves a journal from which the
        playbook C(toggl.focus.undo) takes it back.
      - Where the service does not list deleted clients, V(restored) by name finds the last deletion
        of that name in it.
      - Several runs may write to one file. Check mode writes nothing to it.
      - A path that is not a regular file, such as a link, or cannot be written, is an error before
        anything is read or written, in check mode too.
      - A file that other users own or may write, or may replace in its folder, is used with a
        warning.
    type: path
requirements:
  - Python 3.10 or newer on the host that runs the task
  - requests (Python library) on the host that runs the task
notes:
  - The module sends its requests from the host that runs the task. That is usually C(localhost).
  - The service allows a number of requests an hour, for each user and organization. At the time of
    writing this is 30 with the plan Free, 240 with Starter, and 600 with Premium. Each task returns
    in RV(requests) how many it sent.
"""
