# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions, each asked with as few requests as it takes; one client serves many of them.

=========  ==============================================================================
client     what it is for
=========  ==============================================================================
``Mike``   with a blank at its end: trimming; deleted early: all about deleted clients
``Zulu``   orders; PATCH restore of an active client; long names
``Mike``   again: two clients of one name
``MIKE``   two clients whose names differ in case; the filter's case
``Alpha``  only where neither of the two above was accepted: orders need a third client
=========  ==============================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from live.findings import Findings
from live.service import (
    MOST_PAGES,
    PAGE_SIZE,
    UNLIKE,
    Service,
    Stop,
    created_client,
    is_last,
    own_clients,
    page_parameters,
)
from live.store import Exchange

FAR_PAGE = 100_000
CLIENT_FIELDS = {
    *("id", "name", "workspace_id", "active"),
    *("created_at", "updated_at", "deleted_at", "toggl_user_id"),
}
LIST_FIELDS = {"data", "page", "per_page"}
LONG, LESS_LONG = 255, 50
LONGEST_TRIED = 4096
NARROWING = ("contains", "begins", "any_case", "fuzzy")


class Probes:
    """Asks all questions, in the order that needs the fewest requests."""

    def __init__(self, service: Service, found: Findings, thorough: bool = False) -> None:
        self._service = service
        self._found = found
        self._thorough = thorough
        self._heard: list[Exchange] = []
        self._seen_deleted: dict[str, Any] | None = None

    def run(self) -> None:
        self._ask_for_lists()
        self._create()
        self._ask_the_filter()
        self._list_active()
        self._delete_mike()
        self._list_deleted()
        self._take_the_freed_name()
        self._write_to_deleted()
        self._restore_active()
        self._ask_for_long_names()
        self._judge_what_was_seen()
        if self._thorough:
            self._ask_for_pages()

    # requests

    def _ask(
        self,
        method: str,
        path: str = "",
        parameters: Sequence[tuple[str, str]] = (),
        name: str | None = None,
    ) -> Exchange:
        heard = self._service.ask(method, path, parameters, name)
        self._heard.append(heard)
        return heard

    def _named(self, text: str) -> str:
        return f"{self._service.prefix} {text}"

    def _look(self, enough: int, *more: tuple[str, str]) -> tuple[list[Exchange], list[Any]]:
        """The pages of the list until so many own clients were on them, and those clients."""
        pages: list[Exchange] = []
        own: list[Any] = []
        for number in range(1, MOST_PAGES):
            page = self._ask("GET", "", page_parameters(number, *more))
            last = is_last(page)
            pages.append(page)
            own += own_clients(page)
            if last or len(own) >= enough:
                return pages, own
        raise Stop("The list of clients has no end.")

    @property
    def _narrow(self) -> tuple[tuple[str, str], ...]:
        """A filter that shows all own clients, where the filter is one that can."""
        if self._found.value("name_filter") in NARROWING:
            return (("name", self._service.prefix),)
        return ()

    # the questions

    def _ask_for_lists(self) -> None:
        first = self._ask("GET")
        is_last(first)  # it must be a list
        size = _field(first, "per_page")
        words = f"{size}, as the envelope says" if size else "the envelope does not say"
        self._found.add("default_per_page", size, words, first)
        far = self._ask("GET", "", (("per_page", str(PAGE_SIZE)), ("page", str(FAR_PAGE))))
        size = _field(far, "per_page")
        if far.accepted:
            words = f"{size}, as the envelope says" if size else "the envelope does not say"
            self._found.add("per_page_cap", size, words, far)
        empty, words = _empty_data(far)
        self._found.add("empty_data", empty, words, far)

    def _create(self) -> None:
        self._mike = self._named("Mike ")
        first = self._ask("POST", name=self._mike)
        if not first.accepted:
            words = f"a blank at the end is refused ({_heard(first)})"
            self._found.add("names_trimmed", None, words, first)
            self._mike = self._mike.strip()
            first = self._ask("POST", name=self._mike)
        kind, words = _created_body(first)
        self._found.add("create_body", kind, words, first)
        other = self._ask("POST", name=self._named("Zulu"))
        if not (first.accepted and other.accepted):
            raise Stop(f"The service creates no client: {_heard(first)}, {_heard(other)}.")
        self._again = self._ask("POST", name=self._mike)
        self._upper = self._ask("POST", name=self._named("MIKE") + self._blank)
        self._created = 2 + self._again.accepted + self._upper.accepted
        if self._created == 2:
            third = self._ask("POST", name=self._named("Alpha"))
            self._created += third.accepted
        if self._again.accepted:
            words = "allowed among active ones" + (
                "" if self._upper.accepted else ", but not if they differ in case"
            )
            self._found.add("duplicates", "allowed", words, self._again, self._upper)

    @property
    def _blank(self) -> str:
        return " " if self._mike.endswith(" ") else ""

    def _ask_the_filter(self) -> None:
        """First a part of the name; what follows depends on which own clients it shows."""
        asked = [self._filtered("Mike")]
        names = _names(asked[0])
        kind: str | None
        if self._named("Zulu") in names or (_shows_unlike(asked[0]) and not is_last(asked[0])):
            kind, words = "ignored", "not at all: it is ignored"
        elif self._named("Mike") in names:
            kind, words = self._ask_for_case(asked, names)
        else:
            kind, words = self._ask_for_begin(asked)
        self._found.add("name_filter", kind, words, *asked)

    def _filtered(self, text: str) -> Exchange:
        return self._ask("GET", "", page_parameters(1, ("name", text)))

    def _ask_for_case(self, asked: list[Exchange], names: set[str]) -> tuple[str, str]:
        any_case = self._named("MIKE") in names
        if not self._upper.accepted:
            asked.append(self._filtered("MIKE"))
            any_case = self._named("Mike") in _names(asked[-1])
        if not any_case:
            return "contains", "finds a part of the name, case kept"
        asked.append(self._filtered(self._named("Mkie")))
        if self._named("Mike") in _names(asked[-1]):
            return "fuzzy", "finds a part of the name in any case, and similar names"
        return "any_case", "finds a part of the name, in any case"

    def _ask_for_begin(self, asked: list[Exchange]) -> tuple[str | None, str]:
        begun = self._named("Mik")
        asked.append(self._filtered(begun))
        kind, words = "begins", "finds names by their begin"
        if self._named("Mike") not in _names(asked[-1]):
            kind, words = "equals", "finds the whole name alone"
            asked.append(self._filtered(self._mike.strip()))
            if not _names(asked[-1]) and self._blank:
                asked.append(self._filtered(self._mike))  # it may be kept with its blank
        names = _names(asked[-1])
        if self._named("Mike") not in names:
            return None, "does not even find the whole name"
        if self._upper.accepted:
            words += ", in any case" if self._named("MIKE") in names else ", case kept"
        return kind, words

    def _list_active(self) -> None:
        pages, own = self._look(self._created, *self._narrow)
        if len(own) < self._created and self._narrow:
            pages, own = self._look(self._created)
        self._own = own
        if "names_trimmed" not in self._found:
            trimmed = self._mike not in {fields["name"] for fields in own}
            words = "a blank at the end is removed" if trimmed else "no: a blank at the end is kept"
            self._found.add("names_trimmed", trimmed, words, self._heard[2], *pages)
        self._found.add("list_order", *_order(own), *pages)
        self._pages = pages

    def _delete_mike(self) -> None:
        mikes = [f["id"] for f in self._own if f["name"].strip() == self._named("Mike")]
        zulus = [f["id"] for f in self._own if f["name"] == self._named("Zulu")]
        if not mikes or not zulus:
            raise Stop("The list does not show the clients that were created.")
        self._deleted, self._active = min(mikes), zulus[0]
        gone = self._ask("DELETE", f"/{self._deleted}")
        if not gone.accepted:
            raise Stop(f"The service deletes no client: {_heard(gone)}.")

    def _list_deleted(self) -> None:
        """Also asks for an order, which must not be the one that the list has anyway."""
        before = [fields["id"] for fields in self._own if fields["id"] != self._deleted]
        direction = "name" if before[0] == self._active else "-name"
        key, words = "order_by[]", f"`order_by[]={direction}` is obeyed"
        pages, own = self._look(self._created, *self._narrow, ("order_by[]", direction))
        asked = list(pages)
        if not self._is_ordered(own, direction):
            again, other = self._look(self._created, *self._narrow, ("order_by", direction))
            asked += again
            key, words = "order_by", f"`order_by={direction}` is obeyed, `order_by[]` is not"
            if not self._is_ordered(other, direction):
                key, words = "", "neither `order_by[]` nor `order_by` is obeyed"
        self._found.add("order_by_key", key or None, words, *asked)
        listed = [fields for fields in own if fields["id"] == self._deleted]
        shows, words = bool(listed), "yes, with `deleted_at`" if listed else "no"
        if listed and not listed[0].get("deleted_at"):
            shows, words = False, "as if it were not deleted"
        elif listed:
            self._seen_deleted = listed[0]
        self._found.add("list_shows_deleted", shows, words, *pages)

    def _is_ordered(self, own: list[Any], direction: str) -> bool:
        """Whether Zulu is where the order puts it; the others' names begin with other letters."""
        ids = [fields["id"] for fields in own if fields["id"] != self._deleted]
        return bool(ids) and ids[-1 if direction == "name" else 0] == self._active

    def _take_the_freed_name(self) -> None:
        """Only where a second client of the name was refused while the first was active."""
        if self._again.accepted:
            return
        third = self._ask("POST", name=self._mike)
        case = "" if self._upper.accepted else ", also if they differ in case"
        if not third.accepted:
            kind, words = "refused_all", f"refused{case}, also where one is deleted"
        elif self._upper.accepted:
            kind, words = "refused_active", "refused among active ones"
        else:
            kind, words = "refused_any_case", f"refused among active ones{case}"
        words = f"{words} ({_heard(self._again)})"
        self._found.add("duplicates", kind, words, self._again, self._upper, third)

    def _write_to_deleted(self) -> None:
        path = f"/{self._deleted}"
        again = self._ask("DELETE", path)
        self._found.add("delete_deleted", again.status, _heard(again), again)
        put = self._ask("PUT", path, name=self._named("Gone"))
        get = self._ask("GET", path)
        words = _heard(put)
        fields = created_client(get.content)
        if put.accepted and get.accepted:
            renamed = fields.get("name") == self._named("Gone")
            words += ", and the name is changed" if renamed else ", but the name is not changed"
        self._found.add("put_deleted", put.status, words, put, get)
        shows = get.accepted and bool(fields.get("deleted_at"))
        words = "200, with `deleted_at`" if shows else _heard(get)
        if get.accepted and not shows:
            words += ", but without `deleted_at`"
        if shows:
            self._seen_deleted = fields
        self._found.add("get_shows_deleted", shows, words, get)

    def _restore_active(self) -> None:
        restored = self._ask("PATCH", f"/{self._active}/restore")
        self._found.add("restore_active", restored.status, _heard(restored), restored)

    # long names

    def _ask_for_long_names(self) -> None:
        asked: list[Exchange] = []

        def fits(length: int) -> bool:
            asked.append(self._ask("PUT", f"/{self._active}", name=self._long(length)))
            return asked[-1].accepted

        least, most = _usual_lengths(fits)
        if self._thorough:
            least, most = _bisected(fits, least, most)
        exact = most is not None and most - least == 1
        if exact:
            words = f"{least} characters ({_heard([a for a in asked if not a.accepted][-1])})"
        elif most is None:
            words = f"{least} characters are accepted, perhaps more"
        else:
            words = f"at least {least} and fewer than {most} characters"
        if not exact and not self._thorough:
            words += "; `--thorough` asks on"
        self._found.add("longest_name", least if exact else None, words, *asked)
        if exact and self._thorough:
            self._ask_for_the_unit(least)

    def _ask_for_the_unit(self, longest: int) -> None:
        wide = self._named("Zulu ").ljust(longest, "\u00fc")
        asked = self._ask("PUT", f"/{self._active}", name=wide)
        words = "characters" if asked.accepted else "bytes, or another count than characters"
        self._found.add("longest_name_unit", None, words, asked)

    def _long(self, length: int) -> str:
        return self._named("Zulu ").ljust(length, "z")

    # pages

    def _ask_for_pages(self) -> None:
        """More than 20 clients, where the workspace has not so many already."""
        full = self._ask("GET", "", page_parameters(1))
        data = _field(full, "data") or []
        for number in range(len(data), 21):
            self._ask("POST", name=self._named(f"Page {number}"))
        if len(data) < 21:
            full = self._ask("GET", "", page_parameters(1))
            data = _field(full, "data") or []
        size = _field(full, "per_page")
        words = f"a page of {len(data)} clients where the envelope says {size}"
        second = self._ask("GET", "", (("per_page", "20"), ("page", "2")))
        words += f"; page 2 of 20 a page has {len(_field(second, 'data') or [])}"
        self._found.add("paging", None, words, full, second)

    # what is seen in passing

    def _judge_what_was_seen(self) -> None:
        active = [fields for fields in self._own if "id" in fields]
        self._found.add("active_field", *self._active_field(active), *self._pages)
        null = "deleted_at" in active[0]
        words = "`null`" if null else "absent"
        self._found.add("missing_fields", "null" if null else "absent", words, *self._pages)
        extra = sorted(set(active[0]) - CLIENT_FIELDS)
        envelope = sorted(set(self._pages[0].content) - LIST_FIELDS)
        words = ", ".join(
            [
                *(f"`{key}` of a client" for key in extra),
                *(f"`{key}` of the list" for key in envelope),
            ]
        )
        self._found.add("extra_fields", bool(extra or envelope), words or "none", *self._pages)
        with_quota = [heard for heard in self._heard if heard.quota_headers]
        words = "with every answer" if len(with_quota) == len(self._heard) else "with some answers"
        sent = (with_quota or self._heard)[0]
        self._found.add("quota_headers", bool(with_quota), words if with_quota else "none", sent)
        errors = [heard for heard in self._heard if heard.status >= 400]
        traced = [heard for heard in errors if _field(heard, "trace_id")]
        if errors:
            words = "yes" if len(traced) == len(errors) else "with some" if traced else "no"
            self._found.add("trace_id", bool(traced), words, (traced or errors)[0])

    def _active_field(self, active: list[Any]) -> tuple[str | None, str]:
        values = {fields.get("active") for fields in active}
        if values - {True}:
            told = ", ".join(sorted(str(value).lower() for value in values))
            return "sometimes_false", f"{told} of clients that are not deleted"
        if self._seen_deleted is None:
            return None, "true of clients that are not deleted; no answer shows a deleted one"
        if self._seen_deleted.get("active") is True:
            return "true", "true of each client, deleted or not"
        return "false_when_deleted", "true of clients that are not deleted, false of a deleted one"


def _usual_lengths(fits: Callable[[int], bool]) -> tuple[int, int | None]:
    """Two or three requests: the longest that is known to fit, the shortest that does not."""
    if fits(LONG):
        return (LONG + 1, None) if fits(LONG + 1) else (LONG, LONG + 1)
    if not fits(LESS_LONG):
        return 1, LESS_LONG
    return (LESS_LONG + 1, LONG) if fits(LESS_LONG + 1) else (LESS_LONG, LESS_LONG + 1)


def _bisected(fits: Callable[[int], bool], least: int, most: int | None) -> tuple[int, int | None]:
    if most is None:
        if fits(LONGEST_TRIED):
            return LONGEST_TRIED, None
        most = LONGEST_TRIED
    least = max(least, len("focus-live-12345678 Zulu "))
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if fits(middle) else (least, middle)
    return least, most


def _field(heard: Exchange, key: str) -> Any:
    return heard.content.get(key) if isinstance(heard.content, dict) else None


def _heard(heard: Exchange) -> str:
    """A status, and the service's own words with it."""
    parts = [
        str(_field(heard, key)) for key in ("error", "error_description") if _field(heard, key)
    ]
    return f"{heard.status}" + (f" “{': '.join(parts)}”" if parts and heard.status >= 400 else "")


def _names(heard: Exchange) -> set[str]:
    return {fields["name"].strip() for fields in own_clients(heard)}


def _shows_unlike(heard: Exchange) -> bool:
    """Whether a client of others is shown whose name does not hold the text that was asked for."""
    return UNLIKE in (_field(heard, "data") or [])


def _empty_data(heard: Exchange) -> tuple[str | None, str]:
    if not heard.accepted or not isinstance(heard.content, dict):
        return None, f"a page behind the last: {_heard(heard)}"
    data = heard.content.get("data", "absent")
    if data == "absent":
        return None, "the field is absent"
    if data:
        return None, "not seen: a page behind the last is not empty"
    return ("null", "`null`") if data is None else ("list", "`[]`")


def _created_body(heard: Exchange) -> tuple[str | None, str]:
    content = heard.content
    if content is None:
        return "nothing", "empty"
    fields = created_client(content)
    if fields is not content and "id" in fields:
        return "wrapped", "the client, within `data`"
    if {"id", "name"} <= fields.keys():
        return "client", "the client"
    if "id" in fields:
        return "id", "only the id"
    return None, "something else: " + ", ".join(sorted(map(str, fields)))


def _order(own: list[Any]) -> tuple[str | None, str]:
    ids = [fields["id"] for fields in own]
    names = [fields["name"].strip() for fields in own]
    folded = [name.casefold() for name in names]
    if ids == sorted(ids):
        return "id", "oldest first"
    if ids == sorted(ids, reverse=True):
        return "newest", "newest first"
    if names == sorted(names) or folded == sorted(folded):
        return "name", "by name"
    return None, "none that can be told"
