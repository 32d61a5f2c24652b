# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator answers as the description of the API says, and the description is complete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth
from simulator.server import Simulator
from simulator.switches import Switches
from simulator.workspace import FIRST_ID

DESCRIPTION = Path(__file__).with_name("openapi.yaml")

# Method, address and documented statuses, as on the vendor's reference page.
REFERENCE = {
    ("get", "/workspaces/{workspace_id}/clients"): "200 400 500",
    ("post", "/workspaces/{workspace_id}/clients"): "201 400 500",
    ("get", "/workspaces/{workspace_id}/clients/{client_id}"): "200 400 404 500",
    ("put", "/workspaces/{workspace_id}/clients/{client_id}"): "204 400 404 500",
    ("delete", "/workspaces/{workspace_id}/clients/{client_id}"): "204 400 404 500",
    ("patch", "/workspaces/{workspace_id}/clients/{client_id}/restore"): "204 400 404 500",
}

CLIENTS = 25

USUAL = Switches()
UNUSUAL = Switches(
    list_shows_deleted=False,
    get_shows_deleted=False,
    create_body="wrapped",
    per_page_cap=20,
    delete_deleted=404,
    restore_active=404,
    put_deleted=404,
    active_field="sometimes_false",
    missing_fields="absent",
    empty_data="null",
    quota_headers=False,
    trace_id=False,
    extra_fields=True,
    currency_shown="workspace",
)

BOUNDED = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def description() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module", params=[USUAL, UNUSUAL], ids=["usual", "unusual"])
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    with Simulator(request.param) as running:
        yield running


@pytest.fixture(scope="module")
def schema(simulator: Simulator) -> Any:
    """The description, narrowed to the workspace and the clients that are there."""
    narrowed = description()
    narrowed["servers"] = [{"url": simulator.url}]
    parameters = narrowed["components"]["parameters"]
    parameters["workspaceId"]["schema"]["const"] = simulator.workspace_id
    parameters["clientId"]["schema"].update(minimum=FIRST_ID, maximum=FIRST_ID + CLIENTS)
    loaded = schemathesis.openapi.from_dict(narrowed, config=schemathesis.Config())
    loaded.config.update(base_url=simulator.url)
    # A deleted client can be restored, and perhaps read: it is not gone. The key is a test's own.
    # Of other methods, the reference says nothing.
    not_held = ["use_after_free", "ignored_auth", "unsupported_method"]
    loaded.config.checks.update(excluded_check_names=not_held)
    return loaded


def validate(case: Any, simulator: Simulator, **more: Any) -> None:
    _furnish(simulator)
    case.call_and_validate(headers=_headers(simulator), **more)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), REFERENCE)
def test_answers_are_as_described(
    schema: Any, simulator: Simulator, method: str, path: str, mode: GenerationMode
) -> None:
    cases = given(case=schema[path][method].as_strategy(generation_mode=mode))
    BOUNDED(cases(lambda case: validate(case, simulator)))()


@pytest.mark.parametrize(("method", "path"), REFERENCE)
def test_nothing_is_answered_without_the_key(
    schema: Any, simulator: Simulator, method: str, path: str
) -> None:
    """Nor with another one."""
    one = settings(BOUNDED, max_examples=1)
    cases = given(case=schema[path][method].as_strategy())
    one(cases(lambda case: validate(case, simulator, checks=[ignored_auth])))()


def test_sequences_are_as_described(schema: Any, simulator: Simulator) -> None:
    class Sequences(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            _furnish(simulator)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": _headers(simulator)}

    Sequences.run(settings=settings(BOUNDED, max_examples=20, stateful_step_count=6))


def test_the_reference_is_described_and_nothing_else() -> None:
    methods = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
    described = {
        (method, path): set(item[method]["responses"])
        for path, item in description()["paths"].items()
        for method in methods & set(item)
    }
    assert described.keys() == REFERENCE.keys()
    assert all(set(REFERENCE[one].split()) <= described[one] for one in REFERENCE)


def _furnish(simulator: Simulator) -> None:
    """The same clients for each example: those that the narrowed description promises."""
    simulator.reset(simulator.switches)
    simulator.add_many(CLIENTS)
    simulator.add("Deleted", deleted=True)


def _headers(simulator: Simulator) -> dict[str, str]:
    return {"Authorization": f"Bearer {simulator.token}", "Content-Type": "application/json"}
