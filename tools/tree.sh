#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Ansible finds a collection in .../ansible_collections/toggl/focus: a link makes this checkout one.
set -eu
cd "$(dirname "$0")/.."
mkdir -p .ansible/tree/ansible_collections/toggl .ansible/logs .ansible/user
ln -sfn ../../../.. .ansible/tree/ansible_collections/toggl/focus
# Molecule installs the collection into Ansible's home, unless it meets a link to the checkout there.
ln -sfn ../tree .ansible/user/collections

# Paths are relative to this file.
cat >.ansible/ansible.cfg <<'END'
[defaults]
collections_path = tree
localhost_warning = false

[inventory]
inventory_unparsed_warning = false
END
