# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks each row of the table "When things fail" in a copy of the collection, and expects tests
to notice: ``python tests/faults/mutations.py``. Exits 1 if a mutant survives, or has no place any
more.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.copies import ROOT, NotThere, copied, replaced

LONGEST = 60
"""Seconds; a mutant that never ends has been noticed."""

ANSWERED, CLIENTS, CONNECTIONS, ERRORS, LISTING, QUOTA, SESSION, TRANSPORT = (
    f"plugins/module_utils/_api/{name}.py"
    for name in (
        *("answers", "clients", "connections", "errors", "listing"),
        *("quota", "session", "transport"),
    )
)
APPLY, CREATES = (f"plugins/module_utils/_apply/{name}.py" for name in ("apply", "creates"))
CONNECTING = "tests/faults/test_connecting.py::test_"
REFUSALS = "tests/http/test_refusals.py::test_"
ANSWERS = "tests/http/test_answers.py::test_"
FOUND = "tests/faults/test_found.py::test_"
LIMITS = "tests/faults/test_limits.py::test_"
LOOKS = "tests/http/test_lookout.py::test_"
MOVED = "tests/http/test_moved_list.py::test_"
ENDED = "tests/http/test_ended.py::test_"
SENT = "tests/http/test_session.py::test_"
TABLE = "tests/faults/test_table.py::test_"
TLS = "tests/faults/test_tls.py::test_"


@dataclass(frozen=True)
class Mutant:
    """``old`` is in the file once, and ``new`` takes its place; one of ``tests`` must then fail."""

    row: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "ended: what waits for its turn is not sent",
        SESSION,
        "            self._check_goes_on()\n            self._check_quota",
        "            self._check_quota",
        (f"{ENDED}what_waits_for_its_turn",),
    ),
    Mutant(
        "ended: a connection that is made after that sends nothing",
        CONNECTIONS,
        "        BEFORE_SENDING.get()()\n",
        "",
        (f"{ENDED}a_connection_that_is_made_after_the_end",),
    ),
    Mutant(
        "ended: no longer than 15 seconds or one api_timeout",
        SESSION,
        "if self._halt.is_abandoned:",
        "if False:",
        (f"{ENDED}what_is_unanswered_when_the_time_is_over",),
    ),
    Mutant(
        "lost: the next try has a new connection",
        TRANSPORT,
        "_session(self._access) if self._has_lost_one else ",
        "",
        (f"{SENT}after_a_lost_connection",),
    ),
    Mutant(
        "402 after nothing was left: the quota, also without a word",
        QUOTA,
        " or is_used_up:",
        ":",
        (f"{SENT}a_402_without_a_word",),
    ),
    Mutant(
        "a list that changed: a client twice on one page",
        LISTING,
        "            self._seen.add(client_id)\n",
        "        self._seen.update(page.ids)\n",
        (f"{MOVED}a_client_twice_on_one_page",),
    ),
    Mutant(
        "pages are read concurrently only with a known quota",
        LISTING,
        " or quota_left is None:",
        ":\n        return 0\n    if quota_left is None:\n        quota_left = 10**6\n"
        "    if not quota_left:",
        ("tests/http/test_pages_at_once.py::test_no_page_is_risked",),
    ),
    Mutant(
        "not connected: retry",
        SESSION,
        'NotConnected: ("repeat", "repeat", "repeat"),',
        "",
        (f"{TABLE}a_connection_that_is_refused",),
    ),
    Mutant(
        "TLS certificate error: fail at once",
        SESSION,
        "_NEXT.get(type(error), ",
        '_NEXT.get(type(error).__mro__[type(error).__name__ == "Untrusted"], ',
        (f"{TLS}a_certificate_that_is_not_trusted_ends_the_task_at_once",),
    ),
    Mutant(
        "TLS certificate error: not the same as no connection",
        CONNECTIONS,
        "return Untrusted(",
        "return NotConnected(",
        (f"{TLS}a_certificate_that_is_not_trusted_ends_the_task_at_once",),
    ),
    Mutant(
        "TLS that breaks after the handshake: lost, not refused",
        TRANSPORT,
        "raise ConnectionLost(",
        "raise NotConnected(",
        (f"{FOUND}a_tls_stream_that_breaks_after_the_request_is_a_lost_answer",),
    ),
    Mutant(
        "not connected: a proxy that refuses was never asked",
        CONNECTIONS,
        "raise self._not_opened(error, beyond) from error",
        "raise",
        (f"{CONNECTING}a_create_that_a_proxy_did_not_let_through",),
    ),
    Mutant(
        "lost: an interim answer is no answer",
        CONNECTIONS,
        "if self.status < 200:",
        "if False:",
        (f"{CONNECTING}an_interim_answer_is_no_answer",),
    ),
    Mutant(
        "a create without an id: which of several clients is the new one is not known",
        CREATES,
        "if len(found) > 1 and not is_doubted:",
        "if False:",
        (f"{LOOKS}which_of_several_clients_a_create_without_an_id_made",),
    ),
    Mutant(
        "402: nothing is sent that is known to be refused",
        SESSION,
        "if closed is not None:\n            raise",
        "if False:\n            raise",
        (f"{REFUSALS}what_fits_is_done",),
    ),
    Mutant(
        "402: the time of a request stands still",
        SESSION,
        "attempts.extend(self._waited_for_quota(error))",
        "self._waited_for_quota(error)",
        (f"{REFUSALS}the_time_of_a_request_does_not_run",),
    ),
    Mutant(
        "wrong shape: only null is an empty page",
        CLIENTS,
        "if data is None:",
        "if not data:",
        (f"{REFUSALS}any_other_shape_is_an_error",),
    ),
    Mutant(
        "secrets: masked before they are cut",
        SESSION,
        "mask(text, self._access.secrets) for text",
        "text for text",
        (f"{REFUSALS}the_words_of_an_error_hold_no_secret",),
    ),
    Mutant(
        "lost: GET, PUT, DELETE, PATCH again",
        SESSION,
        'ConnectionLost: ("repeat", "repeat", "look"),',
        'ConnectionLost: ("give up", "give up", "look"),',
        (f"{TABLE}lost_before_the_work",),
    ),
    Mutant(
        "lost: a POST is not simply sent again",
        SESSION,
        'ConnectionLost: ("repeat", "repeat", "look"),',
        'ConnectionLost: ("repeat", "repeat", "repeat"),',
        (f"{TABLE}lost_after_the_work",),
    ),
    Mutant(
        "lost: a 404 to a repeated DELETE is success",
        CLIENTS,
        "if not error.unclear:",
        "if True:",
        (f"{TABLE}a_repeated_write_that_was_done_before",),
    ),
    Mutant(
        "lost: a 404 to a first DELETE is none",
        CLIENTS,
        "if not error.unclear:",
        "if False:",
        (f"{TABLE}what_fails_at_once",),
    ),
    Mutant(
        "lost: a 4xx to a repeated restore is settled by a look",
        SESSION,
        "(error.unclear or attempts.unclear)",
        "error.unclear",
        (f"{TABLE}a_repeated_write_that_was_done_before",),
    ),
    Mutant(
        "lost: what the look finds is adopted",
        SESSION,
        "if found is not None:",
        "if False:",
        (f"{TABLE}lost_after_the_work",),
    ),
    Mutant(
        "lost: what the look does not find is sent again",
        SESSION,
        "if not goes_on:",
        "if True:",
        (f"{TABLE}lost_before_the_work",),
    ),
    Mutant(
        "lost: a client that was there before is not adopted",
        CREATES,
        " and client.id not in self._known",
        "",
        (f"{TABLE}a_client_that_was_there_before_is_never_adopted",),
    ),
    Mutant(
        "lost: a deleted client is not adopted",
        CREATES,
        "not client.deleted and ",
        "",
        (f"{TABLE}a_client_that_was_deleted_again_is_never_adopted",),
    ),
    Mutant(
        "lost: another name is not adopted",
        CREATES,
        "by_key.get(name_key(client.name))",
        "names[0]",
        (f"{TABLE}a_client_of_a_longer_name_is_never_adopted",),
    ),
    Mutant(
        "lost, and the look fails: it is said that it may have been done",
        APPLY,
        "error.unclear = is_done is None",
        "error.unclear = False",
        (f"{TABLE}a_write_that_nobody_can_settle",),
    ),
    Mutant(
        "a run with an ambiguous create ends with a look",
        APPLY,
        "in self._creates.settled(outcomes).items():",
        "in ():",
        (f"{LOOKS}a_name_that_is_there_twice_is_said_with_its_ids",),
    ),
    Mutant(
        "a name that is there twice is said",
        CREATES,
        "if len(ids) > 1:",
        "if len(ids) > 9:",
        (f"{LOOKS}a_name_that_is_there_twice_is_said_with_its_ids",),
    ),
    Mutant(
        "5xx: 502, 503, 504 as 500",
        ERRORS,
        "min(status, 500)",
        "status",
        (f"{TABLE}lost_before_the_work",),
    ),
    Mutant(
        "5xx: retry",
        SESSION,
        'ServerError: ("repeat", "repeat", "look"),',
        'ServerError: ("give up", "give up", "look"),',
        (f"{TABLE}lost_before_the_work",),
    ),
    Mutant(
        "5xx to a POST: the look first",
        SESSION,
        'ServerError: ("repeat", "repeat", "look"),',
        'ServerError: ("repeat", "repeat", "repeat"),',
        (f"{TABLE}lost_after_the_work",),
    ),
    Mutant(
        "429: retry",
        SESSION,
        'TooManyRequests: ("repeat", "repeat", "repeat"),',
        "",
        (f"{TABLE}429_without_end",),
    ),
    Mutant(
        "429: no look",
        ERRORS,
        '429: the request was not processed."""\n',
        '429: the request was not processed."""\n\n    unclear = True\n',
        (f"{TABLE}429_without_end",),
    ),
    Mutant(
        "429: Retry-After is obeyed",
        SESSION,
        "if error.retry_after is not None:",
        "if False:",
        (f"{TABLE}retry_after",),
    ),
    Mutant(
        "429: Retry-After within a cap",
        SESSION,
        "min(error.retry_after, _LONGEST_RETRY_AFTER)",
        "error.retry_after",
        (f"{TABLE}retry_after",),
    ),
    Mutant(
        "402 by headers is the quota",
        QUOTA,
        "or quota.remaining == 0:",
        "or quota.remaining == -1:",
        ("tests/unit/test_quota.py::test_what_a_402_means",),
    ),
    Mutant(
        "402 by its words is the quota",
        QUOTA,
        "if re.search(_ABOUT_QUOTA, words) or",
        "if",
        (f"{TABLE}what_fails_at_once",),
    ),
    Mutant(
        "402: quota_wait waits",
        SESSION,
        "attempts.extend(self._waited_for_quota(error))",
        "raise",
        (f"{TABLE}the_quota_is_waited_for",),
    ),
    Mutant(
        "402: no longer than quota_wait",
        QUOTA,
        "if longer > self.wait_left:",
        "if False:",
        (f"{TABLE}the_quota_is_not_waited_for",),
    ),
    Mutant(
        "other 402: stops all",
        ERRORS,
        'the same for every request."""\n\n    stops_all = True',
        'the same for every request."""\n\n    stops_all = False',
        (f"{TABLE}what_fails_for_all_stops_all",),
    ),
    Mutant(
        "401: is recognised",
        ERRORS,
        "    401: (",
        "    499: (",
        (f"{TABLE}what_fails_at_once",),
    ),
    Mutant(
        "401: a Track token is recognised",
        SESSION,
        '_TRACK_TOKEN.fullmatch(self._access.api_token or "") is not None',
        "False",
        (f"{TABLE}a_track_token_is_recognised",),
    ),
    Mutant(
        "403: says what to check",
        ERRORS,
        "    403: (",
        "    499: (",
        (f"{TABLE}what_fails_at_once",),
    ),
    Mutant(
        "401, 402, 403: the rest is not tried",
        APPLY,
        "and outcome.error.stops_all else None",
        "and False else None",
        (f"{TABLE}what_fails_for_all_stops_all",),
    ),
    Mutant(
        "400, 404, 422: with the trace id",
        ANSWERED,
        'body.get("trace_id")',
        'body.get("trace")',
        (f"{TABLE}what_fails_at_once",),
    ),
    Mutant(
        "400, 404, 422: with the service's own words",
        ANSWERED,
        '[body.get("error"), body.get("error_description")]',
        '[body.get("error")]',
        (f"{TABLE}what_fails_at_once",),
    ),
    Mutant(
        "a 404 that is not the service's is none",
        ERRORS,
        "if status in (404, 407) and not response.is_of_the_api:",
        "if False:",
        (f"{ANSWERS}a_404_that_is_not_of_the_service",),
    ),
    Mutant(
        "redirect: not followed",
        TRANSPORT,
        "allow_redirects=False",
        "allow_redirects=True",
        (f"{TABLE}what_fails_at_once",),
    ),
    Mutant(
        "redirect: is an error that says so",
        ERRORS,
        "300 if 300 <= status < 400 else",
        "300 if status == 300 else",
        (f"{TABLE}what_fails_at_once",),
    ),
    Mutant(
        "not JSON: a GET is sent again",
        SESSION,
        'BadAnswer: ("repeat", "look", "look"),',
        'BadAnswer: ("give up", "look", "look"),',
        (f"{ANSWERS}a_passing_failure_is_overcome",),
    ),
    Mutant(
        "not JSON: a write is not sent again",
        SESSION,
        'BadAnswer: ("repeat", "look", "look"),',
        'BadAnswer: ("repeat", "repeat", "repeat"),',
        (f"{TABLE}junk_",),
    ),
    Mutant(
        "not JSON: a write is settled by a look",
        ERRORS,
        'cut off, of another shape."""\n\n    unclear = True',
        'cut off, of another shape."""\n\n    unclear = False',
        (f"{TABLE}junk_",),
    ),
    Mutant(
        "wrong shape: of a client",
        ANSWERED,
        'if not is_id(fields.get("id")) or not isinstance(fields.get("name"), str):',
        "if False:",
        (f"{ANSWERS}a_list_that_cannot_be_read",),
    ),
    Mutant(
        "wrong shape: a create without an id is looked for",
        CREATES,
        'is_made = outcome.status == "done" and lacks',
        "is_made = False",
        (f"{LOOKS}a_list_of_all_takes_the_place_of_many_looks",),
    ),
    Mutant(
        "a create that shows nowhere is not done",
        CREATES,
        'status="done" if is_known else "unclear", error=error',
        'status="done" if is_known else "unclear", error=None',
        (f"{FOUND}a_create_that_shows_nowhere",),
    ),
    Mutant(
        "cut off: as a lost connection",
        TRANSPORT,
        "except (requests.RequestException, HTTPError, OSError):",
        "except requests.ConnectionError:",
        (f"{ANSWERS}a_passing_failure_is_overcome",),
    ),
    Mutant(
        "a list that shows a client twice has moved",
        LISTING,
        "if client_id in self._seen:",
        "if False:",
        (f"{MOVED}the_info_module_reads_a_moved_list_again",),
    ),
    Mutant(
        "a list without end is no list",
        CLIENTS,
        'raise list_incomplete(MOST_PAGES, "which has no end")',
        "return",
        (f"{LIMITS}a_list_without_end",),
    ),
    Mutant(
        "an answer without end",
        TRANSPORT,
        "if len(content) > LARGEST_ANSWER:",
        "if False:",
        (f"{LIMITS}a_body",),
    ),
    Mutant(
        "an answer that trickles",
        CONNECTIONS,
        "(sock.gettimeout() or 0.0)",
        "1e9",
        (f"{FOUND}an_answer_byte_by_byte",),
    ),
    Mutant(
        "the journal is written before",
        APPLY,
        "self._journal.before(number, step)",
        "pass",
        ("tests/http/test_journal.py::test_each_write_is_noted",),
    ),
    Mutant(
        "plain http to this machine goes through no proxy",
        TRANSPORT,
        'if is_loopback(parts.hostname or "") else {}',
        "if False else {}",
        (f"{ANSWERS}no_proxy_stands_before_this_machine",),
    ),
)


@contextmanager
def changed(mutant: Mutant | None) -> Iterator[Path]:
    """A collections path with a copy that differs in one place, or in none."""
    with tempfile.TemporaryDirectory() as folder:
        home = copied(Path(folder))
        if mutant is not None:
            replaced(home, mutant.file, mutant.old, mutant.new)
        yield Path(folder)


def noticed(collections: Path, tests: Sequence[str], longest: float = LONGEST) -> bool:
    """Whether one of the tests, given by how they begin, fails with this collection.

    :arg longest: seconds; who takes longer has failed
    :raises NotThere: there are no such tests
    """
    files = sorted({test.partition("::")[0] for test in tests})
    paths = f"{collections} {ROOT / 'tests'}"
    names = " or ".join(test.partition("::")[2] for test in tests)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-o"]
    command += [f"pythonpath={paths}", "-o", f"cache_dir={collections / 'cache'}"]
    command += ["-k", names, *files]
    try:
        ran = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=longest,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    if ran.returncode not in (0, 1):
        raise NotThere(f"{names}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return ran.returncode == 1


def verdict(mutant: Mutant) -> str:
    try:
        with changed(mutant) as collections:
            return "noticed" if noticed(collections, mutant.tests) else "SURVIVES"
    except NotThere as missing:
        return f"NO PLACE: {missing}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="mutations.py", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--only", metavar="TEXT", help="the mutants whose row holds this")
    options = parser.parse_args(arguments)
    chosen = [mutant for mutant in MUTANTS if re.search(options.only or "", mutant.row)]
    started = time.monotonic()
    with changed(None) as collections:
        tests = sorted({test for mutant in chosen for test in mutant.tests})
        if noticed(collections, tests, longest=10 * LONGEST):
            print("The tests fail without a mutant already: mend that first.")
            return 1
    survived = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for mutant, found in zip(chosen, pool.map(verdict, chosen), strict=True):
            survived += found != "noticed"
            print(f"{found:10}{mutant.row}", flush=True)
    seconds = time.monotonic() - started
    print(f"{len(chosen) - survived} of {len(chosen)} mutants were noticed, in {seconds:.0f} s")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
