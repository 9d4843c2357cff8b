// SPDX-License-Identifier: GPL-2.0-only
/*
 * init: the first program of dom0 and of guests. One static program instead of a
 * script, because starting processes is what an emulated guest does slowest: a
 * script took ten seconds for the same in a PVH guest.
 *
 * Kernel command line: rig.role=dom0|domu, rig.guest=N.
 * Root is the read-only image with a tmpfs above it; the second disk is /rig;
 * /job is /rig/put with a tmpfs above it. A guest then runs the agent, dom0 the
 * script /rig/inside/dom0-init.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include "contiguous.h"

static char role[16] = "dom0", guest[16] = "1";
static struct utsname kernel;
static int ramdisk = AT_FDCWD;

/* mark TEXT: on the console, with the kernel's time, as the kernel's own lines. */
static void mark(const char *text, const char *detail)
{
	double up = 0;
	FILE *f = fopen("/proc/uptime", "r");

	if (f) {
		if (fscanf(f, "%lf", &up) != 1)
			up = 0;
		fclose(f);
	}
	printf("rig: %.2f s: %s%s\n", up, text, detail);
	fflush(stdout);
}

static void attach(const char *type, const char *what, const char *where, unsigned long flags, const char *options)
{
	mkdir(where, 0755);
	if (mount(what, where, type, flags, options)) {
		printf("rig: cannot mount %s on %s: %s\n", what, where, strerror(errno));
		fflush(stdout);
	}
}

static void move(const char *from, const char *to)
{
	if (mount(from, to, NULL, MS_MOVE, NULL))
		printf("rig: cannot move %s: %s\n", from, strerror(errno));
}

static void set(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) < 0)
		printf("rig: cannot write %s: %s\n", file, strerror(errno));
	close(fd);
}

/* option NAME INTO: the word NAME=... of the kernel's command line. */
static void option(const char *name, char into[16])
{
	char line[4096], *at;
	FILE *f = fopen("/proc/cmdline", "r");

	if (!f)
		return;
	at = fgets(line, sizeof(line), f) ? strstr(line, name) : NULL;
	if (at)
		sscanf(at + strlen(name), "=%15s", into);
	fclose(f);
}

/* Lists are made with dependencies first; a file name, then maybe parameters.
 * Names without a leading slash are the ramdisk's.
 */
static void load_modules(const char *list)
{
	char line[1024];
	int at = openat(ramdisk, list, O_RDONLY | O_CLOEXEC);
	FILE *f = at < 0 ? NULL : fdopen(at, "r");

	while (f && fgets(line, sizeof(line), f)) {
		char *parameters;
		int fd;

		line[strcspn(line, "\n")] = 0;
		parameters = line + strcspn(line, " ");
		if (*parameters)
			*parameters++ = 0;
		fd = openat(ramdisk, line, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || (syscall(SYS_finit_module, fd, parameters, 0) && errno != EEXIST)) {
			printf("rig: cannot load %s: %s\n", line, strerror(errno));
			fflush(stdout);
		}
		close(fd);
	}
	if (f)
		fclose(f);
}

/* wait_for PATH: 60 s, in steps that cost little. */
static void wait_for(const char *path)
{
	int n;

	for (n = 0; access(path, F_OK) && n < 6000; n++)
		usleep(10000);
	if (access(path, F_OK))
		mark("waited in vain for ", path);
}

static void leave_gaps_out(void)
{
	char text[64];
	int taken, left;

	if (leave_gaps(&taken, &left))
		snprintf(text, sizeof(text), "not known (%s)", strerror(errno));
	else
		snprintf(text, sizeof(text), "%d pages taken out, %d are the kernel's", taken, left);
	mark("gaps in the machine's memory: ", text);
}

static void mount_root(void)
{
	const char *disk = strcmp(role, "dom0") ? "/dev/xvda" : "/dev/vda";
	const char *job = strcmp(role, "dom0") ? "/dev/xvdb" : "/dev/vdb";

	wait_for(disk);
	attach("erofs", disk, "/lower", MS_RDONLY, NULL);
	attach("tmpfs", "over", "/over", 0, "size=75%");
	mkdir("/over/upper", 0755);
	mkdir("/over/work", 0755);
	attach("overlay", "root", "/root", 0, "lowerdir=/lower,upperdir=/over/upper,workdir=/over/work");
	wait_for(job);
	attach("erofs", job, "/root/rig", MS_RDONLY, NULL);
	move("/dev", "/root/dev");
	move("/proc", "/root/proc");
	move("/sys", "/root/sys");
	/* The ramdisk stays in memory below: a few megabytes, not worth the time. Its
	 * modules are loaded later by a name that is relative to this.
	 */
	ramdisk = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (chdir("/root") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		mark("cannot change root", "");
}

static void mount_rest(void)
{
	attach("tmpfs", "run", "/run", 0, NULL);
	attach("tmpfs", "tmp", "/tmp", 0, NULL);
	attach("devpts", "devpts", "/dev/pts", 0, NULL);
	attach("tmpfs", "shm", "/dev/shm", 0, NULL);
	attach("debugfs", "debugfs", "/sys/kernel/debug", 0, NULL);
	attach("tracefs", "tracefs", "/sys/kernel/tracing", 0, NULL);
	if (!strcmp(role, "dom0"))
		attach("xenfs", "xenfs", "/proc/xen", 0, NULL);
	mkdir("/run/lock", 0755);
	mkdir("/run/user", 0700);
	mkdir("/run/upper", 0755);
	mkdir("/run/work", 0755);
	attach("overlay", "job", "/job", 0, "lowerdir=/rig/put,upperdir=/run/upper,workdir=/run/work");
	if (symlink("/proc/self/fd", "/dev/fd") || symlink("fd/0", "/dev/stdin") ||
	    symlink("fd/1", "/dev/stdout") || symlink("fd/2", "/dev/stderr"))
		mark("no /dev/fd", "");
}

static void set_address(const char *card, const char *address)
{
	struct ifreq request = { 0 };
	struct sockaddr_in *in = (void *)&request.ifr_addr;
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(request.ifr_name, card, IFNAMSIZ - 1);
	in->sin_family = AF_INET;
	inet_pton(AF_INET, address, &in->sin_addr);
	ioctl(sock, SIOCSIFADDR, &request);
	inet_pton(AF_INET, "255.255.255.0", &in->sin_addr);
	ioctl(sock, SIOCSIFNETMASK, &request);
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(sock, SIOCSIFFLAGS, &request))
		printf("rig: cannot start %s: %s\n", card, strerror(errno));
	close(sock);
}

static void set_environment(void)
{
	clearenv();
	setenv("PATH", "/rig/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("XDG_RUNTIME_DIR", "/run/user", 1);
	if (strcmp(role, "dom0"))
		setenv("PVDRM_GUEST", guest, 1);
}

/* limits: an emulated machine on a busy host stands still now and then; that is
 * no hang, but a task that waits for a minute in the kernel is one. */
static void limits(void)
{
	set("/proc/sys/kernel/hung_task_timeout_secs", "60");
	set("/proc/sys/kernel/watchdog", "0");
	set("/proc/sys/kernel/printk_ratelimit", "0");
}

static void run_guest(void)
{
	char list[256], address[32];

	sethostname("guest", 5);
	snprintf(list, sizeof(list), "/rig/modules/%s/pvdrm-front.order", kernel.release);
	load_modules(list);
	wait_for("/sys/class/net/eth0");
	snprintf(address, sizeof(address), "10.77.%s.2", guest);
	set_address("eth0", address);
	if (chdir("/job"))
		mark("no /job", "");
	if (fork() == 0) {
		setsid();
		execl("/usr/local/bin/remote", "remote", "serve", "7", NULL);
		_exit(127);
	}
	mark("up: Linux ", kernel.release);
	load_modules("modules/order.late");
	attach("xenfs", "xenfs", "/proc/xen", 0, NULL);
	/* PID 1 takes over orphans. */
	for (;;)
		if (wait(NULL) < 0)
			sleep(1);
}

static void run_dom0(void)
{
	char list[256];

	sethostname("dom0", 4);
	snprintf(list, sizeof(list), "/rig/modules/%s/pvdrm-back.order", kernel.release);
	load_modules(list);
	mark("up: Linux ", kernel.release);
	execl("/bin/bash", "bash", "/rig/inside/dom0-init", NULL);
	mark("cannot run /rig/inside/dom0-init", "");
}

int main(void)
{
	char list[64];

	attach("proc", "proc", "/proc", 0, NULL);
	attach("sysfs", "sys", "/sys", 0, NULL);
	attach("devtmpfs", "dev", "/dev", 0, NULL);
	uname(&kernel);
	option("rig.role", role);
	option("rig.guest", guest);
	mark("init of ", role);
	if (!strcmp(role, "dom0"))
		leave_gaps_out();
	snprintf(list, sizeof(list), "modules/order.%s", role);
	load_modules(list);
	mark("modules loaded", "");
	mount_root();
	mark("root mounted", "");
	mount_rest();
	limits();
	set_environment();
	set_address("lo", "127.0.0.1");
	if (strcmp(role, "dom0"))
		run_guest();
	else
		run_dom0();
	for (;;)
		pause();
}
