# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # declarations set variables that others use
# What tests declare (docs/testing.md), and which of them share a machine.

# read_test FILE: its declaration, as variables; the defaults are here.
read_test()
{
	name=$(basename "$1" .test)
	gpu=virtio image=image dom0=${DOM0_KERNEL:-6.12} xen_args='' dom0_args='' qemu_args=''
	guests=pv kernels='' memory=768 fresh=no attach=yes back='' front=''
	modules='' put='' limit=120 risk=0 run=''
	build() { :; }
	# shellcheck disable=SC1090 # any test
	. "$1"
	# A slow guest is not a dead one.
	[ "${RIG_DEBUG:-}" != yes ] || back="ack_timeout_ms=4000 ack_budget_ms=60000 $back"
}

# machine_of: of the test just read. Tests of the same machine share a boot.
machine_of()
{
	printf '%s' "$gpu|$image|$dom0|$xen_args|$dom0_args|$qemu_args"
}

# tests_matching PATTERN...: files of declarations, and executable tests that boot
# for themselves. CHECK_TESTS: others than those of check-rig.
tests_matching()
{
	local t pattern
	for t in ${CHECK_TESTS:-tests/rig/tests/*.sh tests/system/*.sh tests/system/*.test}; do
		[ -x "$t" ] || [[ $t == *.test ]] || continue
		for pattern; do
			[[ $(basename "$t") == *"$pattern"* ]] || continue
			echo "$t"
			break
		done
	done
}

# plan PATTERN...: a file in $WORK/queue for each job: rig*, tests that boot for
# themselves, and machine*, those of one machine. The longest job comes first. Tests with the same
# guests are side by side, before those that end their guests (risk=1); what sets
# out to do harm, or uses dom0's memory so that trap 3 of docs/rig.md comes more often, is
# last (risk=2).
plan()
{
	local t n=0 kind machine
	while read -r t; do
		if [[ $t == *.test ]]; then
			(
				read_test "$t"
				printf 'machine\t%s\t%s\t%s\t%s\t%s\n' \
					"$(machine_of)" "$((risk / 2)) $guests $memory" "$risk" "$limit" "$t"
			) || return
		else
			printf 'rig\t%s\t\t0\t200\t%s\n' "$(dirname "$t")" "$t"
		fi
	done < <(tests_matching "$@") | sort -t "$(printf '\t')" -k 2,2 -k 3,3 -k 4,4n -k 6,6 >"$WORK/tests"
	[ -s "$WORK/tests" ] || { echo "no test's name holds $*" >&2; return 64; }
	awk -F '\t' '{ sum[$1 "\t" $2] += $5 } END { for (m in sum) printf "%d\t%s\n", sum[m], m }' \
		"$WORK/tests" | sort -nr | cut -f 2- >"$WORK/machines"
	while IFS=$(printf '\t') read -r kind machine; do
		n=$((n + 1))
		awk -F '\t' -v machine="$machine" '$2 == machine { print $6 }' "$WORK/tests" \
			>"$WORK/queue/$kind$(printf %03d $n)"
	done <"$WORK/machines"
}
