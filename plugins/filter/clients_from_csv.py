# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a table to a list of clients."""

DOCUMENTATION = r"""
name: clients_from_csv
short_description: The list of clients in a CSV file
version_added: 1.0.0
author:
  - toggl.focus maintainers (!UNKNOWN)
description:
  - Takes a table of comma-separated values, as spreadsheets and the reports of Toggl Track are
    exported, and returns its clients as a list for M(toggl.focus.focus_clients). Each client is in
    it once.
  - The first line has the headers of the columns. The names are in the column C(Client),
    C(Clients), C(Client name), C(Customer), C(Customer name) or C(Name), the first of them that
    is there. Names that clients had so far are in the column C(Former name), C(Former names),
    C(Old name) or C(Previous name), if there is one. Case, blanks and underscores do not matter.
    A cell has one name. A client with several former names has to be in a list in YAML.
  - A column C(ID), C(State), C(Currency) or C(Restore deleted) is seldom meant for Toggl Focus. If
    there is one, name it in O(columns), or say there that it is ignored. Other columns are ignored.
  - Rows without any of these values are left out, such as time entries of no client.
  - Anything that is not understood is an error which names the line, and nothing is returned.
    So is a client with two different former names, states or currencies.
  - Whether a list contradicts itself otherwise is judged by whatever uses it.
options:
  _input:
    description:
      - The text of the file, or its bytes in base64, as the module C(ansible.builtin.slurp) returns
        them in C(content).
      - Of bytes, the encodings UTF-8 and UTF-16 are recognised, and windows-1252, as long as it has
        only characters that are usual in names in Western Europe. Otherwise a line is shown as it
        would be in several code pages. Give the right one, such as V(cp1252), as C(encoding) of the
        filter C(ansible.builtin.b64decode), in front of this one.
      - The lookup C(ansible.builtin.file) reads UTF-8 alone.
    type: str
    required: true
  columns:
    description:
      - By option of an entry, such as O(toggl.focus.focus_clients#module:clients[].name) and
        O(toggl.focus.focus_clients#module:clients[].former_names), the header of its column. A
        column that is named must be there. An empty text in place of a header ignores the column of
        that option.
      - Ids are those of Toggl Focus, not those of Toggl Track or of another program.
      - If the file has no headers, give the numbers of the columns, from V(1). Then the first line
        is a client, too.
    type: dict
    default: {}
  separator:
    description:
      - What is between the cells. By default, it is what a first line such as C(sep=;) says, or
        else the one with which the first line has the columns.
      - Without it, a row that is shorter than the first one must not contain any of them, so that
        no line with another separator is taken for one name.
    type: str
    choices: [";", ",", "\t", "|"]
seealso:
  - module: toggl.focus.focus_clients
"""

EXAMPLES = r"""
- name: Read the file
  ansible.builtin.slurp:
    src: "{{ playbook_dir }}/clients.csv"
  register: table

- name: Apply the clients in it
  toggl.focus.focus_clients:
    clients: "{{ table.content | toggl.focus.clients_from_csv }}"

- name: Show those of a column with another header
  ansible.builtin.debug:
    msg: "{{ text | toggl.focus.clients_from_csv(columns={'name': 'Kunde'}) }}"
  vars:
    text: |
      Nr;Kunde
      1;Acme
      2;Globex

- name: Take the ids of Toggl Focus from a table in which the states are of the USA
  ansible.builtin.debug:
    msg: "{{ text | toggl.focus.clients_from_csv(columns={'id': 'ID', 'state': ''}) }}"
  vars:
    text: |
      ID;Client;State
      1001;Acme;TX
"""

RETURN = r"""
_value:
  description:
    - A list for the option O(toggl.focus.focus_clients#module:clients), in the order of the file.
  type: list
  elements: dict
  sample:
    - name: Acme
      former_names: [Old Acme]
    - name: Globex
"""

from ..plugin_utils._csv import clients_from_csv
from ..plugin_utils._values import plugin_of

FilterModule = plugin_of(clients_from_csv)
