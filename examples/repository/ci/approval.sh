#!/usr/bin/env bash
# bash ci/approval.sh
# Fails if GitHub has asked nobody before this job. An environment that is missing is made without
# protection, and below Enterprise a private repository has no required reviewers.
set -euo pipefail
# The header comes from a file descriptor: all users of a machine can read what a command is given.
if ! curl --silent --show-error --fail-with-body --connect-timeout 10 --max-time 60 \
  --header @<(printf 'Authorization: Bearer %s\n' "$GITHUB_TOKEN") \
  "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/environments/production" |
  jq --exit-status '[.protection_rules[]?.type] | index("required_reviewers") != null' >/dev/null; then
  echo 'Nothing was done: the environment production has no required reviewers, so nobody was asked.'
  echo 'Add some. Where there are none to be had, README.md says how to do it by hand.'
  exit 1
fi
