// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-quiet: fences that somebody waits for, and fences that nobody waits for
 *
 * The host interrupts a guest for the former alone. With --count the counters of pvdrm-front
 * have to say so. Whoever begins to wait, whenever it is, must not miss the end.
 */
#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <drm.h>

#include "common.h"
#include "uapi/newest/virtgpu_drm.h"

#define PATIENCE	20000		/* ms */
#define LONG_ENOUGH	50000		/* us, for commands that do nothing */
#define FEW		40
#define MANY		1000		/* more than there are slots for fences */
#define MOST_KEPT	160		/* slots that are in use before those done are looked for */

static const char *node = DEFAULT_NODE;
static int races = 1000;
static bool counted;

/* Return: a descriptor of the fence of commands that do nothing */
static int submit(int fd)
{
	static const __u32 commands[64];
	struct drm_virtgpu_execbuffer execute = {
		.flags = VIRTGPU_EXECBUF_FENCE_FD_OUT,
		.size = sizeof(commands),
		.command = (unsigned long)commands,
		.fence_fd = -1,
	};

	if (ioctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute))
		die("EXECBUFFER: %s", strerror(errno));
	return execute.fence_fd;
}

static bool is_done(int fence, int ms)
{
	struct pollfd poller = { .fd = fence, .events = POLLIN };

	return poll(&poller, 1, ms) == 1 && poller.revents == POLLIN;
}

static int status_of(int fence)
{
	struct sync_file_info about = { 0 };

	return ioctl(fence, SYNC_IOC_FILE_INFO, &about) ? -errno : about.status;
}

static void nobody_waits(int fd)
{
	long before = front_counter("irqs"), fences = front_counter("fences"), came;

	for (int i = 0; i < FEW; i++) {
		close(submit(fd));
		usleep(LONG_ENOUGH / 10);
	}
	came = front_counter("irqs") - before;
	fences = front_counter("fences") - fences;
	if (counted) {
		check(fences == FEW, "%ld fences of %d submissions", fences, FEW);
		check(came <= FEW / 4, "nobody waits: %ld interrupts", came);
	}
}

static void asked_later(int fd)
{
	int by_poll = submit(fd), by_status = submit(fd);
	double end = now() + PATIENCE;

	while (!status_of(by_status) && now() < end)
		usleep(LONG_ENOUGH);
	check(status_of(by_status) == 1, "its status is found: %d", status_of(by_status));
	check(is_done(by_poll, 0), "so is that of the one before");
	close(by_status);
	close(by_poll);
}

static void spin(double ms)
{
	double end = now() + ms;

	while (now() < end)
		;
}

/* The end comes before, after, or while somebody begins to wait. */
static void at_any_time(int fd)
{
	int fence, missed = 0;

	for (int i = 0; i < races && !missed; i++) {
		fence = submit(fd);
		spin(random() % 1000 / 1000.);
		missed += !is_done(fence, PATIENCE);
		close(fence);
	}
	check(!missed, "%d waits, begun at any time, end", races);
}

static void many(int fd)
{
	long kept;

	for (int i = 0; i < MANY; i++)
		close(submit(fd));
	usleep(LONG_ENOUGH);
	close(submit(fd));
	kept = front_counter("fences-now");
	if (counted)
		check(kept <= MOST_KEPT, "%ld are kept of %d that nobody waits for", kept, MANY);
}

/* The file is closed, and the fence of its last work waited for. */
static void outlives(int fd)
{
	int fence = submit(fd);

	close(fd);
	check(is_done(fence, PATIENCE), "a fence outlives its file");
	close(fence);
}

/* These would be kept for ever, if nobody asked for them. */
static void leave_some(int fd)
{
	for (int i = 0; i < FEW; i++)
		submit(fd);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "races", .number = &races, .help = "waits begun at any time (1000)" },
		{ "count", .flag = &counted, .help = "look at pvdrm-front's counters" },
	};
	int fd, fence;

	parse_options(argc, argv, "Wait for fences, or not.", options, ARRAY_SIZE(options));
	fd = open_drm(node);
	for (int i = 0; i < 2; i++) { /* The first submissions are waited for. */
		fence = submit(fd);
		check(is_done(fence, PATIENCE), "a fence is signalled");
		close(fence);
	}
	nobody_waits(fd);
	asked_later(fd);
	at_any_time(fd);
	many(fd);
	outlives(fd);
	leave_some(open_drm(node));
	return failures() != 0;
}
