# SPDX-License-Identifier: GPL-3.0-or-later
"""The six endpoints of the Focus clients API: one method each. Knows no Ansible and no plans.

The contract is the vendor's reference of the clients endpoints. Where it says nothing, every answer
is accepted: ``docs/docsite/rst/unknowns.rst``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from .._errors import RequestError
from .._model import Access, Client
from .answers import check_workspace, is_id, parse_client, parse_json
from .errors import Answer, BadAnswer, ListMoved, NotFound, StatusError
from .listing import MOST_PAGES, Listing, Page, Parameters, list_incomplete, pages_ahead
from .session import LONGEST_KEPT, Body, Session
from .transport import Transport

_MOST_SUBMITTED = 1000
"""To a pool of threads at once: each takes a kilobyte until it is done."""
PAGE_SIZE = 100
"""Clients. More may be refused, or answered with an empty page."""

Fields = Mapping[str, Any]
"""Of a client, as the service writes them."""

Item = TypeVar("Item")

Result = TypeVar("Result")


class FocusApi:
    """The clients of one workspace.

    All methods raise ``RequestError`` and what derives from it. A method that returns has
    succeeded. How a call is made and retried is up to the ``session`` alone.

    :arg transport: a kept connection, if there is one
    :raises FocusError: there is no way to send a request
    """

    def __init__(self, access: Access, transport: Transport | None) -> None:
        self.session = Session(access, transport or Transport(access))
        self.progress = self.session.progress
        self.halt = self.session.halt
        self.workspace_id = access.workspace_id
        self.access = access
        self._clients = f"/workspaces/{access.workspace_id}/clients"
        self._page_size = PAGE_SIZE

    # the six endpoints

    def list_clients(
        self,
        name: str | None = None,
        order_by: Sequence[str] = (),
        enough: Callable[[Listing], bool] = lambda _so_far: False,
        expected: int = 0,
    ) -> Listing:
        """GET of the list, page by page, to its end: that is after a page that is shorter than the
        envelope's own ``per_page``, or empty.

        :arg name: passed on as a filter; how it compares is not known, so match the answer
        :arg order_by: passed on
        :arg enough: takes what was read so far; whether the rest need not be read
        :arg expected: how many clients it probably has; pages that are probably there are read
            concurrently, without asking ``enough``
        :raises ListMoved: pages show that it changed while it was read
        :raises RequestError: it cannot be read to its end
        """
        filters = [] if name is None else [("name", name)]
        filters += [("order_by[]", order) for order in order_by]
        read = partial(self._page, filters)
        listing = Listing(self.progress)
        first = read(None)
        if listing.ends_with(first) or enough(listing):
            return listing
        numbers = range(first.number + 1, first.number + MOST_PAGES)
        ahead = pages_ahead(expected, first.per_page, self.session.window.quota.remaining)
        if ahead and listing.ends_within(read, iter(numbers[:ahead]), self.access.connections):
            return listing
        for page in map(read, numbers[ahead:]):
            if listing.ends_with(page) or enough(listing):
                return listing
        raise list_incomplete(MOST_PAGES, "which has no end")

    def verify_page(self, page: Page) -> None:
        """GET of a page once more: it shows the same, or the list has changed.

        A client that somebody deletes between two pages moves the next one to a page that was
        already read, and nothing else shows that.

        :raises ListMoved: it shows other clients
        """
        if self._page(page.filters, page.number).ids != page.ids:
            raise ListMoved(f"page {page.number} shows other clients than before")

    def create(self, client: Client, find: Callable[[RequestError], Fields | None]) -> Fields:
        """POST of a new client; after a try that may have been executed, it is looked for first.

        :arg find: returns the client that an unanswered try has made, ``None`` if there is none
        :returns: the fields that are certain from the answer: all of the client, which may have
            another name, or only its ``id``, or none, since the vendor's reference shows no body
        :raises OtherWorkspace: it was created, but perhaps elsewhere
        """
        return self.session.call(
            "POST", self._clients, self._created, body=lambda: client.body, find=find
        )

    def get(self, client_id: int) -> Client:
        """GET of one client.

        :raises NotFound: the service shows no client with the id; it may be a deleted one
        """

        def read(answer: Answer) -> Client:
            client = parse_client(parse_json(answer), self.workspace_id, answer)
            if client.id != client_id:
                raise BadAnswer("it shows another client", answer)
            return client

        return self.session.call("GET", self._client(client_id), read)

    def find(
        self, client_id: int, shows: Callable[[Client | None], bool] = lambda _client: True
    ) -> Client | None:
        """GET of one client, ``None`` if the service shows none with the id.

        After a write, the service may answer with old data for a moment.

        :arg shows: whether a client is as expected; if it is not, it is read once more after a
            pause
        """
        try:
            client = self.get(client_id)
        except NotFound:
            client = None
        if shows(client):
            return client
        self.halt.wait_for_consistency()
        return self.find(client_id)

    def update(self, client: Client) -> None:
        """PUT of a client. What it does not send, the service resets: so all that was read goes
        with what is changed.

        It is read again before a PUT that comes late, after a wait for the quota for example.
        """
        read_at = self.session.read_at

        def body() -> Mapping[str, str | None]:
            is_late = read_at is not None and time.monotonic() - read_at > LONGEST_KEPT
            return (client.as_read(self.get(client.id)) if is_late else client).body

        self._write("PUT", self._client(client.id), body)

    def delete(self, client_id: int) -> None:
        """DELETE of a client; one that an earlier, unclear try has deleted counts as deleted."""
        try:
            self._write("DELETE", self._client(client_id))
        except NotFound as error:
            if not error.unclear:
                raise

    def restore(self, client_id: int) -> None:
        """PATCH that brings a deleted client back."""
        self._write("PATCH", self._client(client_id) + "/restore")

    # requests

    def map_concurrently(self, do: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Return what ``do`` returns for each item, for as many at once as the user allows.

        :raises Exception: that ``do`` raised; what had not begun by then is left out
        :raises RuntimeError: there is no thread to be had
        """
        at_once = self.access.connections
        if len(items) < 2 or at_once < 2:
            return [do(item) for item in items]
        from concurrent.futures import ThreadPoolExecutor  # 1 to 2 ms, and most runs need none

        parts = (items[at : at + _MOST_SUBMITTED] for at in range(0, len(items), _MOST_SUBMITTED))
        with ThreadPoolExecutor(at_once) as pool:
            return [result for part in parts for result in pool.map(do, part)]

    def _client(self, client_id: int) -> str:
        return f"{self._clients}/{client_id}"

    def _write(self, method: str, path: str, body: Body | None = None) -> None:
        """Send a write that is answered by 204, without a body. Whether any other answer means
        that it was executed is not known.

        :raises BadAnswer: it was another answer
        """

        def read(answer: Answer) -> None:
            if answer.status != 204:
                raise BadAnswer("unexpected status, expected 204", answer)

        self.session.call(method, path, read, body=body)

    # answers

    def _page(self, filters: Parameters, number: int | None) -> Page:
        """GET of a page, of the first one without a number, so that it is the first however the
        service counts. If its size is refused, half of it is requested from then on."""
        asked = [] if number is None else [("page", str(number))]
        read = partial(self._read_page, filters, number)
        parameters = [("per_page", str(self._page_size)), *asked, *filters]
        try:
            return self.session.call("GET", self._clients, read, parameters)
        except StatusError as error:
            too_large = error.status == 400 and "perpage" in error.response.words.lower()
            if not too_large or number is not None or self._page_size == 1:
                raise
        self._page_size //= 2
        return self._page(filters, number)

    def _read_page(self, filters: Parameters, asked: int | None, answer: Answer) -> Page:
        envelope = parse_json(answer)
        if not isinstance(envelope, dict) or not ({"data", "page", "per_page"} & envelope.keys()):
            raise BadAnswer("it has no list of clients", answer)
        data = envelope.get("data")
        if data is not None and not isinstance(data, list):
            raise BadAnswer("its data is not a list", answer)
        number, per_page = envelope.get("page"), envelope.get("per_page")
        if asked is not None and is_id(number) and number != asked:
            raise list_incomplete(asked, "the service gave another page")
        first = number if isinstance(number, int) else 1  # it may be 0
        return Page(
            filters=filters,
            number=first if asked is None else asked,
            clients=[parse_client(fields, self.workspace_id, answer) for fields in data or ()],
            per_page=per_page if is_id(per_page) else None,
            size=len(answer.body),
        )

    def _created(self, answer: Answer) -> Fields:
        fields = parse_json(answer) if answer.body.strip() else {}
        if isinstance(fields, dict) and isinstance(fields.get("data"), dict):
            fields = fields["data"]
        has_id = isinstance(fields, dict) and is_id(fields.get("id"))
        if not isinstance(fields, dict) or (fields and not has_id and "name" not in fields):
            raise BadAnswer("it has no client", answer)
        if not has_id:
            return {}
        check_workspace(fields, self.workspace_id, answer)
        has_name = isinstance(fields.get("name"), str)  # otherwise the client is there all the same
        known = ((key, value) for key, value in fields.items() if has_name or key != "name")
        return {sys.intern(key): value for key, value in known}  # each answer has keys of its own
