#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: what users do wrong with vdrm, and guests that come late
set -eu
cd "$(dirname "$0")/../.."
build=$(tests/system/modules/build 6.12)
exec tests/rig/run --guest pv --in dom0 --put "$build/mover.ko" \
	--put tests/system/inside/lib.sh \
	--put tests/system/inside/bad-input --timeout 300 -- ./bad-input
