#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: what users do wrong with vdrm, and guests that come late
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/bad-input --timeout 300 -- ./bad-input
