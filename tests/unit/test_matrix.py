# SPDX-License-Identifier: GPL-3.0-or-later
"""The support matrix: which pairs are its ends, and the table that is made of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import noxfile
from tools import matrix
from tools.matrix import Result


def test_a_pair_is_a_core_and_a_python_that_it_supports() -> None:
    pairs = [f"{core}-{python}" for core, python in noxfile.PAIRS]
    assert len(pairs) == len(set(pairs)) == 15
    assert (pairs[0], pairs[-1]) == ("2.16-3.10", "2.21-3.14")


@pytest.mark.parametrize(
    ("pythons", "expected"),
    [
        (["3.10", "3.11", "3.12", "3.13"], {"oldest": "2.16-3.10", "newest": "2.21-3.13"}),
        (["3.12"], {"oldest": "2.16-3.12", "newest": "2.21-3.12"}),
        (["3.10"], {"oldest": "2.16-3.10", "newest": "2.16-3.10"}),
        (["3.9"], {"oldest": "2.16-3.10", "newest": "2.21-3.14"}),
    ],
)
def test_the_ends_are_pairs_that_an_interpreter_is_here_for(
    pythons: list[str], expected: dict[str, str]
) -> None:
    found = noxfile.ends(set(pythons))
    assert {tag: "-".join(pair) for pair, tags in found.items() for tag in tags} == expected


def test_an_interpreter_is_found_by_running_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = "{}.{}".format(*sys.version_info)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not noxfile.is_here(here)
    program = tmp_path / f"python{here}"
    program.write_text("#!/bin/sh\nexit 127\n")
    program.chmod(0o755)
    assert not noxfile.is_here(here)
    program.unlink()
    program.symlink_to(sys.executable)
    assert noxfile.is_here(here)


def test_the_table() -> None:
    """A Python that nothing ran on is a line below it, and no column."""
    results = {
        "2.16-3.10": Result("2.16.19", 412, 0, 3),
        "2.21-3.13": Result("2.21.5", 410, 2, 3),
        "2.18-3.11": Result("2.18.19", 412, 0, 3),
        "2.19-3.11": Result(),
    }
    assert matrix.table(results, "2026-01-31", "23dd742").splitlines() == [
        "| ansible-core | Python 3.10 | Python 3.11 | Python 3.13 |",
        "| --- | --- | --- | --- |",
        "| 2.16.19 | passed 412 | not run |  |",
        "| 2.18.19 |  | passed 412 | not run |",
        "| 2.19 |  | FAILED: no environment | not run |",
        "| 2.20 |  |  | not run |",
        "| 2.21.5 |  |  | FAILED 2 of 412 |",
        "",
        "Run on 2026-01-31 at 23dd742: rules, playbooks, integration, sanity. "
        "No Python 3.12 and no 3.14 was there. "
        "An empty cell is a pair that ansible-core does not support on the controller.",
    ]


def test_a_release_candidate_is_a_row_if_it_was_run_and_may_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sessions = [
        {"signatures": ["matrix(2.21-3.13)"], "result": "success"},
        {"signatures": ["candidate", "candidate-3.13"], "result": "failed"},
    ]
    (tmp_path / "nox.json").write_text(json.dumps({"sessions": sessions}))
    (tmp_path / "2.21-3.13.xml").write_text(suite("2.21.5", 5, 0))
    (tmp_path / "2.22-3.13.xml").write_text(suite("2.22.0rc1", 5, 1))
    monkeypatch.setattr(matrix, "REPORTS", tmp_path)
    assert matrix.main([]) == 0
    said = capsys.readouterr().out
    assert "\n| 2.21.5 | passed 5 |\n| 2.22.0rc1 | FAILED 1 of 5 |\n" in said
    assert " 2.22 is a release candidate. " in said
    assert said.endswith("\n1 pairs were run\n5 passed, 0 failed, 0 skipped\n")


def suite(core: str, tests: int, failures: int, errors: int = 0, skipped: int = 0) -> str:
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    return f'<testsuites><testsuite name="{core}" {counts} /></testsuites>'


def test_the_results_are_those_of_the_last_run(tmp_path: Path) -> None:
    """A report without a session that ran is an older one."""
    sessions = [
        {"signatures": ["matrix(2.16-3.10)"], "result": "success"},
        {"signatures": ["matrix(2.18-3.11)"], "result": "failed"},
        {"signatures": ["matrix(2.21-3.14)"], "result": "skipped"},
    ]
    (tmp_path / "nox.json").write_text(json.dumps({"sessions": sessions}))
    for pair in ("2.16-3.10", "2.19-3.13", "2.21-3.14"):
        (tmp_path / f"{pair}.xml").write_text(suite("2.16.19", 9, 1, 1, 2))
    assert matrix.results(tmp_path) == {
        "2.16-3.10": Result("2.16.19", 5, 2, 2),
        "2.18-3.11": Result(),
    }


def test_the_table_goes_between_its_markers() -> None:
    text = "before\n<!-- matrix -->\nold\n<!-- /matrix -->\nafter\n"
    once = matrix.with_table(text, "new")
    assert once == "before\n<!-- matrix -->\nnew\n<!-- /matrix -->\nafter\n"
    assert matrix.with_table(once, "new") == once
    with pytest.raises(ValueError, match="no place for the table"):
        matrix.with_table("no markers", "new")
