# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python that the collection needs. An older one can read this file, ``arguments`` and the
modules, and fails on what they import after the check."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

_OLDEST = (3, 10)


def check_python(spec: Mapping[str, Any]) -> None:
    """End the task on an older Python.

    :arg spec: the module's argument spec
    """
    if sys.version_info >= _OLDEST:
        return
    needed, there = (".".join(map(str, version[:2])) for version in (_OLDEST, sys.version_info))
    AnsibleModule(spec, supports_check_mode=True).fail_json(
        msg=f"The collection toggl.focus needs Python {needed} or newer on the host that runs the "
        f"task, which has {there}: set ansible_python_interpreter to a newer one.",
        changed=False,
        requests=0,
    )
