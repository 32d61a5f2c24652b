# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's own function in Ansible's worker process, where that is the same thing.

It is where the connection is local, nobody else's rights are asked for, and the task is not
async. Everywhere else the module runs. One argument spec, one function, one result.
"""

from __future__ import annotations

import abc
import contextlib
import functools
import os
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ansible_collections.toggl.focus.plugins.module_utils._api import Access, connected
from ansible_collections.toggl.focus.plugins.module_utils._runtime import Runtime
from ansible_collections.toggl.focus.plugins.module_utils._secrets import masked
from ansible_collections.toggl.focus.plugins.module_utils._transport import (
    HAS_REQUESTS,
    Transport,
)
from ansible_collections.toggl.focus.plugins.plugin_utils._progress_lines import ProgressLines

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
SHOWS_INVOCATION = 3
"""The verbosity from which on Ansible shows it; a list of many clients is costly to carry along."""
PROGRESS_VARIABLE = "toggl_focus_progress"


class FocusAction(NormalAction):  # type: ignore[misc]
    """Base of the collection's action plugins.

    ``spec`` is the module's.
    """

    spec: ClassVar[Mapping[str, Any]]

    @staticmethod
    @abc.abstractmethod
    def work(options: Mapping[str, Any], check_mode: bool, runtime: Runtime) -> dict[str, Any]:
        """What the module's ``main()`` calls."""

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        if not self._runs_here():
            result: dict[str, Any] = super().run(tmp, task_vars)
            return result
        super(NormalAction, self).run(tmp, task_vars)
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        with _environment(environment):
            return self._in_this_process(task_vars or {})

    def _runs_here(self) -> bool:
        return (
            HAS_REQUESTS
            and self._connection.transport in ("local", "ansible.builtin.local")
            and self._connection.become is None
            and not self._task.async_val
        )

    def _in_this_process(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        # They travel back with the result, so they are worth to be made light.
        self._task.args = _plain(self._task.args)
        validated = ArgumentSpecValidator(**self.spec).validate(self._task.args)
        options = validated.validated_parameters
        given = {name: options.get(name) for name in self._secret_options()}
        hidden = {str(value) for value in given.values() if value}
        if validated.error_messages:
            result = {"failed": True, "changed": False, "msg": self._said(validated.errors)}
        else:
            result = self._worked(options, task_vars)
        if Display().verbosity >= SHOWS_INVOCATION:
            arguments = {**options, **{name: HIDDEN for name, value in given.items() if value}}
            result["invocation"] = {"module_args": arguments}
        elif not validated.error_messages:
            return result  # it holds no secret
        return masked(result, hidden)

    def _secret_options(self) -> list[str]:
        spec: Mapping[str, Mapping[str, Any]] = self.spec["argument_spec"]
        return [name for name, option in spec.items() if option.get("no_log")]

    def _worked(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        runtime = Runtime(transport=_kept)
        shows = boolean(self._templar.template(task_vars.get(PROGRESS_VARIABLE, True)))
        lines = ProgressLines(runtime.progress, Display().display) if shows else _silent()
        with lines:
            result = self.work(options, bool(self._task.check_mode), runtime)
        if not result.get("warnings"):
            result.pop("warnings", None)
        return result

    def _said(self, errors: Any) -> str:
        """As ``AnsibleModule`` words it."""
        if isinstance(errors[0], UnsupportedError):
            return f"Unsupported parameters for ({self._task.action}) module: {errors.msg}"
        return str(errors.msg)


_silent = contextlib.nullcontext


def _plain(value: Any) -> Any:
    """The same without the marks that Ansible attaches to each text: a module gets none either,
    and to carry them along for every client takes longer than all the rest."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


@functools.lru_cache(maxsize=8)
def _kept(access: Access) -> Transport:
    """One connection for all items of a loop, which one worker process runs."""
    return connected(access)


@contextlib.contextmanager
def _environment(variables: Mapping[str, Any]) -> Iterator[None]:
    """The task's ``environment`` is that of the process, as it would be a module's."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update({name: str(value) for name, value in variables.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
