#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a backend that breaks the protocol or serves a bad table is refused
set -eu
cd "$(dirname "$0")/../.."
tests/rig/in-build-root make -s -C tests/system/programs OUT="$PWD/build/system"
exec tests/rig/run --guest pv --in dom0 --put build/system/evil-back \
	--put tests/system/inside/lib.sh --put tests/system/inside/hostile-host --timeout 300 -- ./hostile-host
