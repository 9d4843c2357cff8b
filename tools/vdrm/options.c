// SPDX-License-Identifier: GPL-2.0-only
/*
 * KEY=VALUE words, as xl has them
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "vdrm.h"

#define MAX_WAIT	3600	/* seconds */

const char * const limit_keys[NR_LIMITS] = {
	[LIMIT_FILES]		= XENDRM_KEY_MAX_FILES,
	[LIMIT_INFLIGHT]	= XENDRM_KEY_MAX_INFLIGHT,
	[LIMIT_BUFFER_BYTES]	= XENDRM_KEY_MAX_BUFFER_BYTES,
	[LIMIT_MAPPED_BYTES]	= XENDRM_KEY_MAX_MAPPED_BYTES,
	[LIMIT_GRANTED_BYTES]	= XENDRM_KEY_MAX_GRANTED_BYTES,
	[LIMIT_OBJECTS]		= XENDRM_KEY_MAX_OBJECTS,
	[LIMIT_HANGS]		= XENDRM_KEY_BAN_AFTER,
	[LIMIT_WEIGHT]		= XENDRM_KEY_WEIGHT,
	[LIMIT_CAP]		= XENDRM_KEY_CAP,
};

void options_init(struct options *o)
{
	*o = (struct options) {
		.devid = -1,
		.node = NODE_ANY,
		.sequential = -1,
		.wait = -1,
		.sandbox = true,
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

/* A number of bytes, or of the units that K, M, G stand for: up to 2^63 - 1 */
int parse_size(const char *text, unsigned long long *value)
{
	static const char units[] = "KMG";
	size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
	int shift = unit ? 10 * (unit - units + 1) : 0;
	unsigned long long n;

	if (!digits || text[digits + (unit ? 1 : 0)])
		return -EINVAL;
	errno = 0;
	n = strtoull(text, NULL, 10);
	if (errno || n > (unsigned long long)LLONG_MAX >> shift)
		return -ERANGE;
	*value = n << shift;
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

static int set_sandbox(struct options *o, const char *value)
{
	int sandbox = 1;
	int ret = set_number("sandbox", value, 1, &sandbox);

	o->sandbox = sandbox;
	return ret;
}

static int set_backend(struct options *o, const char *value)
{
	if (!*value)
		return fail(VDRM_USAGE, "backend takes a domain");
	o->backend = value;
	return 0;
}

/* No limit is 0: a guest that may do nothing needs no device. */
static int set_count(struct options *o, int limit, const char *value, unsigned int max)
{
	unsigned int n;

	if (parse_number(value, max, &n) || !n)
		return fail(VDRM_USAGE, "%s takes a number from 1 to %u, not '%s'",
			    limit_keys[limit], max, value);
	o->limit[limit] = n;
	return 0;
}

static int set_size(struct options *o, int limit, const char *value)
{
	if (parse_size(value, &o->limit[limit]) || !o->limit[limit])
		return fail(VDRM_USAGE,
			    "%s takes a number of bytes above 0, perhaps with K, M or G, not '%s'",
			    limit_keys[limit], value);
	return 0;
}

static int set_max_files(struct options *o, const char *value)
{
	return set_count(o, LIMIT_FILES, value, INT_MAX);
}

static int set_max_objects(struct options *o, const char *value)
{
	return set_count(o, LIMIT_OBJECTS, value, INT_MAX);
}

static int set_ban_after(struct options *o, const char *value)
{
	return set_count(o, LIMIT_HANGS, value, INT_MAX);
}

static int set_weight(struct options *o, const char *value)
{
	return set_count(o, LIMIT_WEIGHT, value, XENDRM_MAX_WEIGHT);
}

static int set_cap(struct options *o, const char *value)
{
	return set_count(o, LIMIT_CAP, value, 100);
}

static int set_max_inflight(struct options *o, const char *value)
{
	return set_count(o, LIMIT_INFLIGHT, value, XENDRM_MAX_REQUESTS);
}

static int set_max_buffer_bytes(struct options *o, const char *value)
{
	return set_size(o, LIMIT_BUFFER_BYTES, value);
}

static int set_max_mapped_bytes(struct options *o, const char *value)
{
	return set_size(o, LIMIT_MAPPED_BYTES, value);
}

/* A program that touches a few pages at a time needs them at the same time. */
static int set_max_granted_bytes(struct options *o, const char *value)
{
	if (parse_size(value, &o->limit[LIMIT_GRANTED_BYTES]) ||
	    o->limit[LIMIT_GRANTED_BYTES] < XENDRM_MIN_GRANTED_BYTES)
		return fail(VDRM_USAGE, "%s takes a number of bytes from %u on, not '%s'",
			    limit_keys[LIMIT_GRANTED_BYTES], XENDRM_MIN_GRANTED_BYTES, value);
	return 0;
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
	{ "sandbox",	OPTION_SANDBOX,		set_sandbox },
	{ "backend",	OPTION_BACKEND,		set_backend },
	{ XENDRM_KEY_MAX_FILES,		OPTION_LIMITS,	set_max_files },
	{ XENDRM_KEY_MAX_INFLIGHT,	OPTION_LIMITS,	set_max_inflight },
	{ XENDRM_KEY_MAX_BUFFER_BYTES,	OPTION_LIMITS,	set_max_buffer_bytes },
	{ XENDRM_KEY_MAX_MAPPED_BYTES,	OPTION_LIMITS,	set_max_mapped_bytes },
	{ XENDRM_KEY_MAX_GRANTED_BYTES,	OPTION_LIMITS,	set_max_granted_bytes },
	{ XENDRM_KEY_MAX_OBJECTS,	OPTION_LIMITS,	set_max_objects },
	{ XENDRM_KEY_BAN_AFTER,		OPTION_LIMITS,	set_ban_after },
	{ XENDRM_KEY_WEIGHT,		OPTION_LIMITS,	set_weight },
	{ XENDRM_KEY_CAP,		OPTION_LIMITS,	set_cap },
};

/* Whether "--json" is among the arguments; it is taken out. */
bool option_json(int *argc, char **argv)
{
	int i, kept = 0;
	bool json;

	for (i = 0; i < *argc; i++)
		if (strcmp(argv[i], "--json"))
			argv[kept++] = argv[i];
	json = kept < *argc;
	*argc = kept;
	return json;
}

bool option_known(const char *key, unsigned int allowed)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].bit & allowed && !strcmp(keys[i].key, key))
			return true;
	return false;
}

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
