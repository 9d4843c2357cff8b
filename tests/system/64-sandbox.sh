#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: code that runs in a serving process reaches nothing but its device
set -eu
cd "$(dirname "$0")/../.."
tests/rig/in-build-root make -s -C tests/system/programs OUT="$PWD/build/system"
exec tests/rig/run --guest pv --guests 2 --in dom0 --put build/system/attacker \
	--put tests/system/inside/lib.sh --put tests/system/inside/sandbox --timeout 200 -- ./sandbox
