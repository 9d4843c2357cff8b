// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small helpers over libxenstore
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vdrm.h"

int store_open(struct xs_handle **xs, unsigned int *self)
{
	int id;

	*xs = xs_open(0);
	if (!*xs)
		return fail(VDRM_NO_XENSTORE,
			    "cannot reach xenstore (%s): is this dom0 of a running Xen, and are you root?",
			    strerror(errno));
	/* A relative path: every domain finds its own number there. */
	id = store_read_number(*xs, XBT_NULL, NULL, "domid");
	*self = id < 0 ? 0 : id;
	return 0;
}

static void join(char *path, const char *dir, const char *key)
{
	snprintf(path, VDRM_PATH, "%s%s%s", dir ? dir : "", dir ? "/" : "", key);
}

/* The caller frees what this returns; NULL: no such key. */
char *store_read(struct xs_handle *xs, xs_transaction_t t, const char *dir, const char *key)
{
	char path[VDRM_PATH];

	join(path, dir, key);
	return xs_read(xs, t, path, NULL);
}

/* -1: no such key, or no number */
int store_read_number(struct xs_handle *xs, xs_transaction_t t, const char *dir, const char *key)
{
	char *text = store_read(xs, t, dir, key);
	unsigned int value;
	int ret = -1;

	if (text && !parse_number(text, 0x7fffffff, &value))
		ret = value;
	free(text);
	return ret;
}

bool store_write(struct xs_handle *xs, xs_transaction_t t, const char *dir, const char *key,
		 const char *format, ...)
{
	char path[VDRM_PATH], value[4096];
	va_list args;
	int length;

	join(path, dir, key);
	va_start(args, format);
	length = vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof(value)) {
		errno = E2BIG;
		return false;
	}
	return xs_write(xs, t, path, value, length);
}

bool store_exists(struct xs_handle *xs, xs_transaction_t t, const char *path)
{
	char *value = xs_read(xs, t, path, NULL);

	free(value);
	return value;
}

long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

/*
 * Waits until a watch fires; false when @deadline (of now_ms()) has passed
 * first. What fired doesn't matter: the caller looks at the state anew.
 */
bool store_wait(struct xs_handle *xs, long deadline)
{
	struct pollfd fd = { .fd = xs_fileno(xs), .events = POLLIN };
	long left = deadline - now_ms();
	char **event;

	if (left <= 0)
		return false;
	if (poll(&fd, 1, left) <= 0)
		return errno == EINTR;
	event = xs_check_watch(xs);
	free(event);
	return true;
}
