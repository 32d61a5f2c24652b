# SPDX-License-Identifier: GPL-3.0-or-later
"""From validated options to values. No requests are sent here."""

from __future__ import annotations

import datetime
import os
import re
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .._errors import BadOption, MissingOption, NoAuthentication
from .._model import Access, Rules
from .._text import has_lone_surrogate, is_loopback, quoted
from .arguments import _NO_WORKSPACE, MOST_CONCURRENCY, VARIABLES, _set_variable
from .problems import became

_DATE = re.compile(r"\bdatetime\.date(?:time)?\((\d{4}), (\d\d?), (\d\d?)\b")
"""Up to ansible-core 2.18, a template with a list that holds a date gives a text."""

_DIGEST = re.compile("[0-9a-f]{64}")


def reviewed_digest(given: object) -> str | None:
    """The value of ``plan_digest``; ``None`` where it is not given.

    :raises BadOption: no plan can have it. An empty one would let any plan through.
    """
    if given is None:
        return None
    digest = str(given).strip().lower()
    if not digest:
        raise BadOption(
            "plan_digest",
            "it is empty; give the digest of the plan that was reviewed, or leave the option out",
        )
    if not _DIGEST.fullmatch(digest):
        raise BadOption(
            "plan_digest",
            f"{quoted(given)} is not a digest, which has 64 hexadecimal digits; copy it from the "
            "plan that was reviewed",
        )
    return digest


def check_is_list(given: object) -> None:
    """Ansible would split a text at its commas, and take each part for a client.

    :raises BadOption: ``clients`` is not a list
    """
    if isinstance(given, (list, tuple)):
        return
    date = _DATE.search(given) if isinstance(given, str) else None
    if date:
        day = datetime.date(*map(int, date.groups()))
        reason = f"a name in it became the date {day}; put the name in quotes"
    elif isinstance(given, str):
        reason = "it is a text, not a list; if it comes from a file, put | from_yaml behind it"
    elif isinstance(given, Mapping):
        reason = "it is a mapping, not a list; begin each client with a hyphen, as in - name: Acme"
    else:
        reason = "it is not a list; give a list of clients, or [] if there are none"
    raise BadOption("clients", reason)


def check_is_unsplit(option: str, given: object) -> None:
    """Ansible would split a text at its commas: of one name, it would make two others.

    :raises BadOption: the option, a list, is a text with a comma
    """
    if isinstance(given, str) and "," in given:
        reason = f"{quoted(given)} is a text that Ansible splits at its commas; write a list"
        raise BadOption(option, reason)


def check_patterns(given: object) -> None:
    """Ansible would make a text of everything: an unquoted No would protect a client called False.

    :raises BadOption: ``protected`` has what is no text, or is a text with a comma
    """
    check_is_unsplit("protected", given)
    if given is None:
        return
    for pattern in given if isinstance(given, (list, tuple)) else [given]:
        if not isinstance(pattern, str):
            reason = f"a pattern in it became {became(pattern)}; put the pattern in quotes"
            raise BadOption("protected", reason)


def rules(options: Mapping[str, Any]) -> Rules:
    """What the plan of a whole list may do.

    :raises BadOption: for numbers out of their range
    """
    most = options["max_deletions"]
    return Rules(
        purge=options["purge"],
        protected=tuple(options["protected"]),
        max_deletions=None if most is None else _whole(options, "max_deletions", 0),
        max_deletion_percent=_whole(options, "max_deletion_percent", 0, 100),
    )


def access(options: Mapping[str, Any]) -> Access:
    """How to reach the service, from the shared options.

    :raises BadOption: an option cannot be used; no secret is in its text
    :raises MissingOption: an option is not given anywhere
    :raises NoAuthentication: no credentials are given anywhere
    """
    if options["workspace_id"] == _NO_WORKSPACE:
        raise MissingOption("workspace_id", *VARIABLES["workspace_id"])
    for option, value in options.items():
        _check_characters(option, value)
    token, username, password = _credentials(options)
    return Access(
        workspace_id=_whole(options, "workspace_id", 1),
        api_url=_address(options["api_url"]),
        api_token=token,
        username=username,
        password=password,
        timeout=_positive_seconds(options, "api_timeout"),
        retries=_whole(options, "api_retries", 0),
        quota_wait=_whole(options, "quota_wait", 0),
        verify=_verification(options),
        connections=_whole({"concurrency": 1, **options}, "concurrency", 1, MOST_CONCURRENCY),
    )


class _Login(NamedTuple):
    """Credentials of both kinds; a text is empty if it is not given."""

    token: str
    username: str
    password: str

    @property
    def is_of_both_kinds(self) -> bool:
        return bool(self.token and (self.username or self.password))


def _credentials(options: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """What is an option decides the kind. What is not comes from the environment."""
    given = _Login(
        (options["api_token"] or "").strip(), options["username"] or "", options["password"] or ""
    )
    if given.is_of_both_kinds:
        raise BadOption(
            "api_token", "username or password is given as well; keep one kind of authentication"
        )
    if given.token:
        return _header_text("api_token", given.token), None, None
    found = _Login(
        _found(options, "api_token").strip(),
        _found(options, "username"),
        _found(options, "password"),
    )
    if given.username or given.password:
        found = found._replace(token="")
    if found.is_of_both_kinds:
        raise BadOption(
            "api_token",
            f"the environment holds both kinds of authentication, {_set_variable('api_token')} and "
            f"{_set_variable('username') or _set_variable('password')}; unset one, or give one "
            "kind as options",
        )
    if found.token:
        return _header_text("api_token", found.token), None, None
    if not found.username and not found.password:
        raise NoAuthentication
    for option in ("username", "password"):
        if not getattr(found, option):
            raise MissingOption(option, *VARIABLES[option])
    return None, found.username, found.password


def _found(options: Mapping[str, Any], option: str) -> str:
    """The option, otherwise the environment; an empty option does not fall back to it."""
    value: str | None = options[option]
    variable = _set_variable(option) if value is None else None
    found = os.environ[variable] if variable is not None else (value or "")
    _check_characters(option, found)
    return found


def _check_characters(option: str, value: object) -> None:
    """:raises BadOption: a text in it cannot be sent; such a variable of the environment is not in
    UTF-8"""
    for text in value if isinstance(value, (list, tuple)) else (value,):
        if isinstance(text, str) and has_lone_surrogate(text):
            raise BadOption(option, "it contains half of a character (a lone surrogate)")


def _header_text(option: str, secret: str) -> str:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise BadOption(option, "it contains blanks or characters that no API key has")
    return secret


def _address(url: str) -> str:
    """The address without a slash at its end.

    Credentials are sent over TLS; plain http is for a simulator on the same machine.
    """
    try:
        parts = urlsplit(url.strip())
        host, user_part = parts.hostname, parts.username or parts.password
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise BadOption("api_url", "it is not a valid address") from None
    if user_part is not None or "@" in parts.netloc:
        raise BadOption(
            "api_url", "it contains a user or a password; use api_token, or username and password"
        )
    if not re.fullmatch(r"[\w.:%-]*", host or "") or re.search(r"\s", url.strip()):
        raise BadOption("api_url", "it contains blanks or characters that no address has")
    if parts.scheme not in ("http", "https") or not host:
        raise BadOption("api_url", "it must begin with https:// and name a host")
    if parts.query or parts.fragment:
        raise BadOption("api_url", "it must end with the path, without ? or #")
    if parts.scheme == "http" and not is_loopback(host):
        raise BadOption(
            "api_url", "plain http would show the credentials to the network; use https"
        )
    return url.strip().rstrip("/")


def _whole(options: Mapping[str, Any], option: str, least: int, most: int | None = None) -> int:
    """An option's whole number.

    :raises BadOption: it is out of its bounds
    """
    value: int = options[option]
    if value < least:
        raise BadOption(option, f"{value} is below {least}")
    if most is not None and value > most:
        raise BadOption(option, f"{value} is above {most}")
    return value


def _positive_seconds(options: Mapping[str, Any], option: str) -> float:
    value: float = options[option]
    if not 0 < value <= 3600:
        raise BadOption(option, f"{value:g} is not between 0 and 3600 seconds")
    return value


def _verification(options: Mapping[str, Any]) -> bool | str:
    if not options["validate_certs"]:
        return False
    ca_path: str | None = options["ca_path"]
    if not ca_path:
        return True
    if not os.path.exists(ca_path):
        raise BadOption("ca_path", "there is no such file or folder on the host that runs the task")
    if os.path.isdir(ca_path):
        _check_hashed(ca_path)
    else:
        _check_certificates(ca_path)
    return ca_path


def _check_certificates(ca_path: str) -> None:
    if not _holds_certificates(ca_path):
        raise BadOption("ca_path", "the file contains no certificate that can be read")


def _check_hashed(folder: str) -> None:
    """OpenSSL finds a certificate in a folder only under the hash of its subject."""
    try:
        names = os.listdir(folder)
    except OSError:
        raise BadOption("ca_path", "the folder cannot be read") from None
    hashed = (os.path.join(folder, name) for name in names if _HASHED.fullmatch(name))
    if not any(map(_holds_certificates, hashed)):
        raise BadOption(
            "ca_path",
            "the folder has no certificate under a name that OpenSSL looks for, such as "
            "0a1b2c3d.0; run openssl rehash on it, or give the certificates as one file",
        )


_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")


def _holds_certificates(file: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except OSError:
        return False
    return True


def certificate_warnings(options: Mapping[str, Any]) -> list[str]:
    """Return what a task must be warned of that does not check certificates."""
    if options["validate_certs"]:
        return []
    unused = ", and ca_path is not used" if options["ca_path"] else ""
    return [
        "validate_certs is false: whoever stands between this host and the service can read the "
        f"credentials and change what the service says{unused}. To trust another authority, leave "
        "validate_certs out and give its certificate in ca_path."
    ]
