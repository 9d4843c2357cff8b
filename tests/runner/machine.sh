# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # read_test sets the variables of a declaration
# The tests of one machine: as many boots as it takes, and once more alone for
# each that failed beside others.

# Seconds for what a test's limit does not cover: guests that boot, modules that
# are unloaded. The session has limits of its own; this is for one that hangs.
AROUND=$((400 * PATIENCE))
# How often the emulator may kill a PVH guest before it counts
FAULTS=4

# run_machine FILE...
run_machine()
{
	local pending=("$@") failed=() faults=0 alone='' file
	while [ ${#pending[@]} -gt 0 ]; do
		run_boot "${pending[@]}"
	done
	[ $# -gt 1 ] || return 0
	alone=yes
	for file in "${failed[@]}"; do
		pending=("$file") faults=0
		run_boot "$file"
	done
}

# run_boot FILE...: boot, and follow the session until it ends or has to be ended.
# Tests that are done are no longer in pending.
run_boot()
{
	local line dir='' log current='' begin=$SECONDS since=$SECONDS status word
	if ! start_boot "$@"; then
		give_up "$BOOT_WORK/err"
		return
	fi
	while next_line; do
		case $line in
		"@begin "*) begin_test "${line#* }" ;;
		"| "*) echo "${line#| }" >>"$log" ;;
		"@end "*)
			read -r _ status word <<<"$line"
			# Nothing can be said of a machine whose logs have bad lines.
			end_test "$status" && [ "$word" != reboot ] || { stop_boot; return; }
			;;
		esac
	done
	end_boot
	status=$?
	if [ -n "$current" ]; then
		echo "the machine ended, or did not answer: $(tail -n 1 "$BOOT_WORK/err")" >>"$log"
		end_test 75
	elif [ ${#pending[@]} -gt 0 ]; then
		give_up "$BOOT_WORK/err"
	elif [ "$status" != 0 ]; then
		tail -n 30 "$BOOT_WORK/err" >"$(log_of "after-$(last_name "$@")")"
		result "after-$(last_name "$@")" "$status" $((SECONDS - begin))
	fi
}

last_name()
{
	basename "${!#}" .test
}

# next_line: of the session, into line; status 1 at its end, or if that does not come
next_line()
{
	local piece status
	line=
	while [ $SECONDS -lt $((since + AROUND + (${#current} ? limit : 0))) ]; do
		IFS= read -r -t 5 -u 7 piece
		status=$?
		line+=$piece
		[ $status != 0 ] || return 0
		[ $status -gt 128 ] || return 1
		# Other runs on this machine may come first, however long they take.
		[ -n "$current" ] || [ -n "$(run_dir)" ] || since=$SECONDS
	done
	stop_boot
	return 1
}

begin_test()
{
	read_test "${pending[0]}"
	limit=$((limit * PATIENCE))
	current=$name since=$SECONDS dir=$(run_dir)
	log=$(log_of "$name${alone:+.alone}")
	: >"$log"
}

# end_test STATUS: status 1 if the machine has to go
end_test()
{
	local status=$1 bad
	wait_for_mark "$dir" "$current"
	if bad=$(test_logs "$dir" "$current"); then
		if triple_fault "$dir" "$current" && [ $((faults += 1)) -le $FAULTS ]; then
			echo "note: $current: a PVH guest died of a triple fault, a trap of the emulator: again"
			current=
			return 1
		fi
		printf 'bad lines in the logs (%s):\n%s\n' "$dir" "$bad" >>"$log"
		[ "$status" != 0 ] || status=70
	fi
	outcome "$status" $((SECONDS - since))
	current=
	# What comes next has its own time.
	since=$SECONDS
	[ -z "$bad" ]
}

# outcome STATUS SECONDS: of pending's first
outcome()
{
	local file=${pending[0]} log
	local name
	name=$(basename "$file" .test)
	pending=("${pending[@]:1}")
	faults=0
	if [ -z "$alone" ]; then
		result "$name" "$1" "$2"
		[ "$1" = 0 ] || [ "$1" = 77 ] || failed+=("$file")
	elif [ "$1" = 0 ]; then
		echo "     $name passed alone in a fresh boot ($2 s); it counts as failed"
	else
		log=$(log_of "$name.alone")
		echo "     $name failed alone in a fresh boot, too ($2 s, status $1): ${log#"$TOP"/}"
	fi
}

# give_up LOG: the machine does not boot: all that is pending has failed
give_up()
{
	local name
	while [ ${#pending[@]} -gt 0 ]; do
		name=$(basename "${pending[0]}" .test)
		{ echo "its machine did not boot:"; tail -n 20 "$1"; } >"$(log_of "$name${alone:+.alone}")"
		outcome 69 0
	done
	failed=()
}
