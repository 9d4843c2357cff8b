// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which guest is to have which device: a folder of files with KEY = VALUE lines
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

#define OPTIONS	(OPTION_DEVID | OPTION_NODE | OPTION_SEQUENTIAL | OPTION_LIMITS | OPTION_SANDBOX | \
		 OPTION_BACKEND)

/* Where a mistake is; messages begin with it. */
struct place {
	const char *file;
	unsigned int line;
};

static int wrong(const struct place *at, const char *text, const char *value)
{
	if (at->line)
		return fail(VDRM_USAGE, "%s:%u: %s%s", at->file, at->line, text, value);
	return fail(VDRM_USAGE, "%s: %s%s", at->file, text, value);
}

static char *trim(char *text)
{
	size_t length;

	while (isspace((unsigned char)*text))
		text++;
	length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
	return text;
}

static int set_text(const struct place *at, char **to, const char *key, const char *value)
{
	if (*to)
		return wrong(at, "this key is given twice: ", key);
	*to = strdup(value);
	return *to ? 0 : wrong(at, "no memory", "");
}

static int set_guest(const struct place *at, struct attachment *a, const char *value)
{
	if (strspn(value, "0123456789") == strlen(value))
		return wrong(at, "guest takes a name or a UUID, since the number changes at each start: ", value);
	return set_text(at, &a->guest, "guest", value);
}

static int set_device(const struct place *at, struct attachment *a, const char *value)
{
	if (!node_is_named(value))
		return wrong(at, "device takes a path such as /dev/dri/by-path/..., or a PCI address such as 0000:03:00.0, not ",
			     value);
	return set_text(at, &a->device, "device", value);
}

/* Checked as vdrm attach will check it */
static int set_option(const struct place *at, struct attachment *a, const char *key,
		      const char *value)
{
	size_t length = strlen(key);
	char where[256], *word;
	int i, ret;

	if (!option_known(key, OPTIONS))
		return wrong(at, "unknown key, see pvdrm.conf(5): ", key);
	for (i = 0; i < a->nr_words; i++)
		if (!strncmp(a->words[i], key, length) && a->words[i][length] == '=')
			return wrong(at, "this key is given twice: ", key);
	if (a->nr_words == CONFIG_WORDS || asprintf(&word, "%s=%s", key, value) < 0)
		return wrong(at, "no memory for ", key);
	a->words[a->nr_words++] = word;
	snprintf(where, sizeof(where), "%s:%u: ", at->file, at->line);
	log_where(where);
	ret = options_parse(&a->options, OPTIONS, 1, &word);
	log_where("");
	return ret;
}

static int parse_line(const struct place *at, struct attachment *a, char *line)
{
	char *equals, *key, *value;

	line = trim(line);
	if (!*line || *line == '#')
		return 0;
	equals = strchr(line, '=');
	if (!equals)
		return wrong(at, "not of the form KEY = VALUE: ", line);
	*equals = '\0';
	key = trim(line);
	value = trim(equals + 1);
	if (!*key || !*value)
		return wrong(at, *key ? "no value for " : "no key before =", key);
	if (!strcmp(key, "guest"))
		return set_guest(at, a, value);
	if (!strcmp(key, "device"))
		return set_device(at, a, value);
	return set_option(at, a, key, value);
}

static int parse_file(FILE *file, struct attachment *a)
{
	struct place at = { .file = a->file };
	size_t size = 0;
	char *line = NULL;
	ssize_t length;
	int ret = 0;

	options_init(&a->options);
	while (!ret && (length = getline(&line, &size, file)) >= 0) {
		at.line++;
		if (memchr(line, '\0', length))
			ret = wrong(&at, "not a text file", "");
		else
			ret = parse_line(&at, a, line);
	}
	if (!ret && ferror(file))
		ret = wrong(&at, "cannot be read: ", strerror(errno));
	free(line);
	at.line = 0;
	if (!ret && (!a->guest || !a->device))
		ret = wrong(&at, "no line gives the key ", a->guest ? "device" : "guest");
	return ret;
}

static void free_attachment(struct attachment *a)
{
	while (a->nr_words)
		free(a->words[--a->nr_words]);
	free(a->file);
	free(a->guest);
	free(a->device);
}

/* The same path or address in another domain is another device. */
static bool same_device(const struct attachment *a, const struct attachment *b)
{
	const char *here = a->options.backend ?: "", *there = b->options.backend ?: "";

	return !strcmp(a->device, b->device) && !strcmp(here, there);
}

static int refuse_twice(const struct config *config, const struct attachment *a)
{
	const struct place at = { .file = a->file };
	const struct attachment *other;
	unsigned int i;

	for (i = 0; i < config->count; i++) {
		other = &config->attachments[i];
		if (strcmp(other->guest, a->guest))
			continue;
		if (same_device(other, a))
			return wrong(&at, "the same guest and device as in ", other->file);
		if (a->options.devid >= 0 && other->options.devid == a->options.devid)
			return wrong(&at, "the same guest and devid as in ", other->file);
	}
	return 0;
}

static bool devid_taken(const struct config *config, const char *guest, int devid)
{
	unsigned int i;

	for (i = 0; i < config->count; i++)
		if (!strcmp(config->attachments[i].guest, guest) &&
		    config->attachments[i].options.devid == devid)
			return true;
	return false;
}

/*
 * A device has the same number each time, since its PCI address in the guest
 * depends on it.
 */
static void choose_devid(const struct config *config, struct attachment *a)
{
	int devid = 0;

	if (a->options.devid >= 0)
		return;
	while (devid_taken(config, a->guest, devid))
		devid++;
	if (asprintf(&a->words[a->nr_words], "devid=%d", devid) < 0)
		return;
	a->nr_words++;
	a->options.devid = devid;
}

static int read_file(struct config *config, struct attachment *a)
{
	FILE *file = a->file ? fopen(a->file, "re") : NULL;
	const struct place at = { .file = a->file };
	int ret;

	if (!file)
		return wrong(&at, "cannot be opened: ", strerror(errno));
	ret = parse_file(file, a);
	fclose(file);
	return ret ?: refuse_twice(config, a);
}

static int is_config(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 && !strcmp(entry->d_name + length - 5, ".conf");
}

/**
 * config_read() - read all *.conf files of a folder
 * @config: filled in; config_free() frees what it holds
 * @dir: the folder; it is no error if it does not exist
 *
 * A file with a mistake is left out as a whole, after a message that names the
 * line.
 *
 * Return: 0, or an exit status after a message, if the folder cannot be read.
 */
int config_read(struct config *config, const char *dir)
{
	struct dirent **entry;
	int i, count;

	*config = (struct config) {};
	count = scandir(dir, &entry, is_config, alphasort);
	if (count < 0)
		return errno == ENOENT ? 0 : fail(VDRM_ERROR, "%s: %s", dir, strerror(errno));
	config->attachments = calloc(count + 1, sizeof(*config->attachments));
	for (i = 0; i < count; i++) {
		struct attachment a = {};

		if (asprintf(&a.file, "%s/%s", dir, entry[i]->d_name) < 0)
			a.file = NULL;
		free(entry[i]);
		if (config->attachments && !read_file(config, &a)) {
			config->attachments[config->count++] = a;
			continue;
		}
		config->errors++;
		free_attachment(&a);
	}
	free(entry);
	for (i = 0; i < (int)config->count; i++)
		choose_devid(config, &config->attachments[i]);
	return 0;
}

void config_free(struct config *config)
{
	while (config->count)
		free_attachment(&config->attachments[--config->count]);
	free(config->attachments);
	config->attachments = NULL;
}
