// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs.c: /sys/kernel/debug/pvdrm-front/<n>/
 *
 * stats: counters, a "name: value" on each line.
 * nop: each byte written sends an empty request and waits for the response, which
 * measures the transport without any driver.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/seq_file.h>

#include "front/call/call.h"
#include "front/file/debugfs.h"
#include "front/front.h"
#include "op_names.h"

static const char * const stat_names[PVDRM_STAT_MAX] = {
	[PVDRM_STAT_NOTIFICATIONS]	= "notifications",
	[PVDRM_STAT_IRQS]		= "irqs",
	[PVDRM_STAT_SPIN_HITS]		= "spin-hits",
	[PVDRM_STAT_SLEEPS]		= "sleeps",
	[PVDRM_STAT_ONE_WAY]		= "one-way",
	[PVDRM_STAT_ONE_WAY_SUBMITS]	= "one-way-submits",
	[PVDRM_STAT_ONE_WAY_FAILED]	= "one-way-failed",
	[PVDRM_STAT_SLOT_WAITS]		= "slot-waits",
	[PVDRM_STAT_CANCELS]		= "cancels",
	[PVDRM_STAT_ABANDONED]		= "abandoned",
	[PVDRM_STAT_EVENTS]		= "events",
	[PVDRM_STAT_INVALIDATIONS]	= "invalidations",
	[PVDRM_STAT_MAPS_AHEAD]		= "maps-ahead",
	[PVDRM_STAT_FAULTS]		= "faults",
	[PVDRM_STAT_FAULT_UNLOCKED]	= "fault-unlocked",
	[PVDRM_STAT_FAULT_RETRIES]	= "fault-retries",
	[PVDRM_STAT_MAPS]		= "maps-now",
	[PVDRM_STAT_GRANTS]		= "grants-mapped-now",
	[PVDRM_STAT_DEVICE_PAGES]	= "device-pages-mapped-now",
	[PVDRM_STAT_MAP_HYPERCALLS]	= "map-hypercalls",
	[PVDRM_STAT_UNMAP_HYPERCALLS]	= "unmap-hypercalls",
	[PVDRM_STAT_FENCES]		= "fences",
	[PVDRM_STAT_FENCES_NOW]		= "fences-now",
	[PVDRM_STAT_FENCE_WAITS]	= "fence-waits",
	[PVDRM_STAT_CACHE_HITS]		= "cache-hits",
	[PVDRM_STAT_CACHE_MISSES]	= "cache-misses",
	[PVDRM_STAT_CACHE_BUSY]		= "cache-busy",
	[PVDRM_STAT_CACHE_MAPS]		= "cache-maps",
	[PVDRM_STAT_CACHE_EVICTIONS]	= "cache-evictions",
};

static struct dentry *root;

static int stats_show(struct seq_file *m, void *unused)
{
	struct pvdrm_front *front = m->private;
	struct pvdrm_front_stats *stats = &front->stats;
	long n, requests = 0;
	u32 i;

	for (i = 0; i < XENDRM_OP_COUNT; i++)
		requests += atomic_long_read(&stats->op[i]);
	seq_printf(m, "requests: %ld\n", requests);
	for (i = 0; i < XENDRM_OP_COUNT; i++)
		seq_printf(m, "requests-%s: %ld\n", op_names[i],
			   atomic_long_read(&stats->op[i]));
	for (i = 0; i < PVDRM_STAT_MAX; i++)
		seq_printf(m, "%s: %ld\n", stat_names[i],
			   atomic_long_read(&stats->count[i]));
	seq_printf(m, "cache-bytes-now: %llu\n",
		   READ_ONCE(front->pool.cached.bytes));
	seq_printf(m, "cache-buffers-now: %u\n",
		   READ_ONCE(front->pool.cached.nr));
	seq_printf(m, "outstanding: %u\n", READ_ONCE(front->nr_sent) -
		   READ_ONCE(front->nr_quiet));
	seq_printf(m, "spin-ns: %u\n", READ_ONCE(front->spin_ns[0]));
	seq_printf(m, "spin-ns-may-block: %u\n", READ_ONCE(front->spin_ns[1]));
	for (i = 0; i < ARRAY_SIZE(stats->refused); i++) {
		n = atomic_read(&stats->refused[i]);
		if (n)
			seq_printf(m, "refused-ioctl-0x%02x: %ld\n", i, n);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/* Return: the number of requests answered, or the first one's error */
static ssize_t nop_write(struct file *fp, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct pvdrm_front *front = fp->private_data;
	size_t done;
	int err = 0;

	for (done = 0; done < len && !signal_pending(current); done++) {
		struct pvdrm_call call = {
			.req.op = XENDRM_OP_NOP,
			.wait = PVDRM_WAIT_SIGNAL,
		};

		err = pvdrm_front_call(front, &call);
		if (err)
			break;
	}
	return done ? done : err ?: -EINTR;
}

static const struct file_operations nop_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = nop_write,
};

/**
 * pvdrm_front_debugfs_init() - make the directory of all connections
 */
void pvdrm_front_debugfs_init(void)
{
	root = debugfs_create_dir("pvdrm-front", NULL);
}

/**
 * pvdrm_front_debugfs_exit() - remove it
 */
void pvdrm_front_debugfs_exit(void)
{
	debugfs_remove(root);
}

/**
 * pvdrm_front_debugfs_show() - show a connection's counters
 * @front: the connection
 * @name: the device's number in xenstore
 */
void pvdrm_front_debugfs_show(struct pvdrm_front *front, const char *name)
{
	front->stats.dir = debugfs_create_dir(name, root);
	debugfs_create_file("stats", 0444, front->stats.dir, front,
			    &stats_fops);
	debugfs_create_file("nop", 0200, front->stats.dir, front, &nop_fops);
}

/**
 * pvdrm_front_debugfs_hide() - hide them again; waits for readers
 * @front: the connection
 */
void pvdrm_front_debugfs_hide(struct pvdrm_front *front)
{
	debugfs_remove(front->stats.dir);
	front->stats.dir = NULL;
}
