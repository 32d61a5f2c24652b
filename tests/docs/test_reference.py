# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that list what there is list all of it."""

from __future__ import annotations

import importlib
import re
from typing import Any

import yaml
from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import (
    CLIENTS,
    SHARED,
    VARIABLES,
)
from ansible_collections.toggl.focus.plugins.plugin_utils import _role_variables

GUIDES = ROOT / "docs" / "docsite" / "rst"
ROLE = ROOT / "roles" / "clients"
MODULES = ("focus_client", "focus_clients", "focus_client_info")

OF_THE_MODULE = {f"clients_{name}": o for name, o in CLIENTS.items()}
OF_THE_MODULE["clients_list"] = OF_THE_MODULE.pop("clients_clients")
"""The options of ``focus_clients`` by the role's variable for each."""

OF_THE_ROLE = {"clients_show_plan", "clients_plan_file"}
"""Variables that are no option of the module."""


def read_yaml(*path: str) -> Any:
    return yaml.safe_load(ROOT.joinpath(*path).read_text(encoding="utf-8"))


SPEC = read_yaml("roles", "clients", "meta", "argument_specs.yml")
VARIABLES_OF_THE_ROLE = SPEC["argument_specs"]["main"]["options"]


def as_shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_the_settings_are_those_of_the_modules_with_their_defaults() -> None:
    text = (GUIDES / "settings.rst").read_text()
    table = text[: text.index("Give either")].split("   * - ")[2:]
    rows = {re.findall(r"``(\w+)``", row)[0]: row for row in table}
    assert list(rows) == sorted(rows, key=list(SHARED).index) and set(rows) == set(SHARED)
    for name, row in rows.items():
        assert re.findall(r"``(TOGGL_\w+)``", row) == list(VARIABLES.get(name, ()))
        default, shown = SHARED[name].get("default"), row.rstrip().rpartition("- ")[2].strip("`")
        assert shown.split()[0].strip(",") == ("none" if default is None else as_shown(default))


def test_the_playbooks_are_those_of_the_collection() -> None:
    listed = re.findall(r"\* - ``toggl\.focus\.(\w+)``", (GUIDES / "playbooks.rst").read_text())
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def test_what_a_page_names_of_the_collection_is_there() -> None:
    """Modules, filters, playbooks and the role."""
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


def test_what_all_modules_return_is_described_alike() -> None:
    """Up to ansible-core 2.19 no fragment can hold it. Only the samples are of the module."""
    package = "ansible_collections.toggl.focus.plugins.modules"
    returned = [
        yaml.safe_load(importlib.import_module(f"{package}.{name}").RETURN) for name in MODULES
    ]
    for key in ("requests", "quota"):
        assert len({str(without_samples(described[key])) for described in returned}) == 1, key
    for described in returned:
        assert (described["msg"]["returned"], described["msg"]["type"]) == ("always", "str")


def without_samples(described: Any) -> Any:
    if not isinstance(described, dict):
        return described
    return {key: without_samples(value) for key, value in described.items() if key != "sample"}


# the role


def test_the_role_has_the_options_of_the_module() -> None:
    """Without their defaults. The list takes any type, since the module validates it."""
    assert set(VARIABLES_OF_THE_ROLE) - OF_THE_ROLE == set(OF_THE_MODULE)
    for name, option in OF_THE_MODULE.items():
        variable, keys = VARIABLES_OF_THE_ROLE[name], ("type", "elements", "choices")
        own = {"type": "raw"} if name == "clients_list" else option
        assert {k: variable.get(k) for k in keys} == {k: own.get(k) for k in keys}, name
        assert "default" not in variable, name
        assert variable.get("required", False) is (name == "clients_list"), name
    defaults = {name: VARIABLES_OF_THE_ROLE[name].get("default") for name in OF_THE_ROLE}
    given = {name: default for name, default in defaults.items() if default is not None}
    assert read_yaml("roles", "clients", "defaults", "main.yml") == given


def passed_on(tasks: list[dict[str, Any]], module: str) -> dict[str, str]:
    task, *others = [task for task in tasks if module in task]
    assert all(other[module] == task[module] for other in others)
    given: dict[str, str] = task[module]
    return given


def test_the_role_and_the_playbooks_pass_every_option_on() -> None:
    """But what export and undo give themselves, or have no use for."""
    tasks = read_yaml("roles", "clients", "tasks", "main.yml")
    assert passed_on(tasks, "toggl.focus.focus_clients") == {"clients": "{{ clients_list }}"}
    others = {name: f"the {name}" for name in OF_THE_MODULE if name != "clients_list"}
    taken = _role_variables.options(others, dict)
    assert {f"clients_{option}": value for option, value in taken.items()} == others
    (play,) = read_yaml("playbooks", "export.yml")
    assert passed_on(play["tasks"], "toggl.focus.focus_client_info") == {
        name: f"{{{{ clients_{name} | default(omit) }}}}" for name in SHARED if name != "journal"
    }
    (play,) = read_yaml("playbooks", "undo.yml")
    given = passed_on(play["tasks"][1]["block"], "toggl.focus.focus_clients")
    own = {
        name
        for name, value in given.items()
        if value != f"{{{{ clients_{name} | default(omit) }}}}"
    }
    assert own == {"clients", "purge", "journal"} and given["purge"] is False
    left_out = {"plan_digest", "max_deletion_percent", "report"}
    assert set(CLIENTS) - set(given) == left_out


def test_the_readme_of_the_role_has_the_variables_with_their_defaults() -> None:
    text = (ROLE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `clients_(\w+)` \| (.*?) ?\| (.*?) ?\|$", text)
    options = [name.removeprefix("clients_") for name in OF_THE_MODULE if name != "clients_list"]
    assert [name for name, *_ in rows] == sorted(options, key=lambda name: name in SHARED)
    for name, variables, default in rows:
        assert re.findall(r"`(\w+)`", variables) == list(VARIABLES.get(name, ())), name
        known = OF_THE_MODULE[f"clients_{name}"].get("default")
        allowed = ("", "none", "none, required") if known is None else (as_shown(known),)
        assert default.strip("`").removesuffix(" seconds") in allowed, name
    assert all(f"`{name}`" in text for name in OF_THE_ROLE)
