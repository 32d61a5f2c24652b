# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables ``clients_…`` of the role: from them to options, and what is nearly one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..module_utils._errors import BadOption
from ..module_utils._model import Rules
from ..module_utils._task.arguments import CLIENTS
from ..module_utils._text import nearest
from ._values import plain

ROLE = "toggl.focus.clients"
_PREFIX = "clients_"
_OPTIONS = ("list", *(option for option in CLIENTS if option != "clients"))
_OTHERS = (
    *("result", "hosts", "file", "base", "overwrite", "show_plan", "undo_run"),
    *("plan_file", "plan_only", "plan_commit", "plan_run"),
)
"""What the role returns, and what the playbooks take."""
_NEAR = 0.7
"""For ``difflib``: "token" is near api_token."""


def options(variables: Mapping[str, Any], template: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the options that the role's variables give, all but the list, and what ``_reviewed``
    makes an option of. Without the variables that are omitted, but ``None`` for the digest or the
    file of a reviewed plan, so that neither is ever dropped.

    They are not in the role's own task: what is omitted there would hide ``module_defaults``.

    :arg variables: those of the role, among others, not yet templated
    :raises BadOption: a guard is blank, which would let anything through
    """
    taken = (*_OPTIONS[1:], "plan_file", "plan_only")
    given = {of: variables[_PREFIX + of] for of in taken if _PREFIX + of in variables}
    reviewed = dict.fromkeys(given.keys() & {"plan_digest", "plan_file"})
    values = plain(template(given))
    for guard in Rules._fields:
        if values.get(guard, 0) in (None, ""):
            raise BadOption(_PREFIX + guard, "it has no value; give one, or leave it out")
    return {**reviewed, **values}


def warnings(variables: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each variable that is probably a typing error: Ansible accepts any name,
    so one in ``clients_purge`` would go unnoticed. ``client_purge`` is one where there is no
    ``clients_purge``."""
    given, known = sorted(variables), (*_OPTIONS, *_OTHERS)
    for variable in given:
        prefix, _underscore, option = variable.partition("_")
        is_known, meant = option in known, None
        if prefix == "clients" and not is_known:
            meant = nearest(option, known, _NEAR)
        elif prefix == "client" and is_known and _PREFIX + option not in given:
            meant = option
        if meant is not None:
            yield f"The role {ROLE} has no variable {variable}; did you mean {_PREFIX}{meant}?"
