# SPDX-License-Identifier: GPL-3.0-or-later
"""From a playbook's values to plain ones, and back, on every ansible-core."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._errors import FocusError
from ..module_utils._task.entries import described, whole_number
from ..module_utils._text import OMITTED


def plain(value: Any) -> Any:
    """Return the value without what Ansible adds to it.

    Tags of texts are taken off: a module gets none either, and keeping them for every client takes
    longer than all the rest. A vaulted value, which is not a text up to ansible-core 2.18, becomes
    the text in it. What is omitted (``default(omit)``) is left out of lists and mappings, and is
    ``None`` by itself.
    """
    if isinstance(value, str):
        return None if _is_omitted(value) else str.__str__(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items() if not _is_omitted(item)}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value if not _is_omitted(item)]
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)
    return None if _is_omitted(value) else value


def journal_of(text: object, workspace_id: object) -> tuple[str, int | None]:
    """Return the text of a journal, and a workspace's id, as a template may give them.

    :raises FocusError: it is no id
    """
    if isinstance(text, Mapping):  # up to ansible-core 2.18, a text that is one line of it
        text = json.dumps(text)
    known_id = whole_number(workspace_id)
    if workspace_id is not None and known_id is None:
        raise FocusError(f"It takes the id of a workspace, not {described(workspace_id)}.")
    return str(text), known_id


def _is_omitted(value: object) -> bool:
    """Return whether it is omitted. A text says so up to ansible-core 2.18, and from then on a
    type, which Ansible leaves out itself unless a filter is given it."""
    if isinstance(value, str):
        return value.startswith("__omit") and bool(OMITTED.fullmatch(value))
    return type(value).__name__ == "_OmitType"


def plugin_of(function: Callable[..., Any]) -> type:
    """Return the class that Ansible looks for as ``FilterModule``, with this one filter. It gets
    plain values, returns data and fails as filters do.

    Names and messages are in what it returns. Up to ansible-core 2.18, a fact is evaluated each
    time it is used, unless it is marked or was made from something that is.
    """

    def filtered(*given: Any, **options: Any) -> Any:
        try:
            return wrap_var(function(*map(plain, given), **plain(options)))
        except FocusError as error:
            raise AnsibleFilterError(f"toggl.focus.{function.__name__}: {error}") from None

    return type("FilterModule", (), {"filters": lambda _plugin: {function.__name__: filtered}})
