/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture.h: what a function prints on one of the standard streams
 */
#ifndef VDRM_TEST_CAPTURE_H
#define VDRM_TEST_CAPTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct capture {
	FILE *stream;
	int old;
	int file;
};

static inline struct capture capture_begin(FILE *stream)
{
	char path[] = "/tmp/vdrm-test.XXXXXX";
	struct capture c = { .stream = stream, .file = mkstemp(path) };

	assert_true(c.file >= 0);
	unlink(path);
	fflush(stream);
	c.old = dup(fileno(stream));
	dup2(c.file, fileno(stream));
	return c;
}

/* Valid until the next call */
static inline char *capture_end(const struct capture *c)
{
	static char said[16384];
	ssize_t length;

	fflush(c->stream);
	dup2(c->old, fileno(c->stream));
	length = pread(c->file, said, sizeof(said) - 1, 0);
	assert_true(length >= 0);
	said[length] = '\0';
	close(c->file);
	close(c->old);
	return said;
}

#endif /* VDRM_TEST_CAPTURE_H */
