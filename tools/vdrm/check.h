/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.h: a line for each thing that vdrm check looks at
 */
#ifndef VDRM_CHECK_H
#define VDRM_CHECK_H

#include "sys.h"

enum finding {
	FOUND,		/* it is as it should be */
	NOTE,		/* it works, but not fully */
	MISSING,	/* it does not work without */
};

void report(enum finding finding, const char *format, ...) __printf(2, 3);
void check_kernel(const char * const *options, size_t count);
void check_host(struct xs_handle *xs, unsigned int self, int xen);
void check_guest(void);

#endif /* VDRM_CHECK_H */
