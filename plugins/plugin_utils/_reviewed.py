# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan that was reviewed, as the role's variables ``clients_plan_digest`` and
``clients_plan_file`` give it.

The action plugin asks here, and no task of a playbook. So no start at a later task, no tag and no
extra variable stands between the plan file and what is applied.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._errors import BadOption
from ..module_utils._plan.digest import digest
from ..module_utils._task.options import reviewed_digest
from ..module_utils._text import quoted, shown
from ._place import PLAN_FORMAT, Place, place_of

FILE = "clients_plan_file"

_AGAIN = "Nothing was written there. Run toggl.focus.plan again, and have its plan reviewed"


def bind(arguments: dict[str, Any], host: str, is_check: bool) -> None:
    """Set ``plan_digest`` in the arguments of the role's task to the digest of the reviewed plan.

    Playbooks that make plans set ``plan_only``: for them, ``plan_file`` is where to write. That
    counts in check mode alone, so that it lets nothing be written that nobody has reviewed.

    :raises BadOption: no plan can be applied by what they say
    """
    is_plan_only = boolean(arguments.pop("plan_only", False), strict=False)
    has_file, path = "plan_file" in arguments, arguments.pop("plan_file", None)
    if is_check and is_plan_only:
        arguments.pop("plan_digest", None)
    elif has_file:
        found = _digest_in(path, host, place_of(arguments))
        if "plan_digest" in arguments and reviewed_digest(arguments["plan_digest"] or "") != found:
            reason = f"{shown(path)} has another digest; give one of the two"
            raise BadOption("clients_plan_digest", reason)
        arguments["plan_digest"] = found


def _digest_in(path: object, host: str, place: Place) -> str:
    """Return the digest of the host's plan in a file, if it is the digest of what the file shows.

    :raises BadOption: the file has no plan that can be applied there
    """
    if not isinstance(path, str) or not path.strip():
        raise BadOption(FILE, "it has no value; give the file of the plan that was reviewed")
    try:
        plan = _content(path)["workspaces"][host]
        refusal, found = plan["refusal"], plan["digest"]
        shown_place = Place(plan["workspace_id"], plan["api_url"])
        steps = [{of: row[of] for of in row if of != "status"} for row in plan["steps"]]
        computed = digest(steps, plan["workspace_id"], plan["api_url"]) if found else None
    except (KeyError, TypeError, AttributeError):
        raise _unfit(f"{shown(path)} has no plan for {shown(host)}") from None
    if refusal or not found:
        reason = f", since it was refused: {quoted(refusal)}" if refusal else ""
        raise _unfit(f"{shown(path)} has no plan for {shown(host)} that can be applied{reason}")
    if computed != found:
        raise _unfit(f"what {shown(path)} shows for {shown(host)} is not the plan of its digest")
    if place.workspace_id is not None and shown_place != place:
        raise _unfit(f"{shown(path)} has a plan for {shown_place}, and this is {place}")
    return str(found)


def _content(path: str) -> Mapping[str, Any]:
    """Return the content of a plan file of this version.

    :raises BadOption: it is none
    """
    try:
        with open(os.path.join(os.environ.get("PWD", ""), path), encoding="utf-8") as file:
            content = json.load(file, object_pairs_hook=_once)
    except OSError as error:
        raise BadOption(FILE, f"{shown(path)} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or "format" not in content:
        raise _unfit(f"{shown(path)} is not a plan file")
    if content["format"] != PLAN_FORMAT:
        formats = f"format {quoted(content['format'])}, not {PLAN_FORMAT}"
        raise _unfit(f"{shown(path)} was made by another version of the collection ({formats})")
    return content


def _unfit(reason: str) -> BadOption:
    return BadOption(FILE, f"{reason}. {_AGAIN}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping of JSON. A key given twice shows a reader one value, and us another.

    :raises ValueError: a key is given twice
    """
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError(pairs)
    return mapping
