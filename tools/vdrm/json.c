// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes JSON (RFC 8259) to stdout. Nothing is kept, so there is nothing to fail.
 */
#include <math.h>
#include <stdio.h>

#include "json.h"

#define REPLACEMENT	0xfffdu

/* Whether a value stands before the next one */
static bool follows;

/*
 * Takes one character of UTF-8 off @text; of what is none, a byte. RFC 3629 has no
 * longer forms than needed, no surrogates, and nothing above 0x10ffff.
 */
static unsigned int take_character(const unsigned char **text)
{
	static const unsigned int least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = *text;
	unsigned int c = *s, more, i;

	++*text;
	if (c < 0x80)
		return c;
	more = (c >= 0xc0) + (c >= 0xe0) + (c >= 0xf0);
	c &= 0x3f >> more;
	for (i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (!more || *s >= 0xf8 || c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return REPLACEMENT;
	*text = s + 1 + more;
	return c;
}

/* Escaped as UTF-16; controls, too, so that nothing drives the terminal. */
static void put_character(unsigned int c)
{
	if (c == '"' || c == '\\')
		printf("\\%c", c);
	else if (c >= ' ' && c <= '~')
		putchar(c);
	else if (c < 0x10000)
		printf("\\u%04x", c);
	else
		printf("\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
}

static void put_text(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	putchar('"');
	while (*s)
		put_character(take_character(&s));
	putchar('"');
}

/* What stands before each value */
static void begin(const char *key)
{
	if (follows)
		putchar(',');
	if (key) {
		put_text(key);
		putchar(':');
	}
	follows = true;
}

/* @bracket: '{' or '[' */
void json_open(const char *key, char bracket)
{
	begin(key);
	putchar(bracket);
	follows = false;
}

/* @bracket: '}' or ']' */
void json_close(char bracket)
{
	putchar(bracket);
	follows = true;
}

/* After the last bracket of a document, which is a line */
void json_end(void)
{
	putchar('\n');
	fflush(stdout);
	follows = false;
}

/* Any bytes; those that are no UTF-8 become U+FFFD. NULL: null */
void json_string(const char *key, const char *text)
{
	if (!text) {
		json_null(key);
		return;
	}
	begin(key);
	put_text(text);
}

void json_number(const char *key, unsigned long long value)
{
	begin(key);
	printf("%llu", value);
}

/* To a hundredth. No locale is set, so the point is a point. */
void json_real(const char *key, double value)
{
	if (!isfinite(value)) {
		json_null(key);
		return;
	}
	begin(key);
	printf("%.2f", value);
}

void json_bool(const char *key, bool value)
{
	begin(key);
	fputs(value ? "true" : "false", stdout);
}

void json_null(const char *key)
{
	begin(key);
	fputs("null", stdout);
}
