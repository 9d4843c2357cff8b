#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: an oops or a WARN in any kernel fails the run and is shown
. "$(dirname "$0")/lib.sh"

out=$PROJECT/build/rig-oops
mkdir -p "$out" && cp "$RIG"/modules/oops/* "$out/" || fail "cannot write $out"
# shellcheck disable=SC2016  # expanded in the build root
"$RIG/in-build-root" sh -c 'make -s -C "$KDIR_6_12" M="$0" modules' "$out" >"$WORK/err" 2>&1 || fail "cannot build the module"

rig --gpu none --guest none --put "$out/oops.ko" -- sh -c 'insmod oops.ko kind=warn; true'
want_status 70
want err 'WARNING: .*oops_init'

rig --gpu none --guest pv --no-attach --put "$out/oops.ko" -- sh -c 'insmod oops.ko; true'
want_status 70
want err 'guest1.log:.*(Oops|NULL pointer)'
