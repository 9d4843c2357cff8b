// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#undef fail		/* vdrm has one of its own */

#include "config.h"
#include "test/capture.h"

#define GOOD	"guest = work\ndevice = /dev/dri/renderD128\n"

static char dir[32] = "/tmp/test-config.XXXXXX";

static void write_file(const char *name, const char *text, size_t length)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void put(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static void drop(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(unlink(path), 0);
}

static int set_up(void **state)
{
	(void)state;
	return !mkdtemp(dir);
}

static int clean_up(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* What is said while @dir is read; valid until the next call */
static char *read_saying(struct config *config)
{
	struct capture said = capture_begin(stderr);

	assert_int_equal(config_read(config, dir), 0);
	return capture_end(&said);
}

static void all_keys(void **state)
{
	const struct attachment *a;
	struct config config;

	(void)state;
	put("a.conf", "# a comment\n\n  guest=  my guest \r\n\tdevice = 0000:03:00.0\nnode=render\n"
	    "devid = 3\nmax-files = 64\nmax-buffer-bytes = 512M\nsandbox = 0\nsequential = 1");
	assert_string_equal(read_saying(&config), "");
	assert_int_equal(config.count, 1);
	assert_int_equal(config.errors, 0);
	a = &config.attachments[0];
	assert_string_equal(a->guest, "my guest");
	assert_string_equal(a->device, "0000:03:00.0");
	assert_int_equal(a->options.node, NODE_RENDER);
	assert_int_equal(a->options.devid, 3);
	assert_int_equal(a->options.sequential, 1);
	assert_false(a->options.sandbox);
	assert_int_equal(a->options.limit[LIMIT_FILES], 64);
	assert_int_equal(a->options.limit[LIMIT_BUFFER_BYTES], 512 << 20);
	assert_int_equal(a->nr_words, 6);
	assert_string_equal(a->words[3], "max-buffer-bytes=512M");
	config_free(&config);
	drop("a.conf");
}

/* One line each, which begins with the file and the number of the line */
static void mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *says;
	} mistake[] = {
		{ GOOD "colour = red\n", 3, "unknown key" },
		{ GOOD "wait = 3\n", 3, "unknown key" },
		{ GOOD "force = 1\n", 3, "unknown key" },
		{ GOOD "guest = other\n", 3, "given twice" },
		{ GOOD "max-files = 1\nmax-files = 2\n", 4, "given twice" },
		{ GOOD "max-files = none\n", 3, "max-files takes a number" },
		{ GOOD "node = other\n", 3, "node is render or primary" },
		{ GOOD "max-files\n", 3, "KEY = VALUE" },
		{ GOOD "max-files =\n", 3, "no value" },
		{ GOOD "= 3\n", 3, "no key before" },
		{ GOOD "[guest]\n", 3, "KEY = VALUE" },
		{ "guest = 7\n", 1, "name or a UUID" },
		{ "guest = a\ndevice = renderD128\n", 2, "PCI address" },
		{ "guest = a\ndevice = 0000:03:00.8\n", 2, "PCI address" },
		{ "guest = a\ndevice = 0000:03:00.01\n", 2, "PCI address" },
		{ "guest = a\n", 0, "the key device" },
		{ "device = /dev/dri/card0\n", 0, "the key guest" },
		{ "", 0, "the key guest" },
	};
	struct config config;
	char begin[160];
	size_t i;
	char *said;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(mistake); i++) {
		put("a.conf", mistake[i].text);
		said = read_saying(&config);
		snprintf(begin, sizeof(begin), "vdrm: %s/a.conf:%u: ", dir, mistake[i].line);
		if (!mistake[i].line)
			snprintf(begin, sizeof(begin), "vdrm: %s/a.conf: ", dir);
		print_message("%s", said);
		assert_memory_equal(said, begin, strlen(begin));
		assert_non_null(strstr(said, mistake[i].says));
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
		assert_int_equal(config.count, 0);
		assert_int_equal(config.errors, 1);
		config_free(&config);
	}
	drop("a.conf");
}

/* The lowest that no other file of the guest has */
static void numbers_are_chosen(void **state)
{
	static const int want[] = { 1, 0, 2, 0 };
	struct config config;
	int i;

	(void)state;
	put("a.conf", "guest = work\ndevice = /dev/dri/renderD128\n");
	put("b.conf", "guest = work\ndevice = /dev/dri/renderD129\ndevid = 0\n");
	put("c.conf", "guest = work\ndevice = /dev/dri/renderD130\n");
	put("d.conf", "guest = other\ndevice = /dev/dri/renderD128\n");
	put("e.conf", "guest = work\ndevice = /dev/dri/renderD131\ndevid = 0\n");
	assert_non_null(strstr(read_saying(&config), "e.conf: the same guest and devid as in"));
	assert_int_equal(config.count, 4);
	for (i = 0; i < 4; i++)
		assert_int_equal(config.attachments[i].options.devid, want[i]);
	assert_string_equal(config.attachments[2].words[0], "devid=2");
	assert_int_equal(config.attachments[2].nr_words, 1);
	config_free(&config);
	drop("a.conf");
	drop("b.conf");
	drop("c.conf");
	drop("d.conf");
	drop("e.conf");
}

static void other_files_count(void **state)
{
	struct config config;

	(void)state;
	put("b.conf", GOOD);
	put("a.conf", "nonsense\n");
	put("c.conf", GOOD);
	put("d.conf", "guest = other\ndevice = /dev/dri/card0\n");
	/* The same name there means another device. */
	put("e.conf", GOOD "backend = gpu\n");
	put("e.conf~", "nonsense\n");
	put(".f.conf", "nonsense\n");
	write_file("g.conf", "guest = a\0b\n", 12);
	assert_non_null(strstr(read_saying(&config), "c.conf: the same guest and device as in"));
	assert_int_equal(config.count, 3);
	assert_int_equal(config.errors, 3);
	assert_non_null(strstr(config.attachments[0].file, "/b.conf"));
	assert_non_null(strstr(config.attachments[1].file, "/d.conf"));
	assert_non_null(strstr(config.attachments[2].file, "/e.conf"));
	assert_string_equal(config.attachments[2].options.backend, "gpu");
	config_free(&config);
	drop("a.conf");
	drop("b.conf");
	drop("c.conf");
	drop("d.conf");
	drop("e.conf");
	drop("e.conf~");
	drop(".f.conf");
	drop("g.conf");
}

static void long_lines(void **state)
{
	static char text[100000];
	struct config config;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	put("a.conf", text);
	read_saying(&config);
	assert_int_equal(config.errors, 1);
	config_free(&config);
	memcpy(text, GOOD "#", strlen(GOOD "#"));
	put("a.conf", text);
	assert_string_equal(read_saying(&config), "");
	assert_int_equal(config.count, 1);
	config_free(&config);
	drop("a.conf");
}

static void no_folder(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(config_read(&config, "/nowhere/at/all"), 0);
	assert_int_equal(config.count, 0);
	config_free(&config);
	assert_int_equal(config_read(&config, "/dev/null"), VDRM_ERROR);
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_keys),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(numbers_are_chosen),
		cmocka_unit_test(other_files_count),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(no_folder),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
