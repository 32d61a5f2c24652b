# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a step, as a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ansible_collections.toggl.focus.plugins.module_utils._errors import FocusError, NotOnce
from ansible_collections.toggl.focus.plugins.module_utils._model import Step

Status = Literal["done", "failed", "unclear", "pending"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step.

    ``step`` is as it was carried out: a create with the id that the service gave, a rename with
    the name that was found. ``unclear``: it may have been carried out, and a look could not tell.
    ``pending`` with an ``error``: it was turned away unprocessed, so another run will do it.
    ``done`` with an ``error``: it was carried out, but something about it is not right.
    ``fields`` is what the answer to a create told.
    """

    step: Step
    status: Status
    fields: Mapping[str, Any] | None = None
    error: FocusError | None = None

    @property
    def failed(self) -> bool:
        """Whether the step was tried and is not known to be done."""
        return self.status in ("failed", "unclear")

    @property
    def touched(self) -> tuple[Step, ...]:
        """The steps that were carried out, or may have been: what there is to take back."""
        if self.status not in ("done", "unclear"):
            return ()
        if isinstance(self.error, NotOnce):
            return tuple(replace(self.step, id=made) for made in self.error.ids)
        return (self.step,)


def predicted(steps: Sequence[Step]) -> tuple[Outcome, ...]:
    """The outcomes as they will be if every step succeeds: what check mode reports."""
    return tuple(Outcome(step, "done") for step in steps)


def pending(steps: Sequence[Step]) -> tuple[Outcome, ...]:
    """The outcomes of steps none of which was tried."""
    return tuple(Outcome(step, "pending") for step in steps)
