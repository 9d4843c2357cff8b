// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains by name or number, from xenstore alone: any toolstack will do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vdrm.h"

#define DOMID_MAX	0x7fef	/* DOMID_FIRST_RESERVED - 1 */

bool domain_alive(struct xs_handle *xs, unsigned int domid)
{
	return xs_is_domain_introduced(xs, domid);
}

/* The caller frees it; NULL: it has none. */
char *domain_name(struct xs_handle *xs, unsigned int domid)
{
	char dir[VDRM_PATH];

	snprintf(dir, sizeof(dir), "/local/domain/%u", domid);
	return store_read(xs, XBT_NULL, dir, "name");
}

static bool find_name(struct xs_handle *xs, const char *wanted, unsigned int *domid)
{
	unsigned int i, count, *ids = store_numbers(xs, "/local/domain", &count);
	bool found = false;
	char *name;

	for (i = 0; i < count && !found; i++) {
		name = domain_name(xs, ids[i]);
		found = name && !strcmp(name, wanted);
		if (found)
			*domid = ids[i];
		free(name);
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
