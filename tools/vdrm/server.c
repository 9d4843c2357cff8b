// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server: the process in which one device's requests run
 *
 * Its threads sit inside /dev/pvdrm-back. It has no xenstore and no privileges
 * (sandbox.c). The watcher (serve.c) forks it before it has threads of its own,
 * and tells it to go once xenstore is watched: nothing that happens from then on
 * is missed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pvdrm_back.h"
#include "sandbox.h"
#include "server.h"
#include "vdrm.h"

#define FIRST_THREADS	2
#define THREAD_STACK	(256u << 10)
#define BIND_MS		30000
#define BIND_POLL_US	20000
#define END_MS		2000
/* Its death costs one guest its GPU; that of others may cost the host. */
#define OOM_SCORE	"200"

/* ------------------------------------------------------------- in the server */

static void *serve_thread(void *arg)
{
	const struct server_task *task = arg;

	for (;;) {
		if (!ioctl(task->back, PVDRM_BACK_SERVE) || errno == EINTR)
			continue;
		if (errno != ENODEV)
			note("a serving thread ends: %s", strerror(errno));
		return NULL;
	}
}

static void start_thread(const struct server_task *task)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	error = pthread_create(&thread, &attr, serve_thread, (void *)task);
	if (error)
		note("cannot start a serving thread: %s", strerror(error));
	pthread_attr_destroy(&attr);
}

/* The kernel learns of the new directories by a watch, so it can be late. */
static int bind_node(const struct server_task *task, struct server_report *report)
{
	struct pvdrm_back_bind bind = {
		.version = PVDRM_BACK_VERSION,
		.domid = task->guest,
		.devid = task->devid,
		.node_fd = task->node,
	};
	long deadline = now_ms() + BIND_MS;

	while (ioctl(task->back, PVDRM_BACK_BIND, &bind)) {
		if (errno != EINTR && (errno != ENOENT || now_ms() >= deadline)) {
			report->stage = SERVER_BIND_FAILED;
			report->error = errno;
			memcpy(report->driver, bind.driver, sizeof(report->driver));
			return -1;
		}
		usleep(BIND_POLL_US);
	}
	return 0;
}

static void prepare_process(const struct server_task *task)
{
	sigset_t all;
	char name[16];
	int fd;

	/* Every thread inherits this mask: a signal must not interrupt the guest's work. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	snprintf(name, sizeof(name), "vdrm-%u-%u", task->guest, task->devid);
	prctl(PR_SET_NAME, name, 0, 0, 0);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, OOM_SCORE, strlen(OOM_SCORE)) < 0)
		note("cannot set oom_score_adj: %s", strerror(errno));
	close(fd);
}

/* Closes all files but standard output and error and the two named. */
static void close_others(int one, int other)
{
	int low = one < other ? one : other, high = one < other ? other : one;

	close(STDIN_FILENO);
	if (low > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0u, 0);
}

/* The kernel cannot make one. A request may be waiting for it. */
static void hand_over_eventfd(const struct server_task *task)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0 || ioctl(task->back, PVDRM_BACK_EVENTFD, fd))
		note("cannot make an eventfd: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* Until the kernel closes the device, or the watcher its end of the socket */
static void serve(const struct server_task *task, int control)
{
	struct pollfd fds[] = {
		{ .fd = control, .events = POLLIN },
		{ .fd = task->back, .events = POLLIN },
	};
	struct server_report report = { .stage = SERVER_CLOSED };
	struct pvdrm_back_event event;

	for (;;) {
		if (poll(fds, 2, -1) <= 0)
			continue;
		if (fds[0].revents)
			return;
		if (ioctl(task->back, PVDRM_BACK_NEXT, &event)) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			event.type = PVDRM_BACK_EVENT_CLOSED;
		}
		if (event.type == PVDRM_BACK_EVENT_SPAWN) {
			start_thread(task);
		} else if (event.type == PVDRM_BACK_EVENT_EVENTFD) {
			hand_over_eventfd(task);
		} else if (event.type == PVDRM_BACK_EVENT_CLOSED) {
			/* What the kernel keeps for vdrm list is kept while we live. */
			fds[1].fd = -1;
			if (write(control, &report, sizeof(report)) < 0)
				return;
		}
	}
}

static void set_up(const struct server_task *task, int control, struct server_report *report)
{
	report->stage = SERVER_FAILED;
	if (bind_node(task, report))
		return;
	/* The node as well: pvdrm-back has a reference of its own. */
	close_others(control, task->back);
	if (!sandbox_enter(task->guest, task->card, task->layers))
		report->stage = SERVER_READY;
}

/* In the child: never returns. */
static void server_main(const struct server_task *task, int control)
{
	struct server_report report = { 0 };
	char go;
	int i;

	prepare_process(task);
	if (read(control, &go, 1) != 1)
		_exit(0);
	set_up(task, control, &report);
	if (report.stage == SERVER_READY) {
		/* attach may wait for the end of its own output. */
		dup2(STDOUT_FILENO, STDERR_FILENO);
		for (i = 0; i < FIRST_THREADS; i++)
			start_thread(task);
	}
	if (write(control, &report, sizeof(report)) == sizeof(report) &&
	    report.stage == SERVER_READY)
		serve(task, control);
	_exit(0);
}

/* ------------------------------------------------------------- in the watcher */

/* In a child that ends at once: the grandchild is the namespace's first process. */
static void fork_inside(const struct server_task *task, int control)
{
	pid_t pid;

	if (task->layers & SANDBOX_NAMESPACES && sandbox_unshare())
		_exit(1);
	pid = fork();
	if (!pid)
		server_main(task, control);
	/* This is its number outside its own namespace. */
	_exit(pid < 0 || write(control, &pid, sizeof(pid)) != sizeof(pid));
}

/**
 * server_fork() - make a server, which waits to be told to go
 * @server: filled in
 * @task: what to serve
 *
 * The caller has no threads yet.
 *
 * Return: 0, or an exit status after an error message.
 */
int server_fork(struct server *server, const struct server_task *task)
{
	int ends[2], status = 1;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		return fail(VDRM_ERROR, "cannot prepare a server: %s", strerror(errno));
	child = fork();
	if (!child) {
		close(ends[0]);
		fork_inside(task, ends[1]);
	}
	close(ends[1]);
	close(task->back);
	close(task->node);
	server->control = ends[0];
	if (child < 0 || waitpid(child, &status, 0) < 0 || status ||
	    read(server->control, &server->pid, sizeof(server->pid)) != sizeof(server->pid))
		return fail(VDRM_ERROR, "cannot start a server%s%s", child < 0 ? ": " : "",
			    child < 0 ? strerror(errno) : "");
	return 0;
}

/* Return: false when the server is gone. */
static bool read_report(const struct server *server, struct server_report *report)
{
	ssize_t length;

	do {
		length = read(server->control, report, sizeof(*report));
	} while (length < 0 && errno == EINTR);
	report->driver[sizeof(report->driver) - 1] = '\0';
	return length == sizeof(*report);
}

/**
 * server_go() - have the server bind its node and enter its sandbox
 * @server: made by server_fork()
 * @report: what came of it
 *
 * Return: 0, or -1 when it has died.
 */
int server_go(const struct server *server, struct server_report *report)
{
	return write(server->control, "g", 1) == 1 && read_report(server, report) ? 0 : -1;
}

/**
 * server_has_closed() - read what the server reports
 * @server: whose control socket can be read
 * @lost: set when the server has died
 *
 * What it says is not trusted any further than that.
 *
 * Return: true when the kernel has closed the device.
 */
bool server_has_closed(const struct server *server, bool *lost)
{
	struct server_report report;

	*lost = !read_report(server, &report);
	return !*lost && report.stage == SERVER_CLOSED;
}

/**
 * server_end() - end the server, if there is one, and wait for its end
 * @server: the server
 *
 * A server that cannot end, because a driver keeps one of its threads, is left
 * behind after two seconds. It ends when the driver lets it.
 */
void server_end(struct server *server)
{
	struct pollfd gone = { .fd = server->control, .events = POLLIN };
	struct server_report report;

	if (server->control < 0)
		return;
	shutdown(server->control, SHUT_WR);
	while (poll(&gone, 1, END_MS) > 0 && read_report(server, &report))
		;
	close(server->control);
	server->control = -1;
}
