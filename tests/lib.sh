# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# lib.sh: run tests one by one, a line for each, and count. Sourced by check-*.
#
# Results are appended to $CHECK_RESULTS when `tests/check` has set it, so that
# it can add up its parts; a part run alone prints its own closing line.

set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LOGS=$TOP/build/check
OWN_RESULTS=
if [ -z "${CHECK_RESULTS:-}" ]; then
	CHECK_RESULTS=$(mktemp)
	OWN_RESULTS=1
fi
mkdir -p "$LOGS"
cd "$TOP" || exit 1

# run_test NAME COMMAND...: exit status 0 passes, 77 is skipped (the last line
# of output says why), anything else fails and shows the end of the output
run_test()
{
	local name=$1 log start status
	shift
	log=$LOGS/${name//[^A-Za-z0-9._-]/_}.log
	start=$SECONDS
	"$@" >"$log" 2>&1 </dev/null
	status=$?
	# One write each: tests may run side by side
	case $status in
	0)
		echo "PASS $name ($((SECONDS - start)) s)"
		echo pass >>"$CHECK_RESULTS"
		;;
	77)
		echo "SKIP $name: $(tail -n 1 "$log")"
		echo skip >>"$CHECK_RESULTS"
		;;
	*)
		printf '%s\n%s\n' \
			"FAIL $name ($((SECONDS - start)) s, status $status), whole log in ${log#"$TOP"/}:" \
			"$(tail -n 40 "$log" | sed 's/^/    /')"
		echo "fail $name" >>"$CHECK_RESULTS"
		;;
	esac
}

count()
{
	grep -c "^$1" "$CHECK_RESULTS"
}

# finish: the closing line, when nobody else prints it; status 1 on failure
finish()
{
	local failed
	failed=$(count fail)
	if [ -n "$OWN_RESULTS" ]; then
		echo "$(count pass) passed, $failed failed, $(count skip) skipped"
		rm -f "$CHECK_RESULTS"
	fi
	[ "$failed" = 0 ]
}
