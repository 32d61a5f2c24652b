# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan file for people, judged as the HTML that a renderer with GitHub's tables makes of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.notation import steps_of
from support.steps import create, delete, rename

from ansible_collections.toggl.focus.plugins.module_utils._model import ACTIONS, Step
from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import row_of
from ansible_collections.toggl.focus.plugins.module_utils._plan.problems import possible_rename
from ansible_collections.toggl.focus.plugins.module_utils._results.markdown import plan_markdown
from ansible_collections.toggl.focus.plugins.module_utils._text import SERVICE_URL

MARKER = "<!-- toggl.focus plan -->"
DIGEST = "5f0c1e3a9d7b2c4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6"


def workspace(steps: str | Iterable[Step] = "", **more: Any) -> dict[str, Any]:
    """A workspace of a plan file."""
    rows = list(map(row_of, steps_of(steps) if isinstance(steps, str) else steps))
    summary = Counter("purged" if row.get("purge") else ACTIONS[row["step"]] for row in rows)
    return {
        **{"workspace_id": 4242, "api_url": SERVICE_URL, "validate_certs": True, "digest": DIGEST},
        **{"msg": "Would do something.", "summary": summary, "refusal": None, "warnings": []},
        "steps": [{**row, "status": "planned"} for row in rows],
        **{"requests": 1 + len(rows), "quota": None, **more},
    }


def unreadable(reason: str) -> dict[str, Any]:
    return workspace(digest=None, summary={}, refusal=reason, msg=reason, requests=0)


def text_of(made: dict[str, str] | None = None, **workspaces: dict[str, Any]) -> str:
    """The text, which always fits into a comment, and has the marker at its end."""
    text = plan_markdown({**(made or {}), "workspaces": workspaces})
    assert len(text) <= 65_000
    assert text.endswith(f"\n{MARKER}\n")
    return text


RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
ELEMENTS = {
    *("page", "h3", "h4", "p", "ul", "li", "blockquote", "strong", "b", "code", "details"),
    *("summary", "table", "thead", "tbody", "tr", "th", "td"),
}


class Page:
    """What a browser would show. Nothing that is foreign is an element, a comment or a link."""

    def __init__(self, markdown: str) -> None:
        html = RENDERER.render(markdown)
        page = ElementTree.fromstring(f"<page>{html}</page>")
        assert {element.tag for element in page.iter()} <= ELEMENTS
        assert {name for element in page.iter() for name in element.attrib} <= {"style"}
        assert set(re.findall("<!--.*?-->", html)) <= {MARKER}
        self.text = "".join(page.itertext())
        self.rows = [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]
        self.codes = ["".join(code.itertext()) for code in page.iter("code")]
        for code in page.iter("code"):
            code.text = ""
        self.outside = "".join(page.itertext())
        assert "octocat" not in self.outside and "example" not in self.outside


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
ESCAPED = [r"a\n\n# b", r"a\rb", r"abc\u202edef", r"\x1b[31mred", r"a\u200bb", r"a\tb"]
NAMES = {name: name for name in HOSTILE}
NAMES |= {seen.encode().decode("unicode_escape"): seen for seen in ESCAPED}


@pytest.mark.parametrize(("name", "seen"), NAMES.items())
def test_a_name_is_shown_as_code_and_as_nothing_else(name: str, seen: str) -> None:
    """As a client's, before and after a rename or deleted, as a host's, and in a question."""
    gone, new = delete(2, name), create(name)
    rows = [new, rename(1, "before", name), rename(1, name, "after"), gone]
    known = workspace(rows, possible_renames=[possible_rename(gone, new, [])])
    page = Page(text_of(**{name: known}))
    assert page.codes.count(seen) == 3 + 2 + 3  # rows, deletion and question, host
    others = {seen, "before", "after", DIGEST, SERVICE_URL}
    assert all(of in others or of.startswith("former_names: [") for of in page.codes)
    assert [len(row) for row in page.rows] == [4] * 4


@pytest.mark.parametrize(("name", "seen"), NAMES.items())
def test_a_sentence_is_prose_and_what_is_foreign_in_it_is_code(name: str, seen: str) -> None:
    """In a refusal and in a warning: words that anybody writes stay words."""
    page = Page(text_of(acme=workspace(warnings=[name]), asia=unreadable(f"It is {name}, sorry.")))
    words = " ".join(page.text.split())
    assert f"cannot be planned: It is {' '.join(seen.split())}, sorry." in words


def test_names_and_options_in_a_sentence_can_be_read() -> None:
    given = 'Set max_deletions to 7. They are: "Big & Old" (id 7), "Zo\u00eb" (trace id 0f).'
    seen = 'Set `max_deletions` to 7. They are: "Big `&` Old" (id 7), "Zo\u00eb" (trace id `0f`).\n'
    assert seen in text_of(acme=unreadable(given))


@given(st.text("`|\\<>[]()*_~!&@#-:. a\u00e9", max_size=12).map("x{}x".format))
@example("x  x")
def test_any_name_is_shown_as_code(name: str) -> None:
    refused = workspace([rename(1001, name, name)], refusal=f"Not {name}")
    page = Page(text_of(acme=refused))
    assert page.codes.count(name) >= 2
    assert f"Not {name}" in page.text


def test_what_nobody_may_miss_comes_first() -> None:
    """What cannot be, then what is done; refusals; deletions; the tables; what is folded."""
    text = text_of(
        {"commit": "0123abc", "time": "2026-11-30T08:15:59Z", "run": "https://ci.example/runs/7"},
        asia=workspace("create New; purge 1002 Old", key=1),
        africa=unreadable("It cannot be reached."),
        europe=workspace("rename 1001 A -> B; delete 1003 C", refusal="Guarded."),
        oceania=workspace(key=1),
    )
    parts = [
        "### 1 of 4 workspaces cannot be planned; 1 of 4 workspaces cannot be applied; in the "
        "rest: create 1, delete 1\n",
        "\n> [!CAUTION]\n> **`africa` cannot be planned:** It cannot be reached.\n>\n",
        "> **`europe` cannot be applied:** Guarded.\n",
        "\n> [!WARNING]\n> **1 deletion**\n>\n> - `asia`: `Old` (id 1002) by purge\n",
        "#### `asia`, workspace 4242: create 1, delete 1\n",
        "#### `europe`, workspace 4242, cannot be applied: rename 1, delete 1\n",
        "summary>What it would do</summary>\n",
        "| delete | `C` |",
        "\nNothing to do: `oceania`.\n",
        "\n<details><summary>4 requests needed. Digests<",
        "Planned from commit 0123abc on 2026-11-30 at 08:15 UTC by [this run]"
        "(https://ci.example/runs/7).\n",
        MARKER,
    ]
    assert sorted(parts, key=text.index) == parts
    assert text.count("`Old`") == text.count("`C`") == 1, "once"


NONE, NO_REST = unreadable("No."), "in the rest: nothing to do"
TITLES = [
    ({"a": NONE}, "1 of 1 workspace cannot be planned"),
    ({"a": workspace("create A", refusal="No.")}, "1 of 1 workspace cannot be applied"),
    ({"a": NONE, "b": workspace()}, f"1 of 2 workspaces cannot be planned; {NO_REST}"),
    ({"a": workspace(), "b": workspace()}, "Plan for 2 workspaces: nothing to do"),
]


@pytest.mark.parametrize(("hosts", "title"), TITLES)
def test_the_title_says_no_more_than_is_known(hosts: dict[str, Any], title: str) -> None:
    """Mails and lists show it: where nothing was read, there may be something to do."""
    assert text_of(**hosts).partition("\n")[0] == f"### {title}"


def test_the_question_about_a_rename_stands_beside_its_deletion() -> None:
    """First among the deletions, and not with the warnings. Where the plan is refused, it does."""
    gone, new = delete(1099, "Globex Inc."), create("Globex", entry=4)
    question = possible_rename(gone, new, ["Globe"])
    steps = [*(delete(id_, f"Old {id_}") for id_ in range(1001, 1030)), gone, new]
    asked = {"warnings": [question["warning"], "Mind this."], "possible_renames": [question]}
    text = text_of(acme=workspace(steps, **asked))
    assert (
        "**30 deletions**\n>\n"
        "> - `acme`: `Globex Inc.` (id 1099). **Is this a rename to `Globex`?** Then "
        "give entry 5 the line `former_names: [Globe, Globex Inc.]`, and take entry 1 out.\n"
        "> - `acme`: `Old 1001` (id 1001)\n"
    ) in text
    assert "If that is a rename" not in text
    assert "\n- Mind this.\n" in text
    assert "If that is a rename" in text_of(acme=workspace(steps, **asked, refusal="Guarded."))


def test_what_it_is_a_plan_of_stands_at_the_end_and_is_no_link_unless_it_is_an_address() -> None:
    text = text_of({"commit": "v1 @octocat", "run": "javascript:alert(1)"}, acme=workspace())
    line = "Planned from commit `v1 @octocat` by `javascript:alert(1)`."
    assert text.endswith(f"</details>\n\n{line}\n\n{MARKER}\n")
    assert text_of(acme=workspace()).endswith(f"</details>\n\n{MARKER}\n")


@pytest.mark.parametrize(("name", "seen"), NAMES.items())
def test_another_address_and_unchecked_certificates_are_cautions(name: str, seen: str) -> None:
    """Right after the title: whoever approves the plan sends the API key there."""
    elsewhere = workspace("create A", api_url=name)
    unchecked = workspace(validate_certs=False)
    text = text_of(africa=workspace(), asia=unchecked, europe=elsewhere)
    _title, first, *_others = text.split("\n\n")
    assert first.startswith("> [!CAUTION]\n")
    page = Page(first)
    assert page.codes == ["asia", "europe", seen]
    assert "the API key goes to , which is not the service's own address." in page.outside
    assert "certificates are not checked, so others may read the API key." in page.outside
    page = Page(text)
    assert page.codes.count(seen) == page.codes.count(SERVICE_URL) == 2  # here, with the digest
    assert "CAUTION" not in text_of(africa=workspace())


def test_a_table_says_what_is_done() -> None:
    steps = (
        "create New @EUR; rename 1001 A -> B; restore 1003 C; delete 1002 Old; "
        "update 1005 D @workspace<USD; rename 1006 E -> F @EUR; purge 1004 Unlisted"
    )
    page = Page(text_of(acme=workspace(steps)))
    assert page.rows[1:] == [
        ["rename", "A", "B", "1001"],
        ["rename", "E", "F, currency EUR", "1006"],
        ["update", "D", "currency workspace, was USD", "1005"],
        ["restore", "C", "", "1003"],
        ["create", "New", "currency EUR", ""],
    ]


NEED = "<b>3 workspaces of one API key need 63 requests"
LEFT = [
    (None, f"{NEED}</b>: 3 hours at 30 an hour."),
    (63, "65 requests needed."),
    (62, f"{NEED}, but 62 were left when this was planned</b>: 3 hours at 30 an hour."),
]


@pytest.mark.parametrize(("left", "sentence"), LEFT)
def test_the_requests_of_one_key_are_judged_together(left: int | None, sentence: str) -> None:
    """Of a plan that is refused, none are sent. Each read leaves fewer, so the least counts."""
    quotas = [{"remaining": left + more} if left else None for more in (2, 1, 0)]
    own = {"requests": 21, "key": 1}
    hosts = {f"h{n}": workspace("create A", quota=of, **own) for n, of in enumerate(quotas)}
    refused = workspace("create A", requests=500, key=1, refusal="Guarded.")
    text = text_of(**hosts, other=workspace("create A", key=2), refused=refused)
    assert f"<details><summary>{sentence} Digests</summary>" in text
    assert text.count(DIGEST) == 4


def test_what_there_is_nothing_of_is_not_told() -> None:
    """No steps, no workspace; and in a plan against another list, no ids."""
    assert "|" not in text_of(acme=workspace())
    assert text_of() == f"### Plan for 0 workspaces: nothing to do\n\n{MARKER}\n"
    text = text_of(acme=workspace("delete Old"))
    assert "- `acme`: `Old`\n" in text and "None" not in text


def test_each_kind_of_step_is_cut_in_turn() -> None:
    """So none hides another. The counts and the refusals are whole, and the first deletions."""
    steps = [
        *(delete(id_, f"Old client {id_}") for id_ in range(1, 901)),
        *(rename(id_, f"Client {id_}", f"Customer {id_}") for id_ in range(1001, 1801)),
        *(create(f"New client {number}") for number in range(20_000)),
    ]
    text = text_of(acme=workspace(steps), other=unreadable("No key."), third=workspace("create X"))
    assert "in the rest: create 20001, rename 800, delete 900\n" in text
    assert "No key." in text and "`X`" in text and text.count(DIGEST) == 2
    page = Page(text)
    of = Counter(row[0] for row in page.rows)
    cut = [int(number) for number in re.findall(r"(\d+) more", text)]
    assert cut[0] == 890, "folded, and of those"
    shown = [900 - cut[1], 800 - cut[2], 20_000 - cut[3]]
    assert shown[0] == shown[1] == shown[2] > 300
    assert shown[0] == text.count("> - `acme`: `Old client")
    assert shown[0] == of["rename"] - 1 == of["create"] - 2, "with the line that says more, and X"


def test_a_hundred_refusals_are_all_listed() -> None:
    """Each reason once, with its hosts; what is long in them is cut."""
    reasons = {n: f"Reason {n % 40}: {'Guarded. ' * 50}" for n in range(120)}
    hosts = {f"host{n:03}": workspace("create A", refusal=of) for n, of in reasons.items()}
    text = text_of(**hosts)
    assert text.count(" cannot be applied:** ") == 40
    assert "> **`host000`, `host040`, `host080` cannot be applied:** Reason 0: Guarded." in text


@pytest.mark.parametrize("refused", [False, True])
def test_very_many_workspaces_fit(refused: bool) -> None:
    """Those that are left out are counted."""
    long = "\u202e" * 60  # a sign of which is shown as six
    reason = "This cannot be. " * 400 if refused else None
    steps = [rename(1, long, long), delete(2, long)] * 5
    of = workspace(steps, refusal=reason, warnings=[long] * 20)
    text = text_of(**{f"host{n:04}": of for n in range(700)})
    does = "Plan for 700 workspaces: rename 3500, delete 3500\n\n> [!WARNING]\n> **3500 deletions**"
    assert ("700 of 700 workspaces cannot be applied" if refused else does) in text
    assert re.search(r"And \d+ more workspaces", text)
    assert Page(text).codes, "what is cut is well-formed"
