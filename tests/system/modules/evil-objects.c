// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-objects.c: wrong ids of objects and fences, one by one and at random
 *
 * None of this breaks the protocol, since an honest frontend's ids may be out of date.
 * So each request is answered, and the connection stays.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <drm/drm.h>
#include <drm/virtgpu_drm.h>

#include "evil.h"

#define NEVER		0x123456u	/* an id that was never handed out */
#define RINGFUL		16
#define PAGES		4		/* of the buffer */
#define MANY		10000
#define ROUNDS		400
#define FEW		10		/* ids in a race are below */

/* Newer than some kernels' headers */
struct eventfd_arg {
	u32 handle, flags;
	u64 point;
	s32 fd;
	u32 pad;
};

#define IOCTL_EVENTFD	_IOWR(DRM_IOCTL_BASE, 0xcf, struct eventfd_arg)

static char why[128];
static u32 file, syncobj;		/* a handle */
static u32 dmabuf, syncobj_fd, eventfd;		/* objects */

/* Only the first surprise is kept. */
static void expect(const char *what, int got, int want)
{
	if (got != want && !why[0])
		snprintf(why, sizeof(why), "%s: %d instead of %d", what, got, want);
}

static int call_ioctl(u32 cmd, void *arg)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_IOCTL, 0);
	u32 len = _IOC_SIZE(cmd);
	int ret;

	memcpy(evil.data, arg, len);
	req->file = file;
	req->u.ioctl.cmd = cmd;
	ret = evil_call(req, len, len);
	memcpy(arg, evil.data, len);
	return ret;
}

static int call_forget(u32 object, u32 uses)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_FORGET, 0);

	req->u.forget.object = object;
	req->u.forget.uses = uses;
	return evil_call(req, 0, 0);
}

/* GET_FENCE, ADD_FENCE; and CPU_ACCESS, whose arguments are the same */
static int call_fence(u16 op, u32 object, u32 flags, u32 fence)
{
	struct xendrm_request *req = evil_next(op, 0);

	req->u.fence.object = object;
	req->u.fence.flags = flags;
	req->u.fence.fence = fence;
	return evil_call(req, 0, 0);
}

/* @names: all 0 */
static int call_merge(u32 len)
{
	memset(evil.data, 0, len);
	return evil_call(evil_next(XENDRM_OP_MERGE, 0), len, 0);
}

static int map_object(u32 object, u32 of_file)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_MMAP, 0);

	req->file = of_file;
	req->u.mmap.object = object;
	req->u.mmap.length = PAGE_SIZE;
	req->u.mmap.prot = XENDRM_PROT_READ;
	return evil_call(req, 0, 0);
}

static int pin(u32 object, u32 of_file, u32 pages, u32 prot, u32 flags)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_MMAP, 0);

	req->file = of_file;
	req->u.mmap.object = object;
	req->u.mmap.length = pages * PAGE_SIZE;
	req->u.mmap.prot = prot;
	req->u.mmap.flags = flags;
	return evil_call(req, 0, 0);
}

static int unpin(u32 map)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_MUNMAP, 0);

	req->u.munmap.map = map;
	return evil_call(req, 0, 0);
}

static int call_eventfd(void)
{
	int ret = evil_call(evil_next(XENDRM_OP_EVENTFD, 0), 0, 0);

	return ret ?: (int)evil.last.object;
}

static int import_syncobj(u32 fd)
{
	struct drm_syncobj_handle arg = { .fd = fd };

	return call_ioctl(DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg);
}

static int import_dmabuf(u32 fd)
{
	struct drm_prime_handle arg = { .fd = fd };

	return call_ioctl(DRM_IOCTL_PRIME_FD_TO_HANDLE, &arg);
}

static int await(u32 fd)
{
	struct eventfd_arg arg = { .handle = syncobj, .fd = fd };

	return call_ioctl(IOCTL_EVENTFD, &arg);
}

/* Return: its object, or -errno */
static int export_syncobj(void)
{
	struct drm_syncobj_handle arg = { .handle = syncobj, .fd = -1 };
	int ret = call_ioctl(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg);

	return ret ?: (int)evil.last.object;
}

static void begin(void)
{
	struct drm_virtgpu_resource_create create_buffer = {
		.target = 2, .format = 1, .bind = 2, .width = 64, .height = 64,
		.depth = 1, .array_size = 1, .size = PAGES * PAGE_SIZE, .stride = 256,
	};
	struct drm_syncobj_create create = { 0 };
	struct drm_prime_handle prime = { .flags = DRM_RDWR, .fd = -1 };

	why[0] = 0;
	expect("open", evil_call(evil_next(XENDRM_OP_OPEN, 0), 0, 0), 0);
	file = evil.last.file;
	expect("a syncobj", call_ioctl(DRM_IOCTL_SYNCOBJ_CREATE, &create), 0);
	syncobj = create.handle;
	expect("a buffer", call_ioctl(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &create_buffer), 0);
	prime.handle = create_buffer.bo_handle;
	expect("a dma-buf", call_ioctl(DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime), 0);
	dmabuf = evil.last.object;
	syncobj_fd = export_syncobj();
	eventfd = call_eventfd();
	expect("three objects", dmabuf && syncobj_fd && eventfd, true);
}

static void wrong_kinds(void)
{
	expect("a dma-buf as syncobj", import_syncobj(dmabuf), -EINVAL);
	expect("an eventfd as syncobj", import_syncobj(eventfd), -EINVAL);
	expect("nothing as syncobj", import_syncobj(NEVER), -EINVAL);
	expect("a wrong file as syncobj", import_syncobj(XENDRM_FD_WRONG), -EINVAL);
	expect("a syncobj as dma-buf", import_dmabuf(syncobj_fd), -EBADF);
	expect("an eventfd as dma-buf", import_dmabuf(eventfd), -EBADF);
	expect("nothing as dma-buf", import_dmabuf(NEVER), -EBADF);
	expect("a wrong file as dma-buf", import_dmabuf(XENDRM_FD_WRONG), -EINVAL);
	expect("a syncobj as eventfd", await(syncobj_fd), -EBADF);
	expect("nothing as eventfd", await(NEVER), -EBADF);
	expect("a wrong file as eventfd", await(XENDRM_FD_WRONG), -EINVAL);
	expect("mmap of an eventfd", map_object(eventfd, 0), -EBADF);
	expect("mmap of nothing", map_object(NEVER, 0), -EBADF);
	expect("mmap of an object and a file", map_object(dmabuf, file), -EINVAL);
}

static void wrong_fences(void)
{
	const u16 get = XENDRM_OP_GET_FENCE, add = XENDRM_OP_ADD_FENCE;
	const u16 access = XENDRM_OP_CPU_ACCESS;

	expect("fence of a syncobj", call_fence(get, syncobj_fd, 1, 0), -EBADF);
	expect("fence of nothing", call_fence(get, NEVER, 1, 0), -EBADF);
	expect("fence for nobody", call_fence(get, dmabuf, 0, 0), -EINVAL);
	expect("fence for both", call_fence(get, dmabuf, 3, 0), -EINVAL);
	expect("fence with a fence", call_fence(get, dmabuf, 1, 1), -EINVAL);
	expect("fence", call_fence(get, dmabuf, 2, 0), 0);
	expect("which is signalled", evil.last.fence_status, XENDRM_FENCE_DONE);
	expect("fence to an eventfd", call_fence(add, eventfd, 1, 0), -EBADF);
	expect("fence to nothing", call_fence(add, NEVER, 1, 0), -EBADF);
	expect("fence of nobody", call_fence(add, dmabuf, 0, 0), -EINVAL);
	expect("no fence", call_fence(add, dmabuf, 1, NEVER), -EINVAL);
	expect("a signalled fence", call_fence(add, dmabuf, 2, 0), 0);
	expect("access of nobody", call_fence(access, dmabuf, 0, 0), -EINVAL);
	expect("access with a flag", call_fence(access, dmabuf, 9, 0), -EINVAL);
	expect("access to a syncobj", call_fence(access, syncobj_fd, 1, 0), -EBADF);
	expect("end without begin", call_fence(access, dmabuf, 7, 0), 0);
	expect("merge of none", call_merge(0), -EINVAL);
	expect("merge of half a name", call_merge(6), -EINVAL);
	expect("merge of too many", call_merge(4 * (XENDRM_MAX_FENCES + 1)), -EINVAL);
	expect("merge", call_merge(4 * XENDRM_MAX_FENCES), 0);
	expect("of signalled ones", evil.last.fence_status, XENDRM_FENCE_DONE);
}

static void wrong_pins(void)
{
	const u32 rw = XENDRM_PROT_READ | XENDRM_PROT_WRITE;
	u32 first, second;

	expect("unknown flag", pin(dmabuf, 0, PAGES, rw, 2), -EINVAL);
	expect("pin a file", pin(0, file, PAGES, rw, 1), -EINVAL);
	expect("pin an object and a file", pin(dmabuf, file, PAGES, rw, 1), -EINVAL);
	expect("pin to read", pin(dmabuf, 0, PAGES, XENDRM_PROT_READ, 1), -EINVAL);
	expect("pin a part", pin(dmabuf, 0, PAGES - 1, rw, 1), -EINVAL);
	expect("pin more", pin(dmabuf, 0, PAGES + 1, rw, 1), -EINVAL);
	expect("pin a syncobj", pin(syncobj_fd, 0, PAGES, rw, 1), -EBADF);
	expect("pin an eventfd", pin(eventfd, 0, PAGES, rw, 1), -EBADF);
	expect("pin nothing", pin(NEVER, 0, PAGES, rw, 1), -EBADF);
	expect("pin", pin(dmabuf, 0, PAGES, rw, 1), 0);
	first = evil.last.map;
	expect("pin again", pin(dmabuf, 0, PAGES, rw, 1), 0);
	second = evil.last.map;
	expect("unpin", unpin(first), 0);
	expect("unpin twice", unpin(first), -EINVAL);
	expect("unpin the other", unpin(second), 0);
	expect("unpin what was never pinned", unpin(NEVER), -EINVAL);
}

/* More than the host lets anybody pin. The connection's end undoes them all. */
static void too_many_pins(void)
{
	struct xendrm_request *req;
	int i, n, before;

	for (i = 0; i < MANY / RINGFUL && evil.status != -ENOMEM; i++) {
		before = evil.answers;
		for (n = 0; n < RINGFUL; n++) {
			req = evil_next(XENDRM_OP_MMAP, n);
			req->u.mmap.object = dmabuf;
			req->u.mmap.length = PAGES * PAGE_SIZE;
			req->u.mmap.prot = XENDRM_PROT_READ | XENDRM_PROT_WRITE;
			req->u.mmap.flags = XENDRM_MMAP_PIN;
		}
		evil_push();
		for (n = 0; n < 2000 && READ_ONCE(evil.answers) - before < RINGFUL; n++)
			usleep_range(5000, 6000);
	}
	expect("10000 pins", evil.status, -ENOMEM);
}

static int signal_syncobj(void)
{
	/* The marker that the array is in the message, which follows */
	struct {
		struct drm_syncobj_array array;
		u32 handle;
	} __packed arg = {
		.array = { .handles = XENDRM_PTR_DATA, .count_handles = 1 },
		.handle = syncobj,
	};
	struct xendrm_request *req = evil_next(XENDRM_OP_IOCTL, 0);

	memcpy(evil.data, &arg, sizeof(arg));
	req->file = file;
	req->u.ioctl.cmd = DRM_IOCTL_SYNCOBJ_SIGNAL;
	return evil_call(req, sizeof(arg), sizeof(arg.array));
}

/* Return: signals of that object until now; takes all events. */
static u32 take_signals(u32 object)
{
	u32 sum = 0, prod = READ_ONCE(evil.events->prod);
	struct xendrm_event *event;

	virt_rmb();
	for (; evil.events->cons != prod; evil.events->cons++) {
		event = &evil.events->event[evil.events->cons % XENDRM_EVENTS];
		if (event->type == XENDRM_EVENT_SIGNAL && event->map == object)
			sum += event->count;
	}
	return sum;
}

static void used_after_close(void)
{
	int second = call_eventfd();

	expect("await", await(eventfd), 0);
	expect("await the same", await(eventfd), 0);
	expect("await another", await(second), 0);
	expect("forget more than was told", call_forget(second, 2), -EINVAL);
	expect("forget nothing", call_forget(second, 0), -EINVAL);
	expect("forget while it is awaited", call_forget(second, 1), 0);
	expect("forget twice", call_forget(second, 1), -EINVAL);
	expect("await what is forgotten", await(second), -EBADF);
	expect("signal", signal_syncobj(), 0);
	msleep(200);
	expect("signals", take_signals(eventfd), 2);
	expect("import a syncobj", import_syncobj(syncobj_fd), 0);
	expect("forget it", call_forget(syncobj_fd, 1), 0);
	expect("import what is forgotten", import_syncobj(syncobj_fd), -EINVAL);
	expect("forget a dma-buf", call_forget(dmabuf, 1), 0);
	expect("pin what is forgotten", pin(dmabuf, 0, PAGES, 3, 1), -EBADF);
	expect("import a forgotten one", import_dmabuf(dmabuf), -EBADF);
	expect("fence of a forgotten one",
	       call_fence(XENDRM_OP_GET_FENCE, dmabuf, 1, 0), -EBADF);
}

/**
 * evil_objects() - each wrong id in turn
 *
 * Return: what was found.
 */
const char *evil_objects(void)
{
	begin();
	if (!why[0])
		wrong_kinds();
	if (!why[0])
		wrong_fences();
	if (!why[0])
		wrong_pins();
	if (!why[0])
		too_many_pins();
	if (!why[0])
		used_after_close();
	return why[0] ? why : "as expected";
}

/* ------------------------------------------------------------------- at random */

static u32 below(u32 n)
{
	evil.seed = evil.seed * 1664525 + 1013904223;
	return (evil.seed >> 8) % n;
}

/* A handle at its start, and a descriptor, which is made or is some id */
static void random_ioctl(struct xendrm_request *req, u32 cmd, u32 offset, bool makes)
{
	u8 *arg = evil.data + req->data_off;

	memset(arg, 0, XENDRM_DATA_UNIT);
	*(u32 *)arg = below(FEW);
	if (makes)
		*(u32 *)(arg + offset) = XENDRM_FD_BAD;
	else if (offset)
		*(u32 *)(arg + offset) = below(8) ? below(FEW) : -1 - below(2);
	req->file = below(4);
	req->u.ioctl.cmd = cmd;
	req->req_len = _IOC_SIZE(cmd);
	req->rsp_len = _IOC_SIZE(cmd);
}

static void random_ioctl_of_some(struct xendrm_request *req)
{
	static const struct { u32 cmd, fd; bool makes; } some[] = {
		{ DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, 8 },
		{ DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, 8, true },
		{ DRM_IOCTL_SYNCOBJ_CREATE, 0 },
		{ DRM_IOCTL_SYNCOBJ_DESTROY, 0 },
		{ DRM_IOCTL_PRIME_HANDLE_TO_FD, 8, true },
		{ DRM_IOCTL_PRIME_FD_TO_HANDLE, 8 },
		{ DRM_IOCTL_GEM_CLOSE, 0 },
		{ IOCTL_EVENTFD, 16 },
	};
	u32 which = below(ARRAY_SIZE(some));

	random_ioctl(req, some[which].cmd, some[which].fd, some[which].makes);
}

static void random_request(u16 id)
{
	static const u16 ops[] = {
		XENDRM_OP_OPEN, XENDRM_OP_CLOSE, XENDRM_OP_EVENTFD,
		XENDRM_OP_MERGE, XENDRM_OP_FORGET, XENDRM_OP_GET_FENCE,
		XENDRM_OP_ADD_FENCE, XENDRM_OP_CPU_ACCESS, XENDRM_OP_MMAP,
		XENDRM_OP_MUNMAP, XENDRM_OP_IOCTL, XENDRM_OP_IOCTL,
		XENDRM_OP_IOCTL, XENDRM_OP_IOCTL, XENDRM_OP_IOCTL,
	};
	u16 op = ops[below(ARRAY_SIZE(ops))];
	struct xendrm_request *req = evil_next(op, id);

	req->data_off = EVIL_DATA(id);
	if (op == XENDRM_OP_CLOSE) {
		req->file = below(4);
	} else if (op == XENDRM_OP_MERGE) {
		memset(evil.data + req->data_off, 0, XENDRM_DATA_UNIT);
		req->req_len = 4 * below(8);
	} else if (op == XENDRM_OP_MMAP) {
		req->u.mmap.object = below(FEW);
		req->u.mmap.flags = below(3);
		req->u.mmap.length = req->u.mmap.flags ? PAGES * PAGE_SIZE : PAGE_SIZE;
		req->u.mmap.prot = req->u.mmap.flags ? 3 : XENDRM_PROT_READ;
	} else if (op == XENDRM_OP_MUNMAP) {
		req->u.munmap.map = below(FEW);
	} else if (op == XENDRM_OP_IOCTL) {
		random_ioctl_of_some(req);
	} else if (op != XENDRM_OP_OPEN && op != XENDRM_OP_EVENTFD) {
		req->u.fence.object = below(FEW);
		req->u.fence.flags = below(4);
	}
}

static bool run_round(void)
{
	int n, before = evil.answers;

	for (n = 0; n < RINGFUL; n++)
		random_request(n);
	evil_push();
	for (n = 0; n < 500 && READ_ONCE(evil.answers) - before < RINGFUL; n++)
		msleep(20);
	take_signals(0);
	return evil.answers - before == RINGFUL;
}

/**
 * evil_race() - many at a time, at random
 *
 * Return: what was found.
 */
const char *evil_race(void)
{
	int round;

	begin();
	for (round = 0; round < ROUNDS && !why[0]; round++) {
		if (run_round())
			continue;
		snprintf(why, sizeof(why), "round %d: no answer", round);
	}
	return why[0] ? why : "as expected";
}
