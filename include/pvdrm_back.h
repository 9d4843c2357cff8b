/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * pvdrm_back.h: /dev/pvdrm-back, between `vdrm serve` and pvdrm-back.ko
 *
 * One open file serves one attached device. The process opens the DRM node
 * itself, binds it, keeps one thread in PVDRM_BACK_NEXT and lends others to
 * PVDRM_BACK_SERVE: in these the guest's requests run, with the process's own
 * credentials, memory and limits. Closing the file ends the service: the guest
 * sees the device vanish.
 */
#ifndef PVDRM_BACK_H
#define PVDRM_BACK_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PVDRM_BACK_DEVICE	"/dev/pvdrm-back"
#define PVDRM_BACK_VERSION	2

/**
 * struct pvdrm_back_bind - which device to serve with which node
 * @version: PVDRM_BACK_VERSION; -EPROTO otherwise
 * @domid: the guest
 * @devid: the device's number in backend/vdrm/<domid>/
 * @node_fd: the DRM node, opened read-write; the call takes a reference
 * @flags: 0
 *
 * Errors: -ENOENT no such xenstore device yet (retry), -EBUSY served already,
 * -ENOTTY @node_fd is no DRM node, -EOPNOTSUPP no table for its driver, -EPERM
 * guests could read each other's memory (allow_unisolated), or the kernel is newer than
 * the tables (allow_newer_kernel).
 * On success @driver holds the DRM driver's name, NUL-terminated; it is also
 * filled with -EOPNOTSUPP.
 */
struct pvdrm_back_bind {
	__u32 version;
	__u32 domid;
	__u32 devid;
	__s32 node_fd;
	__u64 flags;
	char driver[32];
};

/* What PVDRM_BACK_NEXT reports */
#define PVDRM_BACK_EVENT_SPAWN	1u	/* lend one more thread to SERVE */
#define PVDRM_BACK_EVENT_CLOSED	2u	/* the device is gone: close and exit */
#define PVDRM_BACK_EVENT_EVENTFD 3u	/* make one more eventfd */

struct pvdrm_back_event {
	__u32 type;		/* PVDRM_BACK_EVENT_* */
	__u32 reserved;
};

/**
 * PVDRM_BACK_BIND - see struct pvdrm_back_bind; once per file
 */
#define PVDRM_BACK_BIND		_IOWR('V', 0x40, struct pvdrm_back_bind)

/**
 * PVDRM_BACK_SERVE - run requests in the calling thread
 *
 * Returns 0 when the thread should simply call again (work of the kernel's
 * that runs on return to user space is due, or a signal arrived), -ENODEV when
 * the device is closed.
 */
#define PVDRM_BACK_SERVE	_IO('V', 0x41)

/**
 * PVDRM_BACK_NEXT - wait for the next event; -EINTR on a signal
 *
 * poll() reports POLLIN when it would not block.
 */
#define PVDRM_BACK_NEXT		_IOR('V', 0x42, struct pvdrm_back_event)

/**
 * PVDRM_BACK_EVENTFD - hand over a new eventfd, by its descriptor
 *
 * The call takes a reference. Errors: -EBADF, -EINVAL no eventfd, -ENOSPC there are
 * enough.
 */
#define PVDRM_BACK_EVENTFD	_IO('V', 0x43)

#endif /* PVDRM_BACK_H */
