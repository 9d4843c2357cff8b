// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm serve: the watcher of one served device
 *
 * It opens the two files a server needs, and forks the server (server.c), which
 * runs the guest's requests in a sandbox. The watcher keeps xenstore and looks
 * for the end: nobody else removes the directories of a guest that died.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cgroup.h"
#include "pvdrm_back.h"
#include "sandbox.h"
#include "server.h"
#include "vdrm.h"

struct serve {
	struct xs_handle *xs;
	struct device dev;
	struct options options;
	struct server server;
	char node[PATH_MAX];
	int signals;
	int lock;
	int ready;		/* attach waits for a byte here; -1: nobody does */
	long deadline;		/* of now_ms(), when told to end; else 0 */
	bool closed;		/* the kernel no longer serves the device */
	bool offered;		/* by vdrm attach in another domain, which reads the error key */
};

enum verdict { GO_ON, END_REMOVE, END_KEEP };

static int take_signals(struct serve *s)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	s->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return fail(VDRM_ERROR, "cannot make a signalfd: %s", strerror(errno));
	return 0;
}

static enum node_kind offered_kind(struct serve *s)
{
	char *text = store_read(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_NODE);
	enum node_kind kind = !text ? NODE_ANY : !strcmp(text, "primary") ? NODE_PRIMARY :
									    NODE_RENDER;

	free(text);
	return kind;
}

/* Only here, in the domain that has the GPU, can the node be found. */
static int take_offer(struct serve *s, const char *device)
{
	int ret = node_resolve(device, offered_kind(s), s->node, sizeof(s->node));

	s->offered = true;
	if (!ret && !store_write(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_DEVICE_PATH, "%s", s->node))
		ret = fail(VDRM_NO_XENSTORE, "cannot write %s: %s", s->dev.back, strerror(errno));
	return ret;
}

static int read_device(struct serve *s)
{
	char *path = store_read(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_DEVICE_PATH);
	char *device = path ? NULL : store_read(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_DEVICE);
	int ret = 0;

	if (path)
		snprintf(s->node, sizeof(s->node), "%s", path);
	else if (device)
		ret = take_offer(s, device);
	else
		ret = fail(VDRM_NO_DEVICE,
			   "domain %u has no device %u in xenstore: vdrm attach makes one",
			   s->dev.guest, s->dev.devid);
	free(device);
	free(path);
	return ret;
}

static int open_back(int *fd)
{
	*fd = open(PVDRM_BACK_DEVICE, O_RDWR | O_CLOEXEC);
	if (*fd >= 0)
		return 0;
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		return fail(VDRM_NO_BACKEND, "no " PVDRM_BACK_DEVICE ": try modprobe pvdrm-back");
	return fail(errno == EACCES ? VDRM_NO_PERMISSION : VDRM_ERROR,
		    "cannot open " PVDRM_BACK_DEVICE ": %s", strerror(errno));
}

static int open_node(struct serve *s, int *fd)
{
	int ret;

	*fd = open(s->node, O_RDWR | O_CLOEXEC);
	if (*fd >= 0)
		return 0;
	ret = errno == ENOENT ? VDRM_NO_NODE : errno == EACCES ? VDRM_NO_PERMISSION : VDRM_ERROR;
	return fail(ret, "cannot open %s: %s", s->node, strerror(errno));
}

static int explain_bind(const struct serve *s, const struct server_report *report)
{
	switch (report->error) {
	case EOPNOTSUPP:
		return fail(VDRM_NO_TABLE,
			    "%s: pvdrm-back has no table for the driver '%s'; vdrm(8) lists those it has",
			    s->node, report->driver);
	case EBUSY:
		return fail(VDRM_IN_USE, "device %u of domain %u is served already", s->dev.devid,
			    s->dev.guest);
	case ENOTTY:
		return fail(VDRM_NOT_DRM, "%s is no DRM node", s->node);
	case EPERM:
		return fail(VDRM_ERROR,
			    "pvdrm-back refuses to share %s; dmesg says why, and by which parameter it does nevertheless",
			    s->node);
	case EPROTO:
		return fail(VDRM_ERROR, "pvdrm-back and vdrm are of different versions");
	case ENOENT:
		return fail(VDRM_ERROR, "pvdrm-back has not seen device %u of domain %u in time",
			    s->dev.devid, s->dev.guest);
	case EINVAL:
		return fail(VDRM_ERROR,
			    "device %u of domain %u: pvdrm-back refuses a key in xenstore; dmesg says which",
			    s->dev.devid, s->dev.guest);
	default:
		return fail(VDRM_ERROR, "cannot bind %s to device %u of domain %u: %s", s->node,
			    s->dev.devid, s->dev.guest, strerror(report->error));
	}
}

static int make_server(struct serve *s)
{
	struct server_task task = {
		.guest = s->dev.guest,
		.devid = s->dev.devid,
		.card = !node_is_render(s->node),
		.layers = s->options.sandbox ? SANDBOX_ALL : 0,
	};
	int ret = open_node(s, &task.node);

	if (!ret)
		ret = open_back(&task.back);
	return ret ?: server_fork(&s->server, &task);
}

static int start_server(struct serve *s)
{
	struct server_report report = { .stage = SERVER_FAILED };

	if (server_go(&s->server, &report))
		return fail(VDRM_ERROR, "the server of device %u of domain %u died at its start",
			    s->dev.devid, s->dev.guest);
	switch (report.stage) {
	case SERVER_READY:
		cgroup_enter(&s->dev, s->server.pid);
		return 0;
	case SERVER_BIND_FAILED:
		return explain_bind(s, &report);
	default:
		return VDRM_ERROR;	/* it has said why */
	}
}

static int set_up(struct serve *s)
{
	int ret = read_device(s);

	/* Watches start a thread, so the server is forked before. */
	ret = ret ?: make_server(s);
	ret = ret ?: take_signals(s);
	/* It binds afterwards: what changes from then on is seen. */
	if (!ret && !(xs_watch(s->xs, s->dev.back, "back") &&
		      xs_watch(s->xs, "@releaseDomain", "domain")))
		ret = fail(VDRM_NO_XENSTORE, "cannot watch %s: %s", s->dev.back, strerror(errno));
	return ret ?: start_server(s);
}

/* attach has what it waited for; from now on we're alone. */
static void tell_ready(struct serve *s, unsigned char status)
{
	char ident[32];

	if (s->ready < 0)
		return;
	if (write(s->ready, &status, 1) != 1)
		note("vdrm attach has gone away");
	close(s->ready);
	s->ready = -1;
	snprintf(ident, sizeof(ident), "vdrm-%u-%u", s->dev.guest, s->dev.devid);
	log_to_syslog(ident);
	dup2(STDOUT_FILENO, STDERR_FILENO);	/* attach made it /dev/null */
}

/* What xenstore says about whether to go on */
static enum verdict look(struct serve *s)
{
	int online;

	if (!domain_alive(s->xs, s->dev.guest) || !store_exists(s->xs, XBT_NULL, s->dev.front) ||
	    !store_exists(s->xs, XBT_NULL, s->dev.back))
		return END_REMOVE;
	online = store_read_number(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_ONLINE);
	if (online != 0)
		return GO_ON;
	if (s->closed || device_state(s->xs, s->dev.back) == STATE_CLOSED ||
	    !device_guest_uses(s->xs, &s->dev))
		return END_REMOVE;
	return GO_ON;
}

/*
 * The kernel has closed the device: by request, or for a reason that vdrm list
 * shows until the device is detached or its guest ends.
 */
static enum verdict was_closed(struct serve *s)
{
	char *error;

	if (look(s) == END_REMOVE ||
	    !store_read_number(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_ONLINE))
		return END_REMOVE;
	error = store_read(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_ERROR);
	note("device %u of domain %u was closed: %s", s->dev.devid, s->dev.guest,
	     error ? error : "no reason given");
	free(error);
	s->closed = true;
	return GO_ON;
}

static enum verdict server_event(struct serve *s)
{
	bool lost;

	if (server_has_closed(&s->server, &lost))
		return was_closed(s);
	if (!lost)
		return GO_ON;
	server_end(&s->server);
	return fail(END_KEEP, "the server of device %u of domain %u has died", s->dev.devid,
		    s->dev.guest);
}

static void told_to_end(struct serve *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info))
		;
	if (s->deadline)
		return;
	s->deadline = now_ms() + VDRM_CLOSE_MS;
	device_begin_close(s->xs, &s->dev);
}

static enum verdict wait_and_look(struct serve *s)
{
	struct pollfd fds[] = {
		{ .fd = s->server.control, .events = POLLIN },
		{ .fd = xs_fileno(s->xs), .events = POLLIN },
		{ .fd = s->signals, .events = POLLIN },
	};
	long left = s->deadline ? s->deadline - now_ms() : -1;
	char **event;

	if (s->deadline && left <= 0) {
		note("domain %u has not released device %u; removing it", s->dev.guest,
		     s->dev.devid);
		return END_REMOVE;
	}
	if (poll(fds, 3, left) <= 0)
		return GO_ON;
	if (fds[2].revents)
		told_to_end(s);
	if (fds[1].revents) {
		while ((event = xs_check_watch(s->xs)))
			free(event);
		if (errno != EAGAIN)
			return fail(END_KEEP, "lost xenstore: %s", strerror(errno));
	}
	if (fds[0].revents)
		return server_event(s);
	return look(s);
}

static int run(struct serve *s)
{
	enum verdict verdict;

	do {
		verdict = wait_and_look(s);
	} while (verdict == GO_ON);
	if (verdict == END_KEEP)
		return VDRM_ERROR;
	return device_remove(s->xs, &s->dev);
}

static int serve(struct serve *s)
{
	bool inherited = s->lock >= 0;
	int ret = inherited ? 0 : lock_take(&s->dev, &s->lock);

	if (ret)
		return lock_failed(&s->dev, ret);
	lock_write_pid(s->lock);
	if (chdir("/"))
		note("cannot enter /: %s", strerror(errno));
	ret = set_up(s);
	if (ret)
		server_end(&s->server);
	if (ret && s->offered)
		store_write(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_ERROR, "%s", last_failure());
	tell_ready(s, ret);
	/* attach cleans up after a start that failed, and has the lock, too. */
	if (ret && inherited)
		return ret;
	if (!ret)
		ret = run(s);
	server_end(&s->server);
	cgroup_remove(&s->dev);
	lock_drop(&s->dev, s->lock);
	return ret;
}

/* What attach hands over stands in front of the keys. */
static int parse(struct serve *s, int argc, char **argv)
{
	unsigned int guest, devid;
	int length = strlen(SERVE_INHERIT);

	if (argc < 3 || parse_number(argv[1], 0x7fff, &guest) ||
	    parse_number(argv[2], VDRM_MAX_DEVID, &devid))
		return fail(VDRM_USAGE, "usage: vdrm serve DOMID DEVID [sandbox=0|1]");
	argc -= 3;
	argv += 3;
	if (argc && !strncmp(argv[0], SERVE_INHERIT, length)) {
		if (sscanf(argv[0] + length, "%d,%d", &s->lock, &s->ready) != 2)
			return VDRM_USAGE;
		fcntl(s->lock, F_SETFD, FD_CLOEXEC);
		fcntl(s->ready, F_SETFD, FD_CLOEXEC);
		argc--;
		argv++;
	}
	s->dev.guest = guest;
	s->dev.devid = devid;
	options_init(&s->options);
	return options_parse(&s->options, OPTION_SANDBOX, argc, argv);
}

int verb_serve(int argc, char **argv)
{
	static struct serve s = { .server.control = -1, .lock = -1, .ready = -1 };
	unsigned int self;
	int ret = parse(&s, argc, argv);

	if (!ret)
		ret = store_open(&s.xs, &self);
	if (ret)
		return ret;
	device_init(&s.dev, self, s.dev.guest, s.dev.devid);
	ret = serve(&s);
	xs_close(s.xs);
	return ret;
}
