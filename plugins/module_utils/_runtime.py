# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run gets from where it runs: a module's own process, or Ansible's worker process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.toggl.focus.plugins.module_utils._api import Access, connected
from ansible_collections.toggl.focus.plugins.module_utils._progress import Progress
from ansible_collections.toggl.focus.plugins.module_utils._transport import Transport


@dataclass(frozen=True)
class Runtime:
    """``transport`` gives the connection to the service, which may be a kept one."""

    transport: Callable[[Access], Transport] = connected
    progress: Progress = field(default_factory=Progress)
