# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a request: connections, answers, refusals."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from .._errors import RequestError
from .._text import quoted, shown

Hindrance = Literal[
    "refused",
    "unknown host",
    "timed out",
    "unreachable",
    "tls",
    "certificate",
    "proxy",
]
"""What stood in the way of a connection."""


class NotConnected(RequestError):
    """No connection: the request was never sent.

    :arg host: host and port of the service
    :arg hindrance: what stood in the way
    :arg at: host and port of the proxy at which it failed
    :arg detail: the status that a proxy refused with
    """

    stops_all = True

    def __init__(
        self,
        method: str,
        path: str,
        host: str,
        hindrance: Hindrance,
        at: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(method, path)
        self.host = host
        self.hindrance: Hindrance = hindrance
        self.at = at
        self.detail = detail

    def __str__(self) -> str:
        return f"No connection to {shown(self.host)} ({self.where}): {self._reason}"

    @property
    def _reason(self) -> str:
        if self.hindrance != "proxy":
            return _HINDRANCES[self.hindrance]
        proxy = f"the proxy {shown(self.at)}" if self.at else "the proxy"
        if self.detail == "407":
            return f"{proxy} asks for a user and a password. Give them in HTTPS_PROXY."
        refused = f"refused with {shown(self.detail)}" if self.detail else "did not let it through"
        return f"{proxy} {refused}. Check HTTPS_PROXY, NO_PROXY and api_url."


_HINDRANCES: dict[Hindrance, str] = {
    "refused": ("it was refused. Check api_url, its port, and whether a firewall forbids it."),
    "unknown host": (
        "no such host is known. Check api_url, and that this machine can resolve names."
    ),
    "timed out": "nothing answered in time. Check api_url, the network and the proxy settings.",
    "unreachable": "the network is unreachable. Check api_url and the proxy settings.",
    "tls": (
        "the TLS handshake failed. Check api_url, its port, and any proxy or firewall in between."
    ),
}


class Untrusted(NotConnected):
    """The server's certificate was not accepted; trying again cannot help."""

    def __init__(self, method: str, path: str, host: str, reason: str) -> None:
        super().__init__(method, path, host, "certificate")
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


class Unanswered(ConnectionLost):
    """The run was ended after the request was sent, and before its answer came; ``by`` says who
    ended it."""

    def __init__(self, method: str, path: str, by: str) -> None:
        super().__init__(method, path, 0)
        self.by = by

    def __str__(self) -> str:
        return f"{self.by} ended the run before {self.where} was answered."


class BadAnswer(RequestError):
    """An answer that is not from this service: not JSON, cut off, of another shape."""

    unclear = True

    def __init__(self, method: str, path: str, status: int, reason: str) -> None:
        super().__init__(method, path)
        self.status = status
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The answer to {self.where} (status {self.status}) is not from the Focus API: "
            f"{self.reason}. Check api_url, and any proxy or firewall in between."
        )


class OtherWorkspace(RequestError):
    """An answer that shows a client of another workspace.

    :arg shown: the id of that workspace, as the answer has it
    """

    stops_all = True

    def __init__(self, method: str, path: str, client_id: int, shown: object, own: int) -> None:
        super().__init__(method, path)
        self.client_id = client_id
        self.shown = shown
        self.own = own

    def __str__(self) -> str:
        return (
            f"The answer to {self.where} shows client {self.client_id} of the workspace "
            f"{shown(self.shown)}, not of {self.own}: the answer was discarded. Check api_url "
            "and the workspace_id."
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
            f"{self.page}: the partial list was discarded. Run it again."
        )


class ListMoved(RequestError):
    """The list changed while it was read: a client may be missing in what was read.

    :arg sign: what shows it, as a part of a sentence
    """

    def __init__(self, method: str, path: str, sign: str) -> None:
        super().__init__(method, path)
        self.sign = sign

    def __str__(self) -> str:
        return (
            f"The list of clients changed while it was read, {self.sign}, so it was discarded. "
            "Run it again when nobody else changes the workspace."
        )


class Heard(NamedTuple):
    """What an answer with an error status says.

    :arg words: the service's own, ``""`` if there are none
    :arg trace_id: what the vendor's support asks for, ``None`` if the answer has none
    """

    method: str
    path: str
    status: int
    words: str = ""
    trace_id: str | None = None


class StatusError(RequestError):
    """An answer with an error status."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(heard.method, heard.path)
        self.status = heard.status
        self.words = heard.words
        self.trace_id = heard.trace_id

    @property
    def answer(self) -> str:
        words = f" {quoted(self.words)}" if self.words else ""
        trace = f" (trace id {shown(self.trace_id)})" if self.trace_id else ""
        return f"{self.status}{words}{trace}"

    def __str__(self) -> str:
        return f"The service refused {self.where}: {self.answer}."


class NotFound(StatusError):
    """404: the service shows no such client, or has no such address."""

    def __str__(self) -> str:
        is_of_a_client = self.path.rpartition("/clients")[2] != ""
        if self.words and is_of_a_client:
            return super().__str__()
        return f"{super().__str__()} Check api_url, which should end in /api, and workspace_id."


class Elsewhere(StatusError):
    """404 or 407 without the form of the API's own errors: something else answers.

    A write may have reached the service.
    """

    unclear = True

    def __str__(self) -> str:
        check = "HTTPS_PROXY and NO_PROXY" if self.status == 407 else "api_url, the workspace_id"
        return (
            f"The answer to {self.where} is not from the Focus API, but from something else: "
            f"{self.answer}. Check {check} and any proxy or firewall in between."
        )


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

    def __init__(self, heard: Heard, track_token: bool = False) -> None:
        super().__init__(heard)
        self.track_token = track_token

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
        return f"The service does not accept the credentials: {self.answer}. {advice}"


class Forbidden(StatusError):
    """403: the user lacks the permission."""

    stops_all = True

    def __str__(self) -> str:
        return (
            f"The service forbids {self.where}: {self.answer}. Check the workspace_id and that "
            "the user may do this with clients of the workspace."
        )


class PaymentRequired(StatusError):
    """402 that is not about the quota: a feature of another subscription plan."""

    stops_all = True

    def __str__(self) -> str:
        return (
            f"The service asks for another subscription plan for {self.where}: {self.answer}. "
            "Check the plan of the workspace's organization."
        )


class QuotaExceeded(StatusError):
    """402 because the hourly quota is used up, or a request that was not sent because of it.

    :arg resets_in: seconds, if the service says
    :arg certain: whether it is certainly the quota; otherwise it may be a feature the plan lacks
    :arg sent: whether the service refused it; otherwise it was not sent
    """

    stops_all = True

    def __init__(
        self, heard: Heard, resets_in: int | None, certain: bool = True, sent: bool = True
    ) -> None:
        super().__init__(heard)
        self.resets_in = resets_in
        self.certain = certain
        self.sent = sent
        self._quota_wait, self._waited = 0, 0.0

    def after(self, quota_wait: int, waited: float) -> QuotaExceeded:
        """The error of a task that may wait so many seconds in all, and has waited so long."""
        return self._with(_quota_wait=quota_wait, _waited=waited)

    def __str__(self) -> str:
        why = self.answer if self.sent else f"{self.where} was not sent"
        if not self.certain:
            return (
                f"The service asks for payment for {self.where}, and does not say why: {why}. "
                "Either the quota of requests is used up, or the organization's subscription plan "
                f"lacks what was asked for. {self._advice}"
            )
        return f"The quota of requests is used up, {self._when}: {why}. {self._advice}"

    @property
    def _when(self) -> str:
        if self.resets_in is None:
            return "the service does not say when it resets"
        return f"it resets in {self.resets_in} seconds"

    @property
    def _advice(self) -> str:
        """The advice that helps in this case."""
        if self.resets_in is not None:
            enough = math.ceil(self._waited) + self.resets_in + 1
            how = "raise" if self._quota_wait else "let the task wait with"
            return f"Run again then, or {how} quota_wait: {enough} seconds are enough."
        if self._waited:
            return (
                f"The task has waited {self._waited:.0f} seconds, as quota_wait allows, and was "
                "refused again. Run it again later; if it stays so, check the organization's plan."
            )
        return (
            "Run again later, at most after an hour, or let the task wait with quota_wait: 3600 "
            "seconds are an hour, in which it tries again every few minutes."
        )


class _Passing(StatusError):
    """What may be tried again; ``retry_after`` in seconds, if the answer says."""

    def __init__(self, heard: Heard, retry_after: float | None = None) -> None:
        super().__init__(heard)
        self.retry_after = retry_after


class TooManyRequests(_Passing):
    """429: the request was not processed."""


class ServerError(_Passing):
    """5xx: the service failed, perhaps after it had carried the request out."""

    unclear = True

    def __str__(self) -> str:
        return f"The service failed on {self.where}: {self.answer}. Run it again later."
