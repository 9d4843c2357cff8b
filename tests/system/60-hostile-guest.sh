#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a guest that breaks the protocol loses its device; dom0 is unharmed
set -eu
cd "$(dirname "$0")/../.."
build=$(tests/system/modules/build 6.12)
exec tests/rig/run --guest pv --in dom0 --put "$build/evil-front.ko" \
	--put tests/system/inside/lib.sh --put tests/system/inside/hostile-guest --timeout 300 -- ./hostile-guest
