// SPDX-License-Identifier: GPL-2.0-only
/*
 * As much of libxenstore as vdrm calls, over a table
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "test/fake-xs.h"

#define ENTRIES	64

static struct {
	char path[200];
	char value[200];
} entry[ENTRIES];

static int count;

void fake_clear(void)
{
	count = 0;
}

static int find(const char *path)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(entry[i].path, path))
			return i;
	return -1;
}

static void set_one(const char *path, const char *value)
{
	int i = find(path);

	if (i < 0 && count < ENTRIES)
		i = count++;
	if (i < 0)
		abort();
	snprintf(entry[i].path, sizeof(entry[i].path), "%s", path);
	snprintf(entry[i].value, sizeof(entry[i].value), "%s", value);
}

/* Makes the folders above, too, as xenstored does. */
void fake_set(const char *path, const char *value)
{
	char above[200];
	const char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
		if (find(above) < 0)
			set_one(above, "");
	}
	set_one(path, value);
}

const char *fake_get(const char *path)
{
	int i = find(path);

	return i < 0 ? NULL : entry[i].value;
}

int fake_count(void)
{
	return count;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	const char *value = fake_get(path);

	(void)h;
	(void)t;
	if (!value) {
		errno = ENOENT;
		return NULL;
	}
	if (len)
		*len = strlen(value);
	return strdup(value);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
	      unsigned int len)
{
	char value[200];

	(void)h;
	(void)t;
	snprintf(value, sizeof(value), "%.*s", (int)len, (const char *)data);
	fake_set(path, value);
	return true;
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	return fake_get(path) || xs_write(h, t, path, "", 0);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	size_t length = strlen(path);
	int i;

	(void)h;
	(void)t;
	for (i = count - 1; i >= 0; i--)
		if (!strncmp(entry[i].path, path, length) &&
		    (entry[i].path[length] == '/' || !entry[i].path[length]))
			entry[i] = entry[--count];
	return true;
}

/* One block, as from the real one: pointers, then the names. */
char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	char **names = calloc(1, ENTRIES * sizeof(*names) + ENTRIES * 200);
	char *text = (char *)(names + ENTRIES);
	size_t length = strlen(path);
	int i;

	(void)h;
	(void)t;
	*num = 0;
	for (i = 0; i < count; i++) {
		const char *name = entry[i].path + length + 1;

		if (strncmp(entry[i].path, path, length) || entry[i].path[length] != '/' ||
		    strchr(name, '/'))
			continue;
		names[(*num)++] = memcpy(text, name, strlen(name) + 1);
		text += strlen(text) + 1;
	}
	return names;
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
			struct xs_permissions *perms, unsigned int num)
{
	char text[40];

	(void)h;
	(void)t;
	/* Kept beside the node, for the tests to look at. */
	if (num != 2 || perms[0].perms != XS_PERM_NONE || perms[1].perms != XS_PERM_READ)
		abort();
	snprintf(text, sizeof(text), "n%u,r%u", perms[0].id, perms[1].id);
	set_one(strcmp(path, "") ? path : "/", text);
	return true;
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid)
{
	char path[40];

	(void)h;
	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	return fake_get(path);
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	return 1;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abandon)
{
	(void)h;
	(void)t;
	(void)abandon;
	return true;
}

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	return (struct xs_handle *)&count;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
}

int xs_fileno(struct xs_handle *h)
{
	(void)h;
	return -1;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)path;
	(void)token;
	return true;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)path;
	(void)token;
	return true;
}

char **xs_check_watch(struct xs_handle *h)
{
	(void)h;
	errno = EAGAIN;
	return NULL;
}
