# SPDX-License-Identifier: GPL-3.0-or-later
"""What was never sent and what may have arrived are not the same, with and without a proxy. What
urllib3 makes of a failure differs from version to version; these rules do not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.notation import entry_from
from support.ports import closed_port
from support.running import client, clients, rows, sent
from support.workspace import fill, on

from faults.certificates import issue
from faults.network import hanging_up
from faults.proxy import OF_ALL, OF_HTTPS, PASSWORD, Behaviour, Proxy, proxy, without_proxies

HOST = "focus.example"
"""A name that the proxy alone knows: the environment cannot let it go by."""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(**issue(tmp_path_factory.mktemp("named"), HOST)) as running:
        yield running


@pytest.fixture
def beyond(named: Simulator) -> Simulator:
    """The service behind the proxy."""
    return fill(named, "Acme")


@pytest.fixture
def through(beyond: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with proxy(beyond.port) as standing:
        standing.stand_before(monkeypatch)
        yield standing


@pytest.fixture
def ask(beyond: Simulator, through: Proxy) -> Any:
    """A task of ``focus_client`` by way of the proxy."""
    url = f"https://{HOST}/api"
    return partial(client, beyond, api_url=url, ca_path=beyond.ca_path, api_retries=1)


LOOKED_FOR = ["GET", "GET"]
LOST: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "POST before": ("New", {"drop": "before"}, [*LOOKED_FOR, "POST", *LOOKED_FOR]),
    "POST after": ("New", {"drop": "after"}, LOOKED_FOR),
    "POST reset": ("New", {"drop": "after", "reset": True}, LOOKED_FOR),
    "POST cut off": ("New", {"drop": "during"}, LOOKED_FOR),
    "PUT after": ("1001 Ltd", {"drop": "after"}, ["PUT"]),
    "DELETE after": ("absent 1001", {"drop": "after"}, ["DELETE"]),
}


@pytest.mark.parametrize("case", LOST)
def test_an_answer_that_is_lost_behind_a_proxy_duplicates_nothing(
    beyond: Simulator, through: Proxy, ask: Any, case: str
) -> None:
    """The request may have been executed: a client is looked for before it is created again."""
    method, (entry, lost, again) = case.split()[0], LOST[case]
    beyond.script = [Fault(on(method), **lost)]
    result = ask(**entry_from(entry))
    assert (result.get("failed"), result["changed"]) == (None, True), result
    assert len(beyond.workspace.history) == 1
    methods = sent(beyond)
    assert methods[methods.index(method) :] == [method, *again]
    assert through.asked
    assert all(line.startswith(f"CONNECT {HOST}:443 ") for line in through.asked)


REFUSALS: dict[Behaviour, str] = {
    407: "asks for a user and a password",
    502: "refused with 502",
    "hangs up": "did not let it through",
    "silent": "did not let it through",
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_what_a_proxy_does_not_let_through_was_never_sent(
    beyond: Simulator, through: Proxy, ask: Any, refusal: Behaviour
) -> None:
    """The message names the proxy without its password, and the service."""
    through.behaviours = [refusal, refusal]
    result = ask(name="New", api_timeout=0.5)
    assert f"No connection to {HOST}:443" in result["msg"]
    assert f"the proxy 127.0.0.1:{through.port} {REFUSALS[refusal]}" in result["msg"]
    assert "may have been done" not in result["msg"]
    assert PASSWORD not in str(result)
    assert (beyond.log, result["requests"], len(through.asked)) == ([], 2, 2)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1:9", "http://", "socks9://127.0.0.1:9", None])
def test_a_proxy_that_is_none_was_never_asked(
    beyond: Simulator, ask: Any, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an address that is none, nor one at which nobody listens."""
    port = closed_port()
    for name in OF_HTTPS:
        monkeypatch.setenv(name, address or f"http://user:{PASSWORD}@127.0.0.1:{port}")
    result = ask(name="New")
    assert f"No connection to {HOST}:443" in result["msg"]
    assert address or f"the proxy 127.0.0.1:{port} did not let it through" in result["msg"]
    assert PASSWORD not in str(result)
    assert beyond.log == []


unproxied = pytest.fixture(without_proxies)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:{closed}", "it was refused"),
        ("https://focus.invalid", "no such host is known"),
        ("https://focus..example", "no such host is known"),
        (f"https://{'x' * 70}.example", "no such host is known"),
        ("https://127.0.0.1:{hangs_up}", "TLS"),
        ("https://127.0.0.1:{silent}", "in time"),
        ("https://127.0.0.1:{plain_http}", "api_url"),
    ],
)
def test_why_there_is_no_connection(
    service: Simulator, unproxied: None, address: str, said: str
) -> None:
    with hanging_up() as (_, hangs_up), socket.create_server(("127.0.0.1", 0)) as listener:
        silent = listener.getsockname()[1]
        ports = {"silent": silent, "hangs_up": hangs_up, "plain_http": service.port}
        url = address.format(closed=closed_port(), **ports)
        result = client(service, name="New", api_url=f"{url}/api", api_retries=0, api_timeout=0.3)
    _, _, host = url.partition("//")
    assert f"No connection to {host if ':' in host else f'{host}:443'}" in result["msg"]
    assert said in result["msg"]
    assert service.log == []


def test_authorities_that_are_not_there_are_a_sentence(
    beyond: Simulator, unproxied: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    result = client(beyond, name="New")
    said = "the CA bundle /nowhere.pem, which REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE"
    assert said in result["msg"]
    assert result["requests"] == 1


def test_plain_http_to_this_machine_goes_through_no_proxy(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would see the credentials. NO_PROXY is not what keeps it out."""
    with proxy(service.port) as standing:
        standing.stand_before(monkeypatch)
        for name in OF_ALL:
            monkeypatch.setenv(name, standing.url)
        result = client(service, name="New")
    assert result["action"] == "created", result
    assert standing.asked == []


@pytest.mark.parametrize("status", [101, 102, 103, 199])
def test_an_interim_answer_is_no_answer(status: int, service: Simulator) -> None:
    """The connection ends with it: a 201 that comes later is never taken for the answer to the
    next request. The create is looked for, and found once."""
    early = f"HTTP/1.1 {status} Soon\r\n\r\n".encode()
    service.reset(script=[Fault(on("POST"), before=early)])
    result = clients(service, clients=["New", "Other"], concurrency=1)
    assert result.get("failed") is None, result["msg"]
    assert service.names() == ["New", "Other"]
    made = {step["id"]: step["name"] for step in rows(result, "done")}
    assert made == {found.id: found.name for found in service.clients()}
    assert sent(service) == ["GET", "POST", "GET", "POST", "GET"]
