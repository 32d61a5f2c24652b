#!/usr/bin/env bash
# bash ci/digest.sh plan.json            one digest for the plans of all workspaces
# bash ci/digest.sh plan.json DIGEST     fails if it is another one
set -euo pipefail
digest=$(jq --compact-output '[.workspaces[].digest]' "$1" | sha256sum | cut -c 1-64)
if [ "${2-$digest}" != "$digest" ]; then
  echo "Nothing was applied: the plan is not the one that was read, or has changed since. It is $digest by now." >&2
  exit 1
fi
echo "$digest"
