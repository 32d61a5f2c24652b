# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads what focus_client loads, and does nothing."""

import requests
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.toggl.focus.plugins.module_utils._reconcile import reconcile_client
from ansible_collections.toggl.focus.plugins.module_utils._results.clients import client_result


def main() -> None:
    module = AnsibleModule({"name": {"type": "str"}}, supports_check_mode=True)
    loaded = [reconcile_client.__name__, client_result.__name__]
    module.exit_json(changed=False, requests=requests.__version__, loaded=loaded)


if __name__ == "__main__":
    main()
