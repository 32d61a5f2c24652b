# SPDX-License-Identifier: GPL-3.0-or-later
"""The support matrix: which pairs are run, and the table that is made of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "matrix.py"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("focus_matrix", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


matrix = _loaded()
Pair, Result = matrix.Pair, matrix.Result


def names(wanted: list[str], *pythons: str) -> list[str]:
    return [str(pair) for pair in matrix.chosen(wanted, pythons)]


def test_without_a_choice_all_pairs_are_run() -> None:
    found = names([])
    assert len(found) == 15
    assert (found[0], found[-1]) == ("2.16-3.10", "2.21-3.14")


@pytest.mark.parametrize(
    ("wanted", "pythons", "expected"),
    [
        (["oldest", "newest"], ["3.10", "3.11", "3.12", "3.13"], ["2.16-3.10", "2.21-3.13"]),
        (["oldest", "newest"], ["3.12"], ["2.16-3.12", "2.21-3.12"]),
        (["newest"], ["3.9"], ["2.21-3.14"]),
        (["2.19-3.11", "2.19-3.11"], [], ["2.19-3.11"]),
        (["oldest", "2.16-3.10"], ["3.10"], ["2.16-3.10"]),
    ],
)
def test_chosen_pairs(wanted: list[str], pythons: list[str], expected: list[str]) -> None:
    assert names(wanted, *pythons) == expected


def test_a_pair_that_is_not_supported_is_an_error() -> None:
    with pytest.raises(ValueError, match="2.16-3.13: not one of"):
        names(["2.16-3.13"])


def test_the_table() -> None:
    results = [
        Result(Pair("2.16", "3.10"), "2.16.19", 412, 0, 3),
        Result(Pair("2.21", "3.13"), "2.21.5", 410, 2, 3),
        Result(Pair("2.19", "3.11"), problem="no environment"),
    ]
    rows = matrix.table(results, ("unit", "sanity"), "2026-01-31").splitlines()
    assert rows[0].startswith("| ansible-core | Python 3.10 | Python 3.11 |")
    assert rows[2] == "| 2.16.19 | passed 412 | not run | not run |  |  |"
    assert rows[4] == "| 2.19 |  | FAILED: no environment | not run | not run |  |"
    assert rows[6] == "| 2.21.5 |  |  | not run | FAILED 2 of 412 | not run |"
    assert rows[8].startswith("Run on 2026-01-31: unit, sanity.")
    assert [result.is_good for result in results] == [True, False, False]


def test_the_table_goes_between_its_markers() -> None:
    text = "before\n<!-- matrix -->\nold\n<!-- /matrix -->\nafter\n"
    once = matrix.with_table(text, "new")
    assert once == "before\n<!-- matrix -->\nnew\n<!-- /matrix -->\nafter\n"
    assert matrix.with_table(once, "new") == once
    with pytest.raises(ValueError, match="no place for the table"):
        matrix.with_table("no markers", "new")


def test_the_last_line_counts() -> None:
    output = "ok e2e 31 passed, 0 failed, 1 skipped\n3 checks\n45 passed, 1 failed, 2 skipped\n"
    assert matrix.counts(output) == (45, 1, 2)
    assert matrix.counts("nothing") is None


def test_this_python_is_found_by_running_it(tmp_path: Path) -> None:
    here = matrix.probed(Path(sys.executable))
    assert here.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert here.python in here.supports
    assert here.core.startswith(f"{here.pair.core}.")
    assert matrix.probed(tmp_path / "python3.99") is None
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert matrix.probed(broken) is None
