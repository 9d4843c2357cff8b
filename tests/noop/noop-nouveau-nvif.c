// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-nouveau-nvif.c: what NVIF says of a TU104
 */
#include "noop-nouveau.h"

#define CLASS_DEVICE	0x0080
#define METHOD_INFO	0

struct nvif_class {
	s32 class;
	s16 oldest;
	s16 newest;
};

/* The data of NVIF_SCLASS */
struct nvif_sclass {
	u8 version;
	u8 count;
	u8 pad[6];
	struct nvif_class list[];
};

/* The data of NVIF_NEW */
struct nvif_new {
	u8 version;
	u8 pad[6];
	u8 route;
	u64 token;
	u64 object;
	u32 handle;
	s32 class;
};

/* What INFO tells of a device */
struct nvif_device_info {
	u8 version;
	u8 platform;
	u16 chipset;
	u8 revision;
	u8 family;
	u8 pad[2];
	u64 ram_size;
	u64 ram_user;
	char chip[16];
	char name[64];
};

#define PLATFORM_PCIE	3

/* The data of NVIF_MTHD */
struct nvif_method {
	u8 version;
	u8 method;
	u8 pad[6];
	struct nvif_device_info info;
};

/* The engines of a channel */
static const struct nvif_class classes[] = {
	{ 0x902d, -1, -1 },	/* 2D */
	{ 0xa140, -1, -1 },	/* upload of data in the commands */
	{ 0xc597, -1, -1 },	/* 3D */
	{ 0xc5b5, -1, -1 },	/* copies */
	{ 0xc5c0, -1, -1 },	/* compute */
};

static int list_classes(struct noop_call *call, const struct nvif *arg, struct nvif_sclass *list)
{
	if (arg->route != NVIF_ROUTE_CHANNEL || !noop_context(call, arg->token))
		return -EINVAL;
	noop_add_value(call, list->count);
	if (list->count < ARRAY_SIZE(classes))
		return -EINVAL;
	list->count = ARRAY_SIZE(classes);
	memcpy(list->list, classes, sizeof(classes));
	return 0;
}

/* An object is no more than its class, since nothing is executed. */
static int new_object(struct noop_call *call, const struct nvif *arg, const struct nvif_new *new)
{
	size_t i;

	noop_add_value(call, new->handle);
	noop_add_value(call, new->class);
	if (arg->route != NVIF_ROUTE_CHANNEL)
		return new->class == CLASS_DEVICE ? 0 : -EINVAL;
	if (!noop_context(call, arg->token))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == new->class)
			return 0;
	return -EINVAL;
}

static int call_method(struct noop_call *call, struct nvif_method *arg)
{
	noop_add_value(call, arg->method);
	if (arg->method != METHOD_INFO)
		return -EINVAL;
	arg->info = (struct nvif_device_info){
		.platform = PLATFORM_PCIE,
		.chipset = 0x164,
		.revision = 0xa1,
		.ram_size = NOOP_NOUVEAU_VRAM,
		.ram_user = NOOP_NOUVEAU_VRAM,
		.chip = "TU104",
		.name = "a TU104 that does nothing",
	};
	return 0;
}

/**
 * noop_nouveau_nvif() - the ioctl of that name
 * @call: the call
 * @arg: its argument
 *
 * Return: 0 or an error.
 */
int noop_nouveau_nvif(struct noop_call *call, struct nvif *arg)
{
	noop_add_value(call, arg->type);
	noop_add_value(call, arg->owner);
	noop_add_value(call, arg->route);
	switch (arg->type) {
	case NVIF_SCLASS:
		return list_classes(call, arg, (struct nvif_sclass *)arg->data);
	case NVIF_NEW:
		return new_object(call, arg, (struct nvif_new *)arg->data);
	case NVIF_DEL:
		return 0;
	case NVIF_MTHD:
		return call_method(call, (struct nvif_method *)arg->data);
	default:
		return -EINVAL;
	}
}
