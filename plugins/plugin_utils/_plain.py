# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible attaches to a playbook's values, taken off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """The value without the tags that Ansible attaches to each text. A module gets none either, and
    keeping them for every client takes longer than all the rest. A vaulted value, which is not a
    text up to ansible-core 2.18, becomes the text in it."""
    if isinstance(value, str):
        return str.__str__(value)
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
