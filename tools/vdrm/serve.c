// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm serve: the process in which one device's requests run
 *
 * Its threads sit inside /dev/pvdrm-back; the main loop starts more of them
 * when the kernel asks, and watches xenstore for the end: nobody else removes
 * the directories of a guest that died.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "pvdrm_back.h"
#include "vdrm.h"

#define FIRST_THREADS	2
#define THREAD_STACK	(256u << 10)
#define BIND_MS		5000
#define BIND_POLL_US	20000
/* Its death costs one guest its GPU; that of others may cost the host. */
#define OOM_SCORE	"200"

struct serve {
	struct xs_handle *xs;
	struct device dev;
	char node[PATH_MAX];
	int back;		/* /dev/pvdrm-back */
	int signals;
	int lock;
	int ready;		/* attach waits for a byte here; -1: nobody does */
	long deadline;		/* of now_ms(), when told to end; else 0 */
	bool closed;		/* the kernel serves it no more */
};

enum verdict { GO_ON, END_REMOVE, END_KEEP };

static void *serve_thread(void *arg)
{
	const struct serve *s = arg;

	for (;;) {
		if (!ioctl(s->back, PVDRM_BACK_SERVE) || errno == EINTR)
			continue;
		if (errno != ENODEV)
			note("a serving thread ends: %s", strerror(errno));
		return NULL;
	}
}

static void start_thread(struct serve *s)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	error = pthread_create(&thread, &attr, serve_thread, s);
	if (error)
		note("cannot start a serving thread: %s", strerror(error));
	pthread_attr_destroy(&attr);
}

static void prepare_process(void)
{
	struct rlimit files;
	int fd;

	/* One file here for each the guest opens. */
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, OOM_SCORE, strlen(OOM_SCORE)) < 0)
			note("cannot set oom_score_adj: %s", strerror(errno));
		close(fd);
	}
	if (chdir("/"))
		note("cannot enter /: %s", strerror(errno));
}

/* Every thread inherits this mask: a signal must not interrupt the guest's work. */
static int take_signals(struct serve *s)
{
	sigset_t all, ours;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	s->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return fail(VDRM_ERROR, "cannot make a signalfd: %s", strerror(errno));
	return 0;
}

static int read_device(struct serve *s)
{
	char *path = store_read(s->xs, XBT_NULL, s->dev.back, XENDRM_KEY_DEVICE_PATH);

	if (!path)
		return fail(VDRM_NO_DEVICE,
			    "domain %u has no device %u in xenstore: vdrm attach makes one",
			    s->dev.guest, s->dev.devid);
	snprintf(s->node, sizeof(s->node), "%s", path);
	free(path);
	return 0;
}

static int open_back(struct serve *s)
{
	s->back = open(PVDRM_BACK_DEVICE, O_RDWR | O_CLOEXEC);
	if (s->back >= 0)
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

static int explain_bind(const struct serve *s, int error, const struct pvdrm_back_bind *bind)
{
	switch (error) {
	case EOPNOTSUPP:
		return fail(VDRM_NO_TABLE,
			    "%s: pvdrm-back has no table for the driver '%.*s'; vdrm(8) lists those it has",
			    s->node, (int)sizeof(bind->driver), bind->driver);
	case EBUSY:
		return fail(VDRM_IN_USE, "device %u of domain %u is served already", s->dev.devid,
			    s->dev.guest);
	case ENOTTY:
		return fail(VDRM_NOT_DRM, "%s is no DRM node", s->node);
	case EPROTO:
		return fail(VDRM_ERROR, "pvdrm-back and vdrm are of different versions");
	case ENOENT:
		return fail(VDRM_ERROR, "pvdrm-back has not seen device %u of domain %u in %d s",
			    s->dev.devid, s->dev.guest, BIND_MS / 1000);
	case EINVAL:
		return fail(VDRM_ERROR,
			    "device %u of domain %u: pvdrm-back refuses a key in xenstore; dmesg says which",
			    s->dev.devid, s->dev.guest);
	default:
		return fail(VDRM_ERROR, "cannot bind %s to device %u of domain %u: %s", s->node,
			    s->dev.devid, s->dev.guest, strerror(error));
	}
}

/* The kernel learns of the new directories by a watch, so it can be late. */
static int bind_node(struct serve *s, int node)
{
	struct pvdrm_back_bind bind = {
		.version = PVDRM_BACK_VERSION,
		.domid = s->dev.guest,
		.devid = s->dev.devid,
		.node_fd = node,
	};
	long deadline = now_ms() + BIND_MS;

	while (ioctl(s->back, PVDRM_BACK_BIND, &bind)) {
		if (errno != EINTR && (errno != ENOENT || now_ms() >= deadline))
			return explain_bind(s, errno, &bind);
		usleep(BIND_POLL_US);
	}
	return 0;
}

static int set_up(struct serve *s)
{
	int node = -1;
	int ret = read_device(s);

	if (!ret)
		ret = open_node(s, &node);
	if (!ret)
		ret = open_back(s);
	if (!ret)
		ret = take_signals(s);
	/* Before the bind: what changes from here on is seen. */
	if (!ret && !(xs_watch(s->xs, s->dev.back, "back") &&
		      xs_watch(s->xs, "@releaseDomain", "domain")))
		ret = fail(VDRM_NO_XENSTORE, "cannot watch %s: %s", s->dev.back, strerror(errno));
	if (!ret)
		ret = bind_node(s, node);
	if (!ret)
		ret = rights_drop(s->node);
	if (node >= 0)
		close(node);	/* pvdrm-back has its own reference */
	return ret;
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

static enum verdict next_event(struct serve *s)
{
	struct pvdrm_back_event event;

	if (ioctl(s->back, PVDRM_BACK_NEXT, &event)) {
		if (errno == EINTR || errno == EAGAIN)
			return GO_ON;
		return was_closed(s);
	}
	switch (event.type) {
	case PVDRM_BACK_EVENT_SPAWN:
		start_thread(s);
		return GO_ON;
	case PVDRM_BACK_EVENT_CLOSED:
		return was_closed(s);
	default:
		return GO_ON;
	}
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

/* Nothing but the events of these descriptors; none of them is ever busy. */
static enum verdict wait_and_look(struct serve *s)
{
	struct pollfd fds[] = {
		{ .fd = s->closed ? -1 : s->back, .events = POLLIN },
		{ .fd = xs_fileno(s->xs), .events = POLLIN },
		{ .fd = s->signals, .events = POLLIN },
	};
	long left = s->deadline ? s->deadline - now_ms() : -1;
	char **event;

	if (s->deadline && left <= 0) {
		note("domain %u has not let go of device %u; taking it", s->dev.guest,
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
		return next_event(s);
	return look(s);
}

static int run(struct serve *s)
{
	enum verdict verdict;
	int i;

	for (i = 0; i < FIRST_THREADS; i++)
		start_thread(s);
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
	prepare_process();
	ret = set_up(s);
	tell_ready(s, ret);
	/* attach cleans up after a start that failed, and has the lock, too. */
	if (ret && inherited)
		return ret;
	if (!ret)
		ret = run(s);
	lock_drop(&s->dev, s->lock);
	return ret;
}

/* Two arguments for people, one more from attach in front of them */
static int parse(struct serve *s, int argc, char **argv)
{
	unsigned int guest, devid;
	int length = strlen(SERVE_INHERIT);

	if (argc == 4 && !strncmp(argv[1], SERVE_INHERIT, length)) {
		if (sscanf(argv[1] + length, "%d,%d", &s->lock, &s->ready) != 2)
			return VDRM_USAGE;
		fcntl(s->lock, F_SETFD, FD_CLOEXEC);
		fcntl(s->ready, F_SETFD, FD_CLOEXEC);
		argc--;
		argv++;
	}
	if (argc != 3 || parse_number(argv[1], 0x7fff, &guest) ||
	    parse_number(argv[2], VDRM_MAX_DEVID, &devid))
		return fail(VDRM_USAGE, "usage: vdrm serve DOMID DEVID");
	s->dev.guest = guest;
	s->dev.devid = devid;
	return 0;
}

int verb_serve(int argc, char **argv)
{
	static struct serve s = { .back = -1, .lock = -1, .ready = -1 };
	unsigned int self;
	int ret = parse(&s, argc, argv);

	if (!ret)
		ret = store_open(&s.xs, &self);
	if (ret)
		return ret;
	device_init(&s.dev, self, s.dev.guest, s.dev.devid);
	ret = serve(&s);
	/* No xs_close(): serving threads may still be on their way out. */
	return ret;
}
