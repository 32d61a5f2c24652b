# shellcheck shell=bash
# . ci/stop-commands.sh    in a step of GitHub Actions, before what prints names
# GitHub's runner obeys lines such as "::error::...". A client may be called so, and what somebody
# else chose must not command the runner: from here to the end of the step, no line is a command.
exec 2>&1 # two streams could overtake each other, and the last errors come after the end
stop_token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$stop_token"
trap 'echo "::$stop_token::"' EXIT
