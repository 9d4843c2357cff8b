// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-campaign: generated ioctls, right and wrong ones, from several threads and processes,
 * which are killed at any moment
 *
 * Nothing of it needs a right answer: the kernels have to survive it, and to be as before
 * afterwards, which is for others to see. A seed makes the same calls again, as far as
 * they depend on each other no more than they have to: with one process of one thread
 * they do, until a signal comes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>

#include "campaign.h"
#include "common.h"

#define MOST_PROCESSES	16
#define GRACE		10000		/* ms; for one that ends by itself */
#define SLOWEST_DEATH	60000		/* ms; a process that is killed takes no longer */

static const char *node = DEFAULT_NODE, *without;
static int seed, seconds = 10, calls, kills, processes = 2, threads = 3, life = 1500;
static bool by_name;

struct campaign *campaign;
bool campaign_faults;

static struct process {
	pid_t pid;
	int ms;				/* how long it lives */
	enum campaign_end end;
	double born, killed;
} running[MOST_PROCESSES];

static int nr_processes, nr_killed, nr_ended, nr_odd;
static double slowest;
static __u64 noise;

static void start(struct process *p)
{
	__u64 own = campaign_noise(&noise) | 1;

	*p = (struct process){ .ms = 10 + campaign_below(&noise, life), .born = now() };
	p->end = campaign_below(&noise, 4);
	if (p->end > CAMPAIGN_KILLED)
		p->end = CAMPAIGN_KILLED;
	p->pid = fork();
	if (p->pid < 0)
		die("fork: %s", strerror(errno));
	if (!p->pid)
		campaign_process(node, own, threads, p->ms, p->end);
	nr_processes++;
}

static void look_after(struct process *p)
{
	double age = now() - p->born;
	int status;

	if (waitpid(p->pid, &status, WNOHANG) == p->pid) {
		if (p->killed && now() - p->killed > slowest)
			slowest = now() - p->killed;
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && p->killed) {
			nr_killed++;
		} else if (WIFEXITED(status) && !WEXITSTATUS(status)) {
			nr_ended++;
		} else {
			nr_odd++;
			info("a process ended with status %#x", status);
		}
		p->pid = 0;
	} else if (!p->killed && age > p->ms + (p->end == CAMPAIGN_KILLED ? 0 : GRACE)) {
		kill(p->pid, SIGKILL);
		p->killed = now();
	} else if (p->killed && now() - p->killed > SLOWEST_DEATH) {
		die("a process that was killed %d s ago is still there", SLOWEST_DEATH / 1000);
	}
}

static bool enough(double begin)
{
	if (now() - begin > seconds * 1e3)
		return true;
	return (calls || kills) && campaign->calls >= (__u64)calls && nr_killed >= kills;
}

static void run(void)
{
	double begin = now();
	bool alive;
	int p;

	do {
		for (p = 0; p < processes; p++) {
			if (running[p].pid)
				look_after(&running[p]);
			else
				start(&running[p]);
		}
		usleep(2000);
	} while (!enough(begin));
	do {
		alive = false;
		for (p = 0; p < processes; p++) {
			if (!running[p].pid)
				continue;
			running[p].ms = -GRACE;
			look_after(&running[p]);
			alive = true;
		}
		usleep(2000);
	} while (alive);
}

static void report(void)
{
	int nr, kinds = 0, succeeded = 0;

	for (nr = 0; nr < CAMPAIGN_NUMBERS; nr++) {
		if (!argument_name(nr))
			continue;
		kinds++;
		succeeded += campaign->succeeded[nr] != 0;
		if (by_name)
			info("%s: %llu of %llu", argument_name(nr),
			     (unsigned long long)campaign->succeeded[nr],
			     (unsigned long long)campaign->called[nr]);
	}
	info("%llu calls, of which %llu succeeded; of %d ioctls %d did",
	     (unsigned long long)campaign->calls, (unsigned long long)campaign->good, kinds,
	     succeeded);
	info("%llu mappings, %llu words touched, %llu in vain; %llu files closed, %llu children",
	     (unsigned long long)campaign->maps, (unsigned long long)campaign->touches,
	     (unsigned long long)campaign->signals, (unsigned long long)campaign->closes,
	     (unsigned long long)campaign->children);
	info("%d processes, %d killed, %d ended; the slowest death took %.0f ms", nr_processes,
	     nr_killed, nr_ended, slowest);
	check(campaign->calls >= (__u64)calls && nr_killed >= kills,
	      "as many calls and kills as wanted");
	check(succeeded * 6 > kinds, "more than a sixth of the ioctls succeeded");
	check(!nr_odd, "no process ended in another way");
	close(open_drm(node));
	check(true, "the node can be opened");
}

static void find_table(void)
{
	int fd = open_drm(node);
	drmVersionPtr version = drmGetVersion(fd);

	if (!version)
		die("%s: drmGetVersion: %s", node, strerror(errno));
	if (!argument_table(version->name, without))
		die("there is no table of %s", version->name);
	drmFreeVersion(version);
	close(fd);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "seed", .number = &seed, .help = "0: one that the time gives" },
		{ "seconds", .number = &seconds, .help = "at most (10)" },
		{ "calls", .number = &calls, .help = "ends earlier after so many, and" },
		{ "kills", .number = &kills, .help = "so many processes killed" },
		{ "processes", .number = &processes, .help = "at once (2)" },
		{ "threads", .number = &threads, .help = "of each (3)" },
		{ "life", .number = &life, .help = "the longest one of a process, ms (1500)" },
		{ "without", .text = &without, .help = "names of ioctls, such as VIRTGPU_MAP" },
		{ "faults", .flag = &campaign_faults, .help = "allocations may fail for its threads" },
		{ "by-name", .flag = &by_name, .help = "counts of each ioctl" },
	};

	parse_options(argc, argv, "Call a DRM node's ioctls by their table, at random.", options,
		      ARRAY_SIZE(options));
	if (processes < 1 || processes > MOST_PROCESSES || threads < 1 || !life ||
	    threads > CAMPAIGN_THREADS)
		die("from 1 to %d processes, from 1 to %d threads", MOST_PROCESSES, CAMPAIGN_THREADS);
	if (!seed)
		seed = time(NULL) % 1000000000;
	info("seed %d", seed);
	noise = seed * 0x9e3779b97f4a7c15ull | 1;
	find_table();
	campaign = mmap(NULL, sizeof(*campaign), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (campaign == MAP_FAILED)
		die("no memory");
	run();
	report();
	return failures() != 0;
}
