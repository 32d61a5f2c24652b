# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan file for people, judged as the HTML that a renderer with GitHub's tables makes of it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt
from support.notation import steps_of
from support.steps import create, delete, rename

from ansible_collections.toggl.focus.plugins.module_utils._model import ACTIONS, Step
from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import row_of
from ansible_collections.toggl.focus.plugins.module_utils._results.markdown import plan_markdown
from ansible_collections.toggl.focus.plugins.module_utils._text import SERVICE_URL

LONGEST = 65_000
MARKER = "<!-- toggl.focus plan -->"
DIGEST = "5f0c1e3a9d7b2c4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6"


def workspace(steps: str | Iterable[Step] = "", **more: Any) -> dict[str, Any]:
    """A workspace of a plan file."""
    rows = list(map(row_of, steps_of(steps) if isinstance(steps, str) else steps))
    summary = Counter("purged" if row.get("purge") else ACTIONS[row["step"]] for row in rows)
    return {
        "workspace_id": 4242,
        "api_url": SERVICE_URL,
        "validate_certs": True,
        "msg": "Would do something.",
        "digest": DIGEST,
        "summary": summary,
        "steps": [{**row, "status": "planned"} for row in rows],
        "refusal": None,
        "warnings": [],
        "requests": 1 + len(rows),
        "quota": None,
        **more,
    }


def unreadable(reason: str) -> dict[str, Any]:
    return workspace(digest=None, summary={}, refusal=reason, msg=reason, requests=0)


def text_of(**workspaces: dict[str, Any]) -> str:
    """The text, which always fits into a comment, and has the marker at its end."""
    text = plan_markdown({"format": 4, "workspaces": workspaces})
    assert len(text) <= LONGEST
    assert text.endswith(f"\n{MARKER}\n")
    return text


class Page(HTMLParser):
    """What a browser would show: text in code, text outside of it, cells, and the elements."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.outside = ""
        self.codes: list[str] = []
        self.comments: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        self.feed(renderer.render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._open.append(tag)
        if tag == "code":
            self.codes.append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self._open):
            self.rows[-1][-1] += data
        if "code" in self._open:
            self.codes[-1] += data
        else:
            self.outside += data


ELEMENTS = set("h3 h4 p ul li blockquote strong code table thead tbody tr th td".split())  # noqa: SIM905

HOSTILE = [
    # of Markdown
    *("a | b", "||a|", "a \\| b", "a\\", "a ` b", "`a`", "``` a ```` b", "`|`|", "a  b"),
    *("> quoted", "**bold** _it_ ~~no~~", "# big", "- [ ] task", "| a |\\n| --- |"),
    *("[link](http://127.0.0.1/x)", "![x](http://127.0.0.1/x.png)"),
    # of a code host
    *("@octocat", "#1", ":rocket:", "somebody@example.org", "Zo\u00eb \U0001f680"),
    "www.example.org and https://example.org",
    # of HTML
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- a -->", MARKER),
    *("</code><b>x", "&lt;b&gt; &amp;"),
]
"""What a name must not become. Each is shown as it is."""

UNSEEN = {
    "a\n\n# b": "a\\n\\n# b",
    "a\rb": "a\\rb",
    "abc\u202edef": "abc\\u202edef",
    "\x1b[31mred": "\\x1b[31mred",
    "a\u200bb": "a\\u200bb",
    "a\tb": "a\\tb",
}
"""What would not be seen is shown escaped."""

NAMES = {**{name: name for name in HOSTILE}, **UNSEEN}


@pytest.mark.parametrize(("name", "seen"), NAMES.items())
def test_a_name_is_shown_as_code_and_as_nothing_else(name: str, seen: str) -> None:
    """As a client's, before and after a rename; in a refusal, a warning and as a host's."""
    rows = [create(name), rename(1, "before", name), rename(1, name, "after"), delete(2, name)]
    known = workspace(rows, refusal=name, warnings=[name])
    page = Page(text_of(**{name: known}))
    assert page.codes.count(seen) == 4 + 1 + 1 + 1 + 3  # rows, deletion, refusal, warning, host
    assert set(page.codes) == {seen, "before", "after", DIGEST, SERVICE_URL}
    assert page.elements <= ELEMENTS
    assert page.attributes <= {"style"}  # of a column of numbers
    assert page.comments == [" toggl.focus plan "]
    assert "octocat" not in page.outside and "example" not in page.outside
    assert [len(row) for row in page.rows] == [4] * 5


def test_names_by_chance_are_shown_as_code() -> None:
    chance = random.Random(20261125)
    signs = "`|\\<>[]()*_~!&@#-:. a\u00e9"
    for _ in range(300):
        name = "x" + "".join(chance.choices(signs, k=chance.randrange(12))) + "x"
        page = Page(text_of(acme=workspace([rename(1001, name, name)])))
        assert page.codes.count(name) == 2, name
        assert page.elements <= ELEMENTS, name


def test_what_nobody_may_miss_comes_first() -> None:
    """Counts, then refusals, then deletions, then the tables by host, then the marker."""
    text = text_of(
        asia=workspace("create New; purge 1002 Old"),
        africa=unreadable("It cannot be reached."),
        europe=workspace("rename 1001 A -> B; restore 1003 C", refusal="Guarded."),
    )
    parts = [
        "Plan for 3 workspaces: create 1, rename 1, restore 1, delete 1",
        "`africa` cannot be applied:** `It cannot be reached.`",
        "`europe` cannot be applied:** `Guarded.`",
        "**1 deletion**",
        "- `asia`: `Old`, id 1002, by purge",
        "#### `africa`, workspace 4242",
        "#### `asia`, workspace 4242",
        "#### `europe`, workspace 4242",
        MARKER,
    ]
    assert sorted(parts, key=text.index) == parts


@pytest.mark.parametrize(("name", "seen"), NAMES.items())
def test_another_address_and_unchecked_certificates_are_cautions(name: str, seen: str) -> None:
    """Right after the title: whoever approves the plan sends the API key there."""
    elsewhere = workspace("create A", api_url=name, refusal="Guarded.")
    unchecked = workspace(validate_certs=False)
    text = text_of(africa=workspace(), asia=unchecked, europe=elsewhere)
    _title, first, *_others = text.split("\n\n")
    assert first.startswith("> [!CAUTION]\n")
    page = Page(first)
    assert page.codes == ["asia", "europe", seen]
    assert "the API key goes to , which is not the service's own address" in page.outside
    assert "certificates are not checked, so others may read the API key" in page.outside
    assert page.elements == {"blockquote", "p", "ul", "li", "code"}
    page = Page(text)
    assert page.codes.count(seen) == page.codes.count(SERVICE_URL) == 2
    assert "CAUTION" not in text_of(africa=workspace())


def test_a_table_says_what_is_done() -> None:
    steps = (
        "create New @EUR; rename 1001 A -> B; restore 1003 C; delete 1002 Old; "
        "update 1005 D @workspace<USD; rename 1006 E -> F @EUR; purge 1004 Unlisted"
    )
    page = Page(text_of(acme=workspace(steps)))
    assert page.rows[1:] == [
        ["delete", "Old", "", "1002"],
        ["delete by purge", "Unlisted", "", "1004"],
        ["rename", "A", "B", "1001"],
        ["rename", "E", "F, currency EUR", "1006"],
        ["update", "D", "currency workspace, was USD", "1005"],
        ["restore", "C", "", "1003"],
        ["create", "New", "currency EUR", ""],
    ]


def test_a_plan_that_is_refused_says_so_beside_its_table_too() -> None:
    asia, europe = workspace("delete 2 A", refusal="Guarded."), workspace("delete 2 B")
    _title, of_asia, of_europe = text_of(asia=asia, europe=europe).split("####")
    assert "**It cannot be applied.**\n\n|" in of_asia
    assert "applied" not in of_europe


def test_requests_and_the_hours_that_they_take_are_told() -> None:
    text = text_of(acme=workspace("create A", requests=241, quota={"remaining": 12}))
    assert "- 241 requests: 9 hours at 30 an hour, 2 hours at 240 an hour\n" in text
    assert "12 requests left when this was planned" in text
    assert f"digest `{DIGEST}`" in text


def test_what_there_is_nothing_of_is_not_told() -> None:
    """No steps, no workspace; and in a plan against another list, no ids."""
    text = text_of(acme=workspace())
    assert "Plan for 1 workspace: nothing to do" in text
    assert DIGEST in text and "|" not in text
    assert text_of() == f"### Plan for 0 workspaces: nothing to do\n\n{MARKER}\n"
    text = text_of(acme=workspace("delete Old"))
    assert "- `acme`: `Old`\n" in text and "None" not in text


def test_changes_are_cut_and_counted() -> None:
    """The counts, the refusals and the deletions are whole."""
    rows = [create(f"Client {number}") for number in range(20_000)]
    gone = [delete(number, f"Old {number}") for number in range(1, 101)]
    text = text_of(
        acme=workspace(rows + gone), other=unreadable("No key."), third=workspace("create X")
    )
    assert "create 20001, delete 100" in text
    assert "`No key.`" in text
    listed = text[: text.index("####")]
    assert all(f"`Old {number}`, id {number}\n" in listed for number in range(1, 101))
    page = Page(text)
    cut = int(re.findall(r"and (\d+) more", page.outside)[-1])
    assert len(page.rows) - 2 - 2 == 20_000 + 100 - cut  # two headers, "more", the third's row
    assert "`X`" in text
    assert text.count(DIGEST) == 2


def test_deletions_are_listed_as_far_as_they_fit() -> None:
    """The rows of a table that repeat them give way."""
    gone = [delete(number, f"Client of a rather long name {number}") for number in range(1, 3_001)]
    head = text_of(acme=workspace(gone[:1_000])).partition("####")[0]
    assert head.count("\n- `acme`: `Client ") == 1_000
    assert "more" not in head
    text = text_of(acme=workspace(gone, refusal="Guarded."))
    assert "**3000 deletions**" in text
    listed = re.findall(r"^- `acme`: `Client [\w ]+`, id \d+$", text, re.MULTILINE)
    assert f"- and {3_000 - len(listed)} more, which the plan file lists" in text
    assert len(listed) > 1_000
    assert "`Guarded.`" in text and DIGEST in text


def test_a_hundred_refusals_are_all_listed() -> None:
    """Their reasons are cut instead."""
    hosts = {f"host{n:03}": workspace("create A", refusal="Guarded. " * 50) for n in range(120)}
    text = text_of(**hosts)
    assert text.count(" cannot be applied:** `Guarded.") == 120


@pytest.mark.parametrize("refused", [False, True])
def test_very_many_workspaces_fit(refused: bool) -> None:
    """Those that are left out are counted."""
    long = "\u202e" * 300  # a sign of which is shown as six
    reason = "This cannot be. " * 400 if refused else None
    steps = [rename(1, long, long), delete(2, long)] * 5
    hosts = {
        f"host{n:04}": workspace(steps, refusal=reason, warnings=[long] * 20) for n in range(700)
    }
    text = text_of(**hosts)
    assert "Plan for 700 workspaces: rename 3500, delete 3500" in text
    assert re.search(r"And \d+ more workspaces", text)
    assert "**3500 deletions**" in text
    assert bool(re.search(r"and \d+ more workspaces cannot be applied", text)) is refused
    Page(text)


def test_the_order_of_the_file_does_not_matter() -> None:
    hosts = {name: workspace([create(name)]) for name in ("b", "c", "a")}
    backwards = dict(reversed(hosts.items()))
    assert text_of(**hosts) == text_of(**backwards)
