// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sandbox of the process in which a guest's requests run
 *
 * A guest that finds a fault in a GPU driver may end up running code in this
 * process. The process needs nothing but two open files, memory and threads, so
 * everything else is taken away: identity, capabilities, file system, network,
 * other processes, system calls. Drivers also ask for capabilities when they run
 * a guest's call; no guest may get priorities or performance counters that way.
 */
#include <errno.h>
#include <linux/capability.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pvdrm_back.h"
#include "sandbox.h"
#include "vdrm.h"

/*
 * One user for each guest, so that guests' processes cannot reach each other. No
 * account has these numbers: systemd uses those below for containers.
 */
#define FIRST_UID	0x70000000u

#define MAX_THREADS	4096	/* of one user, for all devices of a guest */

#ifndef PR_SET_MDWE
#define PR_SET_MDWE		65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

#define NEW_NAMESPACES	(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | \
			 CLONE_NEWUTS | CLONE_NEWCGROUP)

static int step_failed(const char *what)
{
	return fail(VDRM_ERROR, "cannot %s: %s; sandbox=0 serves without a sandbox", what,
		    strerror(errno));
}

/**
 * sandbox_unshare() - leave all namespaces
 *
 * The calling process's next child is the first process of a new process
 * namespace. Single-threaded callers only.
 *
 * Return: 0, or an exit status after an error message.
 */
int sandbox_unshare(void)
{
	return unshare(NEW_NAMESPACES) ? step_failed("make namespaces") : 0;
}

/* The root directory becomes an empty one that nobody can write. */
static int leave_file_system(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", VDRM_RUN_DIR, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "mode=0555,size=4k,nr_inodes=2") ||
	    chdir(VDRM_RUN_DIR) || syscall(SYS_pivot_root, ".", ".") ||
	    umount2(".", MNT_DETACH) || chdir("/") ||
	    mount(NULL, "/", NULL,
		  MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return step_failed("enter an empty file system");
	return 0;
}

static int limit_resources(void)
{
	struct rlimit files, threads = { MAX_THREADS, MAX_THREADS }, core = { 0, 0 };

	/* One file here for each that the guest opens */
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (setrlimit(RLIMIT_NPROC, &threads) || setrlimit(RLIMIT_CORE, &core))
		return step_failed("set resource limits");
	return 0;
}

/*
 * All capabilities go, for good. DRM core counts only root as authenticated on a
 * card node, so CAP_SYS_ADMIN stays there: a render node is the better choice.
 */
static int drop_capabilities(bool card)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (card)
		data[0].effective = data[0].permitted = CAP_TO_MASK(CAP_SYS_ADMIN);
	return syscall(SYS_capset, &header, data) ? step_failed("drop capabilities") : 0;
}

static int change_user(unsigned int guest)
{
	uid_t id = FIRST_UID + guest;

	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setgroups(0, NULL) ||
	    setresgid(id, id, id) || setresuid(id, id, id))
		return step_failed("change the user");
	return 0;
}

static int close_doors(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return step_failed("give up privileges");
	/* Linux 6.3 on; the system call filter refuses the same. */
	prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
	return 0;
}

/* What the C library needs to run threads, and what the main loop waits with */
static const int plain_calls[] = {
	SCMP_SYS(brk),		SCMP_SYS(clock_gettime),	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(close),	SCMP_SYS(dup2),			SCMP_SYS(dup3),
	SCMP_SYS(eventfd2),	SCMP_SYS(exit),			SCMP_SYS(exit_group),
	SCMP_SYS(futex),	SCMP_SYS(getpid),		SCMP_SYS(gettid),
	SCMP_SYS(getrandom),	SCMP_SYS(madvise),		SCMP_SYS(munmap),
	SCMP_SYS(nanosleep),	SCMP_SYS(poll),			SCMP_SYS(ppoll),
	SCMP_SYS(read),		SCMP_SYS(restart_syscall),	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list), SCMP_SYS(write),
};

static const unsigned int back_calls[] = {
	PVDRM_BACK_SERVE, PVDRM_BACK_NEXT, PVDRM_BACK_EVENTFD,
};

/* Return: 0 or -errno. */
static int fill_filter(scmp_filter_ctx filter)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(plain_calls); i++)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain_calls[i], 0);
	for (i = 0; !ret && i < ARRAY_SIZE(back_calls); i++)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				       SCMP_A1(SCMP_CMP_EQ, back_calls[i]));
	/* Memory, but no code */
	ret = ret ?: seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	ret = ret ?: seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/*
	 * Threads, but no processes. clone3() has its flags in memory, where a filter
	 * cannot look: the C library does without it.
	 */
	ret = ret ?: seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	return ret ?: seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* Everything else fails with EPERM: a C library that tries more goes on. */
static int filter_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int ret = filter ? fill_filter(filter) : -ENOMEM;

	ret = ret ?: seccomp_load(filter);
	seccomp_release(filter);
	errno = -ret;
	return ret ? step_failed("filter system calls") : 0;
}

/**
 * sandbox_enter() - give up everything that serving does not need
 * @guest: the domain that is served
 * @card: a card node is served, not a render node
 * @layers: SANDBOX_*, what to do
 *
 * After sandbox_unshare() in the parent, and before there are threads. Without
 * SANDBOX_ALL only capabilities are dropped.
 *
 * Return: 0, or an exit status after an error message.
 */
int sandbox_enter(unsigned int guest, bool card, unsigned int layers)
{
	int ret = limit_resources();

	if (!ret && layers & SANDBOX_NAMESPACES)
		ret = leave_file_system();
	if (!ret && layers & SANDBOX_USER)
		ret = change_user(guest);
	if (!ret)
		ret = drop_capabilities(card);
	if (!ret)
		ret = close_doors();
	if (ret || !(layers & SANDBOX_FILTER))
		return ret;
	sandbox_test(false);
	ret = filter_calls();
	if (!ret)
		sandbox_test(true);
	return ret;
}
