// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages: to stderr, or to syslog once there is nobody left to read it.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "vdrm.h"

static bool use_syslog;
static bool muted;
static const char *where = "";
static char failure[256];

/* @text begins each message from now on; "": no longer. */
void log_where(const char *text)
{
	where = text;
}

/* For a caller that has said the same before */
void log_mute(bool mute)
{
	muted = mute;
}

void log_to_syslog(const char *ident)
{
	openlog(ident, LOG_PID, LOG_DAEMON);
	use_syslog = true;
}

static void say(int priority, const char *format, va_list args)
{
	if (muted)
		return;
	if (use_syslog) {
		vsyslog(priority, format, args);
		return;
	}
	fprintf(stderr, "vdrm: %s", where);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int fail(int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(failure, sizeof(failure), format, args);
	va_end(args);
	va_start(args, format);
	say(LOG_ERR, format, args);
	va_end(args);
	return code;
}

/* The message of the last fail(), for those who are in another domain */
const char *last_failure(void)
{
	return failure;
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_NOTICE, format, args);
	va_end(args);
}

/* Other domains write some of the keys we show: they must not drive the terminal. */
char *make_clean(char *text)
{
	char *c;

	for (c = text; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	return text;
}

void print_clean(const char *text)
{
	for (; *text; text++)
		putchar(isprint((unsigned char)*text) ? *text : '?');
}
