#!/usr/bin/env bash
# bash ci/page.sh plan.md output.txt >> "$GITHUB_STEP_SUMMARY"
# Shows the files: Markdown as it is, with the DIGEST that it is applied by if there is one, and a text
# as a block of code, which no line in it can end.
for file in "$@"; do
  case $file in
    *.md)
      cat "$file" || echo '### No plan was made'
      [ -z "${DIGEST-}" ] || printf '\nThe digest of the whole plan is `%s`.\n' "$DIGEST"
      ;;
    *) printf '\n%s\n' "$(tr -d '\r' <"$file" | sed 's/^/    /')" ;;
  esac
done
exit 0 # a file that is not there has told its reason in another step
