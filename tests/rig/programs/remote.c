// SPDX-License-Identifier: GPL-2.0-only
/*
 * remote: run a command in another domain, as ssh would, without the cost of
 * cryptography under emulation. Standard input, output, error and the exit
 * status pass; any number of commands at a time.
 *
 *   remote serve PORT                         run whatever a client asks for
 *   remote run [-t] [-w SECONDS] HOST PORT COMMAND...
 *       -t  the command gets a terminal       -w  keep trying to connect so long
 *
 * The client ends with the command's status, 128 + signal when it was killed,
 * 255 when the server cannot be reached or goes away. There is no protection
 * of any kind: the link is point to point inside one emulated machine.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOST = 255, MAX_ARGS = 4096, CHUNK = 65536, DRAIN_MS = 1000 };

/* Types: A argument, W window size (rows, columns: a terminal is wanted),
 * G go, I input, O output, E error output, X exit status. Empty I: end of input. */
struct frame {
	uint32_t type;
	uint32_t length;
};

static char chunk[CHUNK];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static int write_all(int fd, const void *data, size_t length)
{
	const char *p = data;

	while (length) {
		ssize_t n = write(fd, p, length);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			poll(&wait, 1, 1000);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		length -= n;
	}
	return 0;
}

static int read_all(int fd, void *data, size_t length)
{
	char *p = data;

	while (length) {
		ssize_t n = read(fd, p, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		length -= n;
	}
	return 0;
}

static int send_frame(int fd, char type, const void *data, size_t length)
{
	struct frame f = { .type = type, .length = length };

	return write_all(fd, &f, sizeof(f)) || write_all(fd, data, length) ? -1 : 0;
}

/* Into chunk, which is one byte longer than any frame this program sends. */
static int receive_frame(int fd, struct frame *f)
{
	if (read_all(fd, f, sizeof(*f)) || f->length >= CHUNK)
		return -1;
	return read_all(fd, chunk, f->length);
}

static void set_socket(int fd)
{
	int on = 1, idle = 10, interval = 5, count = 6;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	/* A peer that was destroyed sends nothing; only keep-alive finds out. */
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
}

/* ---- the side that runs the command ---- */

struct task {
	int sock, in, out, err;
	struct winsize window;
	int terminal;
	char *argv[MAX_ARGS + 1];
	int argc;
	pid_t pid;
};

static int receive_task(struct task *t)
{
	struct frame f;

	for (;;) {
		if (receive_frame(t->sock, &f))
			return -1;
		chunk[f.length] = 0;
		if (f.type == 'G')
			return t->argc ? 0 : -1;
		if (f.type == 'A' && t->argc < MAX_ARGS) {
			t->argv[t->argc++] = strdup(chunk);
		} else if (f.type == 'W') {
			t->terminal = 1;
			sscanf(chunk, "%hu %hu", &t->window.ws_row, &t->window.ws_col);
		} else {
			return -1;
		}
	}
}

static void run_child(struct task *t)
{
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	execvp(t->argv[0], t->argv);
	fprintf(stderr, "%s: %s\n", t->argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static int start_on_terminal(struct task *t)
{
	int master;

	t->pid = forkpty(&master, NULL, NULL, &t->window);
	if (t->pid == 0) {
		close(t->sock);
		run_child(t);
	}
	fcntl(master, F_SETFD, FD_CLOEXEC);
	t->in = t->out = master;
	t->err = -1;
	return t->pid < 0 ? -1 : 0;
}

static int start_on_pipes(struct task *t)
{
	int in[2], out[2], err[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		return -1;
	t->pid = fork();
	if (t->pid == 0) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		close(t->sock);
		run_child(t);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	t->in = in[1];
	t->out = out[0];
	t->err = err[0];
	return t->pid < 0 ? -1 : 0;
}

/* A process of its own, so that input never waits for output or the reverse. */
static pid_t pump_input(struct task *t)
{
	struct frame f;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(t->out == t->in ? -1 : t->out);
	while (!receive_frame(t->sock, &f)) {
		if (f.type == 'I' && f.length)
			write_all(t->in, chunk, f.length);
		else if (t->terminal)
			write_all(t->in, "\004", 1);
		else
			close(t->in);
	}
	/* The client is gone before the command ended. */
	kill(-t->pid, SIGHUP);
	usleep(500000);
	kill(-t->pid, SIGKILL);
	_exit(0);
}

/* Returns 0 at the end of the stream. */
static int forward(int from, int sock, char type)
{
	ssize_t n = read(from, chunk, CHUNK - 1);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 1;
	return n > 0 && !send_frame(sock, type, chunk, n);
}

static int pump_output(struct task *t)
{
	struct pollfd fds[2] = { { .fd = t->out, .events = POLLIN }, { .fd = t->err, .events = POLLIN } };
	int status = 0, ended = 0;
	double last = 0;

	while (!ended || now() - last < DRAIN_MS * 1e-3) {
		if (fds[0].fd < 0 && fds[1].fd < 0 && ended)
			break;
		/* Short: the end of the child shows only here when it left its output to another. */
		if (poll(fds, 2, 50) > 0) {
			last = now();
			if (fds[0].fd >= 0 && fds[0].revents && !forward(fds[0].fd, t->sock, 'O'))
				fds[0].fd = -1;
			if (fds[1].fd >= 0 && fds[1].revents && !forward(fds[1].fd, t->sock, 'E'))
				fds[1].fd = -1;
		}
		if (!ended && waitpid(t->pid, &status, WNOHANG) == t->pid) {
			ended = 1;
			last = now();
		} else if (!ended && fds[0].fd < 0 && fds[1].fd < 0) {
			waitpid(t->pid, &status, 0);
			ended = 1;
		}
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int serve_one(int sock)
{
	static struct task t;
	char text[16];
	pid_t pump;
	int status;

	t.sock = sock;
	if (receive_task(&t) || (t.terminal ? start_on_terminal(&t) : start_on_pipes(&t)))
		return LOST;
	pump = pump_input(&t);
	if (!t.terminal)
		close(t.in);
	status = pump_output(&t);
	kill(pump, SIGKILL);
	snprintf(text, sizeof(text), "%d", status);
	send_frame(sock, 'X', text, strlen(text));
	return 0;
}

static int serve(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int on = 1, sock, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (void *)&address, sizeof(address)) || listen(listener, 64)) {
		perror("remote: serve");
		return LOST;
	}
	for (;;) {
		/* Handed over to init when the process between ends, so none stays a zombie here. */
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (sock < 0)
			continue;
		if (fork() == 0) {
			close(listener);
			set_socket(sock);
			_exit(serve_one(sock));
		}
		close(sock);
	}
}

/* ---- the side that asks ---- */

static int try_connect(const struct sockaddr_in *address)
{
	int error = 0, sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd wait = { .fd = sock, .events = POLLOUT };
	socklen_t length = sizeof(error);

	if (connect(sock, (const void *)address, sizeof(*address)) && errno != EINPROGRESS)
		goto failed;
	if (poll(&wait, 1, 1000) != 1)
		goto failed;
	getsockopt(sock, SOL_SOCKET, SO_ERROR, &error, &length);
	if (error)
		goto failed;
	fcntl(sock, F_SETFL, 0);
	set_socket(sock);
	return sock;
failed:
	close(sock);
	return -1;
}

static int connect_within(const char *host, int port, double seconds)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	double end = now() + seconds;
	int sock;

	inet_pton(AF_INET, host, &address.sin_addr);
	do {
		sock = try_connect(&address);
		if (sock >= 0)
			return sock;
		usleep(100000);
	} while (now() < end);
	return -1;
}

static void send_task(int sock, int terminal, char **argv)
{
	struct winsize window = { .ws_row = 24, .ws_col = 80 };
	char text[32];

	if (terminal) {
		if (getenv("LINES") && getenv("COLUMNS")) {
			window.ws_row = atoi(getenv("LINES"));
			window.ws_col = atoi(getenv("COLUMNS"));
		}
		snprintf(text, sizeof(text), "%u %u", window.ws_row, window.ws_col);
		send_frame(sock, 'W', text, strlen(text));
	}
	for (; *argv; argv++)
		send_frame(sock, 'A', *argv, strlen(*argv));
	send_frame(sock, 'G', "", 0);
}

static pid_t send_input(int sock)
{
	ssize_t n;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((n = read(0, chunk, CHUNK - 1)) > 0)
		if (send_frame(sock, 'I', chunk, n))
			_exit(0);
	send_frame(sock, 'I', "", 0);
	_exit(0);
}

static int run(int terminal, double wait, const char *host, int port, char **argv)
{
	struct frame f;
	pid_t pump;
	int sock = connect_within(host, port, wait);

	if (sock < 0) {
		fprintf(stderr, "remote: no answer from %s\n", host);
		return LOST;
	}
	send_task(sock, terminal, argv);
	pump = send_input(sock);
	while (!receive_frame(sock, &f)) {
		chunk[f.length] = 0;
		if (f.type == 'X') {
			kill(pump, SIGKILL);
			return atoi(chunk);
		}
		if (write_all(f.type == 'E' ? 2 : 1, chunk, f.length)) {
			kill(pump, SIGKILL);
			return LOST;
		}
	}
	kill(pump, SIGKILL);
	fprintf(stderr, "remote: lost %s\n", host);
	return LOST;
}

int main(int argc, char **argv)
{
	double wait = 10;
	int c, terminal = 0;

	if (argc == 3 && !strcmp(argv[1], "serve")) {
		signal(SIGPIPE, SIG_IGN);
		return serve(atoi(argv[2]));
	}
	if (argc < 2 || strcmp(argv[1], "run"))
		goto usage;
	argv++;
	argc--;
	while ((c = getopt(argc, argv, "+tw:")) != -1) {
		if (c == 't')
			terminal = 1;
		else if (c == 'w')
			wait = atof(optarg);
		else
			goto usage;
	}
	if (argc - optind < 3)
		goto usage;
	return run(terminal, wait, argv[optind], atoi(argv[optind + 1]), argv + optind + 2);
usage:
	fprintf(stderr, "usage: remote serve PORT | remote run [-t] [-w SECONDS] HOST PORT COMMAND...\n");
	return 64;
}
