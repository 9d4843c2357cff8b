# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# lib.sh: a line for each test, and counting them. Sourced by check-*.
#
# Results are appended to $CHECK_RESULTS when `tests/check` has set it, so that
# it can add up its parts; a part run alone prints its own closing lines.

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

# log_of NAME: where its output goes
log_of()
{
	echo "$LOGS/${1//[^A-Za-z0-9._-]/_}.log"
}

# result NAME STATUS SECONDS: print and count it. 0 passed, 77 was skipped (the
# last line of the log says why), anything else failed: the log's end is shown.
result()
{
	local name=$1 status=$2 seconds=$3 log
	log=$(log_of "$name")
	# One write each: tests run side by side
	case $status in
	0)
		echo "PASS $name ($seconds s)"
		echo "pass $name $seconds" >>"$CHECK_RESULTS"
		;;
	77)
		echo "SKIP $name: $(tail -n 1 "$log")"
		echo "skip $name $seconds" >>"$CHECK_RESULTS"
		;;
	*)
		printf '%s\n%s\n' \
			"FAIL $name ($seconds s, status $status), whole log in ${log#"$TOP"/}:" \
			"$(tail -n 40 "$log" | sed 's/^/    /')"
		echo "fail $name $seconds" >>"$CHECK_RESULTS"
		;;
	esac
}

# run_test NAME COMMAND...
run_test()
{
	local name=$1 start=$SECONDS
	shift
	"$@" >"$(log_of "$name")" 2>&1 </dev/null
	result "$name" $? $((SECONDS - start))
}

count()
{
	grep -c "^$1" "$CHECK_RESULTS"
}

# summary: the closing lines; status 1 if a test failed
summary()
{
	local failed
	failed=$(count fail)
	echo "slowest: $(sort -k 3,3nr "$CHECK_RESULTS" | head -n 8 |
		awk '{ printf "%s%s %d s", sep, $2, $3; sep = ", " }')"
	[ "$failed" = 0 ] || echo "failed: $(awk '$1 == "fail" { print $2 }' "$CHECK_RESULTS" | paste -sd' ')"
	echo "$(count pass) passed, $failed failed, $(count skip) skipped"
	[ "$failed" = 0 ]
}

# finish: the closing lines, when nobody else prints them; status 1 on failure
finish()
{
	local status=0
	if [ -n "$OWN_RESULTS" ]; then
		summary
		status=$?
		rm -f "$CHECK_RESULTS"
	elif [ "$(count fail)" != 0 ]; then
		status=1
	fi
	return $status
}
