// SPDX-License-Identifier: GPL-2.0-only
/*
 * vk-share: Vulkan's memory, semaphores and fences in two processes, by descriptor
 *
 * The exporter makes and exports, the importer imports, each with a device of its own
 * on the same GPU. What it offers and what comes of each step are results, also on a GPU
 * that executes nothing. Every wait has a limit.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pass-fd.h"
#include "share.h"

static const char *node = DEFAULT_NODE;
static int limit = 20;
static bool software;
static const char *step;
static char too_long[128];

static const char *const extensions[] = {
	VK_KHR_EXTERNAL_MEMORY_FD_EXTENSION_NAME,
	VK_EXT_EXTERNAL_MEMORY_DMA_BUF_EXTENSION_NAME,
	VK_KHR_EXTERNAL_SEMAPHORE_FD_EXTENSION_NAME,
	VK_KHR_EXTERNAL_FENCE_FD_EXTENSION_NAME,
};

/* ------------------------------------------------------------ the processes */

static void on_alarm(int signal)
{
	_exit(write(STDOUT_FILENO, too_long, strlen(too_long)) < 0 ? 1 : 128 + signal);
}

void share_step(struct side *side, const char *name)
{
	/* More than all that is waited for meanwhile */
	alarm(4 * side->limit);
	step = name;
	snprintf(too_long, sizeof(too_long), "failed %s: took too long\n", name);
}

void share_came(bool good, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!check(good, "%s", text))
		die("%s: given up", step);
}

void share_say(struct side *side, uint64_t word)
{
	if (send(side->socket, &word, sizeof(word), MSG_NOSIGNAL) != sizeof(word))
		die("%s: the %s is gone", step, side->exporter ? "importer" : "exporter");
}

uint64_t share_hear(struct side *side)
{
	uint64_t word;

	if (recv(side->socket, &word, sizeof(word), MSG_WAITALL) != sizeof(word))
		die("%s: nothing from the %s", step, side->exporter ? "importer" : "exporter");
	return word;
}

void share_give(struct side *side, int fd)
{
	share_say(side, fd >= 0);
	if (fd < 0)
		return;
	send_fd(side->socket, fd);
	close(fd);
}

int share_take(struct side *side)
{
	return share_hear(side) ? receive_fd(side->socket) : -1;
}

/* -------------------------------------------------------- for all the parts */

bool share_offers(const char *name, bool useful, uint32_t features, uint32_t from, uint32_t with)
{
	if (!useful)
		result("%s: not offered", name);
	else
		result("%s: offered, features 0x%x, exported from imported 0x%x, compatible 0x%x",
		       name, features, from, with);
	return useful;
}

static uint32_t word_at(uint32_t place, uint32_t seed)
{
	return (place + 1) * 0x9e3779b9u ^ seed * 0x85ebca6bu;
}

void share_fill(void *map, uint32_t seed)
{
	uint32_t *word = map, i;

	for (i = 0; i < BYTES / sizeof(*word); i++)
		word[i] = word_at(i, seed);
}

bool share_has(const void *map, uint32_t seed)
{
	const uint32_t *word = map;
	uint32_t i;

	for (i = 0; i < BYTES / sizeof(*word); i++)
		if (word[i] != word_at(i, seed)) {
			info("word %u is 0x%x, not 0x%x", i, word[i], word_at(i, seed));
			return false;
		}
	return true;
}

void share_submit(struct side *side, const struct vk_point *wait, const struct vk_point *signal,
		  VkFence fence)
{
	vk_begin(&side->vk);
	vk_copy(&side->vk, &side->from, &side->to);
	vk_submit(&side->vk, wait, signal, fence ? fence : side->vk.done);
}

VkResult share_wait(struct side *side, VkFence fence, int ms)
{
	return vkWaitForFences(side->vk.device, 1, &fence, VK_TRUE, ms * 1000000ull);
}

bool share_done(struct side *side)
{
	VkResult result = share_wait(side, side->vk.done, share_limit(side));

	if (result == VK_TIMEOUT)
		return false;
	vk_must(result, "vkWaitForFences");
	vk_must(vkResetFences(side->vk.device, 1, &side->vk.done), "vkResetFences");
	return true;
}

int share_limit(struct side *side)
{
	return side->limit * 1000;
}

/* ---------------------------------------------------------------- the steps */

/* The device and the driver, which have to be the same for opaque descriptors */
static void same_device(struct side *side)
{
	VkPhysicalDeviceIDProperties id = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES,
	};
	VkPhysicalDeviceProperties2 properties = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &id,
	};
	uint64_t hashed;

	vkGetPhysicalDeviceProperties2(side->vk.physical, &properties);
	hashed = hash(hash(HASH_START, id.deviceUUID, VK_UUID_SIZE), id.driverUUID, VK_UUID_SIZE);
	if (side->exporter) {
		share_say(side, hashed);
		share_hear(side);
		return;
	}
	check(share_hear(side) == hashed, "both processes have the same device and driver");
	share_say(side, 0);
}

/* Does it what it is given? */
static void try_device(struct side *side)
{
	vk_make_buffer(&side->vk, &side->from, BYTES, true);
	vk_make_buffer(&side->vk, &side->to, BYTES, true);
	share_fill(side->from.map, 1);
	memset(side->to.map, 0, BYTES);
	share_submit(side, NULL, NULL, VK_NULL_HANDLE);
	if (!share_done(side))
		die("a submission is not done");
	side->executes = !memcmp(side->to.map, side->from.map, BYTES);
	if (side->exporter)
		result("submissions are %s", side->executes ? "executed" : "not executed");
}

/* What it gives is on its way when it ends. */
static void leave(struct side *side)
{
	share_step(side, "leaving");
	share_leave_memory(side);
	share_leave_semaphore(side);
}

static void inherit(struct side *side, pid_t exporter)
{
	int status = -1;

	share_step(side, "inheriting");
	waitpid(exporter, &status, 0);
	check(!status, "the exporter has ended");
	share_inherit_memory(side);
	share_inherit_semaphore(side);
}

static void set_up(struct side *side)
{
	struct timeval most = { .tv_sec = 2 * side->limit };

	signal(SIGALRM, on_alarm);
	if (setsockopt(side->socket, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)))
		die("SO_RCVTIMEO: %s", errno_name(errno));
	share_step(side, "start");
	vk_open_with(&side->vk, node, software, extensions, ARRAY_SIZE(extensions));
	try_device(side);
	same_device(side);
}

static void all_steps(struct side *side)
{
	set_up(side);
	share_memory(side);
	share_semaphores(side);
	share_fences(side);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM render node (" DEFAULT_NODE ")" },
		{ "software", .flag = &software, .help = "lavapipe instead of a GPU" },
		{ "limit", .number = &limit, .help = "seconds that a wait may take (20)" },
	};
	struct side side = { 0 };
	int ends[2];
	pid_t pid;

	parse_options(argc, argv, "Share memory, semaphores and fences between two processes.",
		      options, ARRAY_SIZE(options));
	if (!limit || limit > 1000)
		die("--limit takes 1 to 1000");
	side.limit = limit;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		die("socketpair: %s", errno_name(errno));
	pid = fork();
	if (pid < 0)
		die("fork: %s", errno_name(errno));
	side.exporter = !pid;
	side.socket = ends[side.exporter];
	close(ends[!side.exporter]);
	all_steps(&side);
	if (side.exporter) {
		leave(&side);
		/* As a program that ends without tidying up */
		_exit(failures() != 0);
	}
	inherit(&side, pid);
	vk_free_buffer(&side.vk, &side.from);
	vk_free_buffer(&side.vk, &side.to);
	vk_close(&side.vk);
	return failures() != 0;
}
