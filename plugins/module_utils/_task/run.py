# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module does around its work: from options to a result, whatever happens.

It runs in a module's process or in Ansible's own. Any error becomes a result, so that what was done
is never lost, and no secret is in the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._errors import FocusError, InternalError, Interrupted, MissingLibrary
from .._model import Access
from .._progress import Background, Halt, Progress
from .._redact import masked
from .options import access, certificate_warnings

Options = Mapping[str, Any]
Result = dict[str, Any]

LONGEST_END = 15.0
"""Seconds that an ended run has to say what it did, or one ``api_timeout`` if that is shorter."""

_TO_RECORD = 1.0
"""Seconds of these in which it records what has no answer by then."""


SENT = "_sent"
"""The key of a result with a line for each request. The action prints them, and removes it."""

SHOWS_REQUESTS = 3
"""The verbosity from which there are such lines."""


class Runtime:
    """What a run gets from the process it runs in. ``transport`` returns a kept connection to the
    service, if there is one; ``progress`` and ``halt`` belong to one run. The tasks of one ``play``
    share it. ``verbosity`` is Ansible's."""

    def __init__(
        self,
        transport: Callable[[Access], Any] | None = None,
        progress: Progress | None = None,
        halt: Halt | None = None,
        play: str | None = None,
        verbosity: int = 0,
    ) -> None:
        self.transport = transport
        self.play = play
        self.verbosity = verbosity
        self.progress = progress or Progress()
        self.halt = halt or Halt()


class Service(Protocol):
    """The service, as far as it is known here."""

    @property
    def requests(self) -> int:
        """How many were sent."""

    @property
    def sent(self) -> Sequence[str]:
        """A line for each."""

    @property
    def quota(self) -> Any:
        """A named tuple, ``None`` if the service does not say."""


class Work(Protocol):
    """What a module does, once its options are checked."""

    def result(self, api: Any, progress: Progress) -> Result:
        """What the task returns, without what ``run`` adds."""


Connect = Callable[[Access, Any, Progress, Halt], Service]


def run(
    kind: Callable[[Options, bool], Work],
    connect: Connect,
    options: Options,
    check_mode: bool,
    runtime: Runtime,
) -> Result:
    """What the work returns, with the requests that were sent and without secrets.

    :arg kind: takes the options, and whether in check mode; checks them before credentials are
        needed
    :arg connect: makes the service from how to reach it, and a kept connection or ``None``
    :arg options: a module's options, validated by its argument spec
    """
    try:
        work = kind(options, check_mode)
        reached = access(options)
        transport = None if runtime.transport is None else runtime.transport(reached)
        api = connect(reached, transport, runtime.progress, runtime.halt)
    except MissingLibrary as error:
        return refused(missing_required_lib(str(error)), options)
    except FocusError as error:
        return refused(str(error), options)
    return _Task(work, api, reached, runtime, certificate_warnings(options)).result()


class _Task:
    def __init__(
        self,
        work: Work,
        api: Service,
        reached: Access,
        runtime: Runtime,
        warnings: Sequence[str],
    ) -> None:
        self._work = work
        self._api = api
        self._reached = reached
        self._progress = runtime.progress
        self._halt = runtime.halt
        self._shows_requests = runtime.verbosity >= SHOWS_REQUESTS
        self._warnings = warnings

    def result(self) -> Result:
        """The result, also of a run that was ended from outside.

        Ctrl-C and the like end the process as usual, after the run has recorded what it did. Any
        other exception that is not an ``Exception`` is the task's timeout, whatever Ansible calls
        it.
        """
        working = Background(self._worked)
        try:
            working.begin()
            return working.result()
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            self._ended(working, type(error).__name__)
            raise
        except BaseException:
            return self._ended(working, "The task's timeout")

    def _ended(self, working: Background[Result], by: str) -> Result:
        """Return the result of a run that was ended. If it writes, it has a moment to get the
        answers to requests in flight, and another to record what has no answer then."""
        self._halt.now(by)
        error = Interrupted(by)
        writes = self._planned is not None  # a run that has no plan by now will not write
        if not writes:
            self._halt.let_go()
        seconds = min(LONGEST_END, self._reached.timeout) if writes else 0
        to_record = min(_TO_RECORD, seconds / 2)
        result = working.result_within(seconds - to_record, ignored=BaseException)
        if result is None:
            self._halt.is_abandoned = True
            result = working.result_within(to_record, ignored=BaseException)
        if result is None:
            return self._completed(self._lost(error))
        reason, message = str(error), result.get("msg", "")
        if not message.startswith(reason):
            message = f"{reason} {message}".rstrip()
        return {**result, "failed": True, "msg": message}

    def _worked(self) -> Result:
        try:
            result = self._work.result(self._api, self._progress)
        except FocusError as error:
            result = _failed(str(error))
        except BaseException as error:
            result = self._lost(InternalError(error))
        return self._completed(result)

    @property
    def _planned(self) -> int | None:
        return self._progress.snapshot(time.monotonic()).total

    def _lost(self, error: FocusError) -> Result:
        """For a run that cannot say what it did: what is known of it."""
        so_far = self._progress.snapshot(time.monotonic())
        if so_far.total is None:
            waited = f" It waited for another run on the workspace ({so_far.holder})."
            return _failed(f"{error} Nothing had been written.{waited if so_far.holder else ''}")
        known = (
            f"{so_far.done} of {so_far.total} changes are known to be done: check the workspace or "
            "the journal before you run it again."
        )
        return {**_failed(f"{error} {known}"), "changed": so_far.done > 0}

    def _completed(self, result: Result) -> Result:
        result = {**result, **_spent(self._api)}
        if self._shows_requests:
            result[SENT] = list(self._api.sent)
        if self._warnings:
            result["warnings"] = [*self._warnings, *result.get("warnings", ())]
        return masked(result, self._reached.secrets)


def refused(message: str, options: Options) -> Result:
    """The result of a task that sends no request, without the secrets among its options."""
    secrets = {str(options.get(name) or "").strip() for name in ("api_token", "password")} - {""}
    return masked({**_failed(message), "requests": 0}, secrets)


def _failed(message: str) -> Result:
    return {"failed": True, "changed": False, "msg": message}


def _spent(api: Service) -> Result:
    """The return keys ``requests`` and, if the service says, ``quota``."""
    if api.quota is None:
        return {"requests": api.requests}
    return {"requests": api.requests, "quota": api.quota._asdict()}


def run_module(
    spec: Mapping[str, Any], function: Callable[[Options, bool, Runtime], Result]
) -> None:
    """Run as a module, and exit.

    :arg spec: what ``AnsibleModule`` takes, one of ``arguments``
    :arg function: from ``_reconcile`` or ``_info``; takes the options, and whether in check mode
    """
    module = AnsibleModule(**spec, supports_check_mode=True)
    result = function(module.params, module.check_mode, Runtime(verbosity=module._verbosity))
    for warning in result.pop("warnings", []):
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)
