# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # declarations set variables that others use
# What tests declare (docs/testing.md), and which of them share a machine.

# Seconds of time limits in one boot; tests take less than a third of theirs.
PIECE=2700

# read_test FILE: its declaration, as variables; the defaults are here.
read_test()
{
	name=$(basename "$1" .test)
	gpu=virtio image=image dom0=${DOM0_KERNEL:-6.12} xen_args='' dom0_args='' qemu_args='' cpus=1 machine=''
	guests=pv kernels='' memory=768 fresh=no attach=yes back='' front=''
	modules='' put='' limit=120 risk=0 run='' all=no
	build() { :; }
	brief() { :; }
	# shellcheck disable=SC1090 # any test
	. "$1"
	[ "$CHECK_ALL" = yes ] || brief
	cpus=${CHECK_CPUS:-$cpus}
	front="$front ${CHECK_FRONT:-}"
	# A slow guest is not a dead one.
	[ "${RIG_DEBUG:-}" != yes ] || back="ack_timeout_ms=4000 ack_budget_ms=60000 $back"
}

# machine_of: of the test just read. Tests of the same machine share a boot.
machine_of()
{
	printf '%s' "$machine|$cpus|$gpu|$image|$dom0|$xen_args|$dom0_args|$qemu_args"
}

# left_out FILE: whether it is a test of `make check-all` alone, and this is not that
left_out()
{
	[ "$CHECK_ALL" != yes ] && [[ $1 == *.test ]] && (read_test "$1"; [ "$all" = yes ])
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
			if left_out "$t"; then
				basename "$t" .test >>"$WORK/left"
			else
				echo "$t"
			fi
			break
		done
	done
}

# plan PATTERN...: a file in $WORK/queue for each job: wide*, which need more CPUs than
# one, and narrow*. A job is a test that boots for itself, or tests of one machine. The
# longest job comes first; a longer one than PIECE becomes several, so that the lanes end
# together. Tests with the same guests are side by side, before those that end their
# guests (risk=1); what sets out to do harm, or uses dom0's memory so that trap 3 of
# docs/rig.md comes more often, is last (risk=2).
plan()
{
	local t n=0 job piece kind
	while read -r t; do
		if [[ $t == *.test ]]; then
			(
				read_test "$t"
				printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$(width "$cpus")" \
					"$(machine_of)" "$((risk / 2)) $guests $memory" "$risk" "$limit" "$t"
			) || return
		else
			printf '%s\t%s\t\t0\t200\t%s\n' "$(width "$(sed -n 's/^# cpus: //p' "$t")")" "$t" "$t"
		fi
	done < <(tests_matching "$@") | sort -t "$(printf '\t')" -k 1,1r -k 2,2 -k 3,3 -k 4,4n -k 6,6 >"$WORK/tests"
	[ -s "$WORK/tests" ] || { echo "no test's name holds $*" >&2; return 64; }
	# A job's number and its sum of limits go before each of its tests.
	awk -F '\t' -v OFS='\t' -v piece="$PIECE" '
		$2 != machine || sum[job] + $5 > piece { job++; machine = $2 }
		{ sum[job] += $5; of[NR] = job; line[NR] = $1 OFS $6 }
		END { for (i = 1; i <= NR; i++) print sum[of[i]], of[i], line[i] }' "$WORK/tests" |
		sort -t "$(printf '\t')" -s -k 1,1nr -k 2,2n >"$WORK/jobs"
	job=
	while IFS=$(printf '\t') read -r _ piece kind t; do
		[ "$piece" = "$job" ] || n=$((n + 1))
		job=$piece
		echo "$t" >>"$WORK/queue/$kind$(printf %03d $n)"
	done <"$WORK/jobs"
}

# width CPUS: whether a test's machine may share the cores with another one
width()
{
	if [ "${1:-1}" -gt 1 ]; then echo wide; else echo narrow; fi
}
