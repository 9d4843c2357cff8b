// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains by name, number or UUID, from xenstore alone: any toolstack will do.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vdrm.h"

#define DOMID_MAX	0x7fef	/* DOMID_FIRST_RESERVED - 1 */

/* Only dom0 is told. In a driver domain, look at what the domain has in xenstore. */
bool domain_alive(struct xs_handle *xs, unsigned int domid)
{
	errno = 0;
	return xs_is_domain_introduced(xs, domid) || errno == EACCES;
}

/* The caller frees it; NULL: it has none. */
char *domain_name(struct xs_handle *xs, unsigned int domid)
{
	char dir[VDRM_PATH];

	snprintf(dir, sizeof(dir), "/local/domain/%u", domid);
	return store_read(xs, XBT_NULL, dir, "name");
}

/* Whether @text is the domain's name or its UUID */
bool domain_is(struct xs_handle *xs, unsigned int domid, const char *text)
{
	char *name = domain_name(xs, domid);
	bool found = name && !strcmp(name, text);
	char dir[VDRM_PATH], *vm;

	free(name);
	if (found)
		return true;
	snprintf(dir, sizeof(dir), "/local/domain/%u", domid);
	vm = store_read(xs, XBT_NULL, dir, "vm");
	found = vm && !strncmp(vm, "/vm/", 4) && !strcasecmp(vm + 4, text);
	free(vm);
	return found;
}

static bool find_name(struct xs_handle *xs, const char *wanted, unsigned int *domid)
{
	unsigned int i, count, *ids = store_numbers(xs, "/local/domain", &count);
	bool found = false;

	for (i = 0; i < count && !found; i++) {
		/* What is left of a dead domain may have the name of a living one. */
		found = domain_is(xs, ids[i], wanted) && domain_alive(xs, ids[i]);
		if (found)
			*domid = ids[i];
	}
	free(ids);
	return found;
}

/* As in xl, what looks like a number is one. */
int domain_find(struct xs_handle *xs, const char *text, unsigned int *domid)
{
	if (!parse_number(text, DOMID_MAX, domid)) {
		if (domain_alive(xs, *domid))
			return 0;
		return fail(VDRM_NO_DOMAIN, "there is no domain with the number %s", text);
	}
	if (*text && find_name(xs, text, domid))
		return 0;
	return fail(VDRM_NO_DOMAIN, "there is no domain named '%s'; xl list shows all", text);
}
