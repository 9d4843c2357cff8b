#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: an oops or a WARN in any kernel fails the run and is shown
. "$(dirname "$0")/lib.sh"

out=$PROJECT/build/rig-oops
mkdir -p "$out" && cp "$RIG"/modules/oops/* "$out/" || fail "cannot write $out"
# shellcheck disable=SC2016  # expanded in the build root
"$RIG/in-build-root" sh -c 'make -s -C "$KDIR_6_12" M="$0" modules' "$out" >"$WORK/err" 2>&1 || fail "cannot build the module"

rig --gpu none --guest pv --no-attach --in dom0 --put "$out/oops.ko" -- \
	sh -c 'insmod oops.ko kind=warn; in-guest insmod oops.ko; sleep 60'
want_status 70
want err 'WARNING: .*oops_init'
want err 'guest1.log:.*(Oops|NULL pointer)'
want err 'a kernel broke, the rest of the run was given up'
