/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sandbox.h: what the process that serves a guest gives up
 */
#ifndef VDRM_SANDBOX_H
#define VDRM_SANDBOX_H

#include <stdbool.h>

#define SANDBOX_NAMESPACES	0x1u	/* file system, processes, network */
#define SANDBOX_USER		0x2u	/* a user of its own */
#define SANDBOX_FILTER		0x4u	/* only a few system calls */
#define SANDBOX_ALL		0x7u

#ifdef VDRM_SANDBOX_TEST
/* Does what an attacker would, inside the sandbox (tests/system/programs). */
void sandbox_test(bool filtered);
#else
static inline void sandbox_test(bool filtered) { (void)filtered; }
#endif

int sandbox_unshare(void);
int sandbox_enter(unsigned int guest, bool card, unsigned int layers);

#endif /* VDRM_SANDBOX_H */
