# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists as Ansible reads them, with what is marked as data."""

from __future__ import annotations

from typing import Any

import yaml


class _Loader(yaml.CSafeLoader):
    pass


def _unsafe(loader: _Loader, node: yaml.ScalarNode) -> object:
    """As ansible-core 2.19 and later: the quotes do not count, so ``!unsafe "~"`` is no text."""
    tag = loader.resolve(yaml.ScalarNode, node.value, (True, False))
    return loader.construct_object(yaml.ScalarNode(tag, node.value))


_Loader.add_constructor("!unsafe", _unsafe)


def load_list(text: str) -> Any:
    return yaml.load(text, _Loader)  # noqa: S506
