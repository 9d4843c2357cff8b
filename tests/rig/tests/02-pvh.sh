#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a PVH guest boots; status, output and files pass; dom0 drives guests
. "$(dirname "$0")/lib.sh"

cat >"$WORK/both" <<'SCRIPT'
#!/bin/sh
# Runs in dom0 and asks the guest.
set -e
echo "dom0 $(uname -r)"
in-guest sh -c 'echo guest $(cat /sys/hypervisor/guest_type) $PVDRM_GUEST; test -x both'
[ "$(echo data | in-guest cat)" = data ]
in-guest 1 sh -c 'exit 5' && exit 1 || [ $? = 5 ]
# Binary-safe, and several at once.
head -c 300000 /dev/urandom >blob
in-guest cat <blob | cmp - blob &
in-guest cat <blob | cmp - blob
wait $!
in-guest sh -c 'cat >blob' <blob
in-guest sha256sum blob >sum
echo error >&2
exit 42
SCRIPT
chmod +x "$WORK/both"
rig --gpu none --guest pvh --no-attach --in dom0 --put "$WORK/both" --get blob --get sum -- ./both
want_status 42
want out '^dom0 6\.12\.'
want out '^guest PVH 1$'
want err '^error$'
(cd "$WORK" && sha256sum --status -c sum) || fail "a file that went through the guest changed"
