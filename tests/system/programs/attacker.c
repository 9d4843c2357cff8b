// SPDX-License-Identifier: GPL-2.0-only
/*
 * attacker: what an attacker would try who runs code in a serving process
 *
 * Linked with vdrm's own objects, it becomes a `vdrm` that tries all this in the
 * server's sandbox: once before the filter for system calls is loaded, so that the
 * other layers are seen to hold without it, and once after. A line for each on
 * standard error.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pvdrm_back.h"
#include "sandbox.h"

#define MOST_FILES	4	/* standard output and error, the control socket, pvdrm-back */
#define MOST_PIDS	4000

static bool with_filter;

static void tell(const char *what, bool allowed)
{
	int error = errno;

	dprintf(STDERR_FILENO, "attack %s filter: %s: %s%s%s\n", with_filter ? "with" : "without",
		what, allowed ? "ALLOWED" : "refused (", allowed ? "" : strerror(error),
		allowed ? "" : ")");
}

static void try_open(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	tell(path, fd >= 0);
	if (fd >= 0)
		close(fd);
}

static void try_connect(const char *what, const struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM, 0);

	tell(what, fd >= 0 && !connect(fd, address, size));
	if (fd >= 0)
		close(fd);
}

static void try_sockets(void)
{
	struct sockaddr_un store = { .sun_family = AF_UNIX, .sun_path = "/run/xenstored/socket" };
	struct sockaddr_in local = {
		.sin_family = AF_INET,
		.sin_port = htons(7),	/* the rig's own agent: there is somebody */
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	try_connect("xenstored's socket", (struct sockaddr *)&store, sizeof(store));
	try_connect("dom0's network", (struct sockaddr *)&local, sizeof(local));
}

static void try_processes(void)
{
	bool found = false, traced = false;
	pid_t pid;

	errno = EPERM;
	for (pid = 1; pid < MOST_PIDS; pid++) {
		if (pid == getpid())
			continue;
		found |= !kill(pid, 0) || errno == EPERM;
		traced |= !ptrace(PTRACE_ATTACH, pid, NULL, NULL);
	}
	/* The filter answers EPERM to kill() itself. */
	tell("other processes seen", found && !with_filter);
	tell("another process traced", traced);
}

static void try_files(void)
{
	int fd, open_files = 0;

	for (fd = 0; fd < 1024; fd++)
		open_files += lseek(fd, 0, SEEK_CUR) >= 0 || (errno != EBADF && errno != EPERM);
	errno = EMFILE;
	tell("more open files than needed", open_files > MOST_FILES);
	try_open("/proc/xen/privcmd", O_RDWR);
	try_open("/dev/xen/privcmd", O_RDWR);
	try_open("/dev/xen/xenbus", O_RDWR);
	try_open("/dev/dri/renderD128", O_RDWR);
	try_open("/dev/mem", O_RDONLY);
	try_open("/proc/sys/kernel/core_pattern", O_WRONLY);
	try_open("/etc/passwd", O_RDONLY);
	try_open("/proc/self/maps", O_RDONLY);
	try_open("/new", O_CREAT | O_WRONLY);
}

static void try_rights(void)
{
	struct pvdrm_back_bind bind = { .version = PVDRM_BACK_VERSION, .domid = 2 };
	bool bound = false;
	int fd;

	tell("becoming root", !setuid(0) || !getuid());
	tell("mounting", !mount("none", "/", "tmpfs", 0, NULL));
	tell("running a program", !execl("/bin/sh", "sh", "-c", "exit", NULL));
	for (fd = STDERR_FILENO + 1; fd < 64; fd++)
		bound |= !ioctl(fd, PVDRM_BACK_BIND, &bind);
	tell("serving another device", bound);
}

/* Only the filter forbids these. */
static void try_filtered(void)
{
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	tell("memory that can be run", code != MAP_FAILED);
	child = fork();
	if (!child)
		_exit(0);
	tell("a new process", child > 0);
	if (child > 0)
		waitpid(child, NULL, 0);
	tell("a user namespace", !unshare(CLONE_NEWUSER));
	tell("a socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
	tell("another ioctl", !ioctl(STDERR_FILENO, FIONCLEX));
}

void sandbox_test(bool filtered)
{
	with_filter = filtered;
	try_files();
	try_sockets();
	try_processes();
	try_rights();
	if (filtered)
		try_filtered();
}
