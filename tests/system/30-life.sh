#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: service, device and guest end at bad moments; all can begin again
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/life --timeout 400 -- ./life
