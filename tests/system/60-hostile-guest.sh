#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a guest that breaks the protocol loses its device; dom0 is unharmed
set -eu
cd "$(dirname "$0")/../.."
build=build/evil
mkdir -p "$build"
cp tests/system/modules/* "$build/"
# shellcheck disable=SC2016 # expanded in the build root
tests/rig/in-build-root sh -c 'make -s -C "$KDIR_6_12" M="$PWD/$0" PVDRM_INCLUDE="$PWD/include" CC=gcc modules' "$build"
exec tests/rig/run --guest pv --in dom0 --put "$build/evil-front.ko" \
	--put tests/system/inside/lib.sh --put tests/system/inside/hostile-guest --timeout 300 -- ./hostile-guest
