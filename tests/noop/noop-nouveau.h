/* SPDX-License-Identifier: GPL-2.0-only */
/* noop-nouveau.h: NVIF, the part of nouveau's interface that no header tells */
#ifndef NOOP_NOUVEAU_H
#define NOOP_NOUVEAU_H

#include "noop.h"
#include "uapi/newest/nouveau_drm.h"

#define NOOP_NOUVEAU_VRAM	SZ_1G

/* More than any call of Mesa's has; shorter ones are filled up with zeroes. */
#define NVIF_MOST	512

/**
 * struct nvif - what each call begins with
 * @version: 0
 * @type: NVIF_*
 * @pad: unused
 * @owner: whose object it is
 * @route: NVIF_ROUTE_CHANNEL: @token is a channel
 * @token: a number of the program's, or the channel
 * @object: a pointer of the program's, by which it names the object
 * @data: by type
 */
struct nvif {
	u8 version;
	u8 type;
	u8 pad[4];
	u8 owner;
	u8 route;
	u64 token;
	u64 object;
	u8 data[NVIF_MOST];
};

#define NVIF_SCLASS		0x01
#define NVIF_NEW		0x02
#define NVIF_DEL		0x03
#define NVIF_MTHD		0x04

#define NVIF_ROUTE_CHANNEL	0xff

#define DRM_IOCTL_NOUVEAU_NVIF \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_NOUVEAU_NVIF, struct nvif)

int noop_nouveau_nvif(struct noop_call *call, struct nvif *arg);

#endif /* NOOP_NOUVEAU_H */
