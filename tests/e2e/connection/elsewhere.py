# SPDX-License-Identifier: GPL-3.0-or-later
"""This machine, but as a remote host: nothing that is for local connections alone happens."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: elsewhere
short_description: This machine as a remote host
"""


class Connection(Local):
    transport = "elsewhere"
