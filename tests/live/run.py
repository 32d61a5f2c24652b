# SPDX-License-Identifier: GPL-3.0-or-later
"""Two acts, each within an hour's requests, and what it made removed behind it: the questions, each
asked with as few requests as it takes, then the modules.

One client serves many questions. ``Mike`` is sent with a blank at its end, and deleted early;
``Zulu`` stays, for orders, long names and its currency; a second ``Mike`` and a ``MIKE`` ask for
duplicates. Orders need a third client: ``Alpha``, where neither was accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from live.workspace import Fields, Reply, State, Workspace
from simulator.switches import QUESTIONS
from support.playbooks import played, variables

from ansible_collections.toggl.focus.plugins.module_utils._model import Access

KNOWN_FIELDS = {"id", "name", "workspace_id", "active", "created_at", "updated_at", "deleted_at"}
KNOWN_FIELDS |= {"toggl_user_id", "currency", "data", "page", "per_page"}
CURRENCY = "CHF"
NARROWING = ("contains", "begins", "any_case", "fuzzy")


@dataclass
class Questions:
    _at: Workspace
    found: Fields = field(default_factory=dict)
    _seen_deleted: Fields | None = None

    def ask(self) -> Fields:
        """Ask all of them, in the order that needs the fewest requests."""
        self._ask_for_lists()
        self._create()
        self.found["name_filter"] = self._name_filter()
        self._list_active()
        self._list_deleted()
        self._take_the_freed_name()
        self._write_to_deleted()
        self.found["longest_name"] = self._longest_name()
        self._ask_for_currencies()
        self._judge_what_was_seen()
        return self.found

    def _ask_for_lists(self) -> None:
        first = self._at.call("GET")
        self.found["default_per_page"] = first.content.get("per_page")
        for size in QUESTIONS["per_page_cap"]:
            far = self._at.call("GET", per_page=size, page=100_000)
            if far.accepted:
                self._at.page_size = size
                break
        self.found["per_page_cap"] = far.content.get("per_page")
        data = far.content.get("data", "absent")
        self.found["empty_data"] = "null" if data is None else "list" if data == [] else None

    def _create(self) -> None:
        self._mike = self._at.named("Mike ")
        first = self._at.create(self._mike)
        if not first.accepted:
            self.found["names_trimmed"] = None  # a blank at the end is refused
            self._mike = self._mike.strip()
            first = self._at.create(self._mike)
        self.found["create_body"] = _created_body(first)
        other = self._at.create(self._at.named("Zulu"), currency=CURRENCY)
        assert first.accepted and other.accepted, f"No client is created: {first.words}"
        self._again = self._at.create(self._mike)
        self._upper = self._at.create(self._mike.replace("Mike", "MIKE"))
        self._created = 2 + self._again.accepted + self._upper.accepted
        if self._created == 2:
            self._created += self._at.create(self._at.named("Alpha")).accepted

    def _name_filter(self) -> str | None:
        """First a part of the name; what follows depends on which own clients it shows."""
        own = {client["name"].strip() for client in self._at.own(0, name="Mike")}
        page = self._at.replies[-1]
        unlike = any("mike" not in client["name"].casefold() for client in page.listed)
        is_last = len(page.listed) < page.content["per_page"]
        if self._at.named("Zulu") in own or (unlike and not is_last):
            return "ignored"
        if self._at.named("Mike") not in own:
            if self._finds(self._at.named("Mik")):
                return "begins"
            kept = self._mike.endswith(" ") and self._finds(self._mike)
            return "equals" if kept or self._finds(self._at.named("Mike")) else None
        any_case = self._at.named("MIKE") in own if self._upper.accepted else self._finds("MIKE")
        if not any_case:
            return "contains"
        return "fuzzy" if self._finds(self._at.named("Mkie")) else "any_case"

    def _finds(self, text: str) -> bool:
        shown = self._at.own(0, name=text)
        return self._at.named("Mike") in {client["name"].strip() for client in shown}

    @property
    def _narrow(self) -> dict[str, str]:
        """A filter that shows all own clients, where the filter is one that can."""
        return {"name": self._at.prefix} if self.found["name_filter"] in NARROWING else {}

    def _list_active(self) -> None:
        self._own = self._at.own(self._created, **self._narrow)
        if "names_trimmed" not in self.found:
            self.found["names_trimmed"] = self._mike not in {client["name"] for client in self._own}
        self.found["list_order"] = _order(self._own)
        mikes = [c["id"] for c in self._own if c["name"].strip() == self._at.named("Mike")]
        zulus = [c["id"] for c in self._own if c["name"] == self._at.named("Zulu")]
        assert mikes and zulus, "The list does not show the clients that were created."
        self._deleted, self._active = min(mikes), zulus[0]
        gone = self._at.call("DELETE", self._deleted)
        assert gone.accepted, f"No client is deleted: {gone.words}"

    def _list_deleted(self) -> None:
        """Also asks for an order, which must not be the one that the list has anyway."""
        others = [client["id"] for client in self._own if client["id"] != self._deleted]
        direction, zulu = ("name", -1) if others[0] == self._active else ("-name", 0)
        for key, enough in (("order_by[]", self._created), ("order_by", 0)):
            own = self._at.own(enough, **self._narrow, **{key: direction})
            ids = [client["id"] for client in own]
            if self._deleted in ids:
                self._seen_deleted = own[ids.index(self._deleted)]
                ids.remove(self._deleted)
            self.found["list_shows_deleted"] = self._seen_deleted is not None
            self.found["order_by_key"] = key if ids and ids[zulu] == self._active else None
            if self.found["order_by_key"]:
                break

    def _take_the_freed_name(self) -> None:
        kind = "allowed"
        if not self._again.accepted:
            freed = self._at.create(self._mike).accepted
            active = "refused_active" if self._upper.accepted else "refused_any_case"
            kind = active if freed else "refused_all"
        self.found["duplicates"] = kind

    def _write_to_deleted(self) -> None:
        self.found["delete_deleted"] = self._at.call("DELETE", self._deleted).status
        put = self._at.update(self._deleted, self._at.named("Gone"))
        get = self._at.call("GET", self._deleted)
        self.found["put_deleted"] = put.status
        self.found["put_deleted_renames"] = get.client.get("name") == self._at.named("Gone")
        self.found["get_shows_deleted"] = get.accepted and bool(get.client.get("deleted_at"))
        if self.found["get_shows_deleted"]:
            self._seen_deleted = get.client
        self.found["restore_active"] = self._at.call("PATCH", self._active).status

    def _fits(self, length: int) -> bool:
        name = self._at.named("Zulu ").ljust(length, "z")
        return self._at.update(self._active, name).accepted

    def _longest_name(self) -> int | None:
        """One of the usual lengths, or another."""
        least = next(filter(self._fits, QUESTIONS["longest_name"]), None)
        return None if least is None or self._fits(least + 1) else least

    def _ask_for_currencies(self) -> None:
        """Zulu was created with one, and updated without it since; Mike never had one."""
        created = {client["id"]: client.get("currency") for client in self._own}
        self.found |= {"currency": "unknown", "currency_shown": None}
        if created[self._active] == CURRENCY:
            now = self._at.call("GET", self._active).client.get("currency")
            self.found["currency"] = "keeps" if now == CURRENCY else "replaces"
            self.found["currency_shown"] = "workspace" if created[self._deleted] else "own"

    def _judge_what_was_seen(self) -> None:
        """In passing, without a request."""
        fields = self._own[0]
        self.found["active_field"] = self._active_field()
        shown = "null" if fields.get("deleted_at") is None else "zero"
        self.found["missing_fields"] = shown if "deleted_at" in fields else "absent"
        replies = self._at.replies
        extra = {*fields, *(key for reply in replies if reply.listed for key in reply.content)}
        self.found["fields_beyond_the_reference"] = sorted(extra - KNOWN_FIELDS)
        self.found["extra_fields"] = bool(extra - KNOWN_FIELDS)
        self.found["quota_headers"] = any(reply.quota.remaining is not None for reply in replies)
        self.found["trace_id"] = any("trace_id" in reply.content for reply in replies)

    def _active_field(self) -> str | None:
        if {client.get("active") for client in self._own} - {True}:
            return "sometimes_false"
        if self._seen_deleted is None:
            return None
        return "true" if self._seen_deleted.get("active") is True else "false_when_deleted"


def _created_body(reply: Reply) -> str | None:
    if "id" not in reply.client:
        return None if reply.content else "nothing"
    if reply.client is not reply.content:
        return "wrapped"
    return "client" if "name" in reply.client else "id"


def _order(own: Sequence[Fields]) -> str | None:
    ids = [client["id"] for client in own]
    names = [client["name"].strip() for client in own]
    by_name = names in (sorted(names), sorted(names, key=str.casefold))
    orders = {"id": ids == sorted(ids), "newest": ids == sorted(ids)[::-1], "name": by_name}
    return next((order for order, is_kept in orders.items() if is_kept), None)


LIST = [{"name": "{{ p }} two", "former_names": ["{{ p }} one"]}, {"name": "{{ p }} three"}]
TASKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("creates", "client", {"name": "{{ p }}"}),
    ("nothing", "client", {"name": "{{ p }}"}),
    ("renames", "client", {"name": "{{ p }} one", "former_names": ["{{ p }}"]}),
    ("deletes", "client", {"name": "{{ p }} one", "state": "absent"}),
    ("restores", "client", {"id": "{{ deletes.client.id }}", "state": "restored"}),
    ("plans", "clients", {"clients": LIST}),
    ("applies", "clients", {"clients": LIST, "plan_digest": "{{ plans.plan_digest }}"}),
    ("settled", "clients", {"clients": LIST}),
    ("undoes", "clients", {"clients": "{{ applies.undo }}"}),
)
UNCHANGED = ("nothing", "settled")
REQUESTS, CREATED = 19, 2  # by all tasks, in a small workspace


def table(found: Mapping[str, object]) -> str:
    """Return the questions, as the simulator's switches are called, and the answers."""
    answers = {**dict.fromkeys([*QUESTIONS, "modules"], "not asked"), **found}
    rows = (f"| {question} | {answer} |\n" for question, answer in answers.items())
    return f"| question | the service, {date.today()} |\n| --- | --- |\n{''.join(rows)}"


@dataclass
class Run:
    access: Access
    state: State

    def questions(self) -> None:
        self._act("questions", lambda at: Questions(at).ask(), 27)

    def modules(self, folder: Path) -> None:
        self._act("modules", lambda at: self._play(at, folder), REQUESTS + CREATED + 1)

    def clean(self) -> None:
        """Remove what an earlier call left that was ended in the middle of something."""
        if self.state.unclean:
            Workspace(self.access, self.state).clean(self.state.unclean)
            self.state.unclean = []
            self.state.save()

    def _act(self, name: str, work: Callable[[Workspace], Fields], requests: int) -> None:
        """Do what no earlier call has done, and remove what it made, whatever happens.

        :arg requests: in a small workspace, clean-up included"""
        if name in self.state.done:
            return
        self.state.need(requests)
        at = Workspace(self.access, self.state)
        self.state.unclean.append(at.prefix)
        self.state.save()
        try:
            self.state.found.update(work(at))
            self.state.done.append(name)
        finally:
            at.clean()
            self.state.unclean.remove(at.prefix)
            self.state.save()

    def _play(self, at: Workspace, folder: Path) -> Fields:
        self.state.spend(REQUESTS)
        at.made += CREATED
        tasks = [
            {f"toggl.focus.focus_{of}": options, "register": key, "check_mode": key == "plans"}
            for key, of, options in TASKS
        ]
        token = self.access.api_token or ""
        given = variables(self.access.api_url, token, self.access.workspace_id)
        ran = played(None, folder, tasks, "-e", f"p={at.prefix}", environment=given)
        assert ran.status == 0, ran.output.replace(token, "***")
        wrong = [key for key in ran.results if ran.results[key]["changed"] == (key in UNCHANGED)]
        assert not wrong, f"not as expected: {wrong}"
        sent = {key: result["requests"] for key, result in ran.results.items()}
        return {"modules": f"as expected, requests: {sent}"}
