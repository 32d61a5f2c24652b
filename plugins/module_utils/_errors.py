# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between the collection and the service, as typed exceptions with data.

Each knows two things that decide what happens next: ``stops_all`` (no later request can fare
better) and ``unclear`` (the request may have been carried out all the same).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.toggl.focus.plugins.module_utils._text import quoted, shown


class FocusError(Exception):
    """Base of all errors that a user may meet; ``str()`` is the message for the user."""

    stops_all = False
    unclear = False


class BadOption(FocusError):
    """An option of the task cannot be used; raised before any request."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(option, reason)
        self.option = option
        self.reason = reason

    def __str__(self) -> str:
        return f"The option {self.option} cannot be used: {self.reason}."


class PlanChanged(FocusError):
    """The plan is not the one that was reviewed."""

    def __init__(self, reviewed: str, found: str) -> None:
        super().__init__(reviewed, found)
        self.reviewed = reviewed
        self.found = found

    def __str__(self) -> str:
        return (
            f"The plan has the digest {self.found}, not {shown(self.reviewed)} as in plan_digest: "
            "nothing was written. Review the plan anew in check mode, and give its digest."
        )


class QuotaTooSmall(FocusError):
    """The plan needs more requests than are left; ``resets_in`` in seconds, if known."""

    def __init__(self, needed: int, left: int, resets_in: int | None) -> None:
        super().__init__(needed, left, resets_in)
        self.needed = needed
        self.left = left
        self.resets_in = resets_in

    def __str__(self) -> str:
        if self.resets_in is None:
            reopens = "when it reopens, the service does not say"
        else:
            reopens = f"it reopens in {-(-self.resets_in // 60)} minutes"
        return (
            f"The plan needs {self.needed} requests, but the quota has {self.left} left; "
            f"{reopens}. Run again then, let the task wait with quota_wait, or let it do what "
            "fits with allow_partial."
        )


class JournalFailed(FocusError):
    """The journal could not be written; nothing is written to the service without it."""

    stops_all = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The journal could not be written ({shown(self.reason)}), so nothing more is written "
            "to the service. Make room for it, and run again."
        )


class NotOnce(FocusError):
    """After an unclear answer to a create, several new clients bear the name."""

    def __init__(self, name: str, ids: Sequence[int]) -> None:
        super().__init__(name, ids)
        self.name = name
        self.ids = tuple(ids)

    def __str__(self) -> str:
        return (
            f"The client {quoted(self.name)} was created more than once, with the ids "
            f"{', '.join(map(str, self.ids))}: an answer of the service got lost. "
            "Delete all but one of them by id."
        )


class NotShown(FocusError):
    """The service answered that a client was created, but shows none of the name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f"The service answered that the client {quoted(self.name)} was created, but lists none "
            "of that name: check api_url and what stands between here and the service."
        )


class NotChecked(FocusError):
    """After an unclear answer to a create, the last look did not succeed; ``error`` is why."""

    def __init__(self, name: str, error: FocusError) -> None:
        super().__init__(name, error)
        self.name = name
        self.error = error

    def __str__(self) -> str:
        return (
            f"An answer to the creation of {quoted(self.name)} got lost, and that it exists once "
            f"could not be checked: {self.error} Look for the name before you run it again."
        )


class RequestError(FocusError):
    """A request that did not end as the contract says.

    :arg method: HTTP method
    :arg path: path below ``api_url``; it holds no secrets
    """

    def __init__(self, method: str, path: str) -> None:
        super().__init__(method, path)
        self.method = method
        self.path = path
        self.repeated_unclear = False
        """Whether an earlier try of the same request may have been carried out."""

    @property
    def where(self) -> str:
        return f"{self.method} {shown(self.path)}"


class NotConnected(RequestError):
    """No connection: the request was never sent."""

    stops_all = True

    def __init__(self, method: str, path: str, host: str) -> None:
        super().__init__(method, path)
        self.host = host

    def __str__(self) -> str:
        return (
            f"No connection to {shown(self.host)} ({self.where}): "
            "check api_url, the network and the proxy settings."
        )


class Untrusted(NotConnected):
    """The server's certificate was not accepted; trying again cannot help."""

    def __init__(self, method: str, path: str, host: str, reason: str) -> None:
        super().__init__(method, path, host)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The certificate of {shown(self.host)} is not trusted: {shown(self.reason)}. "
            "Check api_url, or give the authority's certificate in ca_path."
        )


class ConnectionLost(RequestError):
    """The connection broke, or the time ran out, after the request was sent."""

    unclear = True

    def __init__(self, method: str, path: str, seconds: float) -> None:
        super().__init__(method, path)
        self.seconds = seconds

    def __str__(self) -> str:
        return (
            f"The connection was lost before the answer to {self.where} was complete, or it took "
            f"longer than {self.seconds:g} seconds (api_timeout)."
        )


class BadAnswer(RequestError):
    """An answer that is no answer of this service: not JSON, cut off, of another shape."""

    unclear = True

    def __init__(self, method: str, path: str, status: int, reason: str) -> None:
        super().__init__(method, path)
        self.status = status
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The answer to {self.where} (status {self.status}) is not one of the Focus API: "
            f"{self.reason}. Check api_url and what stands between here and the service."
        )


class ListIncomplete(RequestError):
    """The list of clients could not be read to its end, so nothing may be concluded from it."""

    def __init__(self, method: str, path: str, page: int, reason: str) -> None:
        super().__init__(method, path)
        self.page = page
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The list of clients could not be read to its end, {self.reason} at page "
            f"{self.page}: nothing was concluded from the part that was read. Run it again."
        )


class StatusError(RequestError):
    """An answer with an error status.

    :arg status: HTTP status
    :arg words: the service's own words, ``""`` if there are none
    :arg trace_id: what the vendor's support asks for, ``None`` if the answer has none
    """

    def __init__(
        self, method: str, path: str, status: int, words: str = "", trace_id: str | None = None
    ) -> None:
        super().__init__(method, path)
        self.status = status
        self.words = words
        self.trace_id = trace_id

    @property
    def heard(self) -> str:
        said = f" {quoted(self.words)}" if self.words else ""
        trace = f" (trace id {shown(self.trace_id)})" if self.trace_id else ""
        return f"{self.status}{said}{trace}"

    def __str__(self) -> str:
        return f"The service refused {self.where}: {self.heard}."


class OtherName(RequestError):
    """The service created the client, but under another name.

    :arg fields: the client, as the answer shows it
    """

    def __init__(self, method: str, path: str, name: str, fields: Mapping[str, Any]) -> None:
        super().__init__(method, path)
        self.name = name
        self.fields = fields

    def __str__(self) -> str:
        return (
            f"The service created the client {quoted(self.name)} as "
            f"{quoted(self.fields.get('name'))} (id {shown(self.fields.get('id'))}): "
            "give the name as the service writes it."
        )


class NotFound(StatusError):
    """404: the service shows no such client."""


class Redirected(StatusError):
    """3xx: credentials and writes follow no redirect."""

    stops_all = True

    def __str__(self) -> str:
        return (
            f"The service answered {self.where} with a redirect ({self.status}), which is not "
            "followed: set api_url to the final address."
        )


class Unauthorized(StatusError):
    """401; ``track_token`` is true where the token has the form of a Toggl Track token."""

    stops_all = True
    track_token = False

    def __str__(self) -> str:
        if self.track_token:
            advice = (
                "The token has the form of a Toggl Track token, which this service never takes: "
                "make an API key in Focus, it begins with toggl_sk_."
            )
        else:
            advice = (
                "Check that the API key is whole, not expired and not replaced by a newer one, "
                "or check username and password."
            )
        return f"The service does not accept the credentials: {self.heard}. {advice}"


class Forbidden(StatusError):
    """403: the user lacks the permission."""

    stops_all = True

    def __str__(self) -> str:
        return (
            f"The service forbids {self.where}: {self.heard}. Check the workspace_id and that "
            "the user may do this with clients of the workspace."
        )


class PaymentRequired(StatusError):
    """402 that is not about the quota: a feature of another subscription plan."""

    stops_all = True

    def __str__(self) -> str:
        return (
            f"The service asks for another subscription plan for {self.where}: {self.heard}. "
            "Check the plan of the workspace's organization."
        )


class QuotaExceeded(StatusError):
    """402 because the hourly quota is used up; ``resets_in`` in seconds, if the service says."""

    stops_all = True

    def __init__(
        self,
        method: str,
        path: str,
        status: int,
        words: str,
        trace_id: str | None,
        resets_in: int | None,
    ) -> None:
        super().__init__(method, path, status, words, trace_id)
        self.resets_in = resets_in

    def __str__(self) -> str:
        if self.resets_in is None:
            when = "when it reopens, the service does not say"
        else:
            when = f"it reopens in {self.resets_in} seconds"
        return (
            f"The quota of requests is used up, {when}: {self.heard}. "
            "Run again then, or let the task wait with quota_wait."
        )


class TooManyRequests(StatusError):
    """429: the request was not processed; ``retry_after`` in seconds, if the answer says."""

    retry_after: float | None = None


class ServerError(StatusError):
    """5xx: the service failed, perhaps after it had carried the request out."""

    unclear = True
    retry_after: float | None = None

    def __str__(self) -> str:
        return f"The service failed on {self.where}: {self.heard}. Run it again later."
