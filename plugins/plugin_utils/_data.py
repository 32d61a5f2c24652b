# SPDX-License-Identifier: GPL-3.0-or-later
"""What the filters return is data, never a template."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var


def as_data(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the filter with its result marked as data.

    Names and messages are in it. Up to ansible-core 2.18, a fact is evaluated each time it is used,
    unless it is marked or was made from something that is.
    """

    @functools.wraps(function)
    def marked(*args: Any, **options: Any) -> Any:
        return wrap_var(function(*args, **options))

    return marked
