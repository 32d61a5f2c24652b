# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module does around its work: from options to a result, whatever happens.

It runs in a module's process or in Ansible's own. Any error becomes a result, so that what was done
is never lost, and no secret is in the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible.module_utils.basic import AnsibleModule

from .._errors import FocusError, InternalError, Interrupted
from .._model import Access, Origin
from .._progress import TICK, Background, Progress
from .._redact import masked
from .options import UNVERIFIED, access

Options = Mapping[str, Any]
Result = dict[str, Any]

LONGEST_END = 15.0
"""Seconds that an ended run has to say what it did, or one ``api_timeout`` if that is shorter."""

_TO_RECORD = 1.0
"""Seconds of these in which it records what has no answer by then."""


SENT = "_sent"
"""The key of a result with a line for each request. The action prints them, and removes it."""

SHOWS_DETAILS = 3
"""The verbosity from which there are such lines, and Ansible shows the invocation."""


class Runtime(NamedTuple):
    """What a run gets from the process it runs in. ``transport`` returns a kept connection to the
    service, if there is one; ``while_waiting`` is called now and then during the run, with how far
    it is. ``origin`` is what the run is part of, ``verbosity`` is Ansible's."""

    transport: Callable[[Access], Any] = lambda reached: None
    origin: Origin = Origin()
    verbosity: int = 0
    while_waiting: Callable[[Progress], None] = lambda progress: None


Work = Callable[[Any], Result]
"""What a module does, once its options are checked: takes the service, and returns what the task
returns, without what ``run`` adds."""


def run(
    prepare: Callable[[], Work], connect: Callable[..., Any], options: Options, runtime: Runtime
) -> Result:
    """Return what the work returns, with the requests that were sent and without secrets.

    :arg prepare: checks the options before credentials are needed, and returns the work
    :arg connect: makes the service from how to reach it, and a kept connection or ``None``; it has
        the run's ``progress`` and ``halt``, and its ``session`` knows the ``requests`` that were
        ``sent``, and the quota
    :arg options: a module's options, validated by its argument spec
    """
    try:
        work = prepare()
        reached = access(options)
        api = connect(reached, runtime.transport(reached))
    except FocusError as error:
        return refused(str(error), options)
    return _Task(work, api, runtime).result()


class _Task:
    def __init__(self, work: Work, api: Any, runtime: Runtime) -> None:
        self.work, self.api, self.runtime = work, api, runtime

    def result(self) -> Result:
        """Return the result, also of a run that was ended from outside.

        A signal may interrupt the main thread anywhere while it waits. Ctrl-C and the like end the
        process as usual, after the run has recorded what it did. Any other exception that is not an
        ``Exception`` is the task's timeout, whatever Ansible calls it.
        """
        working = Background(self._worked)
        try:
            working.begin()
            while (result := working.result_within(TICK)) is None:
                self.runtime.while_waiting(self.api.progress)
            return result
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            self._ended(working, type(error).__name__)
            raise
        except BaseException:
            return self._ended(working, "The task's timeout")

    def _ended(self, working: Background[Result], by: str) -> Result:
        """Return the result of a run that was ended. If it writes, it has a moment to get the
        answers to requests in flight, and another to record what has no answer then."""
        halt = self.api.halt
        halt.now(by)
        writes = self.api.progress.so_far.total is not None  # otherwise it will not write
        if not writes:
            halt.let_go()
        seconds = min(LONGEST_END, self.api.access.timeout) if writes else 0
        to_record = min(_TO_RECORD, seconds / 2)
        result = working.result_within(seconds - to_record, ignored=BaseException)
        if result is None:
            halt.is_abandoned = True
            result = working.result_within(to_record, ignored=BaseException)
        if result is None:
            return self._completed(self._lost(Interrupted(by)))
        if result.get("failed"):  # it says why
            return result
        message = f"{Interrupted(by)} {result.get('msg', '')}".rstrip()
        return {**result, "failed": True, "msg": message}

    def _worked(self) -> Result:
        try:
            result = self.work(self.api)
        except FocusError as error:
            result = _failed(str(error))
        except BaseException as error:
            result = self._lost(InternalError(error))
        return self._completed(result)

    def _lost(self, error: FocusError) -> Result:
        """Return what is known of a run when its outcome is unknown."""
        so_far = self.api.progress.so_far
        if so_far.total is None:
            waited = f" It waited for another run on the workspace ({so_far.holder})."
            return _failed(f"{error} Nothing had been written.{waited if so_far.holder else ''}")
        known = (
            f"{so_far.done} of {so_far.total} changes are known to be done: check the workspace or "
            "the journal before you run it again."
        )
        return {**_failed(f"{error} {known}"), "changed": so_far.done > 0}

    def _completed(self, result: Result) -> Result:
        """Return the result with what was sent, and without secrets."""
        session, quota = self.api.session, self.api.session.window.quota
        unverified = [] if self.api.access.verify else [UNVERIFIED]
        warnings = [*unverified, *result.pop("warnings", ())]
        result = {**result, "requests": session.requests}
        if set(quota) != {None}:
            result["quota"] = quota._asdict()
        if warnings:
            result["warnings"] = warnings
        if self.runtime.verbosity >= SHOWS_DETAILS:
            result[SENT] = list(session.sent)
        return masked(result, self.api.access.secrets)


def refused(message: str, options: Options) -> Result:
    """Return the result of a task that sends no request."""
    return masked({**_failed(message), "requests": 0}, secrets_of(options))


def secrets_of(options: Options) -> set[str]:
    """Return the secrets among the options, as they are given."""
    return {str(options.get(name) or "").strip() for name in ("api_token", "password")} - {""}


def _failed(message: str) -> Result:
    return {"failed": True, "changed": False, "msg": message}


Module = Callable[[Options, bool, Runtime], Result]
"""From ``_reconcile`` or ``_info``: takes the options, and whether in check mode."""


def run_module(spec: Mapping[str, Any], function: Module) -> None:
    """Run as a module, and exit.

    :arg spec: the module's argument spec
    """
    module = AnsibleModule(spec, supports_check_mode=True)
    result = function(module.params, module.check_mode, Runtime(verbosity=module._verbosity))
    for warning in result.pop("warnings", []):
        module.warn(warning)
    end = module.fail_json if result.get("failed") else module.exit_json
    end(**result)
