#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: environment.sh PYTHON VENV PIP-ARGUMENT...
# Makes the virtual environment if there is none, and installs into it.
set -eu
python=$1 venv=$2
shift 2

fail() { echo "$1" >&2; exit 1; }

install() {
  log=.ansible/logs/pip.log
  "$venv/bin/python" -m pip install --disable-pip-version-check "$@" >$log 2>&1 ||
    { tail -15 $log >&2; fail "pip could not install them. The whole output is in $log."; }
}

command -v "$python" >/dev/null || fail "$python is not installed. Give another with PYTHON=..."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
  fail "$python is $("$python" -V 2>&1), but 3.10 or newer is needed. Give another with PYTHON=..."

if ! [ -x "$venv/bin/pip" ]; then
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python cannot make environments. Install its package for venv (on Debian python3-venv)."
  echo "making $venv with $("$python" -V)"
  "$python" -m venv "$venv"
  install --upgrade pip # the one that comes with Python 3.11 takes twice as long
fi
echo "installing into $venv:$(printf ' %s' "$@" | sed 's/ -r / /g')"
install "$@"
