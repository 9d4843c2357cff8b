// SPDX-License-Identifier: GPL-2.0-only
/*
 * KEY=VALUE words, as xl has them
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vdrm.h"

#define MAX_WAIT	3600	/* seconds */

void options_init(struct options *o)
{
	*o = (struct options) {
		.devid = -1,
		.node = NODE_ANY,
		.sequential = -1,
		.wait = -1,
	};
}

/* Digits only: strtoul() alone would take " 1", "+1" and "-1". */
int parse_number(const char *text, unsigned int max, unsigned int *value)
{
	unsigned long n;

	if (!*text || strspn(text, "0123456789") != strlen(text))
		return -EINVAL;
	errno = 0;
	n = strtoul(text, NULL, 10);
	if (errno || n > max)
		return -ERANGE;
	*value = n;
	return 0;
}

static int set_number(const char *key, const char *value, unsigned int max, int *result)
{
	unsigned int n;

	if (parse_number(value, max, &n))
		return fail(VDRM_USAGE, "%s takes a number from 0 to %u, not '%s'", key, max,
			    value);
	*result = n;
	return 0;
}

static int set_devid(struct options *o, const char *value)
{
	return set_number("devid", value, VDRM_MAX_DEVID, &o->devid);
}

static int set_node(struct options *o, const char *value)
{
	if (!strcmp(value, "render"))
		o->node = NODE_RENDER;
	else if (!strcmp(value, "primary"))
		o->node = NODE_PRIMARY;
	else
		return fail(VDRM_USAGE, "node is render or primary, not '%s'", value);
	return 0;
}

static int set_sequential(struct options *o, const char *value)
{
	return set_number("sequential", value, 1, &o->sequential);
}

static int set_wait(struct options *o, const char *value)
{
	return set_number("wait", value, MAX_WAIT, &o->wait);
}

static int set_force(struct options *o, const char *value)
{
	int force = 0;
	int ret = set_number("force", value, 1, &force);

	o->force = force;
	return ret;
}

static const struct {
	const char *key;
	unsigned int bit;
	int (*set)(struct options *o, const char *value);
} keys[] = {
	{ "devid",	OPTION_DEVID,		set_devid },
	{ "node",	OPTION_NODE,		set_node },
	{ "sequential",	OPTION_SEQUENTIAL,	set_sequential },
	{ "wait",	OPTION_WAIT,		set_wait },
	{ "force",	OPTION_FORCE,		set_force },
};

static int parse_word(struct options *o, unsigned int allowed, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t i, length;

	if (!equals)
		return fail(VDRM_USAGE, "'%s' is not of the form KEY=VALUE", word);
	length = equals - word;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!(keys[i].bit & allowed) || strlen(keys[i].key) != length ||
		    strncmp(keys[i].key, word, length))
			continue;
		return keys[i].set(o, equals + 1);
	}
	return fail(VDRM_USAGE, "no key '%.*s' here; see vdrm(8)", (int)length, word);
}

int options_parse(struct options *o, unsigned int allowed, int argc, char * const *argv)
{
	int i, ret;

	for (i = 0; i < argc; i++) {
		ret = parse_word(o, allowed, argv[i]);
		if (ret)
			return ret;
	}
	return 0;
}
