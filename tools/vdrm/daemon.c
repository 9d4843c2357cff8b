// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm daemon: gives guests the devices that /etc/pvdrm/guests.d names
 *
 * Every event (a guest comes or goes, a DRM node does, a child ends) only sets
 * the time of the next look. A look compares what is configured with what there
 * is (wanted.c), and serves what other domains offer (offer.c). So nothing depends on seeing each event, and a daemon that is
 * started again finds out where it is.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "wanted.h"

struct daemon {
	struct domains domains;	/* their names are watched */
	struct config config;
	struct wanted *wanted;	/* one for each attachment of @config */
	int signals;
	int nodes;		/* inotify of /dev and /dev/dri */
	long next;		/* look, of now_ms(); 0: not before an event */
	bool reload;		/* as soon as no child runs */
	bool end;
};

static void look_within(struct daemon *d, long ms)
{
	long time = now_ms() + ms;

	if (ms != LOOK_NEVER && (!d->next || time < d->next))
		d->next = time;
}

/* Keeps what there is if the folder cannot be read. */
static int load(struct daemon *d)
{
	struct wanted *wanted;
	struct config config;
	unsigned int i;
	int ret = config_read(&config, VDRM_CONFIG_DIR);

	d->reload = false;
	if (ret)
		return ret;
	wanted = calloc(config.count + 1, sizeof(*wanted));
	if (!wanted) {
		config_free(&config);
		return fail(VDRM_ERROR, "no memory for the configuration");
	}
	config_free(&d->config);
	free(d->wanted);
	d->config = config;
	d->wanted = wanted;
	for (i = 0; i < config.count; i++)
		wanted_init(&wanted[i], &config.attachments[i], d->domains.self);
	note("%u attachment%s in " VDRM_CONFIG_DIR "%s", config.count, config.count == 1 ? "" : "s",
	     config.errors ? "; files with mistakes are ignored" : "");
	return 0;
}

static bool contains(const struct domains *domains, unsigned int id)
{
	unsigned int i;

	for (i = 0; i < domains->count; i++)
		if (domains->id[i] == id)
			return true;
	return false;
}

/*
 * Its name, since a guest that is migrated or restored gets it late; and the devices
 * that it serves.
 */
static void watch_domain(struct xs_handle *xs, unsigned int id,
			 bool (*call)(struct xs_handle *xs, const char *path, const char *token))
{
	char path[VDRM_PATH];

	snprintf(path, sizeof(path), "/local/domain/%u/name", id);
	call(xs, path, "name");
	snprintf(path, sizeof(path), BACK_DIR, id);
	call(xs, path, "served");
}

static void find_domains(struct daemon *d)
{
	struct domains *old = &d->domains, now = *old;
	unsigned int i;

	now.id = store_numbers(now.xs, "/local/domain", &now.count);
	for (i = 0; i < now.count; i++)
		if (!contains(old, now.id[i]))
			watch_domain(now.xs, now.id[i], xs_watch);
	for (i = 0; i < old->count; i++)
		if (!contains(&now, old->id[i]))
			watch_domain(now.xs, old->id[i], xs_unwatch);
	free(old->id);
	*old = now;
}

static void remove_if_left(struct xs_handle *xs, const struct device *dev, void *data)
{
	int lock;

	(void)data;
	if (domain_alive(xs, dev->guest) && store_exists(xs, XBT_NULL, dev->front))
		return;
	if (lock_take(dev, &lock))
		return;
	note("removing device %u of domain %u, which is gone", dev->devid, dev->guest);
	device_remove(xs, dev);
	cgroup_remove(dev);
	lock_drop(dev, lock);
}

static bool children_run(const struct daemon *d)
{
	unsigned int i;

	for (i = 0; i < d->config.count; i++)
		if (d->wanted[i].child)
			return true;
	return false;
}

static void look(struct daemon *d)
{
	unsigned int i;

	d->next = 0;
	if (d->reload && !children_run(d))
		load(d);
	/* It comes with the first device and goes with the last. */
	inotify_add_watch(d->nodes, "/dev/dri", IN_CREATE | IN_DELETE | IN_ATTRIB);
	find_domains(d);
	/* Serving processes that died before their guests left their keys. */
	devices_each(d->domains.xs, d->domains.self, -1, remove_if_left, NULL);
	devices_each(d->domains.xs, d->domains.self, -1, offer_take, NULL);
	for (i = 0; i < d->config.count; i++)
		look_within(d, wanted_look(&d->wanted[i], &d->domains));
}

static void reap(struct daemon *d)
{
	unsigned int i;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < d->config.count; i++)
			if (d->wanted[i].child == pid)
				wanted_attach_ended(&d->wanted[i], status);
	look_within(d, 0);
}

static void take_signals(struct daemon *d)
{
	struct signalfd_siginfo info;

	while (read(d->signals, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGCHLD:
			reap(d);
			break;
		case SIGHUP:
			d->reload = true;
			look_within(d, 0);
			break;
		default:
			d->end = true;
		}
	}
}

static int drop_store_events(struct daemon *d)
{
	char **event;

	while ((event = xs_check_watch(d->domains.xs)))
		free(event);
	if (errno != EAGAIN)
		return fail(VDRM_NO_XENSTORE, "lost xenstore: %s", strerror(errno));
	return 0;
}

static void drop_node_events(const struct daemon *d)
{
	char events[4096];

	while (read(d->nodes, events, sizeof(events)) > 0)
		;
}

static int wait_and_look(struct daemon *d)
{
	struct pollfd fds[] = {
		{ .fd = d->signals, .events = POLLIN },
		{ .fd = xs_fileno(d->domains.xs), .events = POLLIN },
		{ .fd = d->nodes, .events = POLLIN },
	};
	long left = d->next ? d->next - now_ms() : -1;

	if (d->next && left <= 0) {
		look(d);
		return 0;
	}
	if (poll(fds, ARRAY_SIZE(fds), left) <= 0)
		return 0;
	if (fds[0].revents)
		take_signals(d);
	if (fds[2].revents)
		drop_node_events(d);
	if (fds[1].revents || fds[2].revents)
		look_within(d, SETTLE_MS);
	return fds[1].revents ? drop_store_events(d) : 0;
}

static int lock_daemon(void)
{
	int fd, ret = lock_file(DAEMON_LOCK, &fd);

	if (ret == -EBUSY)
		return fail(VDRM_IN_USE, "vdrm daemon runs already, see " DAEMON_LOCK);
	if (ret)
		return fail(ret == -EACCES ? VDRM_NO_PERMISSION : VDRM_ERROR, DAEMON_LOCK ": %s",
			    strerror(-ret));
	lock_write_pid(fd);
	return 0;
}

/*
 * Before libxenstore starts its thread for watches, and before anything takes time: a
 * reload must not end a daemon that is just starting.
 */
static void catch_signals(struct daemon *d)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	d->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int set_up(struct daemon *d)
{
	struct xs_handle *xs = d->domains.xs;
	char path[VDRM_PATH];

	d->nodes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (d->signals < 0 || d->nodes < 0)
		return fail(VDRM_ERROR, "cannot wait for events: %s", strerror(errno));
	inotify_add_watch(d->nodes, "/dev", IN_CREATE);
	snprintf(path, sizeof(path), BACK_DIR, d->domains.self);
	if (!xs_watch(xs, "@introduceDomain", "in") || !xs_watch(xs, "@releaseDomain", "out") ||
	    !xs_watch(xs, path, "back"))
		return fail(VDRM_NO_XENSTORE, "cannot watch xenstore: %s", strerror(errno));
	look_within(d, 0);
	return load(d);
}

int verb_daemon(int argc, char **argv)
{
	static struct daemon d;
	int ret;

	(void)argv;
	if (argc > 1)
		return fail(VDRM_USAGE, "usage: vdrm daemon");
	catch_signals(&d);
	ret = store_open(&d.domains.xs, &d.domains.self);
	if (ret)
		return ret;
	ret = lock_daemon();
	ret = ret ?: set_up(&d);
	while (!ret && !d.end)
		ret = wait_and_look(&d);
	xs_close(d.domains.xs);
	return ret;
}
