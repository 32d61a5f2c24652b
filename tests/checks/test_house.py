# SPDX-License-Identifier: GPL-3.0-or-later
"""What the code host runs for the project, the hooks before a commit, and the versions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from faults import mutations

from ansible_collections.toggl.focus.plugins.module_utils._api.transport import VERSION
from noxfile import CANDIDATE, DEVEL, PAIRS, SUPPORTED, ends

from .commands import ROOT, run

WORKFLOWS = ROOT / ".github" / "workflows"
ISSUES = ROOT / ".github" / "ISSUE_TEMPLATE"
EXAMPLE = ROOT / "examples" / "repository" / ".github" / "workflows" / "clients.yml"
TEST, RELEASE = (yaml.safe_load((WORKFLOWS / f"{n}.yml").read_text()) for n in ("test", "release"))
READ = {"contents": "read"}
SCHEMAS = {
    "github-workflows": (*WORKFLOWS.glob("*.yml"), EXAMPLE),
    "dependabot": (ROOT / ".github" / "dependabot.yml",),
    "github-issue-forms": (*ISSUES.glob("[!c]*.yml"),),
    "github-issue-config": (ISSUES / "config.yml",),
    "gitlab-ci": (ROOT / "examples" / "repository" / ".gitlab-ci.yml",),
}


def steps(workflow: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in workflow["jobs"].items():
        for step in job.get("steps", ()):
            yield name, step


@pytest.mark.parametrize("schema", SCHEMAS)
def test_each_description_fits_its_schema(schema: str, tmp_path: Path) -> None:
    """A pipeline of GitLab has a header, which the tool reads as a part of it."""
    assert {*(ROOT / ".github").rglob("*.yml")} < set().union(*SCHEMAS.values())
    files = [*SCHEMAS[schema]]
    if schema == "gitlab-ci":
        header, pipeline = yaml.safe_load_all(files.pop().read_text())
        files.append(tmp_path / "gitlab-ci.json")
        files[0].write_text(json.dumps({**header, **pipeline}))
    run(f"check-jsonschema --builtin-schema vendor.{schema}", *files)


def test_the_pairs_are_those_that_are_claimed_and_what_comes_next_may_fail() -> None:
    job = TEST["jobs"]["pairs"]
    rows = job["strategy"]["matrix"]["include"]
    assert [(row["core"], row["python"]) for row in rows] == [*PAIRS, CANDIDATE, DEVEL]
    assert [row["session"] for row in rows if "session" in row] == ["candidate", "devel"]
    assert job["continue-on-error"] == "${{ !!matrix.session }}"


def test_the_workflow_runs_what_ci_run_does() -> None:
    """And that is each part of ``make ci`` once."""
    script = re.findall(r"^make \S+", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert script == [step["run"] for _, step in steps(TEST) if "make" in step.get("run", "")]
    parts = re.search(r"^ci: (.+?) ##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert parts
    assert script == ["make demo", *(f"make {part}" for part in parts[1].split())]


def test_actions_are_the_code_host_s_own_pinned_by_commit_and_the_same_everywhere() -> None:
    files = [*WORKFLOWS.glob("*.yml"), EXAMPLE]
    lines = {line for f in files for line in re.findall(r"uses: (actions/.*)", f.read_text())}
    for line in lines:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line
    assert len(lines) == len({line.split("@")[0] for line in lines}) == 5
    used = {step["uses"] for w in (TEST, RELEASE) for _, step in steps(w) if "uses" in step}
    assert {line.split(" #")[0] for line in lines} == used


def test_a_job_may_no_more_than_it_needs() -> None:
    assert (TEST["permissions"], RELEASE["permissions"]) == (READ, {})
    assert not [job for job in TEST["jobs"].values() if "permissions" in job]
    rights = {name: job["permissions"] for name, job in RELEASE["jobs"].items()}
    assert {name: given for name, given in rights.items() if given != READ} == {
        "attest": {"attestations": "write", "id-token": "write"},
        "release": {"contents": "write"},
    }
    checkouts = [s for w in (TEST, RELEASE) for _, s in steps(w) if "checkout" in s.get("uses", "")]
    assert checkouts and all(s["with"]["persist-credentials"] is False for s in checkouts)


def test_what_may_write_or_publish_runs_only_what_is_pinned_and_away_from_the_archive() -> None:
    """An ``ansible.cfg`` beside the archive would choose the server that gets the token."""
    run = [(job, step["run"]) for job, step in steps(RELEASE) if "run" in step]
    assert [(job, command.partition(' "')[0]) for job, command in run if job != "archive"] == [
        ("publish", "pip install --requirement examples/repository/requirements.txt"),
        ("publish", "ansible-galaxy collection publish release/toggl-focus-*.tar.gz"),
        ("release", "gh release create"),
    ]
    given = [step.get("with") for job, step in steps(RELEASE) if job == "publish"]
    assert {"name": "release", "path": "release"} in given


def test_the_token_is_known_to_the_step_that_publishes_alone_behind_an_approval() -> None:
    holders = [(job, step["name"]) for job, step in steps(RELEASE) if "secrets." in str(step)]
    assert holders == [("publish", "Publish on Galaxy")]
    outside = [{**job, "steps": []} for job in RELEASE["jobs"].values()]
    assert "secrets" not in str(outside) and "secrets." not in str(TEST)
    assert RELEASE["jobs"]["publish"]["environment"] == "galaxy"


def test_nothing_is_published_that_was_not_tested_and_attested() -> None:
    before = {name: job.get("needs") for name, job in RELEASE["jobs"].items()}
    order = ["test", "archive", "attest", "publish", "release"]
    assert before == dict(zip(order, [None, *order], strict=False))
    assert RELEASE["jobs"]["test"]["uses"] == "./.github/workflows/test.yml"
    assert "workflow_call" in TEST["on"]


def test_nothing_is_filled_into_a_script() -> None:
    assert not [s for w in (TEST, RELEASE) for _, s in steps(w) if "${{" in s.get("run", "")]


def test_the_hooks_before_a_commit_are_pinned_and_need_no_environment_of_the_project() -> None:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert local["repo"] == "local"
    for hook in local["hooks"]:
        (package,) = hook["additional_dependencies"]
        assert hook["language"] == "python" and re.fullmatch(r"[a-z]+==[0-9.]+", package), hook
        assert hook["entry"].split()[0] == package.partition("==")[0]


# the versions


def test_the_ends_are_pairs_that_an_interpreter_is_here_for() -> None:
    assert ends({"3.9", "3.10", "3.13"}) == {PAIRS[0]: ["oldest"], ("2.21", "3.13"): ["newest"]}
    assert ends({"3.10"}) == {("2.16", "3.10"): ["oldest", "newest"]}
    assert ends({"3.9"}) == {PAIRS[0]: ["oldest"], PAIRS[-1]: ["newest"]}


def test_the_guide_about_support_has_the_pairs() -> None:
    columns = {"ansible-core": ("Python",), **SUPPORTED}
    rows = [f"   * - {core}\n     - {', '.join(pythons)}\n" for core, pythons in columns.items()]
    text = (ROOT / "docs" / "docsite" / "rst" / "support.rst").read_text()
    assert "".join(rows) in text
    assert f"release candidate {CANDIDATE[0]} runs too" in text


def test_the_version_in_the_user_agent_is_that_of_galaxy_yml() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"] == VERSION


def test_each_rule_of_the_failures_has_its_place() -> None:
    """There ``make failure-rules`` takes it out; a file that is named twice would hide rules."""
    places = [(ROOT / rule.file).read_text().count(rule.old) for rule in mutations.mutants()]
    text = Path(mutations.__file__).with_suffix(".yml").read_text()
    assert places == [1] * text.count("\n  - [")
