#!/usr/bin/env bash
# bash ci/digest.sh plan.json            one digest for the plans of all workspaces
# bash ci/digest.sh plan.json DIGEST     fails if it is another one
# It does not say the right one then: that is to be copied from below a plan that was read.
set -euo pipefail
digest=$(jq --compact-output '[.workspaces[].digest]' "$1" | sha256sum | cut -c 1-64)
given=$(tr -d '[:space:]' <<<"${2-$digest}")
if [ "$given" != "$digest" ]; then
  of=$(jq --arg given "$given" '.workspaces | to_entries[] | select(.value.digest == $given).key' "$1")
  if [ -n "$of" ]; then
    echo "Nothing was applied: this is the digest of the workspace $of. Give that of the whole plan." >&2
  else
    echo 'Nothing was applied: the plan is not the one that was read, or has changed since.' >&2
  fi
  echo 'Read the plan of this run: the digest of the whole plan is the line below it.' >&2
  exit 1
fi
echo "$digest"
