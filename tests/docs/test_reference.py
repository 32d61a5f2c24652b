# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that list what there is list all of it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

import pytest
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


def read_yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


SPEC = read_yaml("roles/clients/meta/argument_specs.yml")
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


def stems(*globs: str) -> set[str]:
    return {path.stem for glob in globs for path in ROOT.glob(glob)}


PLUGINS = stems("plugins/modules/*.py", "plugins/filter/*.py") - {"__init__"}
PLAYBOOKS = stems("playbooks/*.yml")
OF_THE_COLLECTION = {*PLUGINS, *PLAYBOOKS, *stems("roles/*")}


def test_the_readme_and_the_guide_have_all_plugins_and_playbooks() -> None:
    table = "".join(re.findall(r"(?m)^\| `toggl.*", (ROOT / "README.md").read_text("utf-8")))
    assert {*re.findall(r"`toggl\.focus\.(\w+)`", table)} == OF_THE_COLLECTION
    listed = re.findall(r"\* - ``toggl\.focus\.(\w+)``", (GUIDES / "playbooks.rst").read_text())
    assert sorted(listed) == sorted(PLAYBOOKS)


OF_GUIDES = {"clients_everywhere", "clients_own"}
VARIABLE = r"\bclients_[a-z_]*[a-z]\b(?!:`)"
OF_PLAYBOOKS = {
    name
    for path in ROOT.glob("playbooks/**/*.yml")
    for name in re.findall(VARIABLE, path.read_text("utf-8"))
}
CODE = "".join(path.read_text("utf-8") for path in ROOT.glob("plugins/**/*.py"))
TARGETS = re.findall(r"(?m)^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"))
PATH = r"\b((?:changelogs|docs|examples|playbooks|plugins|roles|tests)/[^`\s]*)`"
NAMED: dict[str, Callable[[str], bool]] = {
    PATH: lambda name: (ROOT / name).exists(),
    r"(?<!collections\.)\btoggl\.focus\.([a-z]\w+)": {*OF_THE_COLLECTION, "focus"}.__contains__,
    VARIABLE: {*VARIABLES_OF_THE_ROLE, *OF_PLAYBOOKS, *OF_GUIDES, *PLUGINS}.__contains__,
    r"\b(?:TOGGL_[A-Z_]+|toggl_focus_[a-z_]+)\b": CODE.__contains__,
    r"(?m)(?:`|^ *)make ([a-z0-9-]+)": TARGETS.__contains__,
}
"""What looks like a file, a plugin, a variable or a command, and whether it is there."""
PAGES = [
    *ROOT.glob("*.md"),
    *(path for kind in ("md", "rst") for path in ROOT.glob(f"[a-z]*/**/*.{kind}")),
    *(path for kind in ("md", "yml") for path in (ROOT / ".github").rglob(f"*.{kind}")),
]


@pytest.mark.parametrize("pattern", NAMED)
def test_what_a_page_names_is_there(pattern: str) -> None:
    """Ansible ignores a variable that nothing reads, so running a guide would not show it."""
    named = {n: path.name for path in PAGES for n in re.findall(pattern, path.read_text("utf-8"))}
    assert len(named) > 4
    assert {name: page for name, page in named.items() if not NAMED[pattern](name)} == {}


def test_the_code_refers_to_guides_that_are_there() -> None:
    guides = re.findall(r"\bdocs/docsite/\S+\.rst", CODE)
    assert guides and all((ROOT / guide).is_file() for guide in guides), guides


LINK = re.compile(r"""(?:\]\(|src(?:set)?=")(?!https?:)([^)"#\s]+)""")


def test_every_link_leads_to_a_file_and_the_readme_has_all_guides() -> None:
    """Those between guides are in ``test_guides.py``."""
    linked = {path: LINK.findall(path.read_text("utf-8")) for path in PAGES if path.suffix == ".md"}
    for page, names in linked.items():
        assert [name for name in names if not (page.parent / name).exists()] == [], page
    guides = {path.relative_to(ROOT).as_posix() for path in GUIDES.glob("*.rst")}
    assert guides <= {*linked[ROOT / "README.md"]}


def test_no_key_is_typed_into_the_history_of_a_shell() -> None:
    typed = re.compile(r"(?:TOKEN|PASSWORD)=[^ \n]")
    assert [page for page in PAGES if typed.search(page.read_text("utf-8"))] == []


def test_what_all_modules_return_is_described_alike() -> None:
    """Up to ansible-core 2.19 no fragment can hold it. Only the samples are of the module."""
    package, numbers = "ansible_collections.toggl.focus.plugins.modules", re.compile(r"\d+")
    texts = [importlib.import_module(f"{package}.{name}").RETURN for name in MODULES]
    assert len({numbers.sub("", text.partition("\nrequests:")[2]) for text in texts}) == 1
    for told in (yaml.safe_load(text)["msg"] for text in texts):
        assert (told["returned"], told["type"]) == ("always", "str")


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
    ours = {name: VARIABLES_OF_THE_ROLE[name] for name in OF_THE_ROLE}
    given = {name: variable["default"] for name, variable in ours.items() if "default" in variable}
    assert read_yaml("roles/clients/defaults/main.yml") == given


def passed_on(tasks: list[dict[str, Any]], module: str) -> dict[str, Any]:
    task, *others = [task for task in tasks if module in task]
    assert all(other[module] == task[module] for other in others)
    given: dict[str, Any] = task[module]
    return given


def test_the_role_and_the_playbooks_pass_every_option_on() -> None:
    """But what export and undo give themselves, or have no use for."""
    if_given = "{{{{ clients_{} | default(omit) }}}}".format
    tasks = read_yaml("roles/clients/tasks/main.yml")
    assert passed_on(tasks, "toggl.focus.focus_clients") == {"clients": "{{ clients_list }}"}
    others = {name: f"the {name}" for name in OF_THE_MODULE if name != "clients_list"}
    taken = _role_variables.options(others, dict)
    assert {f"clients_{option}": value for option, value in taken.items()} == others
    (play,) = read_yaml("playbooks/export.yml")
    given = passed_on(play["tasks"], "toggl.focus.focus_client_info")
    assert given == {name: if_given(name) for name in SHARED if name != "journal"}
    (play,) = read_yaml("playbooks/undo.yml")
    given = passed_on(play["tasks"][1]["block"], "toggl.focus.focus_clients")
    own = {name for name, value in given.items() if value != if_given(name)}
    assert own == {"clients", "purge", "journal"} and given["purge"] is False
    assert {*CLIENTS} - {*given} == {"plan_digest", "max_deletion_percent", "report"}


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
