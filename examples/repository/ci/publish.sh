#!/usr/bin/env bash
# bash ci/publish.sh comment plan.md    in the pull request (merge request) that this runs for
# bash ci/publish.sh issue plan.md
# Keeps one comment, or one open issue: its own whose last line is the marker is updated, else one is
# created. Somebody else's is left alone, whatever it holds. Where the run has made no file, it says
# so, in place of what an earlier run has said. Needs COMMIT and RUN, and curl, git and jq.
set -euo pipefail
kind=$1 file=$2
marker='<!-- toggl.focus plan -->' # the last line of plan.md
title='The workspaces differ from their lists'

# The header comes from a file descriptor: all users of a machine can read what a command is given.
call() {
  curl --silent --show-error --fail-with-body --connect-timeout 10 --max-time 60 \
    --header @<(printf '%s\n' "$access") "$@"
}

# all: where to list and create; one: where to update, by a number; mine: a condition of jq
if [ -n "${GITHUB_ACTIONS:-}" ]; then
  access="Authorization: Bearer $GITHUB_TOKEN"
  issues="$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues"
  update=PATCH open=open
  mine='.user.login == "github-actions[bot]" and (.pull_request | not)'
  case $kind in
    comment)
      request=$(jq .pull_request.number "$GITHUB_EVENT_PATH")
      newest=$(call "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/pulls/$request" | jq --raw-output ".head.sha // empty")
      all="$issues/$request/comments" one="$issues/comments" number=.id text=body
      ;;
    issue) all=$issues one=$issues number=.number text=body ;;
  esac
else
  access="PRIVATE-TOKEN: $CLIENTS_BOT_TOKEN"
  project="$CI_API_V4_URL/projects/$CI_PROJECT_ID"
  update=PUT open=opened
  mine=".author.id == $(call "$CI_API_V4_URL/user" | jq .id)"
  case $kind in
    comment)
      request="$project/merge_requests/$CI_MERGE_REQUEST_IID"
      newest=$(call "$request" | jq --raw-output ".sha // empty")
      all="$request/notes" number=.id text=body
      ;;
    issue) all="$project/issues" number=.iid text=description ;;
  esac
  one=$all
fi

if [ "${newest:-$COMMIT}" != "$COMMIT" ]; then
  echo "Nothing is said here: $newest is newer, and its own run says what it changes."
  exit 0
fi

# A file as it was committed is none of this run.
if [ ! -f "$file" ] || { git ls-files --error-unmatch "$file" && git diff --quiet HEAD -- "$file"; } >/dev/null 2>&1; then
  file=$(mktemp)
  printf '### No plan for %s\n\nSee [the run](%s).\n\n%s\n' "$COMMIT" "$RUN" "$marker" >"$file"
fi

last='split("\n") | map(rtrimstr("\r") | select(. != "")) | last'
own='' page=1
while [ -z "$own" ]; do
  found=$(call "$all?state=$open&per_page=100&page=$page")
  own=$(jq --arg marker "$marker" \
    "first(.[] | select($mine and (.$text // \"\" | $last) == \$marker) | $number) // empty" <<<"$found")
  [ "$(jq length <<<"$found")" -eq 100 ] || break
  page=$((page + 1))
done

content="{$text: \$text}"
[ "$kind" = comment ] || content="{$text: \$text, title: \$title}"
send=(--header 'Content-Type: application/json' --output /dev/null --data @-)
jq --null-input --rawfile text "$file" --arg title "$title" "$content" |
  if [ -n "$own" ]; then
    call --request "$update" "${send[@]}" "$one/$own"
  else
    call "${send[@]}" "$all"
  fi
