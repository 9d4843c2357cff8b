# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # read_test sets the variables of a declaration
# One boot of a machine for some tests: what to put into it, and starting it.

PATIENCE=${CHECK_PATIENCE:-1}
BOOT_PID=

# add_test STAGE: the test just read goes into the session's plan, and its files
# beside it.
add_test()
{
	local stage=$1 key module kernel spec n=0
	limit=$((limit * PATIENCE))
	{
		printf one
		for key in name guests memory fresh attach back front modules limit run; do
			printf ' %q' "$key=${!key}"
		done
		echo
	} >>"$stage/plan"
	cp tests/system/inside/* "$stage/"
	for spec in $guests; do
		n=$((n + 1))
		kernel=${spec#*-}
		[ "$kernel" = "$spec" ] || also+=" $kernel"
	done
	also+=" $kernels"
	[ "$n" -le "$room" ] || room=$n
	[ "$memory" -le "$most" ] || most=$memory
	# Once for all tests: dom0 is the same.
	[ -z "$modules" ] || [ -n "$built" ] || built=$(tests/system/modules/build "$dom0") || return
	for module in $modules; do
		cp "$built/$module.ko" "$stage/" || return
	done
	build || return
	# shellcheck disable=SC2086 # several words
	[ -z "$put" ] || cp $put "$stage/"
}

# start_boot FILE...: boot the machine of these tests, with a session in dom0 that
# runs them. Its lines come on file descriptor 7; BOOT_PID, and $BOOT_WORK/err.
start_boot()
{
	local stage room=1 most=768 built='' also='' file put_options=() f
	BOOT_WORK=$WORK/boot.$BASHPID
	stage=$BOOT_WORK/stage
	rm -rf "$BOOT_WORK"
	mkdir -p "$stage"
	cp tests/runner/inside/* "$stage/"
	echo "export PATIENCE=$PATIENCE" >"$stage/plan"
	for file; do
		read_test "$file"
		add_test "$stage" >"$BOOT_WORK/err" 2>&1 || return
	done
	for f in "$stage"/*; do
		put_options+=(--put "$f")
	done
	mkfifo "$BOOT_WORK/out"
	RIG_XEN_ARGS=$xen_args RIG_DOM0_ARGS=$dom0_args RIG_QEMU_ARGS=$qemu_args \
		RIG_ALSO_KERNELS=$also RIG_GUEST_ROOM=$room RIG_DOMU_MEMORY=$most RIG_AGAIN=2 \
		RIG_BOOT_TIMEOUT=$((180 * PATIENCE)) \
		tests/rig/run --gpu "$gpu" --image "$image" --dom0-kernel "$dom0" --smp "$cpus" --guest none --in dom0 --timeout 86400 \
		"${put_options[@]}" -- ./session >"$BOOT_WORK/out" 2>"$BOOT_WORK/err" </dev/null &
	BOOT_PID=$!
	exec 7<"$BOOT_WORK/out"
}

# run_dir: where the rig keeps this boot's logs
run_dir()
{
	sed -n 's/.*starting: .*; logs: //p' "$BOOT_WORK/err"
}

# end_boot: it ends by itself; its status
end_boot()
{
	local status=75
	if [ -n "$BOOT_PID" ]; then
		wait "$BOOT_PID"
		status=$?
		BOOT_PID=
		exec 7<&-
	fi
	return $status
}

# stop_boot: at once, if it is still there
stop_boot()
{
	[ -n "$BOOT_PID" ] || return 0
	kill "$BOOT_PID" 2>/dev/null
	wait "$BOOT_PID"
	BOOT_PID=
	exec 7<&-
}
