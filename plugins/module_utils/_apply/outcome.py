# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of a step, as a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .._errors import FocusError
from .._model import Status, Step


class Outcome(NamedTuple):
    """The outcome of a step.

    ``step`` is as it was carried out: a create with the id from the answer, a rename with the name
    that was found. ``unclear``: it may have been carried out, and a read did not settle it.
    ``pending`` with an ``error``: it was refused without being processed, so another run will do
    it. ``done`` with an ``error``: it was carried out, but something about it is wrong. ``fields``
    is what the answer to a create shows.
    """

    step: Step
    status: Status
    fields: Mapping[str, Any] | None = None
    error: FocusError | None = None

    @property
    def succeeded(self) -> bool:
        """Whether it is done or, in check mode, would be."""
        return self.status in ("done", "planned")

    @property
    def failed(self) -> bool:
        """Whether the step was tried and is not known to be done."""
        return self.status in ("failed", "unclear")

    @property
    def without_id(self) -> bool:
        """Whether it created, or may have created, a client whose id is not known."""
        happened = self.status == "unclear" or self.fields is not None
        return self.step.kind == "create" and self.step.id is None and happened

    @property
    def touched(self) -> tuple[Step, ...]:
        """The steps that were carried out, or may have been: what there is to undo."""
        if self.status not in ("done", "unclear", "planned"):
            return ()
        if self.error is None:
            return (self.step,)
        from .errors import NotOnce  # most steps have no error

        if isinstance(self.error, NotOnce):
            return tuple(self.step._replace(id=made) for made in self.error.ids)
        return (self.step,)


def predicted(steps: Sequence[Step]) -> tuple[Outcome, ...]:
    """The outcomes where no step is tried: in check mode, and of a plan that is refused."""
    return tuple(Outcome(step, "planned") for step in steps)
