# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's own function in Ansible's worker process, where that makes no difference.

That is where the connection is local, ``become`` is off, and the task is not async. Everywhere
else the module runs. Both have one argument spec, one function and one result.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.request import getproxies_environment

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

# Not from deep within other imports: at some depths of the stack, Python 3.11 to 3.13 get memory
# anew for every call, and loading requests takes up to 30 ms longer.
with contextlib.suppress(ImportError):
    import requests  # noqa: F401  # pylint: disable=unused-import

from ..module_utils._api.transport import HAS_REQUESTS, Transport
from ..module_utils._errors import FocusError
from ..module_utils._model import Origin
from ..module_utils._redact import masked
from ..module_utils._results.render import MOST_LINES
from ..module_utils._task.run import SENT, SHOWS_DETAILS, Module, Runtime, refused, secrets_of
from ..module_utils._text import shown
from ._progress_lines import PREFIX, ProgressLines
from ._values import plain

SHOWS_LONG_PLANS = 2
"""The verbosity from which Ansible shows a result with more steps than ``MOST_LINES``."""
PROGRESS_VARIABLE = "toggl_focus_progress"
UNDOES = "focus_undoes"
"""The run that a task undoes. It is a variable of the task itself, so that no extra variable makes
an undo of another task; and the journal has to say that the task's list undoes that run."""


class FocusAction(NormalAction):  # type: ignore[misc]
    """Base of the collection's action plugins.

    ``spec`` is the module's argument spec, and ``work`` does what the module does: its ``main()``
    calls the same.
    """

    spec: ClassVar[Mapping[str, Any]]
    work: Module

    def validate(self, arguments: dict[str, Any], variables: Mapping[str, Any]) -> None:
        """Check what can be seen only in the values that the playbook gives: an argument spec makes
        texts of names, and passing them to a module's process makes texts of dates.

        :arg variables: all that the task has, not yet templated
        :raises FocusError: they cannot be used
        """

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        # The arguments are returned with the result, so the tags that no module gets are removed.
        self._task.args = plain(self._task.args)
        variables = task_vars or {}
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        result = None
        with _environment(environment):
            try:
                self.validate(self._task.args, variables)
                if self._runs_here():
                    result = self._in_this_process(variables)
                elif UNDOES in self._task.vars:
                    raise FocusError("An undo runs on the controller, without become and async.")
            except (FocusError, AnsibleActionFail) as error:
                result = refused(str(error), self._task.args)
        return self.finish(result or super().run(tmp, task_vars), variables)

    def _update_module_args(
        self, module_name: str, module_args: dict[str, Any], *more: Any, **keywords: Any
    ) -> None:
        """Tell the module that nobody prints its requests where nobody waits for its result."""
        super()._update_module_args(module_name, module_args, *more, **keywords)
        if self._task.async_val:
            module_args["_ansible_verbosity"] = min(Display().verbosity, SHOWS_DETAILS - 1)

    def _runs_here(self) -> bool:
        return (
            HAS_REQUESTS
            and self._connection.transport in ("local", "ansible.builtin.local")
            and self._connection.become is None
            and not self._task.async_val
        )

    def _in_this_process(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        self._load_name = self._task.action  # by which messages call the module
        _validated, options = self.validate_argument_spec(self.spec)
        # What the tasks of one play have in common, on all hosts. Ansible's own id of a play may
        # come again on another day, in a container of the same address.
        play = getattr(getattr(self._task, "_parent", None), "_play", None)
        undoes = self._templar.template(self._task.vars.get(UNDOES))
        origin = Origin(play and f"{play._uuid}-{os.getppid()}", plain(undoes))
        runtime = Runtime(_kept, origin, Display().verbosity)
        shows = self._templar.template(variables.get(PROGRESS_VARIABLE, True))
        # As a text, and not strictly: no value of it is worth a failed task.
        if boolean(str(shows), strict=False):
            runtime = runtime._replace(while_waiting=ProgressLines(_print).tick)
        result = self.work(options, bool(self._task.check_mode), runtime)
        if Display().verbosity >= SHOWS_DETAILS:  # a list of many clients makes it costly
            result["invocation"] = masked({"module_args": options}, secrets_of(options))
        return result

    def finish(self, result: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result as it is to be shown, and print what was sent."""
        host = variables.get("inventory_hostname")
        lines = [f"<{host}> {PREFIX}{shown(line)}" for line in result.pop(SENT, ())]
        if lines and not self._task.no_log:
            _print("\n".join(lines))
        if len(result.get("plan", ())) > MOST_LINES and Display().verbosity < SHOWS_LONG_PLANS:
            result["_ansible_verbose_override"] = True  # limits noise: -v prints each result
        return result


def _print(text: str) -> None:
    """Not to stdout, which is the callback's: whoever reads it may need it whole, or close it."""
    Display().display(text, stderr=True)


_kept = functools.lru_cache(maxsize=8)(Transport)
"""Returns a kept connection to a service: one worker process runs all items of a loop."""


@contextlib.contextmanager
def _environment(variables: Mapping[str, Any]) -> Iterator[None]:
    """Inside, the process has the task's ``environment``, as a module's process would have.

    On macOS, a forked process that asks the system for its proxies may crash. It asks only where
    the environment has no setting of proxies at all.
    """
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in variables.items()})
    if sys.platform == "darwin" and not getproxies_environment():
        os.environ["no_proxy"] = "*"
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
