// SPDX-License-Identifier: GPL-2.0-only
/*
 * Printing, checking, opening, timing, touching, options: see common.h
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

static int failed;

static void line(const char *start, const char *format, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, args);
	printf("%s %s\n", start, text);
	fflush(stdout);
}

void result(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line("result", format, args);
	va_end(args);
}

void info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line("info", format, args);
	va_end(args);
}

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line("failed", format, args);
	va_end(args);
	exit(1);
}

bool check(bool good, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line(good ? "result ok" : "result FAILED", format, args);
	va_end(args);
	failed += !good;
	return good;
}

int failures(void)
{
	return failed;
}

int open_drm(const char *node)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("cannot open %s: %s", node, strerror(errno));
	return fd;
}

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* Only dom0 has a hypervisor capability that says so. */
bool in_guest(void)
{
	char text[64] = "";
	FILE *file = fopen("/proc/xen/capabilities", "re");

	if (file) {
		if (!fgets(text, sizeof(text), file))
			text[0] = '\0';
		fclose(file);
		return !strstr(text, "control_d");
	}
	file = fopen("/sys/hypervisor/type", "re");
	if (!file)
		return false;
	fclose(file);
	return true;
}

/* The numbers' names, so that results can be read; strerror() is for people. */
const char *errno_name(int error)
{
	const char *name = error ? strerrorname_np(error) : "0";

	return name ? name : "unknown";
}

/* FNV-1a */
__u64 hash(__u64 h, const void *data, size_t size)
{
	const unsigned char *byte = data;
	size_t i;

	for (i = 0; i < size; i++)
		h = (h ^ byte[i]) * 0x100000001b3ull;
	return h;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts @ms. */
void print_time(const char *what, double *ms, int count, bool csv)
{
	qsort(ms, count, sizeof(*ms), compare);
	printf(csv ? "csv,%s,%d,%.4f,%.4f,%.4f\n" :
		     "time %s: %d runs, median %.4f ms, least %.4f ms, 90 %% below %.4f ms\n",
	       what, count, ms[count / 2], ms[0], ms[count * 9 / 10]);
	fflush(stdout);
}

static sigjmp_buf back;

static void on_fault(int signal)
{
	siglongjmp(back, signal);
}

int touch(__u32 *word, bool write)
{
	const struct sigaction action = { .sa_handler = on_fault };
	struct sigaction segv, bus;
	int got;

	sigaction(SIGSEGV, &action, &segv);
	sigaction(SIGBUS, &action, &bus);
	got = sigsetjmp(back, 1);
	if (!got && write)
		__atomic_fetch_add(word, 0, __ATOMIC_SEQ_CST);
	else if (!got)
		__atomic_load_n(word, __ATOMIC_SEQ_CST);
	sigaction(SIGSEGV, &segv, NULL);
	sigaction(SIGBUS, &bus, NULL);
	return got;
}

static void help(const char *program, const char *purpose, const struct option_spec *spec,
		 size_t count)
{
	char name[40];
	size_t i;

	printf("usage: %s [OPTION]...\n%s\n", program, purpose);
	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "--%s%s", spec[i].name,
			 spec[i].flag ? "" : spec[i].text ? "=TEXT" : "=N");
		printf("  %-18s %s\n", name, spec[i].help);
	}
	exit(0);
}

static void __noreturn usage(const char *problem, const char *word)
{
	fprintf(stderr, "%s: %s; see --help\n", word, problem);
	exit(EXIT_BAD_USAGE);
}

static void set_value(const struct option_spec *spec, const char *word, const char *value)
{
	char *end;
	long n;

	if (!value)
		usage("needs a value", word);
	if (spec->text) {
		*spec->text = value;
		return;
	}
	errno = 0;
	n = strtol(value, &end, 0);
	if (errno || end == value || *end || n < 0 || n > 1000000000)
		usage("is no number that makes sense", value);
	*spec->number = n;
}

/* The option @word names; @length: that of its name */
static const struct option_spec *find(const char *word, const struct option_spec *spec,
				      size_t count, size_t *length)
{
	size_t i;

	if (strncmp(word, "--", 2))
		usage("not an option", word);
	*length = strcspn(word + 2, "=");
	for (i = 0; i < count; i++)
		if (strlen(spec[i].name) == *length && !strncmp(spec[i].name, word + 2, *length))
			return &spec[i];
	usage("unknown option", word);
}

void parse_options(int argc, char **argv, const char *purpose, const struct option_spec *spec,
		   size_t count)
{
	const struct option_spec *s;
	size_t length;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			help(argv[0], purpose, spec, count);
		s = find(argv[i], spec, count, &length);
		if (s->flag)
			*s->flag = true;
		else if (argv[i][2 + length] == '=')
			set_value(s, argv[i], argv[i] + 3 + length);
		else
			set_value(s, argv[i], argv[i + 1]), i++;
	}
}

long front_counter(const char *name)
{
	char word[64];
	long value, sum = 0;
	glob_t found;
	FILE *file;
	size_t i;

	if (glob("/sys/kernel/debug/pvdrm-front/*/stats", 0, NULL, &found))
		return -1;
	for (i = 0; i < found.gl_pathc; i++) {
		file = fopen(found.gl_pathv[i], "re");
		if (!file)
			continue;
		while (fscanf(file, " %63[^: ]%*[: ]%ld", word, &value) == 2)
			if (!strcmp(word, name))
				sum += value;
		fclose(file);
	}
	globfree(&found);
	return sum;
}
