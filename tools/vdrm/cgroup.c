// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control group of the process that serves a device
 *
 * What a guest makes the host's driver allocate is charged to its server, and its
 * work takes the server's CPU time. A guest reaches the limits here only if it gets
 * around those of pvdrm-back. There is no hard limit of memory: the kernel would kill
 * the server, and the guest would lose its GPU.
 *
 * Where systemd runs, all control groups are its own, so it is asked for a scope.
 * It removes the scope after its last process. The watcher is in it, too: otherwise
 * it would stay in the unit that ran vdrm attach, and end with that. Elsewhere the
 * same directories are made here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "sys.h"

#define ROOT		"/sys/fs/cgroup"
#define SLICE		"vdrm.slice"
#define PATH		64

/* pvdrm-back starts no more than one thread for each request. */
#define PIDS_MAX	(2 * XENDRM_MAX_REQUESTS)
#define CPU_WEIGHT	100
/* Beyond the buffers that the guest may have: what the driver needs for them */
#define MORE_MEMORY	(256ull << 20)

#define REMOVE_MS	2000
#define SYSTEMD_MS	5000
#define POLL_US		10000

static void make_name(const struct device *dev, char name[PATH])
{
	snprintf(name, PATH, "vdrm-%u-%u.scope", dev->guest, dev->devid);
}

static void make_path(const struct device *dev, char path[PATH])
{
	char name[PATH];

	make_name(dev, name);
	snprintf(path, PATH, "/" SLICE "/%.32s", name);
}

/* 0: none; as much as all the guest's buffers need, and a quarter more */
static unsigned long long memory_high(const struct device *dev)
{
	struct limit limit;

	if (!limit_read(dev, LIMIT_BUFFER_BYTES, &limit) || limit.max >> 62)
		return 0;
	return limit.max + limit.max / 4 + MORE_MEMORY;
}

static bool has_systemd(void)
{
	return sys_exists("/run/systemd/system");
}

/* ----------------------------------------------------------------- by systemd */

/* Return: 0 when the program has succeeded. */
static int run_program(char * const *argv)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	int status = -1;
	pid_t pid;

	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (!posix_spawnp(&pid, argv[0], &actions, &attr, argv, environ))
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return status;
}

/* Nothing tells us when systemd gets round to making or removing a scope. */
static void wait_until(bool there, const char *path)
{
	long deadline = now_ms() + SYSTEMD_MS;

	while (sys_exists(ROOT "%s", path) != there && now_ms() < deadline)
		usleep(POLL_US);
}

/*
 * Without default dependencies, the scope is not stopped before the guests are when
 * the host shuts down.
 *
 * The device's last server may be ending still, and a name serves for one scope at a
 * time. And whoever ran vdrm attach must not hear of success before the two processes
 * are in the scope: if it ended at once, they would end with its unit.
 */
static void ask_systemd(const struct device *dev, pid_t server)
{
	char name[PATH], path[PATH], pid[16], watcher[16], high[24], pids[16], weight[16];
	unsigned long long bytes = memory_high(dev);
	char * const argv[] = {
		"busctl", "call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		"org.freedesktop.systemd1.Manager", "StartTransientUnit", "ssa(sv)a(sa(sv))",
		name, "fail", "8",
		"PIDs", "au", "2", pid, watcher,
		"Slice", "s", SLICE,
		"Description", "s", "Serves a guest's GPU",
		"CollectMode", "s", "inactive-or-failed",
		"DefaultDependencies", "b", "false",
		"TasksMax", "t", pids,
		"CPUWeight", "t", weight,
		"MemoryHigh", "t", high,
		"0", NULL
	};

	make_name(dev, name);
	make_path(dev, path);
	snprintf(pid, sizeof(pid), "%d", server);
	snprintf(watcher, sizeof(watcher), "%d", getpid());
	snprintf(pids, sizeof(pids), "%u", PIDS_MAX);
	snprintf(weight, sizeof(weight), "%u", CPU_WEIGHT);
	snprintf(high, sizeof(high), "%llu", bytes ?: ~0ull);
	wait_until(false, path);
	if (run_program(argv))
		note("device %u of domain %u is served without a control group: systemd refuses %s",
		     dev->devid, dev->guest, name);
	else
		wait_until(true, path);
}

/* ------------------------------------------------------------------- by itself */

static int put(const char *directory, const char *file, unsigned long long value)
{
	char path[2 * PATH + 32];
	int fd, ret;

	snprintf(path, sizeof(path), ROOT "%s/%s", directory, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = dprintf(fd, "%llu", value) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

/* Some controllers may be missing, or belong to version 1. */
static void enable_controllers(const char *directory)
{
	static const char * const controllers[] = { "+memory", "+pids", "+cpu" };
	char path[2 * PATH + 32];
	size_t i;
	int fd;

	snprintf(path, sizeof(path), ROOT "%s/cgroup.subtree_control", directory);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	for (i = 0; fd >= 0 && i < ARRAY_SIZE(controllers); i++)
		if (write(fd, controllers[i], strlen(controllers[i])) < 0)
			continue;
	if (fd >= 0)
		close(fd);
}

static int make_directory(const char *path)
{
	char full[2 * PATH];

	snprintf(full, sizeof(full), ROOT "%s", path);
	return mkdir(full, 0755) && errno != EEXIST ? -errno : 0;
}

/* Return: 0 or -errno, if the server is not in it; @lacking: what has no limit. */
static int make_cgroup(const struct device *dev, pid_t server, const char **lacking)
{
	unsigned long long bytes = memory_high(dev);
	char path[PATH];
	int ret;

	make_path(dev, path);
	enable_controllers("");
	ret = make_directory("/" SLICE);
	if (!ret)
		enable_controllers("/" SLICE);
	ret = ret ?: make_directory(path);
	if (ret)
		return ret;
	if (put(path, "pids.max", PIDS_MAX))
		*lacking = "threads";
	if (put(path, "cpu.weight", CPU_WEIGHT))
		*lacking = "CPU time";
	if (bytes && put(path, "memory.high", bytes))
		*lacking = "memory";
	return put(path, "cgroup.procs", server);
}

static void make_by_hand(const struct device *dev, pid_t server)
{
	const char *lacking = NULL;
	int ret = make_cgroup(dev, server, &lacking);

	if (ret)
		note("device %u of domain %u is served without a control group: %s", dev->devid,
		     dev->guest, strerror(-ret));
	else if (lacking)
		note("the control group of device %u of domain %u does not limit %s: cgroup v2 has no such controller here",
		     dev->devid, dev->guest, lacking);
}

/* ------------------------------------------------------------------ for others */

/**
 * cgroup_enter() - put a server into a control group of its own
 * @dev: what it serves; bound, so that its limits are known
 * @server: the process; the caller is its watcher
 *
 * If that is impossible, a message says so, and the server goes on.
 */
void cgroup_enter(const struct device *dev, pid_t server)
{
	struct statfs fs;

	if (statfs(ROOT, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC)
		note("device %u of domain %u is served without a control group: cgroup v2 is not mounted on "
		     ROOT, dev->devid, dev->guest);
	else if (has_systemd())
		ask_systemd(dev, server);
	else
		make_by_hand(dev, server);
}

/**
 * cgroup_remove() - remove the control group of a server that has ended
 * @dev: what it served
 *
 * One that still ends is waited for, but not for long. Where there is none, nothing
 * happens. systemd must see itself that one is empty.
 */
void cgroup_remove(const struct device *dev)
{
	long deadline = now_ms() + REMOVE_MS;
	char path[PATH], full[2 * PATH];

	if (has_systemd())
		return;
	make_path(dev, path);
	snprintf(full, sizeof(full), ROOT "%s", path);
	while (rmdir(full) && errno == EBUSY && now_ms() < deadline)
		usleep(POLL_US);
}

static unsigned long long get(const char *path, const char *file)
{
	char text[32];

	/* "max" is no number. */
	sys_first_line(sys_open(ROOT "%s/%s", path, file), text, sizeof(text));
	return strtoull(text, NULL, 10);
}

/**
 * cgroup_read() - read the limits and the use of a server's control group
 * @dev: what it serves
 * @cgroup: filled in
 *
 * Return: whether there is one.
 */
bool cgroup_read(const struct device *dev, struct cgroup *cgroup)
{
	make_path(dev, cgroup->path);
	cgroup->memory = get(cgroup->path, "memory.current");
	cgroup->memory_high = get(cgroup->path, "memory.high");
	cgroup->pids = get(cgroup->path, "pids.current");
	cgroup->pids_max = get(cgroup->path, "pids.max");
	cgroup->cpu_weight = get(cgroup->path, "cpu.weight");
	return sys_exists(ROOT "%s", cgroup->path);
}
