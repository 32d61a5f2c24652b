# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read has no character that ends or turns a line; machines get names as they are."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.records import Fault
from simulator.server import Simulator
from support.filters import clients_plan, plan_lines
from support.running import client, clients, info
from support.workspace import fill, on

RAW = ("Cc", "Cf", "Cs", "Zl", "Zp")
NO_YAML = "\ufffe\uffff"
"""What no YAML may contain, besides surrogates and control characters."""

FOR_PEOPLE = ("msg", "diff", "warnings", "error")
"""The keys whose values people read, at any depth of a result."""

signs = st.one_of(
    *(st.characters(categories=[category]) for category in RAW if category != "Cs"),
    st.sampled_from("\n\x1b\x85\x9b\u200b\u202e\ufeff"),
    st.sampled_from(NO_YAML),
)
"""Each category as often as the others, since one of them has a single character."""

names = st.lists(signs | st.sampled_from("aAb"), min_size=1, max_size=3).map("".join)
few_names = st.lists(names, min_size=1, max_size=3)


def texts(value: Any, is_read: bool = False) -> Iterator[str]:
    """All texts for people in a result; a text of several lines line by line."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, is_read or key in FOR_PEOPLE)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item, is_read)
    elif isinstance(value, str) and is_read:
        yield from value.split("\n")


def assert_readable(result: Mapping[str, Any]) -> None:
    """So are the lines that are made of a plan."""
    assert " in module_utils/" not in result["msg"], "an internal error"
    assert not any("\n" in line for line in (result["msg"], *result.get("warnings", ())))
    lines = plan_lines(result) if "plan" in result else []
    for text in (*texts(result), *lines):
        raw = [char for char in text if unicodedata.category(char) in RAW or char in NO_YAML]
        assert not raw, text


def entries(known: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    name = st.one_of(st.sampled_from(known), names)
    options = {
        "former_names": st.lists(name, max_size=2),
        "state": st.sampled_from(["present", "absent", "restored"]),
        "id": st.integers(1001, 1008),
        "restore_deleted": st.just(True),
    }
    return st.fixed_dictionaries({"name": name}, optional=options)


def refused_writes(words: str | None) -> list[Fault]:
    """The next writes are refused with these words, if there are any."""
    if words is None:
        return []
    body = json.dumps({"error": words, "error_description": words, "trace_id": words}).encode()
    writes = on("POST", "PUT", "DELETE", "PATCH")
    return [Fault(writes, status=status, body=body) for status in (400, 404, 422)]


drawn = settings(max_examples=60)


@drawn
@given(data=st.data(), active=few_names, deleted=few_names, words=st.none() | names)
def test_the_modules_that_write(
    server: Simulator, data: st.DataObject, active: list[str], deleted: list[str], words: str | None
) -> None:
    there = ", ".join([*active, *(f"({name})" for name in deleted)])
    fill(server, there)
    wanted = data.draw(st.lists(entries([*active, *deleted]), min_size=1, max_size=3))
    assert_readable(client(server, True, **wanted[0]))
    server.script[:] = refused_writes(words)
    assert_readable(client(server, **wanted[0]))

    fill(server, there)
    given: dict[str, Any] = {
        "clients": wanted,
        "purge": data.draw(st.booleans()),
        "max_deletion_percent": data.draw(st.sampled_from([0, 100])),
        "max_deletions": data.draw(st.sampled_from([None, 0])),
        "protected": data.draw(st.lists(st.sampled_from([*active, "*"]), max_size=1)),
        "report": "all",
    }
    assert_readable(clients(server, True, **given))
    server.script[:] = refused_writes(words)
    assert_readable(clients(server, **given))
    assert_readable(clients_plan(wanted, info(server)["clients"], purge=given["purge"]))


@drawn
@given(active=few_names, name=names)
def test_focus_client_info(server: Simulator, active: list[str], name: str) -> None:
    fill(server, ", ".join(active))
    assert_readable(info(server, name=name))
    assert_readable(info(server, name_contains=name, order_by=[name]))


broken = st.one_of(names, st.sampled_from(["\ud800", "a\udce9"]))
"""Texts that may also hold a lone surrogate, as a variable of the environment may."""


@drawn
@given(data=st.data(), text=broken)
def test_options_that_cannot_be_used(server: Simulator, data: st.DataObject, text: str) -> None:
    server.reset()
    options = st.sampled_from(["name", "id", "state", "former_names", "restore_deleted", text])
    wanted = data.draw(st.lists(st.dictionaries(options, broken, max_size=3), max_size=3))
    assert_readable(clients(server, True, clients=[*wanted, text, text]))
    for option in ("plan_digest", "journal", "ca_path", "api_url", "api_token"):
        assert_readable(clients(server, True, clients=["Acme"], **{option: text}))
    login = {"api_token": None, "username": text, "password": f"pass{text}word"}
    for wrong in (login, {"name": text}, {"name_contains": text}, {"order_by": [text]}):
        assert_readable(info(server, **wrong))


def test_what_is_for_machines_keeps_the_name(server: Simulator) -> None:
    """A name that a machine reads must be the one that the service knows."""
    name = "Acme\u202e\x9b Ltd"
    fill(server, name)
    many = clients(server, clients=[{"id": 1001, "name": "Acme"}])
    assert many["plan"][0]["from"] == many["undo"][0]["name"] == name
    one = client(server, id=1001, name=name)
    assert one["client"]["name"] == info(server)["desired"][0]["name"] == name
