// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm attach: make the device in xenstore, start the process that serves it
 *
 * With backend=, the GPU is in another domain, a driver domain. Only xenstore's
 * directories are made here; `vdrm daemon` there sees them and starts the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pvdrm_back.h"
#include "vdrm.h"

#define OFFER_MS	10000	/* a driver domain's time to begin to serve */
#define NOTICE_MS	500	/* its kernel's time to see that a directory is gone */

/* Everything one attachment needs */
struct attach {
	struct xs_handle *xs;
	struct device dev;
	struct options options;
	unsigned int self;
	char node[PATH_MAX];
	int lock;
};

static int check_backend(void)
{
	if (!access(PVDRM_BACK_DEVICE, F_OK))
		return 0;
	return fail(VDRM_NO_BACKEND, "no " PVDRM_BACK_DEVICE ": try modprobe pvdrm-back");
}

static int find_domains(struct attach *a, const char *domain)
{
	int ret = store_open(&a->xs, &a->self);

	a->dev.host = a->self;
	if (!ret && a->options.backend)
		ret = domain_find(a->xs, a->options.backend, &a->dev.host);
	if (!ret)
		ret = domain_find(a->xs, domain, &a->dev.guest);
	if (!ret && a->dev.guest == a->dev.host)
		ret = fail(VDRM_NO_DOMAIN, "domain %s has the GPU itself: nothing to attach", domain);
	return ret;
}

/* What this domain serves is locked; what another one serves is in xenstore. */
static bool served_elsewhere(const struct attach *a)
{
	struct device other;

	return device_find_backend(a->xs, &a->dev, &other) && other.host != a->self &&
	       device_lives(a->xs, &other);
}

static int lock_this(struct attach *a, unsigned int devid)
{
	int ret;

	device_init(&a->dev, a->dev.host, a->dev.guest, devid);
	ret = lock_take(&a->dev, &a->lock);
	if (!ret && served_elsewhere(a)) {
		lock_drop(&a->dev, a->lock);
		return -EBUSY;
	}
	return ret;
}

/* A number that nobody serves is free, even when something is left of it. */
static int choose_devid(struct attach *a)
{
	int devid, ret = -EBUSY;

	if (a->options.devid >= 0)
		ret = lock_this(a, a->options.devid);
	for (devid = 0; a->options.devid < 0 && ret == -EBUSY && devid <= VDRM_MAX_DEVID; devid++)
		ret = lock_this(a, devid);
	return ret ? lock_failed(&a->dev, ret) : 0;
}

static int remove_leftover(struct attach *a)
{
	struct device other;
	int ret = 0;

	if (!device_exists(a->xs, &a->dev))
		return 0;
	note("replacing device %u of domain %u, which was not served any more", a->dev.devid,
	     a->dev.guest);
	if (device_find_backend(a->xs, &a->dev, &other))
		ret = device_remove(a->xs, &other);
	return ret ?: device_remove(a->xs, &a->dev);
}

/* In the grandchild: becomes `vdrm serve`, so that ps says what it is. */
static void exec_serve(const struct attach *a, int ready)
{
	char inherit[48], guest[16], devid[16], sandbox[16];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* stderr stays until the device is bound: errors are the user's. */
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	fcntl(a->lock, F_SETFD, 0);
	fcntl(ready, F_SETFD, 0);
	snprintf(inherit, sizeof(inherit), SERVE_INHERIT "%d,%d", a->lock, ready);
	snprintf(guest, sizeof(guest), "%u", a->dev.guest);
	snprintf(devid, sizeof(devid), "%u", a->dev.devid);
	snprintf(sandbox, sizeof(sandbox), "sandbox=%d", a->options.sandbox);
	execl("/proc/self/exe", "vdrm", "serve", guest, devid, inherit, sandbox, NULL);
	_exit(fail(VDRM_ERROR, "cannot start vdrm serve: %s", strerror(errno)));
}

static void fork_serve(const struct attach *a, int ready)
{
	pid_t child = fork();

	if (child < 0)
		note("cannot fork: %s", strerror(errno));
	if (child > 0)
		waitpid(child, NULL, 0);
	if (child)
		return;
	/* Twice, or the server could take a terminal by opening one. */
	setsid();
	child = fork();
	if (!child)
		exec_serve(a, ready);
	_exit(child < 0);
}

/* Waits until the server says, with one byte, how its start went. */
static int start_serve(const struct attach *a)
{
	unsigned char status = VDRM_ERROR;
	int ready[2];
	ssize_t ret;

	if (pipe2(ready, O_CLOEXEC))
		return fail(VDRM_ERROR, "cannot make a pipe: %s", strerror(errno));
	fork_serve(a, ready[1]);
	close(ready[1]);
	do {
		ret = read(ready[0], &status, 1);
	} while (ret < 0 && errno == EINTR);
	close(ready[0]);
	if (ret != 1)
		return fail(VDRM_ERROR, "vdrm serve ended before it was ready");
	return status;
}

static int closed_why(struct attach *a)
{
	char *error = store_read(a->xs, XBT_NULL, a->dev.back, XENDRM_KEY_ERROR);
	int ret = fail(VDRM_ERROR, "the device was closed: %s", error ? make_clean(error) : "no reason given");

	free(error);
	return ret;
}

static int wait_connected(struct attach *a)
{
	long deadline = now_ms() + a->options.wait * 1000L;

	if (a->options.wait <= 0)
		return 0;
	xs_watch(a->xs, a->dev.back, "state");
	do {
		switch (device_state(a->xs, a->dev.back)) {
		case STATE_CONNECTED:
			return 0;
		case STATE_UNKNOWN:
		case STATE_CLOSING:
		case STATE_CLOSED:
			return closed_why(a);
		}
	} while (store_wait(a->xs, deadline));
	return fail(VDRM_TIMEOUT,
		    "the guest has not connected in %d s: is pvdrm-front loaded there? The device stays attached",
		    a->options.wait);
}

/* Waits until the daemon in the backend's domain serves the device, or says why not. */
static int wait_served(struct attach *a)
{
	long deadline = now_ms() + OFFER_MS;
	char *error;

	xs_watch(a->xs, a->dev.back, "back");
	do {
		if (device_state(a->xs, a->dev.back) >= STATE_INIT_WAIT)
			return 0;
		error = store_read(a->xs, XBT_NULL, a->dev.back, XENDRM_KEY_ERROR);
		if (error) {
			fail(VDRM_ERROR, "domain %s: %s", a->options.backend, make_clean(error));
			free(error);
			return VDRM_ERROR;
		}
	} while (store_wait(a->xs, deadline));
	return fail(VDRM_TIMEOUT,
		    "domain %s has not served the device in %d s: do pvdrm-back and vdrm daemon run there?",
		    a->options.backend, OFFER_MS / 1000);
}

static int make_and_serve(struct attach *a)
{
	int ret = remove_leftover(a);

	if (ret)
		return ret;
	if (a->options.backend)
		usleep(NOTICE_MS * 1000);
	else
		device_wait_gone(&a->dev);
	ret = device_create(a->xs, &a->dev, a->node, &a->options);
	if (ret)
		return ret;
	ret = a->options.backend ? wait_served(a) : start_serve(a);
	if (ret)
		device_remove(a->xs, &a->dev);
	return ret;
}

static int find_node(struct attach *a, const char *path)
{
	if (!a->options.backend)
		return node_resolve(path, a->options.node, a->node, sizeof(a->node));
	if (!node_is_named(path))
		return fail(VDRM_USAGE, "%s: give the whole path, from / on, or a PCI address", path);
	if ((size_t)snprintf(a->node, sizeof(a->node), "%s", path) >= sizeof(a->node))
		return fail(VDRM_NO_NODE, "%s: the path is too long", path);
	return 0;
}

/* In this order users meet their mistakes. */
static int attach(struct attach *a, const char *path, const char *domain)
{
	int ret = find_node(a, path);

	if (!ret)
		ret = find_domains(a, domain);
	if (!ret)
		ret = choose_devid(a);
	if (ret)
		return ret;
	if (!a->options.backend)
		ret = check_backend();
	if (!ret)
		ret = make_and_serve(a);
	if (ret) {
		lock_drop(&a->dev, a->lock);
		return ret;
	}
	if (a->options.backend)
		lock_drop(&a->dev, a->lock);
	else
		close(a->lock);		/* the server has it, too */
	printf("device %u of domain %u: %s\n", a->dev.devid, a->dev.guest, a->node);
	fflush(stdout);
	return wait_connected(a);
}

int verb_attach(int argc, char **argv)
{
	static struct attach a = { .lock = -1 };
	int ret;

	options_init(&a.options);
	if (argc < 3)
		return fail(VDRM_USAGE, "usage: vdrm attach DEVICE DOMAIN [KEY=VALUE...]");
	ret = options_parse(&a.options,
			    OPTION_DEVID | OPTION_NODE | OPTION_SEQUENTIAL | OPTION_WAIT |
			    OPTION_LIMITS | OPTION_SANDBOX | OPTION_BACKEND,
			    argc - 3, argv + 3);
	if (!ret)
		ret = attach(&a, argv[1], argv[2]);
	if (a.xs)
		xs_close(a.xs);
	return ret;
}
