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
	say(LOG_ERR, format, args);
	va_end(args);
	return code;
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_NOTICE, format, args);
	va_end(args);
}

/* A guest writes some of the keys we show: it must not drive the terminal. */
void print_clean(const char *text)
{
	for (; *text; text++)
		putchar(isprint((unsigned char)*text) ? *text : '?');
}
