# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the collection trusts: an authority that is known, for this host, today; nobody else."""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault, Moment
from simulator.server import Simulator
from support.running import client, clients, info
from support.stage import INFO
from support.workspace import on

from faults.certificates import HASHED, hashed_folder, issue
from faults.conftest import Play

REFUSED = {
    "of another authority": "unable to get local issuer certificate",
    "for another host": "mismatch|doesn't match",
    "expired": "certificate has expired",
}
"""Certificate: what the message says of it, in the words of any version of the libraries."""


@pytest.fixture(scope="module", params=REFUSED)
def untrusted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Simulator]]:
    case = request.param
    host = "focus.example" if case == "for another host" else "127.0.0.1"
    shown = issue(tmp_path_factory.mktemp("shown"), host, expired=case == "expired")
    with Simulator(**shown) as running:
        yield case, running


def test_a_certificate_that_is_not_trusted_ends_the_task_at_once(
    untrusted: tuple[str, Simulator], secured: Simulator
) -> None:
    case, shown = untrusted
    trusted = secured if case == "of another authority" else shown
    result = client(shown, name="New", ca_path=trusted.ca_path, api_retries=4)
    assert (result["failed"], result["requests"], shown.log) == (True, 1, [])
    assert "The certificate of 127.0.0.1 is not trusted" in result["msg"]
    assert re.search(REFUSED[case], result["msg"])


def test_validate_certs_false_takes_any_certificate(untrusted: tuple[str, Simulator]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = client(untrusted[1], name="New", validate_certs=False)
    assert result["action"] == "created"


VARIABLES = {"PYTHONHTTPSVERIFY": "0", "REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""}


@pytest.mark.parametrize("variables", [{}, VARIABLES], ids=["none", "all"])
def test_a_variable_of_the_environment_does_not_switch_verification_off(
    secured: Simulator, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    """Without ca_path, the authorities of the system count."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = client(secured, name="New")
    assert "is not trusted" in result["msg"]
    assert "ca_path" in result["msg"]


def test_ca_path_may_be_a_file_or_a_folder_with_hashed_names(
    secured: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wins over the environment."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", issue(tmp_path, "127.0.0.1")["ca_path"])
    for path in (secured.ca_path, hashed_folder(secured.ca_path, tmp_path / "authorities")):
        result = client(secured, name=path[-20:], ca_path=path)
        assert result["action"] == "created", result
        assert "warnings" not in result


def test_a_folder_without_the_authority_trusts_nobody(secured: Simulator, tmp_path: Path) -> None:
    """Not even where another authority has the same name."""
    other = issue(tmp_path, "127.0.0.1")["ca_path"]
    folder = hashed_folder(other, tmp_path / "authorities")
    assert "is not trusted" in client(secured, name="New", ca_path=folder)["msg"]


FOLDERS: dict[str, Callable[[Path, str], object]] = {
    "empty": lambda folder, authority: None,
    "not hashed": lambda folder, authority: shutil.copy(authority, folder / "authority.pem"),
    "no certificate": lambda folder, authority: (folder / HASHED).write_text("no certificate\n"),
    "revocations alone": lambda folder, authority: shutil.copy(authority, folder / "0a1b2c3d.r0"),
    "below it": lambda folder, authority: (folder / HASHED).mkdir(),
}


@pytest.mark.parametrize(
    ("holds", "file"), [*((holds, "") for holds in FOLDERS), ("no certificate", HASHED)]
)
def test_a_ca_path_in_which_openssl_finds_no_certificate_is_an_error_before_any_request(
    secured: Simulator, tmp_path: Path, holds: str, file: str, check_mode: bool
) -> None:
    """It would trust nobody, and the message about the server's certificate would mislead."""
    FOLDERS[holds](tmp_path, secured.ca_path)
    result = client(secured, check_mode, name="New", ca_path=str(tmp_path / file))
    assert (result["failed"], result["requests"]) == (True, 0)
    said = "The option ca_path cannot be used: no certificate was found there: "
    assert result["msg"].startswith(said), result
    assert "openssl rehash" in result["msg"]


def test_validate_certs_false_is_one_warning_a_task(secured: Simulator, play: Play) -> None:
    """Of the collection's own: a library's would come at each request, with its paths."""
    ran = play([{INFO: {"validate_certs": False, "api_url": secured.url}}])
    assert ran.results["t_0"]["clients"] == []
    (warning,) = ran.results["t_0"]["warnings"]
    assert warning in " ".join(ran.output.split())
    assert "InsecureRequestWarning" not in ran.output


def test_validate_certs_false_is_a_warning_each_time(secured: Simulator, check_mode: bool) -> None:
    """In every module, also where nothing is written, and where the run fails. It says that a
    ca_path is not used: whoever gives both believes that something is checked."""
    for given in ({}, {"ca_path": secured.ca_path}):
        how: dict[str, Any] = {"validate_certs": False, **given}
        for result in (
            client(secured, check_mode, name="New", **how),
            client(secured, check_mode, id=7, **how),
            clients(secured, check_mode, clients=["New"], **how),
            clients(secured, check_mode, clients=[{"id": 7}], **how),
            info(secured, **how),
        ):
            (warning,) = result["warnings"]
            assert warning.startswith("validate_certs is false: "), result
            assert "ca_path is not used" in warning


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stream_that_breaks_after_the_request_is_lost(secured: Simulator, when: Moment) -> None:
    """The handshake is over, so the write may have been executed: look before it is repeated."""
    secured.reset(script=[Fault(match=on("POST"), drop=when, garbled=True)])
    result = client(secured, name="New", ca_path=secured.ca_path)
    assert secured.names() == ["New"]
    assert (result["action"], result.get("failed")) == ("created", None)
