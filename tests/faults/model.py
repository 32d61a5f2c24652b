# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run must lead to, by the design alone: plain loops over names and states.

This is a second specification. It shares no line and no idea with the collection, and where the
two differ, the words of the design decide.

Where the design leaves a choice, it is made here in words:

* Entries with an id find their clients first. A client that such an entry renames is found by its
  old name no more; one that it keeps or deletes is still found by its name, and then two entries
  stand for one client.
* A former name finds a client that no other entry stands for. Only an entry that wants the client
  absent by its name gives way: the client lives on under its new name.
* An entry with an id, a name and former ones is an undo: it may take a name that others have, if it
  tells the present one; and an entry that wants the name absent then means the others.
* Two entries with ids may have one name, which their clients may bear already, both of them.
* Several active clients of former names are ambiguous, like several of the name itself.
* A client that is left alone because the wanted name is there, too, is left alone by purge as well;
  so is another one of the wanted name itself, if that is among the former ones.
* The name that a client ends with is checked against the others; one that it has on the way is not.
* Which client a name means is judged by what the journal remembers, too, of a client that an id
  restores unseen.
* A blank name, which no list can give, may come back beside another one.
* An id and a name that do not agree are no error where nothing is deleted.
* Nobody knows the currency of a client that the service hides: a declared one is set, unless the
  restore shows that it is there.
* A look-alike counts that is active when the list is read, also one that purge would delete.
"""

from __future__ import annotations

import fnmatch
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Entry = Mapping[str, Any]


def key(name: str) -> str:
    """What two names have in common that are one name."""
    return unicodedata.normalize("NFC", name.strip())


class Client(NamedTuple):
    """``currency``: as the service shows it, which may be the workspace's."""

    name: str
    deleted: bool
    currency: str | None = None

    @property
    def key(self) -> str:
        return key(self.name)


State = Mapping[int, Client]
"""By id, what is known of each client."""

Names = Mapping[int, str]
"""By id, what clients are called. A journal's are those that it tells of as deleted, the last one
last."""


def unicode_forms(name: str) -> set[str]:
    """The name as it is written, and in both forms of Unicode."""
    return {name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)}


def can_be_given(name: str) -> bool:
    """Whether a list may give it: it is neither blank nor of several lines."""
    return bool(key(name)) and not {"\n", "\r"} & set(name.strip())


NONE = "workspace"
"""The currency of an entry whose client is to have none of its own."""

UNSEEN = frozenset("\u034f\u115f\u1160\u3164\uffa0")
"""Characters that nobody sees, though Unicode counts them among letters and marks."""


def confusable(name: str) -> str:
    """What two names have in common that look alike: all but case, blanks and what is not seen."""
    seen = (c for c in name if unicodedata.category(c) != "Cf" and c not in UNSEEN)
    return key(" ".join("".join(seen).split()).casefold())


# what is asked, and what is answered


class Rules(NamedTuple):
    """The options of ``focus_clients`` that say what a plan may do."""

    purge: bool = False
    protected: Sequence[str] = ()
    max_deletions: int | None = None
    max_deletion_percent: int = 30


class Sight(NamedTuple):
    """What the service shows: ``listed`` in its list, ``by_id`` to whoever asks for an id."""

    listed: State
    by_id: State


def sight_of(state: State, list_shows_deleted: bool, get_shows_deleted: bool) -> Sight:
    active = {i: client for i, client in state.items() if not client.deleted}
    return Sight(state if list_shows_deleted else active, state if get_shows_deleted else active)


GUARDS = {"protected", "max_deletions", "max_deletion_percent", "look-alike", "temporary name"}
"""What forbids a plan that is shown all the same."""


class Refusal(NamedTuple):
    """Why nothing is written; ``named``: ids or options that the message has to name."""

    reason: str
    named: tuple[str, ...] = ()


class Change(NamedTuple):
    """A write. ``name``: what the client is called afterwards, if anybody knows. ``entry``: the
    number of its entry, from 1. ``currency``: what it sets, as an entry gives it."""

    kind: str
    id: int
    name: str | None
    entry: int | None = None
    currency: str | None = None
    was: str | None = None

    @property
    def by_purge(self) -> bool:
        return self.entry is None


@dataclass
class Verdict:
    """What must become of a list.

    ``goal``: the workspace in the end, as far as anybody sees it; new clients have ids below 0.
    ``unseen``: clients that are to be restored without having been seen. ``needs_no_service``: it
    is refused for what the list says by itself. ``warned``: clients that somebody may take for the
    ones of the list. ``unmanaged``: those that no entry stands for, and that stay. ``former``:
    former names of clients that are created."""

    goal: dict[int, Client] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unseen: set[int] = field(default_factory=set)
    needs_no_service: bool = False
    warned: set[int] = field(default_factory=set)
    unmanaged: set[int] = field(default_factory=set)
    former: set[str] = field(default_factory=set)

    @property
    def refused(self) -> bool:
        return bool(self.refusals)

    @property
    def reasons(self) -> set[str]:
        return {refusal.reason for refusal in self.refusals}

    @property
    def has_plan(self) -> bool:
        """A plan that only guards forbid is shown, and it is the one of ``changes``."""
        return self.reasons <= GUARDS

    @property
    def plan(self) -> Counter[tuple[object, ...]]:
        """What is done, in whatever order and for whichever entry."""
        return Counter((c.kind, max(c.id, 0), c.name, c.currency, c.was) for c in self.changes)

    @property
    def deleted(self) -> set[int]:
        return {change.id for change in self.changes if change.kind == "delete"}

    @property
    def names_given(self) -> set[str]:
        """To clients that are created, renamed or restored, and stay, as far as they are known."""
        last = {c.id: c.name for c in self.changes if c.name is not None and c.kind != "update"}
        return {key(name) for client_id, name in last.items() if client_id not in self.deleted}

    @property
    def names_on_the_way(self) -> list[str]:
        """Each that a client gets, be it for a moment, as often as it is given."""
        kinds = ("create", "rename", "restore")
        return [c.name for c in self.changes if c.kind in kinds and c.name is not None]


def judge(
    entries: Sequence[Entry],
    sight: Sight,
    rules: Rules | None = None,
    remembered: Names | None = None,
) -> Verdict:
    """What must become of a list."""
    wanted = [Wanted(entry, number) for number, entry in enumerate(entries, 1)]
    refusals = list(_contradictions(wanted))
    if refusals:
        return Verdict(refusals=refusals, needs_no_service=True)
    return _Desk(wanted, sight, rules or Rules(), remembered or {}).verdict()


def judge_one(entry: Entry, sight: Sight, found: State, remembered: Names) -> list[Verdict]:
    """What may become of the one client of ``focus_client``: each answer is right of a reader of
    no more than was ``found`` for the names by the service's filter, or of the whole list."""

    def seeing(listed: State) -> Verdict:
        return judge([entry], Sight(listed, sight.by_id), remembered=remembered)

    narrow = seeing(found)
    firsts: list[Verdict] = []  # it may stop at the first client that it finds
    if "ambiguous" in narrow.reasons and entry.get("state") != "absent":
        several = {int(i) for refusal in narrow.refusals for i in refusal.named}
        others = {i: client for i, client in found.items() if i not in several}
        firsts = [seeing({**others, first: found[first]}) for first in several]
    client_id, name = entry.get("id"), entry.get("name")
    if client_id is not None and name is None:  # no name is looked for
        firsts.append(seeing({}))
    elif client_id is not None and client_id not in sight.by_id:
        others = {i: client for i, client in found.items() if i != client_id}
        if any(c.key == key(name or "") and not c.deleted for c in others.values()):
            firsts.append(seeing(others))  # the look-up for the name ends at one of these
    return [*firsts, narrow, seeing(sight.listed)]


def by_name(remembered: Names) -> dict[str, int]:
    """The last client of each name."""
    return {key(name): client_id for client_id, name in remembered.items()}


def is_protected(name: str, rules: Rules) -> bool:
    """Case does not matter, be it folded, where ß becomes ss, or not."""
    return any(
        fnmatch.fnmatchcase(fold(key(name)), fold(key(pattern)))
        for pattern in rules.protected
        for fold in (str.casefold, str.lower, str.upper)
    )


class Wanted:
    """An entry, with what a user may leave out, and its number, from 1."""

    def __init__(self, entry: Entry, number: int = 1) -> None:
        self.number = number
        self.id: int | None = entry.get("id")
        self.name: str | None = entry["name"].strip() if entry.get("name") is not None else None
        self.key = None if self.name is None else key(self.name)
        self.state: str = entry.get("state") or "present"
        self.former = {key(former) for former in entry.get("former_names") or ()}
        self.restore_deleted = bool(entry.get("restore_deleted"))
        currency = (entry.get("currency") or "").strip()
        self.currency = currency.lower() if currency.lower() == NONE else currency.upper()

    @property
    def is_undo(self) -> bool:
        """Whether it may be of a list that takes a run back."""
        return self.id is not None and self.key is not None and bool(self.former)

    @property
    def stays(self) -> bool:
        """Whether the client shall be there in the end."""
        return self.state != "absent"


# what a list says against itself


def _contradictions(wanted: Sequence[Wanted]) -> Iterator[Refusal]:
    for entry in wanted:
        if entry.id is None and entry.name is None:
            yield Refusal("neither name nor id")
        if entry.name == "" or "" in entry.former:
            yield Refusal("empty name")
        if any(name and not can_be_given(name) for name in {entry.name, *entry.former}):
            yield Refusal("line break")
    yield from (Refusal("id twice", (str(i),)) for i in _twice([entry.id for entry in wanted]))
    # An id says for sure which client is to be deleted; its name is a safeguard then.
    named = [entry for entry in wanted if entry.id is None or entry.stays]
    for name in _twice([entry.key for entry in named]):
        about_it = [entry for entry in named if entry.key == name]
        by_name = [entry for entry in about_it if entry.id is None]
        is_one_to_go = len(by_name) == 1 and not by_name[0].stays
        come_back = all(entry.is_undo for entry in about_it if entry.id is not None)
        if by_name and not (is_one_to_go and come_back):
            yield Refusal("name twice")


def _twice(values: Sequence[Any]) -> list[Any]:
    given = [value for value in values if value is not None]
    return sorted({value for value in given if given.count(value) > 1})


# what a list says of a workspace


@dataclass
class _Desk:
    """Where one list is compared with what is seen of one workspace."""

    wanted: Sequence[Wanted]
    sight: Sight
    rules: Rules
    remembered: Names
    stood_for: dict[int, Wanted] = field(default_factory=dict)
    renamed_by_id: set[int] = field(default_factory=set)
    answer: Verdict = field(default_factory=Verdict)

    def __post_init__(self) -> None:
        self.known = dict(self.sight.listed)

    def verdict(self) -> Verdict:
        answer = self.answer
        for entry in self.wanted:
            if entry.id is not None:
                self._find_by_id(entry, entry.id)
        by_name = [entry for entry in self.wanted if entry.id is None]
        staying = [entry for entry in by_name if entry.stays]
        for entry in [entry for entry in staying if not self._find_by_name(entry)]:
            self._make_it_be(entry)
        for entry in [entry for entry in by_name if not entry.stays]:
            self._delete_by_name(entry)
        for entry in self.wanted:
            if entry.currency and entry.stays:
                self._set_currency(entry)
        self._purge()
        answer.goal = self._goal()
        others = self.sight.listed.keys() - self.stood_for.keys()
        answer.unmanaged = {i for i in others if not answer.goal[i].deleted}
        if not answer.refused:
            self._judge_names()
        if not answer.refused:
            self._judge_guards()
        if answer.has_plan:
            answer.warned |= {*self._left_alone(), *self._namesakes()}
        return answer

    # by id

    def _find_by_id(self, entry: Wanted, client_id: int) -> None:
        if client_id in self.sight.by_id:
            self.known.setdefault(client_id, self.sight.by_id[client_id])
        self.stood_for[client_id] = entry
        client = self.known.get(client_id)
        if entry.state == "restored":
            self._restore_by_id(entry, client_id, client)
        elif entry.state == "absent":
            self._delete_by_id(entry, client_id, client)
        elif client is None:
            self._refuse("unknown id", client_id)
        elif client.deleted:
            self._refuse("deleted id", client_id)
        else:
            self._rename_if_due(entry, client_id, client)

    def _delete_by_id(self, entry: Wanted, client_id: int, client: Client | None) -> None:
        if client is None or client.deleted:
            return
        is_same = entry.key in (None, client.key)
        if not is_same and client.key not in entry.former:
            self._refuse("id and name do not agree", client_id)
            return
        self._rename_if_due(entry, client_id, client)
        self._change(entry, "delete", client_id, client.name if is_same else entry.name)

    def _restore_by_id(self, entry: Wanted, client_id: int, client: Client | None) -> None:
        if client is not None:
            if client.deleted:
                self._change(entry, "restore", client_id, client.name)
            self._rename_if_due(entry, client_id, client)
            return
        recalled = self.remembered.get(client_id)
        self.answer.unseen.add(client_id)
        self._change(entry, "restore", client_id, recalled)
        if entry.key is not None and (recalled is None or entry.key != key(recalled)):
            self._change(entry, "rename", client_id, entry.name)

    def _rename_if_due(self, entry: Wanted, client_id: int, client: Client) -> None:
        if entry.key is not None and entry.key != client.key:
            self.renamed_by_id.add(client_id)
            self._change(entry, "rename", client_id, entry.name)

    # by name

    def _find_by_name(self, entry: Wanted) -> bool:
        """Whether there is an active client of the name; one that another entry deletes by its id
        counts, whatever name it gets before."""
        deleted = self.answer.deleted & self.known.keys()
        bearers = {i for i in deleted if self.known[i].key == entry.key}
        bearers.update(self._active({entry.key}))
        self._means_one(sorted(bearers), entry)
        return bool(bearers)

    def _make_it_be(self, entry: Wanted) -> None:
        """No active client has the name."""
        deleted = [i for i, c in sorted(self.known.items()) if c.deleted and c.key == entry.key]
        recalled = [(i, self.remembered.get(i, "")) for i in sorted(self.answer.unseen)]
        deleted += [i for i, name in recalled if key(name) == entry.key]
        if entry.state == "restored":
            remembered = by_name(self.remembered).get(entry.key or "")
            if not deleted and remembered is not None:
                hidden = Client(entry.name or "", True)
                self.known[remembered] = self.sight.by_id.get(remembered, hidden)
                deleted = [remembered]
            self._restore_one_of(deleted, entry)
            return
        former = self._left_by_others(self._active(entry.former))
        if former:
            if self._means_one(former, entry):
                self._change(entry, "rename", former[0], entry.name)
        elif entry.restore_deleted and deleted:
            self._restore_one_of(deleted, entry)
        else:
            created = sum(change.kind == "create" for change in self.answer.changes)
            self._change(entry, "create", -1 - created, entry.name)
            self.answer.former |= entry.former

    def _left_by_others(self, clients: Sequence[int]) -> list[int]:
        """Those for which no entry stands by their id, or by their present name."""
        others = self.stood_for.items()
        taken = {i for i, e in others if e.id is not None or e.key == self.known[i].key}
        return [client_id for client_id in clients if client_id not in taken]

    def _restore_one_of(self, deleted: Sequence[int], entry: Wanted) -> None:
        if not deleted:
            self._refuse("nothing to restore")
        elif len(deleted) > 1:
            self._refuse("several deleted", *deleted)
        elif self._means_one(deleted, entry):
            self._change(entry, "restore", deleted[0], self.known[deleted[0]].name)

    def _delete_by_name(self, entry: Wanted) -> None:
        bearers = [i for i in self._active({entry.key}) if not self._lives_on(i, entry)]
        if self._means_one(bearers, entry):
            self._change(entry, "delete", bearers[0], self.known[bearers[0]].name)

    def _lives_on(self, client_id: int, entry: Wanted) -> bool:
        """Whether another entry renames it from a former name, or takes it back to this name."""
        other = self.stood_for.get(client_id)
        is_back = other is not None and other.is_undo and other.key == entry.key
        return is_back or (other is not None and other.id is None)

    def _means_one(self, bearers: Sequence[int], entry: Wanted) -> bool:
        """Whether it is settled which client the entry means: nobody else's, and only one."""
        claimed = [client_id for client_id in bearers if client_id in self.stood_for]
        free = [client_id for client_id in bearers if client_id not in claimed]
        if claimed:
            self._refuse("two entries for one client", *claimed)
        elif len(bearers) > 1:
            self._refuse("ambiguous", *bearers)
        if len(free) == 1:
            self.stood_for[free[0]] = entry
        return len(bearers) == 1 and not claimed

    def _active(self, keys: Collection[str | None]) -> list[int]:
        """The active clients of these names, without those that an entry renames by their ids."""
        active = [i for i, client in sorted(self.known.items()) if not client.deleted]
        named = [i for i in active if self.known[i].key in keys]
        return [client_id for client_id in named if client_id not in self.renamed_by_id]

    def _set_currency(self, entry: Wanted) -> None:
        """In the write that gives the client a name, if there is one."""
        changes = self.answer.changes
        own = [at for at, change in enumerate(changes) if change.entry == entry.number]
        ids = [i for i, other in self.stood_for.items() if other is entry]
        ids += [changes[at].id for at in own]
        if not ids:  # it is refused
            return
        client_id, wanted = ids[0], None if entry.currency == NONE else entry.currency
        is_seen = client_id in {**self.sight.listed, **self.sight.by_id} or client_id < 0
        client = self.known.get(client_id, Client("", False))
        has = client.currency
        if is_seen and (has.upper() if has else None) == wanted:
            return
        named = [at for at in own if changes[at].kind in ("create", "rename")]
        if not named:
            name = self.remembered.get(client_id) if client_id not in self.known else client.name
            self._change(entry, "update", client_id, name)
        at = named[-1] if named else len(changes) - 1
        changes[at] = changes[at]._replace(currency=entry.currency, was=has)

    # the end, and what blocks it

    def _purge(self) -> None:
        """Delete what no entry stands for."""
        if not self.rules.purge:
            return
        spared = {*self.stood_for, *self._left_alone()}
        for client_id, client in sorted(self.sight.listed.items()):
            is_spared = client_id in spared or is_protected(client.name, self.rules)
            if not client.deleted and not is_spared:
                self._change(None, "delete", client_id, client.name)

    def _goal(self) -> dict[int, Client]:
        goal = dict(self.known)
        for kind, client_id, name, *_ in self.answer.changes:
            client = goal.get(client_id, Client("", False))
            deleted = kind == "delete" or (client.deleted and kind != "restore")
            goal[client_id] = Client(client.name if name is None else name, deleted)
        return goal

    def _judge_names(self) -> None:
        """A name is given to one active client alone, and to none if an entry wants it absent."""
        for change in self.answer.changes:
            if change.kind in ("delete", "update") or change.name is None:
                continue
            bearers = self._bearers(key(change.name))
            if len(bearers) > 1 and change.id in bearers and not self._may_share(change.id):
                others = [i for i in bearers if i > 0 and i != change.id]
                self._refuse("name of two clients", *others)
        for entry in [entry for entry in self.wanted if not entry.stays and entry.id is None]:
            wanted = [i for i in self._bearers(entry.key) if i in self.stood_for]
            if not all(self._lives_on(client_id, entry) for client_id in wanted):
                self._refuse("wanted and unwanted")

    def _bearers(self, name: str | None) -> list[int]:
        """The active clients that have the name in the end, if it is not blank."""
        active = [(i, c.key) for i, c in self.answer.goal.items() if not c.deleted]
        return [client_id for client_id, other in active if other == name != ""]

    def _may_share(self, client_id: int) -> bool:
        """The undo of names that were shared says so: a former name is the present one. One that
        is renamed before it is deleted says so by its own name among the former ones."""
        entry, client = self.stood_for.get(client_id), self.known.get(client_id)
        if entry is None or entry.id is None or entry.key is None:
            return False
        if not entry.stays:
            return entry.key in entry.former
        if client is None:
            return bool(entry.former)  # one of them may be the present name: the run will see
        return client.key in entry.former

    def _judge_guards(self) -> None:
        for change in self.answer.changes:
            if change.kind in ("rename", "delete") and not change.by_purge:
                self._judge_protection(change)
            if change.kind == "create":
                self._judge_look_alikes(change.name or "")
        self._judge_temporary_names()
        self._judge_deletions()

    def _judge_temporary_names(self) -> None:
        """A client of no entry that a run left between two names may be one that is created."""
        changes = self.answer.changes
        purged = {change.id for change in changes if change.by_purge}
        creates = any(change.kind == "create" for change in changes)
        for client_id in purged | (self.answer.unmanaged if creates else set()):
            if self.known[client_id].name == f"toggl.focus-{client_id}":
                self._refuse("temporary name", client_id)

    def _judge_look_alikes(self, name: str) -> None:
        """No client is created beside one that may be the same, unless the list names both; where
        that one is protected, it is somebody else's."""
        named = {entry.key for entry in self.wanted if entry.id is None}
        for client_id, client in sorted(self.sight.listed.items()):
            if client.deleted or client_id in self.stood_for or client.key in named:
                continue
            if confusable(client.name) != confusable(name):
                continue
            if is_protected(client.name, self.rules):
                self.answer.warned.add(client_id)
            else:
                self._refuse("look-alike", client_id)

    def _judge_protection(self, change: Change) -> None:
        """By the last name that is known; a client that is deleted may be renamed before."""
        client = self.known.get(change.id)
        name = self.remembered.get(change.id) if client is None else client.name
        names = [name, change.name or name] if change.kind == "delete" else [name]
        if name is not None and any(is_protected(n or "", self.rules) for n in names):
            self._refuse("protected", "protected")

    def _judge_deletions(self) -> None:
        deletions = [change for change in self.answer.changes if change.kind == "delete"]
        most = self.rules.max_deletions
        if most is not None and len(deletions) > most:
            self._refuse("max_deletions", "max_deletions")
        purged = sum(change.by_purge for change in deletions)
        active = sum(not client.deleted for client in self.sight.listed.values())
        percent = self.rules.max_deletion_percent
        are_few = purged <= 1 or purged * 100 <= percent * active
        takes_the_last = purged and len(deletions) == active
        if percent < 100 and (takes_the_last or not are_few):
            self._refuse("max_deletion_percent", "max_deletion_percent")

    # what is done, but not without a word

    def _left_alone(self) -> Iterator[int]:
        """Active clients of no entry with a former name of a client that is there already."""
        for entry in self.wanted:
            own = self._active({entry.key})
            is_there = entry.id in own if entry.id is not None else bool(own)
            if entry.state == "present" and is_there:
                yield from (i for i in self._active(entry.former) if i not in self.stood_for)

    def _namesakes(self) -> Iterator[int]:
        """Deleted clients of the very name of a new one."""
        created = {key(c.name or "") for c in self.answer.changes if c.kind == "create"}
        for client_id, client in self.known.items():
            if client.deleted and client.key in created and client_id not in self.stood_for:
                yield client_id

    def _refuse(self, reason: str, *named: object) -> None:
        self.answer.refusals.append(Refusal(reason, tuple(map(str, named))))

    def _change(self, entry: Wanted | None, kind: str, client_id: int, name: str | None) -> None:
        """:arg entry: none for what purge deletes"""
        number = None if entry is None else entry.number
        self.answer.changes.append(Change(kind, client_id, name, number))
