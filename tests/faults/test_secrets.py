# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in any output, journal, diff or traceback, whatever breaks, at ``-vvvv``. FAULTS_LONG=1
tries each login in Ansible's own process and as a module, and a task of its own for each fault."""

from __future__ import annotations

import base64
import itertools
import json
import random
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.service import Credentials
from simulator.wire import Call
from support.playbooks import WAYS, Ran
from support.stage import CLIENT, CLIENTS, INFO

from faults import LONG
from faults.conftest import Play, unsafe
from faults.network import IMPATIENT, KINDS
from faults.proxy import OF_HTTPS, PASSWORD

NETRC_PASSWORD = "of-another-login-for-the-host"
NOBODY = f"http://user:{PASSWORD}@127.0.0.1:9"
PROXY = {**dict.fromkeys((*OF_HTTPS, "ALL_PROXY"), NOBODY), "NO_PROXY": "", "no_proxy": ""}
CREDENTIALS = Credentials(
    token="toggl_sk_a/token+with=signs.that-are%escaped&elsewhere",
    username="ada@example.com",
    password='pass "word" \\ with/all+that=is%escaped&somewhere \u00e9',
)


def secret_encodings() -> set[str]:
    """Every form in which a secret could come out."""
    login = f"{CREDENTIALS.username}:{CREDENTIALS.password}".encode()
    plain = [CREDENTIALS.token, CREDENTIALS.password, PASSWORD, NETRC_PASSWORD]
    forms = {base64.b64encode(login).decode(), base64.urlsafe_b64encode(login).decode()}
    for secret in plain:
        forms |= {secret, quote(secret), quote(secret, safe=""), repr(secret)[1:-1]}
        forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
        forms.add(base64.b64encode(secret.encode()).decode())
    return forms


def assert_silent(ran: Ran, journal: Path) -> None:
    for text in (ran.output, json.dumps(ran.results, ensure_ascii=False), journal.read_text()):
        found = [secret for secret in secret_encodings() if secret in text]
        assert not found, [text[max(0, text.index(f) - 200) :][:400] for f in found]
        assert "Authorization" not in text
    assert "Traceback" not in ran.output


LOGINS = {"token": {}, "password": {"api_token": "", **CREDENTIALS.login}}
CASES = [
    (way, login)
    for way, login in itertools.product(WAYS, LOGINS)
    if LONG or (way, login) in [("in process", "password"), ("module", "token")]
]


ENDS_A_RUN = {"401", "402 by body", "402 by headers", "402 for a feature", "403", "redirect"}


def name_in(call: Call) -> str:
    return call.query.get("name") or (json.loads(call.body)["name"] if call.body else "")


def faulty(call: Call) -> Fault | None:
    """The kind of fault that the name asks for, for the method that it asks for."""
    method, _, kind = name_in(call).partition(" ")
    is_due = method == call.method and kind in KINDS
    return KINDS[kind].make(random.Random(name_in(call))) if is_due else None


def at_each(method: str) -> list[str]:
    return [f"{method} {kind}" for kind, what in KINDS.items() if method in what.methods]


CREATES = at_each("POST")
"""Names of clients, each with the fault that its create meets."""

END_A_RUN = [name for name in CREATES if name.removeprefix("POST ") in ENDS_A_RUN]


def echo(call: Call) -> Fault | None:
    """Answers with all that it was sent, in place of each word that an answer may hold."""
    heard = call.headers["authorization"]
    error = {"error": heard, "error_description": f"for {heard}", "trace_id": heard}
    status, _, where = name_in(call).partition(" ")
    if status.isdigit() and where == call.method:
        return Fault(status=int(status), body=json.dumps(error).encode())
    if status == "field":
        text = json.dumps(f"echo of {heard}")
        field = f'"note": {text}, {text}: 1, "name"'
        return Fault(edit=lambda body: body.replace(b'"name"', field.encode()))
    if status == "headers":
        return Fault(headers={"X-Toggl-Quota-Remaining": heard, "X-Echo": heard})
    return None


ECHOES = [
    *(f"{status} GET" for status in (400, 401, 402, 403, 404, 422, 429, 500)),
    *(f"{status} POST" for status in (400, 401, 403, 500)),
    "headers",
    "field",  # both its name and its value
]


AT_ONCE = {CLIENTS: {"clients": [name for name in CREATES if name not in END_A_RUN]}}
BY_THE_PROXY = {INFO: {"api_url": "https://focus.invalid/api"}}
"""At whose address nobody listens."""


def tasks_of(way: str) -> list[dict[str, Any]]:
    """A module's process says what is said in Ansible's own: it meets some of each sort."""
    faults, echoes = [*(CREATES if LONG else END_A_RUN), *at_each("GET")], ECHOES
    if way == "module" and not LONG:
        faults, echoes = [], ["403 GET", "400 POST", "field"]
    return [
        *({CLIENT: {"name": name}} for name in faults),
        *({CLIENT: {"name": name, "api_timeout": 30}} for name in echoes),
        AT_ONCE,
        BY_THE_PROXY,
    ]


@pytest.mark.parametrize(("way", "login"), CASES)
def test_no_secret_comes_out(
    service: Simulator,
    play: Play,
    way: str,
    login: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever breaks, and where the Authorization header comes back as an error text, a trace id,
    a field of a client. Nor does a fault make ``~/.netrc`` win: nobody else's login is ever sent.
    The last task goes by way of a proxy with a password."""
    monkeypatch.setattr(service, "credentials", CREDENTIALS)
    service.chaos = lambda call: faulty(call) or echo(call)
    netrc, journal, tasks = tmp_path / ".netrc", tmp_path / "journal.jsonl", tasks_of(way)
    netrc.write_text(f"machine 127.0.0.1 login eve password {NETRC_PASSWORD}\n")
    netrc.chmod(0o600)
    shared = {"api_retries": 0, "journal": str(journal), "api_timeout": IMPATIENT}
    ran = play(
        tasks,
        *("-vvvv", "--diff"),
        *WAYS[way],
        environment={"HOME": str(tmp_path), **PROXY},
        module_defaults={"group/toggl.focus.focus": unsafe({**shared, **LOGINS[login]})},
    )
    assert len(ran.results) == len(tasks)
    assert_silent(ran, journal)
    assert {"done", "failed"} <= {json.loads(line).get("status") for line in journal.open()}
    sent = {entry.headers["authorization"].split()[0] for entry in service.log}
    assert sent == {"Bearer" if login == "token" else "Basic"}
    last = ran.results[f"t_{len(tasks) - 1}"]
    assert last["failed"] is True
    assert "No connection to focus.invalid" in last["msg"] and "proxy" in last["msg"]
