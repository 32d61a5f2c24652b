# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of ``plan.md`` as a code host shows it, in six situations that a reviewer meets.

``cd tests; PYTHONPATH=.:../.ansible/tree python -m docs.plan_pictures`` draws them anew, with
Chromium. Each holds the digest of the text that it shows, so that a test notices when it is
outdated, without a browser.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from ansible_collections.toggl.focus.plugins.module_utils._results.markdown import plan_markdown
from ansible_collections.toggl.focus.plugins.module_utils._text import SERVICE_URL
from ansible_collections.toggl.focus.plugins.plugin_utils._offline import clients_plan

IMAGES = Path(__file__).parents[2] / "docs" / "docsite" / "rst" / "images"
WIDTH, HEIGHT, COLOURS = 560, 900, 24
"""Narrow, so that it can be read on a small screen too."""

MADE = {
    "time": "2026-11-30T08:15:00Z",
    "commit": "5f0c1e3a9d7b2c4e6f8091a2b3c4d5e6f7081920",
    "run": "https://git.example.org/clients/runs/7",
}
UNREACHABLE = (
    "No connection to https://focus.toggl.com/api: the name of the host is not known. "
    "Check api_url and the network."
)
STYLE = """
body { font: 14px/1.5 'Liberation Sans', sans-serif; color: #1f2328; background: #fff;
       margin: 16px; }
h3, h4 { margin: 16px 0 8px; line-height: 1.25; } h3 { font-size: 18px; margin-top: 0; }
code { font: 12px 'DejaVu Sans Mono', monospace; background: #eff1f3; padding: 2px 5px;
       border-radius: 5px; }
ul { margin: 6px 0; padding-left: 24px; } p { margin: 8px 0; }
table { border-collapse: collapse; margin: 8px 0; }
td, th { border: 1px solid #d1d9e0; padding: 5px 12px; text-align: left; }
td[style] { text-align: right; }
blockquote { margin: 12px 0; padding: 4px 14px; border-left: 4px solid #d1d9e0; }
.CAUTION { border-color: #cf222e; } .CAUTION > b { color: #cf222e; }
.WARNING { border-color: #9a6700; } .WARNING > b { color: #9a6700; }
details { margin: 8px 0; } a { color: #0969da; }
"""


def workspace(
    desired: list[Any], existing: list[str], remaining: int = 598, resets_in: int = 3000
) -> dict[str, Any]:
    """Return a workspace as the plan file has it, with what is left of the quota."""
    clients = [{"id": 1001 + at, "name": name} for at, name in enumerate(existing)]
    options = {"purge": True, "max_deletion_percent": 100, "workspace_id": 4711}
    result = clients_plan(desired, clients, **options)
    return {
        "api_url": SERVICE_URL,
        "validate_certs": True,
        "digest": result["plan_digest"],
        "summary": result["summary"],
        "steps": result["plan"],
        "refusal": None,
        "warnings": result["warnings"],
        "possible_renames": result.get("possible_renames", []),
        "requests": 1 + len(result["plan"]),
        "quota": {"remaining": remaining, "resets_in": resets_in},
        "key": 1,
    }


WORKSPACES = {"america": 4711, "asia": 4712, "europe": 4713}
FEW, STARK = ["Acme", "Globex", "Hooli", "Initech"], "Stark Industries"


def situations() -> dict[str, dict[str, Any]]:
    """Return the workspaces of a plan file for each."""
    nothing = {"digest": None, "refusal": UNREACHABLE, "requests": 0, "quota": None}
    unreachable = {**workspace([], []), **nothing}
    hundreds = [f"Client {number}" for number in range(1, 1101)]
    renamed = [
        {"name": f"Customer {number}", "former_names": [f"Client {number}"]}
        for number in range(601, 1101)
    ]
    created = [f"New client {number}" for number in range(1, 701)]
    reverted = ["Acme", "Globex Corporation", "Hooli Labs", "Initech", "Umbrella"]
    hostile = {"name": "| **[x](http://x)** `</td>` @everyone <!-- -->", "former_names": ["Acme"]}
    gone = "<img src=x> ![y](https://y) #1"
    return {
        "nothing-read": {"europe": unreachable},
        "one-unreachable": {
            "america": workspace([*FEW, STARK], FEW),
            "asia": unreachable,
            "europe": workspace([*FEW], FEW),
        },
        "revert": {"europe": workspace([*FEW, STARK], reverted)},
        "large": {"europe": workspace([*renamed, *created], hundreds)},
        "hostile-names": {"europe": workspace([hostile, "```", "Hooli"], ["Acme", gone, "Hooli"])},
        "one-key": {
            "america": workspace(hundreds[:12], [], 29, 2400),
            "asia": workspace(hundreds[:9], [], 28, 2400),
            "europe": workspace(hundreds[:7], [], 27, 2400),
        },
    }


def texts() -> dict[Path, str]:
    """Return the text of each picture."""
    shown = {}
    for name, of in situations().items():
        with_ids = {host: {**own, "workspace_id": WORKSPACES[host]} for host, own in of.items()}
        plan = {**MADE, "workspaces": with_ids}
        shown[IMAGES / f"plan-{name}.png"] = plan_markdown(plan)
    return shown


def digest(text: str) -> str:
    return sha256(f"{STYLE}{text}".encode()).hexdigest()


def page(text: str) -> str:
    """Return the text as a page of HTML, with alerts as code hosts show them."""
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    alert = r"<blockquote>\s*<p>\[!(\w+)\]\s*"
    shown = re.sub(alert, r'<blockquote class="\1"><b>\1</b><p>', renderer.render(text))
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{STYLE}</style>{shown}'


def draw(path: Path, text: str) -> None:
    from PIL import Image, ImageOps
    from PIL.PngImagePlugin import PngInfo

    with tempfile.TemporaryDirectory() as folder:
        html, shot = Path(folder) / "plan.html", Path(folder) / "plan.png"
        html.write_text(page(text), encoding="utf-8")
        window = (f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={shot}", "--hide-scrollbars")
        browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", *window]
        subprocess.run([*browser, html.as_uri()], check=True, capture_output=True)
        whole = Image.open(shot).convert("RGB")
    *_, bottom = ImageOps.invert(whole).getbbox() or (HEIGHT,)
    cut = whole.crop((0, 0, WIDTH, min(HEIGHT, bottom + 16)))
    about = PngInfo()
    about.add_text("digest", digest(text))
    cut.quantize(COLOURS).save(path, optimize=True, pnginfo=about)


if __name__ == "__main__":
    for picture, shown_text in texts().items():
        draw(picture, shown_text)
