/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evil.h: a frontend that breaks the protocol: its connection, for what it does with it
 */
#ifndef EVIL_H
#define EVIL_H

#include <xen/xenbus.h>

#include "drmif.h"

/* Where a request's payload is */
#define EVIL_DATA(id)	((id) * XENDRM_DATA_UNIT)

/**
 * struct evil - the connection
 */
struct evil {
	struct xenbus_device *dev;
	struct xendrm_front_ring ring;
	grant_ref_t ring_ref, event_ref, dir_ref;
	struct xendrm_event_page *events;
	u32 *dir;
	u8 *data;
	evtchn_port_t port;
	int irq;
	u32 seq;
	int answers, status;
	struct xendrm_response last;
	u32 map;
	int acks;
	uint seed;			/* of evil_random() */
	u32 sent;
	void (*on_answer)(const struct xendrm_response *rsp);
	const char *verdict;		/* of the last modes */
	struct work_struct thief;
	struct dentry *debug;
};

extern struct evil evil;

struct xendrm_request *evil_next(u16 op, u16 id);
void evil_push(void);
int evil_call(struct xendrm_request *req, u32 in, u32 out);

/* Each returns a verdict, and may take long. */
const char *evil_slow(void);
const char *evil_keep(void);
const char *evil_again(void);
const char *evil_foreign(void);
const char *evil_objects(void);
const char *evil_race(void);
const char *evil_imports(void);
const char *evil_submit(void);
const char *evil_cancel(void);
const char *evil_changing(void);
const char *evil_flood(void);
const char *evil_random(void);

/* Before there is a connection: whether a key gets this value */
bool evil_spoils_key(u32 *value);

enum evil_submission {
	EVIL_NO_SUBMISSION,	/* ordered, but another ioctl */
	EVIL_FENCE_UNORDERED,	/* names its fence, but is not ordered */
	EVIL_FENCE_THEIRS,	/* a slot of the backend's */
	EVIL_FENCE_BEYOND,	/* a slot that there is not */
	EVIL_FENCE_USE,		/* not the slot's next use */
	EVIL_FENCE_TAKEN,
};

const char *evil_submit_wrong(enum evil_submission how);

#endif /* EVIL_H */
