// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-submit.c: ordered submissions whose fence the guest names, right and wrong ones
 *
 * The wrong ones that could be a mistake of a program are answered, and the fence is
 * signalled with the error. Those that no honest frontend sends end the connection.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <drm/drm.h>
#include <drm/virtgpu_drm.h>

#include "evil.h"

#define FIRST		XENDRM_FIRST_FRONT_FENCE
#define NOBODYS		0x7654321u	/* a handle */
#define BURST		12

static char why[128];
static u32 file;

/* EXECBUFFER with two words of commands, which do nothing, and perhaps a buffer */
struct submission {
	struct drm_virtgpu_execbuffer arg;
	u32 commands[2];
	u32 handle, pad;
};

/* Only the first surprise is kept. */
static void expect(const char *what, int got, int want)
{
	if (got != want && !why[0])
		snprintf(why, sizeof(why), "%s: %d instead of %d", what, got, want);
}

/* @fence: its name; 0: none is made. @handle: 0: no buffer */
static struct xendrm_request *submission(u16 id, u32 flags, u32 fence, u32 handle)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_IOCTL, id);
	struct submission *to = (void *)(evil.data + EVIL_DATA(id));

	memset(to, 0, sizeof(*to));
	to->arg.command = XENDRM_PTR_DATA;
	to->arg.size = sizeof(to->commands);
	to->arg.fence_fd = -1;
	to->arg.flags = fence ? VIRTGPU_EXECBUF_FENCE_FD_OUT : 0;
	if (handle) {
		to->arg.bo_handles = XENDRM_PTR_DATA;
		to->arg.num_bo_handles = 1;
		to->handle = handle;
	}
	req->file = file;
	req->data_off = EVIL_DATA(id);
	req->u.ioctl.cmd = DRM_IOCTL_VIRTGPU_EXECBUFFER;
	req->u.ioctl.flags = flags;
	req->u.ioctl.fence = fence;
	req->req_len = offsetof(struct submission, handle) + (handle ? sizeof(u32) : 0);
	req->rsp_len = sizeof(to->arg);
	return req;
}

static int call(struct xendrm_request *req)
{
	return evil_call(req, req->req_len, req->rsp_len);
}

/* Return: the status of a fence, which is taken, in time. */
static int fence_status(u32 slot)
{
	int n, status = 0;

	for (n = 0; n < 100 && !status; n++) {
		status = READ_ONCE(evil.events->fence[slot]);
		if (!status)
			msleep(20);
	}
	virt_mb(); /* read before the slot is free */
	WRITE_ONCE(evil.events->fence[slot], XENDRM_FENCE_PENDING);
	return status;
}

static void begin(void)
{
	why[0] = 0;
	expect("open", evil_call(evil_next(XENDRM_OP_OPEN, 0), 0, 0), 0);
	file = evil.last.file;
	expect("a first one", call(submission(0, 0, 0, 0)), 0);
}

static void good_ones(void)
{
	expect("no fence", call(submission(0, XENDRM_CALL_ORDERED, 0, 0)), 0);
	expect("a fence", call(submission(0, XENDRM_CALL_ORDERED,
					  XENDRM_FENCE_NAME(FIRST, 1), 0)), 0);
	expect("none in the response", evil.last.fence | evil.last.fence_status, 0);
	expect("it is signalled", fence_status(FIRST), XENDRM_FENCE_DONE);
	expect("its slot's second use",
	       call(submission(0, XENDRM_CALL_ORDERED, XENDRM_FENCE_NAME(FIRST, 2), 0)), 0);
	expect("is signalled", fence_status(FIRST), XENDRM_FENCE_DONE);
}

static void refused_ones(void)
{
	u32 name = XENDRM_FENCE_NAME(FIRST + 1, 1);
	struct submission *to = (void *)evil.data;
	struct xendrm_request *req;

	expect("an unknown flag", call(submission(0, 4, 0, 0)), -EINVAL);
	expect("nobody's buffer",
	       call(submission(0, XENDRM_CALL_ORDERED, name, NOBODYS)), -ENOENT);
	expect("fails the fence", fence_status(FIRST + 1), XENDRM_FENCE_DONE + ENOENT);
	name = XENDRM_FENCE_NAME(FIRST + 1, 2);
	req = submission(0, XENDRM_CALL_ORDERED, name, 0);
	to->arg.command = XENDRM_PTR_NULL;
	req->req_len = sizeof(to->arg);
	expect("one that has to be waited for", call(req), -EINVAL);
	expect("fails the fence", fence_status(FIRST + 1), XENDRM_FENCE_DONE + EINVAL);
	name = XENDRM_FENCE_NAME(FIRST + 1, 3);
	req = submission(0, XENDRM_CALL_ORDERED, name, 0);
	to->arg.flags |= VIRTGPU_EXECBUF_FENCE_FD_IN;
	to->arg.fence_fd = XENDRM_FENCE_NAME(FIRST, 2);
	expect("one that might wait for a fence", call(req), -EINVAL);
	expect("fails the fence", fence_status(FIRST + 1), XENDRM_FENCE_DONE + EINVAL);
}

/* They are done in order: a slot may be used again at once. */
static void many(void)
{
	int n, before = evil.answers;

	for (n = 0; n < BURST; n++)
		submission(n, XENDRM_CALL_ORDERED, XENDRM_FENCE_NAME(FIRST + 8 + n, 1), 0);
	evil_push();
	for (n = 0; n < 250 && READ_ONCE(evil.answers) - before < BURST; n++)
		msleep(20);
	expect("answers to many", evil.answers - before, BURST);
	for (n = 0; n < BURST; n++)
		expect("each is signalled", fence_status(FIRST + 8 + n), XENDRM_FENCE_DONE);
}

/**
 * evil_submit() - those that are answered
 *
 * Return: what was found.
 */
const char *evil_submit(void)
{
	begin();
	if (!why[0])
		good_ones();
	if (!why[0])
		refused_ones();
	if (!why[0])
		many();
	return why[0] ? why : "as expected";
}

/**
 * evil_submit_wrong() - one that ends the connection
 * @how: which
 *
 * Return: what was found, if it did not.
 */
const char *evil_submit_wrong(enum evil_submission how)
{
	u32 ordered = XENDRM_CALL_ORDERED;
	struct xendrm_request *req;

	begin();
	switch (how) {
	case EVIL_NO_SUBMISSION:
		req = evil_next(XENDRM_OP_IOCTL, 0);
		req->file = file;
		req->u.ioctl.cmd = DRM_IOCTL_GEM_CLOSE;
		req->u.ioctl.flags = ordered;
		req->req_len = sizeof(struct drm_gem_close);
		break;
	case EVIL_FENCE_UNORDERED:
		submission(0, 0, XENDRM_FENCE_NAME(FIRST, 1), 0);
		break;
	case EVIL_FENCE_THEIRS:
		submission(0, ordered, XENDRM_FENCE_NAME(FIRST - 1, 1), 0);
		break;
	case EVIL_FENCE_BEYOND:
		submission(0, ordered, XENDRM_FENCE_NAME(XENDRM_MAX_FENCES, 1), 0);
		break;
	case EVIL_FENCE_USE:
		submission(0, ordered, XENDRM_FENCE_NAME(FIRST, 2), 0);
		break;
	case EVIL_FENCE_TAKEN:
		/* Its status is not taken off the page. */
		call(submission(0, ordered, XENDRM_FENCE_NAME(FIRST, 1), 0));
		while (!READ_ONCE(evil.events->fence[FIRST]))
			msleep(20);
		submission(0, ordered, XENDRM_FENCE_NAME(FIRST, 2), 0);
		break;
	}
	evil_push();
	return why[0] ? why : "it went on";
}
