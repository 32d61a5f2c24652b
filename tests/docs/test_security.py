# SPDX-License-Identifier: GPL-3.0-or-later
"""Each sentence of SECURITY.md has the tests that hold it, or promises nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.notation import table
from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils._api import listing, transport

# The beginning of each sentence, in the document's order, and the beginnings of the names of its
# tests, in the file before where none is named. What cannot be promised, or what somebody should
# do, has none.
CLAIMS = table("""
Credentials go to | http/test_answers.py::test_a_redirect_takes
They are sent over | faults/test_tls.py::test_a_certificate_that_is ::test_a_variable_of_the
    http/test_bad_input.py::test_focus_client( ::test_plain_http_to_this_machine
No redirect is followed. | http/test_answers.py::test_a_redirect_takes_the_key_nowhere
    faults/test_table.py::test_a_failure
An entry of `~/.netrc` | faults/test_secrets.py::test_no_secret_comes_out
A user part in `api_url` | http/test_bad_input.py::test_focus_client(
Secrets are in no | faults/test_secrets.py::test_no_secret_comes_out
A password in a proxy's | faults/test_secrets.py::test_no_secret_comes_out
Where masking one | http/test_names.py::test_a_change_of_a_name ::test_a_list_that_would_be_masked
What comes from the service | faults/test_hostile.py::test_they_come_back_unchanged
In what is for people | http/test_shown_text.py::test_the_modules_that_write
    faults/test_hostile.py::test_what_is_deleted unit/test_markdown.py::test_a_name_is_shown_as_code
What is for machines | http/test_shown_text.py::test_what_is_for_machines_keeps_the_name
They are never evaluated | e2e/test_names_are_data.py::test_an_exported_name_is_never_evaluated
What Ansible reads | e2e/test_names_are_data.py::test_an_exported_name
    ::test_a_row_of_a_spreadsheet unit/test_marks.py::test_what_ansible_evaluates
    ::test_what_a_filter_returns_is_data unit/test_renames.py::test_the_line_that
Without a mark is | unit/test_marks.py::test_no_other_character_begins_a_template
    ::test_no_text_without_a_mark_is_evaluated ::test_a_file_has_the_marks
What is applied is | e2e/test_repository.py::test_exactly_the_reviewed_plan_is_applied
    e2e/test_reviewed_plan.py::test_nothing_passes_the_digest_over
The digest of a plan | unit/test_reviewed.py::test_whatever_else_is_shown
    unit/test_plan.py::test_a_digest_is_of_one_workspace
With a plan file | e2e/test_reviewed_plan.py::test_nothing_passes_the_digest_over
Nothing is written | e2e/test_reviewed_plan.py::test_nothing_passes_the_digest_over
    http/test_reports.py::test_a_refused_plan_is_shown
No tag, start at | e2e/test_reviewed_plan.py::test_nothing_passes_the_digest_over
The playbooks run | e2e/test_repository.py::test_the_playbooks_stay_on_the_controller
What is of another | http/test_answers.py::test_a_list_with_a_client_of_another_workspace
If an answer shows | http/test_answers.py::test_a_client_of_another ::test_a_new_client_of_another
Answers are bounded | faults/test_limits.py::test_an_answer ::test_a_list_without_end
What is beyond is | faults/test_limits.py::test_a_list_without_end_with_long_names
A list that could | http/test_answers.py::test_a_list_that_cannot_be
    http/test_list.py::test_a_list_that_always_moves e2e/test_export.py::test_a_client_that_moves
Nothing is deleted | faults/test_campaign.py::test_each_run_does_what_the_model_says
The guards are judged | http/test_reports.py::test_a_refused_plan_is_shown
A create is never | faults/test_table.py::test_a_failure
After an unclear | faults/test_table.py::test_a_failure
    faults/test_connecting.py::test_an_answer_that_is_lost_behind_a_proxy
`tests/docs/test_security.py` names the tests |
The key goes to the address | repository/test_github.py::test_a_change_goes_from
    awx/test_runner.py::test_no_variable_of_a_host awx/test_objects.py::test_nobody_can_send_the_key
Nor does one move | repository/test_github.py::test_a_change_goes_from_the_pull_request
A name is no command | repository/test_github.py::test_a_change_goes_from_the_pull_request
Around all that prints | repository/test_github.py::test_commands_of_the_log_are_stopped
    repository/test_scripts.py::test_commands_are_stopped_to_the_end
No output has the control | repository/test_gitlab.py::test_nothing_is_written_where_something
What runs the lists | repository/test_github.py::test_what_runs_the_lists_may_not_write
    repository/test_gitlab.py::test_the_key_and_the_bot_s_token
The token is on no | repository/test_scripts.py::test_the_token_is_on_no_command_line
What a job of AWX | awx/test_runner.py::test_an_export_is_a_list ::test_a_reviewed_plan_is_applied
What is installed | repository/test_newcomer.py::test_packages_are_pinned_by_hash
    ::test_the_collection_that_it_asks_for
The job that publishes | checks/test_house.py::test_what_may_write_or_publish_runs
The tests carry out |
With `validate_certs: false` |
Each task warns of it. | faults/test_tls.py::test_validate_certs_false_is_a_warning_each
A list, an inventory | e2e/test_names_are_data.py::test_the_texts_run_where_nothing_marks
Whoever may change |
A pipeline that a branch |
The README of `examples/repository/` |
Whoever can read |
Use a vault, or a credential | e2e/test_vault.py::test_a_vaulted_token
The journal, plan |
They are made readable | http/test_journal.py::test_each_write_is_recorded
    e2e/test_repository.py::test_each_workspace_is_in e2e/test_export.py::test_what_is_written_can
No link at the journal's | http/test_journal.py::test_an_unusable_path_is_an_error
    ::test_a_journal_that_others_may_write
""")


def sentences() -> Iterator[str]:
    """From the first promise on, without the headings."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    _, _, promises = text.partition("\n## What the collection promises\n")
    for part in re.split(r"\n\n|\n(?=- )", re.sub(r"(?m)^## .*", "", promises)):
        words = " ".join(part.replace("**", "").removeprefix("- ").split())
        yield from filter(None, re.split(r"(?<=[.])\s+(?=[A-Z])", words))


def test_each_sentence_is_in_the_table() -> None:
    said = list(sentences())
    assert len(said) == len(CLAIMS)
    for sentence, beginning in zip(said, CLAIMS, strict=True):
        assert sentence.startswith(beginning)


@pytest.mark.parametrize("claim", CLAIMS)
def test_its_tests_exist(claim: str) -> None:
    path = ""
    for name in CLAIMS[claim].split():
        file, _, test = name.partition("::")
        path = file or path
        assert f"def {test}" in (ROOT / "tests" / path).read_text(encoding="utf-8"), name


def test_the_bounds_are_those_of_the_code() -> None:
    (bounds,) = (sentence for sentence in sentences() if sentence.startswith("Answers are"))
    mebibyte = 1024 * 1024
    answer, whole = transport.LARGEST_ANSWER // mebibyte, listing.LARGEST_LIST // mebibyte
    said = f"{answer} MiB for one, {listing.MOST_PAGES:,} pages and {whole} MiB for a list"
    assert said in bounds
