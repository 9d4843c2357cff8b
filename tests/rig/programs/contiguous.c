// SPDX-License-Identifier: GPL-2.0-only
/*
 * contiguous: part of init. Pages that are neighbours in dom0's memory are not always
 * neighbours in the machine's. Linux copies a buffer that crosses such a gap before a
 * device sees it, and virtio-gpu never copies it back (docs/rig.md, trap 3). Xen leaves
 * some 270 gaps in memory that the kernel needs to start and frees soon: the end of the
 * initial ramdisk, and the first page tables. So the page before each gap is taken out
 * of use.
 *
 * Linux has the machine frame of each page in an array, xen_p2m_addr, which is read
 * through /proc/kcore. One of the two highest bits says that a frame is not dom0's own.
 * Pages that the kernel uses itself cannot be taken.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "contiguous.h"

#define KPF_RESERVED 32 /* include/linux/kernel-page-flags.h, not for programs */

enum { MOST = 8 << 18 /* pages, 8 GiB */ };

static int kcore;

/* in_kernel: COUNT words of the kernel's memory at ADDRESS */
static int in_kernel(uint64_t address, uint64_t *into, size_t count)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	int n;

	if (pread(kcore, &header, sizeof(header), 0) != sizeof(header))
		return -1;
	for (n = 0; n < header.e_phnum; n++) {
		if (pread(kcore, &segment, sizeof(segment), header.e_phoff + n * sizeof(segment)) != sizeof(segment))
			return -1;
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
		    address - segment.p_vaddr + count * 8 <= segment.p_memsz)
			return pread(kcore, into, count * 8, segment.p_offset + address - segment.p_vaddr) ==
				       (ssize_t)(count * 8) ? 0 : -1;
	}
	errno = ENOENT;
	return -1;
}

/* p2m: the address of the array */
static int p2m(uint64_t *array)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	uint64_t variable = 0;
	char line[512];

	while (f && !variable && fgets(line, sizeof(line), f))
		if (strlen(line) > 19 && !strcmp(line + 19, "xen_p2m_addr\n"))
			variable = strtoull(line, NULL, 16);
	if (f)
		fclose(f);
	return variable ? in_kernel(variable, array, 1) : -1;
}

/* leave_gaps: status -1 and errno if the kernel does not tell where they are, or takes no page */
int leave_gaps(int *taken, int *left)
{
	static uint64_t flags[MOST], frames[MOST];
	int offline = open("/sys/devices/system/memory/soft_offline_page", O_WRONLY | O_CLOEXEC);
	int kpageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	ssize_t size = read(kpageflags, flags, sizeof(flags)) / 8, n;
	int status = -1, error;
	uint64_t array;
	char page[32];

	*taken = *left = 0;
	kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	if (offline < 0 || size <= 0 || p2m(&array) || in_kernel(array, frames, size))
		goto out;
	for (n = 0; n + 1 < size; n++) {
		if (frames[n] >> 62 || frames[n + 1] == frames[n] + 1 ||
		    flags[n] & (1ULL << KPF_NOPAGE | 1ULL << KPF_RESERVED))
			continue;
		snprintf(page, sizeof(page), "%#zx", n << 12);
		if (write(offline, page, strlen(page)) < 0)
			++*left;
		else
			++*taken;
	}
	status = 0;
out:
	error = errno;
	close(kcore);
	close(kpageflags);
	close(offline);
	errno = error;
	return status;
}
