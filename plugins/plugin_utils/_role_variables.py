# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables ``clients_…`` that are nearly one of the role's. Ansible accepts any name, so a typo in
``clients_purge`` would go unnoticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..module_utils._task.arguments import CLIENTS
from ..module_utils._text import nearest

ROLE = "toggl.focus.clients"
_PREFIX = "clients_"
_OPTIONS = ("list", *(option for option in CLIENTS["argument_spec"] if option != "clients"))
_OTHERS = frozenset(
    {"result", "hosts", "file", "base", "overwrite", "show_plan", "undo_run"}
    | {"plan_file", "plan_only", "plan_commit", "plan_run"}
)
"""What the role returns, and what the playbooks take."""
_NEAR = 0.7
"""For ``difflib``: "token" is near api_token."""


def warnings(variables: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each variable that is probably a typing error."""
    for variable in sorted(variables):
        option = variable.removeprefix(_PREFIX)
        if option == variable or option in _OPTIONS or option in _OTHERS:
            continue
        meant = nearest(option, _OPTIONS, _NEAR)
        if meant is not None:
            yield f"The role {ROLE} has no variable {variable}; did you mean {_PREFIX}{meant}?"
