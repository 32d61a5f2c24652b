# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's process: the task's options in, its result out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.toggl.focus.plugins.module_utils._runtime import Runtime


def run_module(
    spec: Mapping[str, Any], work: Callable[[Mapping[str, Any], bool, Runtime], dict[str, Any]]
) -> None:
    """Run as a module, and exit.

    :arg spec: what ``AnsibleModule`` takes, one of ``_arguments``
    :arg work: takes the options and whether to check only; of ``_reconcile`` or ``_listing``
    """
    module = AnsibleModule(**spec, supports_check_mode=True)
    result = work(module.params, module.check_mode, Runtime())
    for warning in result.pop("warnings", []):
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)
