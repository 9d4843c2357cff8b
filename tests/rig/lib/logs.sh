# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What must not be in a console log. allowed-log-lines names harmless exceptions.

# Linux: oops, WARN, lockdep, sanitizers, hangs, lost grants. Xen: crashes, errors.
LOG_PATTERNS='cut here|\bBUG\b|\bOops\b|\bWARNING:|Kernel panic|general protection|unable to handle'
LOG_PATTERNS+='|Call Trace|possible recursive|circular locking|inconsistent lock|suspicious RCU|lock held when returning'
LOG_PATTERNS+='|KASAN|UBSAN|KCSAN|KFENCE|kmemleak|hung task|INFO: task|blocked for more than|soft lockup|detected stall|self-detected'
LOG_PATTERNS+='|refcount_t|list_(add|del) corruption|scheduling while atomic|sleeping function called|Bad page|leaked|leaking|g\.e\. 0x|still in use'
LOG_PATTERNS+='|\(XEN\).*(\bERROR\b|[Ee]rror:|FATAL|Panic|[Cc]rash|Assertion|Xen BUG|Xen WARN|not shutdown|Unhandled|Triple fault|Failed to|Bad (grant|gfn|frame|ref|flags))'

# A run that saw one of these does not recover: no need to wait for its end.
FATAL_PATTERNS='\bOops\b|Kernel panic|^\(XEN\) Panic|Xen BUG|kernel BUG at|general protection fault|Triple fault'

# bad_lines LOG...: print "log: line" of each hit; status 0 if there is one.
bad_lines() {
	local log allowed
	allowed=$(sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$RIG_DIR/allowed-log-lines")${RIG_ALLOW:+$'\n'$RIG_ALLOW}
	# Serial consoles end lines with CR, LF; zero bytes make grep think of binaries.
	for log in "$@"; do
		tr -d '\r\000' <"$log" | grep -aEn "$LOG_PATTERNS" |
			grep -avE "$allowed" | sed "s|^|$(basename "$log"):|"
	done | grep -a .
}

fatal_seen() {
	grep -aqE "$FATAL_PATTERNS" "$@" 2>/dev/null
}
