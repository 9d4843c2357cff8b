// SPDX-License-Identifier: GPL-2.0-only
/*
 * One attachment that the configuration names: compares it with what there is,
 * and starts `vdrm attach` if the guest lacks the device.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wanted.h"

void wanted_init(struct wanted *w, const struct attachment *what, unsigned int self)
{
	*w = (struct wanted) { .what = what, .guest = self, .backend = self };
}

/* @domains->self: there is none. */
static unsigned int find_domain(const struct domains *domains, const char *name)
{
	unsigned int i;

	for (i = 0; i < domains->count; i++)
		if (domains->id[i] != domains->self && domain_alive(domains->xs, domains->id[i]) &&
		    domain_is(domains->xs, domains->id[i], name))
			return domains->id[i];
	return domains->self;
}

/* Domains that start anew have other numbers. */
static void follow_domains(struct wanted *w, const struct domains *domains)
{
	unsigned int guest = find_domain(domains, w->what->guest), backend = domains->self;

	if (w->what->options.backend)
		backend = find_domain(domains, w->what->options.backend);
	if (guest == w->guest && backend == w->backend)
		return;
	wanted_init(w, w->what, guest);
	w->backend = backend;
}

/* Finds the DRM node and its inode; says once that it is missing, and once that it is back. */
static bool find_node(struct wanted *w, char *node, ino_t *inode)
{
	const struct attachment *what = w->what;
	char where[PATH_MAX];
	struct stat st;
	bool found;

	snprintf(where, sizeof(where), "%s: ", what->file);
	log_where(where);
	log_mute(w->missing);
	found = !node_resolve(what->device, what->options.node, node, PATH_MAX) && !stat(node, &st);
	log_mute(false);
	if (found && w->missing)
		note("%s is back", what->device);
	log_where("");
	w->missing = !found;
	if (found)
		*inode = st.st_ino;
	return found;
}

/* Whether the guest has the device, served or not; its node may have gone meanwhile. */
static bool find_device(struct wanted *w, const struct domains *domains, const char *key,
			const char *node)
{
	unsigned int i, count, *devids;
	char path[VDRM_PATH], *theirs;
	bool found = false;
	struct device dev;

	if (w->known && device_exists(domains->xs, &w->dev))
		return true;
	snprintf(path, sizeof(path), BACK_DIR "/%u", w->backend, w->guest);
	devids = store_numbers(domains->xs, path, &count);
	for (i = 0; i < count && !found; i++) {
		device_init(&dev, w->backend, w->guest, devids[i]);
		theirs = store_read(domains->xs, XBT_NULL, dev.back, key);
		found = theirs && !strcmp(theirs, node);
		free(theirs);
	}
	free(devids);
	if (found) {
		w->dev = dev;
		w->known = true;
	}
	return found;
}

static void exec_attach(const struct wanted *w)
{
	const struct attachment *what = w->what;
	char guest[16], *argv[CONFIG_WORDS + 5] = { "vdrm", "attach", what->device, guest };
	sigset_t none;

	snprintf(guest, sizeof(guest), "%u", w->guest);
	memcpy(argv + 4, what->words, what->nr_words * sizeof(*argv));
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv("/proc/self/exe", argv);
	_exit(fail(VDRM_ERROR, "cannot start vdrm attach: %s", strerror(errno)));
}

/* In a process of its own, since it may have to wait */
static long start_attach(struct wanted *w)
{
	w->child = fork();
	if (!w->child)
		exec_attach(w);
	if (w->child > 0)
		return LOOK_NEVER;
	note("%s: cannot fork: %s", w->what->file, strerror(errno));
	w->child = 0;
	w->retry = now_ms() + MAX_RETRY_MS;
	return MAX_RETRY_MS;
}

/* Its end is an event. */
static bool being_detached(const struct wanted *w, const struct domains *domains)
{
	return !store_read_number(domains->xs, XBT_NULL, w->dev.back, XENDRM_KEY_ONLINE);
}

/* Hot-plug makes a new node, even under the same name: the device of the old one is dead. */
static long keep_or_replace(struct wanted *w, const struct domains *domains, ino_t inode)
{
	if (being_detached(w, domains))
		return LOOK_NEVER;
	if (w->done && w->node != inode) {
		note("%s: %s is a new device: replacing device %u of domain %u", w->what->file,
		     w->what->device, w->dev.devid, w->dev.guest);
		w->done = false;
		device_begin_close(domains->xs, &w->dev);
		return LOOK_NEVER;
	}
	w->done = true;
	w->node = inode;
	return LOOK_NEVER;
}

static long attach_when_due(struct wanted *w)
{
	long left = w->retry - now_ms();

	return left > 0 ? left : start_attach(w);
}

/*
 * With backend=, the other domain looks after the node and the serving process, and
 * closes the device if it loses one of them.
 */
static long look_elsewhere(struct wanted *w, const struct domains *domains)
{
	bool there;

	if (w->backend == domains->self)
		return LOOK_NEVER;
	there = find_device(w, domains, XENDRM_KEY_DEVICE, w->what->device);
	if (there && device_lives(domains->xs, &w->dev)) {
		w->done = true;
		return LOOK_NEVER;
	}
	/* As below: what was detached by hand stays detached. */
	if (w->done && (!there || being_detached(w, domains)))
		return LOOK_NEVER;
	return attach_when_due(w);
}

/**
 * wanted_look() - see to it that the guest has the device
 * @w: the attachment
 * @domains: the domains there are now
 *
 * Starts `vdrm attach` if the guest runs without the device, or if nobody serves
 * the device any more. When that process ends, call wanted_attach_ended().
 *
 * Return: after how many milliseconds to look again, even if nothing happens
 * until then; or LOOK_NEVER.
 */
long wanted_look(struct wanted *w, const struct domains *domains)
{
	char node[PATH_MAX];
	ino_t inode;
	bool there;

	if (w->child)
		return LOOK_NEVER;
	follow_domains(w, domains);
	if (w->guest == domains->self)
		return LOOK_NEVER;
	if (w->what->options.backend)
		return look_elsewhere(w, domains);
	if (!find_node(w, node, &inode))
		return LOOK_NEVER;
	there = find_device(w, domains, XENDRM_KEY_DEVICE_PATH, node);
	/* The serving process removes the device first and gives up the lock later. */
	if (w->known && lock_held(&w->dev, NULL))
		return there ? keep_or_replace(w, domains, inode) : SETTLE_MS;
	/* What was detached by hand stays detached; what broke is attached again. */
	if (w->done && !there && w->node == inode)
		return LOOK_NEVER;
	w->node = inode;
	return attach_when_due(w);
}

/**
 * wanted_attach_ended() - take note that `vdrm attach` has ended; look again after it
 * @w: the attachment that started it
 * @status: of waitpid()
 *
 * The time until the next attempt doubles each time, after success, too: a guest
 * can make its serving process die again and again.
 */
void wanted_attach_ended(struct wanted *w, int status)
{
	long now = now_ms();
	bool lasted = now - w->retry > MAX_RETRY_MS;

	w->child = 0;
	w->delay = w->delay && !lasted ? w->delay * 2 : RETRY_MS;
	if (w->delay > MAX_RETRY_MS)
		w->delay = MAX_RETRY_MS;
	w->retry = now + w->delay;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != VDRM_OK)
		note("%s: trying again in %ld s", w->what->file, w->delay / 1000);
}
