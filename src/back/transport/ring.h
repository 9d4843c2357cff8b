/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h: the ring and the data area
 */
#ifndef PVDRM_BACK_RING_H
#define PVDRM_BACK_RING_H

#include <linux/types.h>

struct pvdrm_link;
struct xendrm_request;
struct xendrm_response;

bool pvdrm_back_ring_has_work(const struct pvdrm_link *link);
bool pvdrm_back_ring_saw_new(struct pvdrm_link *link);
int pvdrm_back_ring_consume(struct pvdrm_link *link,
			    struct xendrm_request *req);
bool pvdrm_back_ring_final_check(struct pvdrm_link *link);
bool pvdrm_back_ring_arm(struct pvdrm_link *link);
void pvdrm_back_ring_disarm(struct pvdrm_link *link);
void pvdrm_back_ring_respond(struct pvdrm_link *link,
			     const struct xendrm_response *rsp);
int pvdrm_back_data_read(struct pvdrm_link *link, u32 off, void *buf, u32 len);
int pvdrm_back_data_write(struct pvdrm_link *link, u32 off, const void *buf,
			  u32 len);

#endif /* PVDRM_BACK_RING_H */
