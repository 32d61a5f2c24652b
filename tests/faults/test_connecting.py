# SPDX-License-Identifier: GPL-3.0-or-later
"""What was never sent and what may have arrived are not the same, with and without a proxy.

What urllib3 makes of a failure differs from version to version; these rules do not: they hold in an
environment with urllib3 1.26 as in one with 2.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.running import client, clients, sent

from faults import reports
from faults.certificates import Certificate, issue
from faults.network import hanging_up
from faults.proxy import PASSWORD, VARIABLES, Behaviour, Proxy, proxy

HOST = "focus.example"
"""A name that the proxy alone knows: the environment cannot let it go by."""


def on(*methods: str) -> Any:
    return lambda method, path: method in methods


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return issue(tmp_path_factory.mktemp("named"), HOST)


@pytest.fixture(scope="module")
def beyond(named: Certificate) -> Iterator[Simulator]:
    with Simulator(ssl_certfile=named.server, ssl_keyfile=named.server) as running:
        yield running


def port_of(service: Simulator) -> int:
    return int(service.url.rpartition(":")[2].partition("/")[0])


@pytest.fixture
def through(beyond: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    beyond.reset()
    with proxy(port_of(beyond)) as standing:
        standing.stand_before(monkeypatch)
        yield standing


def given(named: Certificate, **more: Any) -> dict[str, Any]:
    shared = {"api_url": f"https://{HOST}/api", "ca_path": named.ca_path, "api_retries": 1}
    return {**shared, **more}


LOST: dict[str, Fault] = {
    "dropped before": Fault(match=on("POST"), drop="before"),
    "dropped after": Fault(match=on("POST"), drop="after"),
    "reset after": Fault(match=on("POST"), drop="after", reset=True),
    "cut off": Fault(match=on("POST"), drop="during"),
}


@pytest.mark.parametrize("lost", LOST)
def test_an_answer_that_is_lost_behind_a_proxy_doubles_nothing(
    beyond: Simulator, through: Proxy, named: Certificate, lost: str
) -> None:
    """The request may have been carried out: the client is looked for before it is sent again."""
    beyond.reset(script=[LOST[lost]])
    result = client(beyond, name="New", **given(named))
    assert (result.get("failed"), result["action"]) == (None, "created"), result
    assert beyond.names() == ["New"]
    again = ["GET", "GET", "POST", "GET", "GET"] if lost == "dropped before" else ["GET", "GET"]
    assert sent(beyond) == ["GET", "POST", *again]
    assert through.asked
    assert all(line.startswith(f"CONNECT {HOST}:443 ") for line in through.asked)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_any_write_that_is_lost_behind_a_proxy_is_sent_again(
    beyond: Simulator, through: Proxy, named: Certificate, method: str
) -> None:
    beyond.reset(script=[Fault(match=on(method), drop="after")])
    beyond.add("Acme")
    wanted = {"id": 1001, "name": "Ltd"} if method == "PUT" else {"id": 1001, "state": "absent"}
    result = client(beyond, **wanted, **given(named))
    assert (result.get("failed"), result["changed"]) == (None, True), result
    looks = ["GET", "GET"] if method == "PUT" else ["GET"]  # whether the name is free
    assert sent(beyond) == [*looks, method, method]


def test_a_write_that_gets_lost_is_never_called_unsent(
    beyond: Simulator, through: Proxy, named: Certificate
) -> None:
    dropped = [Fault(match=on("PUT"), drop="after")] * 2
    gone = Fault(match=lambda method, path: bool(beyond.writes), drop="before")
    beyond.reset(script=[*dropped, gone, gone])
    beyond.add("Acme")
    result = client(beyond, id=1001, name="Ltd", **given(named))
    assert "The connection was lost" in result["msg"]
    assert "may have been done" in result["msg"]


REFUSALS: dict[str, tuple[Behaviour, str]] = {
    "407": (407, "asks for a user and a password"),
    "502": (502, "refused with 502"),
    "hangs up": ("hangs up", "did not let it through"),
    "silent": ("silent", "did not let it through"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_a_proxy_does_not_let_through_was_never_sent(
    beyond: Simulator, through: Proxy, named: Certificate, case: str
) -> None:
    """The message names the proxy without its password, and the service."""
    through.behaviour, said = REFUSALS[case]
    result = client(beyond, name="New", **given(named, api_timeout=0.5))
    assert f"No connection to {HOST}:443" in result["msg"]
    assert f"the proxy 127.0.0.1:{through.port} {said}" in result["msg"]
    assert "may have been done" not in result["msg"]
    assert PASSWORD not in str(result)
    assert (beyond.log, result["requests"], len(through.asked)) == ([], 2, 2)


@pytest.mark.parametrize("case", REFUSALS)
def test_a_create_that_a_proxy_did_not_let_through_is_sent_again(
    beyond: Simulator, through: Proxy, named: Certificate, case: str
) -> None:
    """After the last look the tunnel ends, and the proxy refuses the next one; then it relents."""

    def ends(method: str, path: str) -> bool:
        if method == "GET" and not beyond.log:
            through.behaviour = REFUSALS[case][0]
            return True
        return False

    class Relents(list[str]):
        def append(self, line: str) -> None:
            super().append(line)
            if len(self) == 3:
                through.behaviour = "through"

    through.asked = Relents()
    beyond.reset(script=[Fault(match=ends, headers={"Connection": "close"})])
    result = client(beyond, name="New", **given(named, api_retries=2, api_timeout=0.5))
    assert result.get("failed") is None, result
    assert sent(beyond) == ["GET", "POST"]
    assert len(through.asked) == 3


def test_a_proxy_at_which_nobody_listens_was_never_asked(
    beyond: Simulator, through: Proxy, named: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://user:{PASSWORD}@127.0.0.1:{port}")
    result = client(beyond, name="New", **given(named))
    assert f"the proxy 127.0.0.1:{port} did not let it through" in result["msg"]
    assert PASSWORD not in str(result)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1:9", "http://", "socks9://127.0.0.1:9"])
def test_a_proxy_address_that_is_none_is_a_sentence(
    beyond: Simulator,
    through: Proxy,
    named: Certificate,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, address)
    result = client(beyond, name="New", **given(named))
    assert "No connection to focus.example:443" in result["msg"]
    assert beyond.log == []


# without a proxy: why there is no connection


@pytest.fixture
def unproxied(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_a_refused_connection_is_called_so(service: Simulator, unproxied: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    result = client(service, name="New", api_url=f"http://127.0.0.1:{port}/api", api_retries=0)
    assert f"No connection to 127.0.0.1:{port}" in result["msg"]
    assert "it was refused" in result["msg"]


@pytest.mark.parametrize("host", ["focus.invalid", "focus..example", "x" * 70 + ".example"])
def test_a_host_that_nobody_knows_is_called_so(
    service: Simulator, unproxied: None, host: str
) -> None:
    result = client(service, name="New", api_url=f"https://{host}/api", api_retries=0)
    assert f"No connection to {host}:443" in result["msg"]
    assert "no such host is known" in result["msg"]


def test_a_broken_handshake_is_called_so(service: Simulator, unproxied: None) -> None:
    with hanging_up() as (host, port):
        url = f"https://{host}:{port}/api"
        result = client(service, name="New", api_url=url, api_retries=0)
    assert f"No connection to {host}:{port}" in result["msg"]
    assert "TLS" in result["msg"]


def test_a_handshake_that_hangs_is_called_so(service: Simulator, unproxied: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/api"
        result = client(service, name="New", api_url=url, api_retries=0, api_timeout=0.3)
    assert "No connection to 127.0.0.1" in result["msg"]
    assert "in time" in result["msg"]


def test_authorities_that_are_not_there_are_a_sentence(
    beyond: Simulator, unproxied: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nowhere.pem"))
    result = client(beyond, name="New")
    missing = (
        f"the CA bundle {tmp_path / 'nowhere.pem'}, which REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE"
    )
    assert missing in result["msg"]
    assert result["requests"] == 1


# the environment of the checks must not decide


def test_plain_http_to_this_machine_goes_through_no_proxy(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would see the credentials. NO_PROXY is not what keeps it out."""
    with proxy(port_of(service)) as standing:
        standing.stand_before(monkeypatch)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, standing.url)
        result = client(service, name="New")
    assert result["action"] == "created", result
    assert standing.asked == []


# an answer that is none


def early(status: int) -> bytes:
    return f"HTTP/1.1 {status} Soon\r\n\r\n".encode()


@pytest.mark.parametrize("status", [101, 102, 103, 199])
def test_an_interim_answer_is_no_answer(status: int, service: Simulator) -> None:
    """The connection ends with it: a 201 that comes later is never taken for the answer to the
    next request. The create is looked for, and found once."""
    service.reset(script=[Fault(match=on("POST"), before=early(status))])
    wanted = [{"name": "New"}, {"name": "Other"}]
    result = clients(service, clients=wanted, concurrency=1)
    assert result.get("failed") is None, result["msg"]
    assert service.names() == ["New", "Other"]
    made = {step["id"]: step["name"] for step in reports.done(result)}
    assert made == {found.id: found.name for found in service.clients()}
    assert sent(service) == ["GET", "POST", "GET", "POST", "GET"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_what_met_an_interim_answer_is_sent_again(service: Simulator, method: str) -> None:
    service.reset(script=[Fault(match=on(method), before=early(103))])
    service.add("Acme")
    service.add("Umbrella", deleted=True)
    wanted: dict[str, dict[str, Any]] = {
        "GET": {"id": 1001},
        "PUT": {"id": 1001, "name": "Ltd"},
        "DELETE": {"id": 1001, "state": "absent"},
        "PATCH": {"id": 1002, "state": "restored"},
    }
    result = client(service, **wanted[method])
    assert result.get("failed") is None, result
    assert sent(service).count(method) == 2
