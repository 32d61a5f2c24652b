# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that list what there is list all of it."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
import yaml
from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import (
    CLIENTS,
    SHARED,
    VARIABLES,
)

GUIDES = ROOT / "docs" / "docsite" / "rst"
MODULES = sorted((ROOT / "plugins" / "modules").glob("focus*.py"))
ROLE = ROOT / "roles" / "clients"

OF_THE_MODULE = {f"clients_{name}": o for name, o in CLIENTS["argument_spec"].items()}
OF_THE_MODULE["clients_list"] = OF_THE_MODULE.pop("clients_clients")
"""The options of ``focus_clients`` by the role's variable for each."""

OF_THE_ROLE = {"clients_show_plan", "clients_plan_file"}
"""Variables that are no option of the module."""


def rows_of_settings() -> dict[str, str]:
    """What the table says of each option, from one row to the next."""
    text = (GUIDES / "settings.rst").read_text()
    table = text[: text.index("Give either")]
    rows = table.split("   * - ")[2:]
    return {re.findall(r"module:(\w+)`", row)[0]: row for row in rows}


def test_the_settings_are_those_of_the_modules() -> None:
    rows = rows_of_settings()
    assert list(rows) == sorted(rows, key=list(SHARED).index) and set(rows) == set(SHARED)
    for name in SHARED:
        variables = VARIABLES.get(name, ())
        assert re.findall(r":ansenvvar:`(\w+)`", rows[name]) == list(variables)


def test_the_defaults_are_those_of_the_modules() -> None:
    for name, row in rows_of_settings().items():
        default = SHARED[name].get("default")
        shown = row.rstrip().rpartition("- ")[2].strip("`")
        if default is None:
            assert shown.startswith("none")
        elif isinstance(default, bool):
            assert shown == str(default).lower()
        else:
            assert shown.split()[0] == (
                f"{default:g}" if isinstance(default, float | int) else default
            )


def test_the_playbooks_are_those_of_the_collection() -> None:
    listed = re.findall(r"\* - ``toggl\.focus\.(\w+)``", (GUIDES / "playbooks.rst").read_text())
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def test_what_a_page_names_of_the_collection_is_there() -> None:
    """Modules, filters, playbooks and the role. Options and return values are linked, and
    antsibull-docs finds those that are not there."""
    folders = ("plugins/modules", "plugins/filter", "playbooks", "roles")
    there = {path.stem for folder in folders for path in (ROOT / folder).iterdir()}
    pages = [*GUIDES.parent.rglob("*.rst"), ROOT / "README.md", ROLE / "README.md"]
    for page in [*pages, *(ROOT / "examples").rglob("*.md")]:
        named = re.findall(r"(?<!collections\.)\btoggl\.focus\.([a-z]\w+)", page.read_text("utf-8"))
        assert set(named) - {"focus"} <= there, page


def test_the_code_refers_to_documents_that_are_there() -> None:
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"[\w./-]+\.(?:md|rst)\b", text)
        assert [name for name in named if not (ROOT / name).exists()] == [], path.name
        assert not re.search(r"\(design\)|the design\b", text), path.name


def returned(text: str) -> dict[str, Any]:
    """The RETURN part of a module's source."""
    values = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "RETURN"
    }
    found: dict[str, Any] = yaml.safe_load(values["RETURN"])
    return found


def without_samples(described: Any) -> Any:
    if not isinstance(described, dict):
        return described
    return {key: without_samples(value) for key, value in described.items() if key != "sample"}


@pytest.mark.parametrize("key", ["requests", "quota"])
def test_what_all_modules_return_is_described_alike(key: str) -> None:
    """It stands in each of them, since up to ansible-core 2.19 no fragment can hold it. Only the
    samples are of the module."""
    documented = [returned(path.read_text(encoding="utf-8")) for path in MODULES]
    described = [without_samples(parts[key]) for parts in documented]
    assert len(described) == 3
    assert described == [described[0]] * 3


def test_every_module_returns_a_message() -> None:
    for path in MODULES:
        message = returned(path.read_text(encoding="utf-8"))["msg"]
        assert (message["returned"], message["type"]) == ("always", "str"), path.name


# the role


def test_the_role_has_the_options_of_the_module() -> None:
    """Without their defaults: a variable that is not given is not passed on. The list takes any
    type, since the module judges it in its own words."""
    spec = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = spec["argument_specs"]["main"]["options"]
    assert set(options) - OF_THE_ROLE == set(OF_THE_MODULE)
    for name, option in OF_THE_MODULE.items():
        keys = ("type", "elements", "choices")
        own = {"type": "raw"} if name == "clients_list" else option
        assert {k: options[name].get(k) for k in keys} == {k: own.get(k) for k in keys}, name
        assert "default" not in options[name], name
        assert options[name].get("required", False) is (name == "clients_list"), name


def test_the_role_has_the_defaults_that_it_documents() -> None:
    spec = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = spec["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    own = {name: options[name] for name in OF_THE_ROLE}
    assert defaults == {name: spec["default"] for name, spec in own.items() if "default" in spec}


def passed_on(tasks: list[dict[str, Any]], module: str) -> dict[str, str]:
    task, *others = [task for task in tasks if module in task]
    assert all(other[module] == task[module] for other in others)
    given: dict[str, str] = task[module]
    return given


def test_the_role_passes_every_option_on() -> None:
    tasks = yaml.safe_load((ROLE / "tasks" / "main.yml").read_text(encoding="utf-8"))
    assert passed_on(tasks, "toggl.focus.focus_clients") == {
        "clients": "{{ clients_list }}",
        **{
            name.removeprefix("clients_"): f"{{{{ {name} | default(omit) }}}}"
            for name in OF_THE_MODULE
            if name != "clients_list"
        },
    }


def test_the_export_passes_on_how_the_service_is_reached() -> None:
    """It writes nothing, so it has no journal."""
    (play,) = yaml.safe_load((ROOT / "playbooks" / "export.yml").read_text(encoding="utf-8"))
    assert passed_on(play["tasks"], "toggl.focus.focus_client_info") == {
        name: f"{{{{ clients_{name} | default(omit) }}}}" for name in SHARED if name != "journal"
    }


def test_the_readme_of_the_role_has_the_variables_with_their_defaults() -> None:
    text = (ROLE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `(clients_\w+)` \| (.*?) ?\| (.*?) ?\|$", text)
    own_first = sorted(OF_THE_MODULE, key=lambda name: name.removeprefix("clients_") in SHARED)
    assert [name for name, *_ in rows] == [name for name in own_first if name != "clients_list"]
    for name, variables, default in rows:
        option = name.removeprefix("clients_")
        assert re.findall(r"`(\w+)`", variables) == list(VARIABLES.get(option, ())), name
        assert default.strip("`").removesuffix(" seconds") in as_shown(
            OF_THE_MODULE[name].get("default")
        ), name
    assert all(f"`{name}`" in text for name in OF_THE_ROLE)


def as_shown(default: object) -> tuple[str, ...]:
    if default is None:
        return ("", "none", "none, required")
    if isinstance(default, bool):
        return (str(default).lower(),)
    return (f"{default:g}",) if isinstance(default, float) else (str(default),)
