# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports what a client of a web API needs, and does nothing: the least that a module takes."""

import requests
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule({"name": {"type": "str"}}, supports_check_mode=True)
    module.exit_json(changed=False, requests=requests.__version__)


if __name__ == "__main__":
    main()
