# SPDX-License-Identifier: GPL-3.0-or-later
"""From validated options to values. No requests are sent here."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from glob import escape, glob
from typing import Any
from urllib.parse import urlsplit

from .._errors import BadOption, FocusError, listed
from .._model import Access, Rules
from .._text import has_lone_surrogate, is_loopback, quoted
from .arguments import BOUNDS, NO_WORKSPACE, VARIABLES, from_environment, variable_set
from .entries import described

_DATE = r"\bdatetime\.date(?:time)?\((\d{4}), (\d\d?), (\d\d?)\b"
"""Up to ansible-core 2.18, a template with a list that holds a date gives a text."""

_ADDRESS = re.compile(r"https?://[\w.:%\[\]-]+(?:/[^\s?#]*)?", re.IGNORECASE)

UNVERIFIED = (
    "validate_certs is false: whoever stands between this host and the service can read the "
    "credentials and change what the service says. A ca_path is not used: to trust another "
    "authority, give its certificate there and leave validate_certs out."
)


def reviewed_digest(given: object) -> str | None:
    """Return the value of ``plan_digest``; ``None`` where it is not given.

    :raises BadOption: no plan can have it. An empty one would let any plan through.
    """
    if given is None:
        return None
    digest = str(given).strip()
    if re.fullmatch("[0-9a-fA-F]{64}", digest):
        return digest.lower()
    raise BadOption(
        "plan_digest",
        f"{quoted(digest)} is not a digest, which has 64 hexadecimal digits; copy it from the plan "
        "that was reviewed, or leave the option out",
    )


def checked_list(given: object) -> Sequence[object]:
    """Return the list. Ansible would split a text at its commas, and take each part for a client.

    :raises BadOption: ``clients`` is not a list
    """
    if isinstance(given, (list, tuple)):
        return given
    date = re.search(_DATE, given) if isinstance(given, str) else None
    if date:
        day = "{}-{:0>2}-{:0>2}".format(*date.groups())
        reason = f"a name in it became the date {day}; put the name in quotes"
    elif isinstance(given, str):
        reason = "it is a text, not a list; if it comes from a file, put | from_yaml behind it"
    elif isinstance(given, Mapping):
        reason = "give each client a hyphen, as in - name: Acme; it is a mapping, not a list"
    else:
        reason = "it is not a list; give a list of clients, or [] if there are none"
    raise BadOption("clients", reason)


def check_texts(option: str, given: object) -> None:
    """Ansible would split a text at its commas, and make a text of everything: an unquoted No would
    protect a client called False.

    :raises BadOption: the option, a list of texts, is a text with a comma, or has what is no text
    """
    if isinstance(given, str) and "," in given:
        reason = f"{quoted(given)} is a text that Ansible splits at its commas; write a list"
        raise BadOption(option, reason)
    for value in given if isinstance(given, (list, tuple)) else ["" if given is None else given]:
        check_text(option, value)


def check_text(option: str, given: object) -> None:
    """:raises BadOption: a text became something else, since it has no quotes"""
    if not isinstance(given, str):
        raise BadOption(option, f"a text in it became {described(given)}; put it in quotes")


def check_bounds(options: Mapping[str, Any]) -> None:
    """:raises BadOption: a number is out of its bounds"""
    for option, (least, most) in BOUNDS.items():
        value = options.get(option)
        if value is not None and not least <= value <= most:
            reason = f"above {most}" if value > most else f"below {least}"
            raise BadOption(option, f"{value} is {reason}")


def rules(options: Mapping[str, Any]) -> Rules:
    """Return what the plan of a whole list may do.

    :raises BadOption: a number is out of its bounds
    """
    given = {rule: options[rule] for rule in Rules._fields}
    check_bounds(given)
    return Rules(**{**given, "protected": tuple(options["protected"])})


def access(options: Mapping[str, Any]) -> Access:
    """Return how to reach the service, from the shared options.

    :raises BadOption: an option cannot be used; no secret is in its text
    :raises FocusError: an option, or any credentials, are not given anywhere
    """
    if options["workspace_id"] == NO_WORKSPACE:
        raise _missing("workspace_id")
    check_bounds(options)
    credentials = _credentials(options)
    for option, value in {**options, **credentials}.items():
        texts = value if isinstance(value, (list, tuple)) else (value,)
        if any(isinstance(text, str) and has_lone_surrogate(text) for text in texts):
            raise BadOption(option, "it contains a lone surrogate, which is no character")
    return Access(
        options["workspace_id"],
        _address(options["api_url"]),
        **credentials,
        timeout=options["api_timeout"],
        retries=options["api_retries"],
        quota_wait=options["quota_wait"],
        verify=_verification(options),
        connections=options.get("concurrency", 1),
    )


def _credentials(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the credentials, of one kind. An option decides the kind; what is not an option comes
    from the environment. An empty option does not fall back to it."""
    given: dict[str, str | None] = {option: options[option] for kind in _KINDS for option in kind}
    found = {of: from_environment(of) if value is None else value for of, value in given.items()}
    found["api_token"] = found["api_token"].strip()
    kinds = _kinds_in(given) or _kinds_in(found)
    if len(kinds) > 1:
        sources = [option if given[option] else variable_set(option) for option in found]
        both = f"both kinds of authentication are given, by {listed([*filter(None, sources)])}"
        raise BadOption("api_token", f"{both}; keep one kind, or give one kind as options")
    if not kinds:
        raise FocusError(
            "No authentication is given: give api_token or set TOGGL_FOCUS_API_TOKEN, or give "
            "username and password or set TOGGL_FOCUS_USERNAME and TOGGL_FOCUS_PASSWORD."
        )
    for option in kinds[0]:
        if not found[option]:
            raise _missing(option)
    if kinds[0] == ("api_token",) and not re.fullmatch("[!#-&(-~]*", found["api_token"]):
        raise BadOption("api_token", "it contains quotes, blanks or characters that no API key has")
    return {option: found[option] for option in kinds[0]}


_KINDS = (("api_token",), ("username", "password"))
"""The options of each kind of authentication."""


def _kinds_in(values: Mapping[str, str | None]) -> list[tuple[str, ...]]:
    return [kind for kind in _KINDS if any((values[option] or "").strip() for option in kind)]


def _missing(option: str) -> FocusError:
    (variable,) = VARIABLES[option]
    return FocusError(
        f"The option {option} is missing: give it, or set the environment variable {variable}."
    )


def _address(url: str) -> str:
    """Return the address without a slash at its end.

    Credentials are sent over TLS; plain http is for a simulator on the same machine.
    """
    address = url.strip()
    try:
        parts = urlsplit(address)
        is_valid = _ADDRESS.fullmatch(address) and parts.hostname and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise BadOption(
            "api_url",
            "it is not a valid address; it must begin with https:// and name a host, and be "
            "without ?, #, blanks, a user and a password",
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        reason = "plain http would show the credentials to the network; use https"
        raise BadOption("api_url", reason)
    return address.rstrip("/")


def _verification(options: Mapping[str, Any]) -> bool | str:
    """Return what ``requests`` takes as ``verify``."""
    path: str = options["ca_path"] or ""
    if not options["validate_certs"] or not path:
        return bool(options["validate_certs"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in (path, *glob(os.path.join(escape(path), "[0-9a-f]" * 8 + ".[0-9]*"))):
        with suppress(OSError):
            context.load_verify_locations(file)
        if context.cert_store_stats()["x509"]:
            return path
    raise BadOption(
        "ca_path",
        "no certificate was found there: it must be a file on the host that runs the task, or a "
        "folder with names that OpenSSL looks for, such as 0a1b2c3d.0; openssl rehash makes them",
    )
