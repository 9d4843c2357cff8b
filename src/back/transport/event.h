/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event.h: invalidations, the guest's acknowledgements, and DRM events
 */
#ifndef PVDRM_BACK_EVENT_H
#define PVDRM_BACK_EVENT_H

#include <linux/types.h>

struct pvdrm_link;

bool pvdrm_event_invalidate(struct pvdrm_link *link, u32 map, u32 first,
			    u32 count, u32 *seq);
bool pvdrm_event_wait_ack(struct pvdrm_link *link, u32 seq);
bool pvdrm_event_try_invalidate(struct pvdrm_link *link, u32 map, u32 first,
				u32 count, u32 *seq);
bool pvdrm_event_is_acked(struct pvdrm_link *link, u32 seq);
bool pvdrm_event_signal(struct pvdrm_link *link, u32 object, u32 count);
bool pvdrm_event_idle(struct pvdrm_link *link, u32 import);
void pvdrm_event_readable(struct pvdrm_link *link, u32 file, u32 seq);

#endif /* PVDRM_BACK_EVENT_H */
