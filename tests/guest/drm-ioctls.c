// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-ioctls: raw ioctls, right and wrong ones, on a DRM node
 *
 * The answers to wrong ones matter as much: programs probe with them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "common.h"
#include "ioctls.h"

#define PAGE		4096
#define NR_GET_CAP	0x0c
#define KNOWN_CAP	DRM_CAP_PRIME		/* any driver answers it */

const char *node = DEFAULT_NODE;

/* drmIoctl() would restart what we want to see interrupted. */
int call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) < 0 ? errno : 0;
}

bool expect(const char *what, int got, int wanted)
{
	if (got == wanted)
		return check(true, "%s: %s", what, errno_name(wanted));
	return check(false, "%s: %s, not %s", what, errno_name(got), errno_name(wanted));
}

void observe(const char *what, int got)
{
	result("%s: %s", what, errno_name(got));
}

static void *map_page(int prot)
{
	void *page = mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	return page;
}

void *no_access_page(void)
{
	return map_page(PROT_NONE);
}

void *read_only_page(void)
{
	return map_page(PROT_READ);
}

/* What drm_ioctl() does for programs older and newer than the kernel */
void test_sizes(int fd)
{
	unsigned char big[16380];
	struct drm_get_cap *cap = (struct drm_get_cap *)big;
	__u64 value;
	size_t i;

	memset(big, 0, sizeof(big));
	cap->capability = KNOWN_CAP;
	expect("GET_CAP", call(fd, DRM_IOCTL_GET_CAP, big), 0);
	value = cap->value;

	cap->value = 77;
	expect("GET_CAP with half its struct",
	       call(fd, _IOC(_IOC_READ | _IOC_WRITE, 'd', NR_GET_CAP, 8), big), 0);
	check(cap->value == 77, "the other half is left alone");

	memset(big + sizeof(*cap), 0xa5, sizeof(big) - sizeof(*cap));
	expect("GET_CAP with a struct of 64 bytes",
	       call(fd, _IOC(_IOC_READ | _IOC_WRITE, 'd', NR_GET_CAP, 64), big), 0);
	check(cap->value == value, "the same value");
	expect("GET_CAP with a struct of 16380 bytes",
	       call(fd, _IOC(_IOC_READ | _IOC_WRITE, 'd', NR_GET_CAP, sizeof(big)), big), 0);
	for (i = sizeof(*cap); i < sizeof(big) && big[i] == 0xa5; i++)
		;
	check(cap->value == value && i == sizeof(big), "the same value, the rest as it was");

	cap->value = 77;
	observe("GET_CAP without an argument", call(fd, _IO('d', NR_GET_CAP), big));
	observe("GET_CAP, write only", call(fd, _IOC(_IOC_WRITE, 'd', NR_GET_CAP, 16), big));
	check(cap->value == 77, "writes nothing");
	observe("GET_CAP, read only", call(fd, _IOC(_IOC_READ, 'd', NR_GET_CAP, 16), big));
	observe("GET_CAP of another type",
		call(fd, _IOC(_IOC_READ | _IOC_WRITE, 'x', NR_GET_CAP, 16), big));
}

void test_pointers(int fd)
{
	static const unsigned long odd[] = {
		0, 1, 0x1000, ~7ul,
#ifdef __LP64__
		0x7ffffffff000, 0x800000000000,
#endif
	};
	void *none = no_access_page(), *fixed = read_only_page();
	struct drm_get_cap *straddling;
	char *two;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(odd); i++)
		expect("GET_CAP at an address that isn't there",
		       call(fd, DRM_IOCTL_GET_CAP, (void *)odd[i]), EFAULT);
	expect("GET_CAP at a page without access", call(fd, DRM_IOCTL_GET_CAP, none), EFAULT);
	observe("GET_CAP at a read-only page", call(fd, DRM_IOCTL_GET_CAP, fixed));
	two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(two + PAGE, PAGE);
	straddling = (void *)(two + PAGE - 8);
	straddling->capability = KNOWN_CAP;
	expect("GET_CAP across the end of memory", call(fd, DRM_IOCTL_GET_CAP, straddling), EFAULT);
	munmap(two, PAGE);
	munmap(none, PAGE);
	munmap(fixed, PAGE);
}

void test_unknown(int fd)
{
	static const unsigned int numbers[] = { 0x0e, 0x1e, 0x3e, 0x5f, 0x7f, 0x9f, 0xdf, 0xff };
	struct drm_gem_close gem = { 0 };
	unsigned char arg[64] = { 0 };
	struct drm_get_cap cap = { .capability = 0x123456789 };
	char what[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		snprintf(what, sizeof(what), "ioctl 0x%02x of nobody", numbers[i]);
		observe(what, call(fd, _IOC(_IOC_READ | _IOC_WRITE, 'd', numbers[i], 64), arg));
	}
	expect("an unknown ioctl",
	       call(fd, _IOC(_IOC_READ | _IOC_WRITE, 'd', DRM_COMMAND_BASE + 0x3f, 16), arg),
	       EINVAL);
	/* EINVAL, or EOPNOTSUPP from drivers without displays */
	observe("GET_CAP of an unknown one", call(fd, DRM_IOCTL_GET_CAP, &cap));
	expect("GEM_CLOSE of handle 0", call(fd, DRM_IOCTL_GEM_CLOSE, &gem), EINVAL);
	gem.handle = 0x7fffffff;
	expect("GEM_CLOSE of a handle nobody has", call(fd, DRM_IOCTL_GEM_CLOSE, &gem), EINVAL);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	observe("read from a node without events", read(fd, arg, sizeof(arg)) < 0 ? errno : 0);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	observe("lseek", lseek(fd, 1, SEEK_SET) < 0 ? errno : 0);
}

static void drivers_own(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	if (!version)
		die("%s: drmGetVersion: %s", node, strerror(errno));
	if (!strcmp(version->name, "virtio_gpu"))
		test_virtio(fd);
	if (!strcmp(version->name, "vgem"))
		test_vgem(fd);
	drmFreeVersion(version);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
	};
	struct drm_get_cap cap = { .capability = DRM_CAP_SYNCOBJ };
	int fd;

	parse_options(argc, argv, "Call a DRM node's ioctls, rightly and wrongly.", options,
		      ARRAY_SIZE(options));
	fd = open_drm(node);
	test_sizes(fd);
	test_pointers(fd);
	test_unknown(fd);
	if (!call(fd, DRM_IOCTL_GET_CAP, &cap) && cap.value) {
		test_syncobjs(fd);
		test_waits(fd);
		test_signals(fd);
		test_threads(fd);
		test_fds(fd);
		test_fences(fd);
	} else {
		result("this node has no synchronization objects");
	}
	drivers_own(fd);
	close(fd);
	return failures() != 0;
}
