// SPDX-License-Identifier: GPL-2.0-only
/*
 * A display device beside the GPU: see kms.h
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "common.h"
#include "kms.h"

#define LONG_ENOUGH	30000	/* ms, for a frame */
#define MOST_CARDS	16

static void must(const char *what, int ret)
{
	if (ret)
		die("display: %s: %s", what, errno_name(errno));
}

static bool is_display(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);
	bool is = version && !strcmp(version->name, "vkms");

	drmFreeVersion(version);
	return is;
}

static int open_display(void)
{
	char name[32];
	int i, fd;

	for (i = 0; i < MOST_CARDS; i++) {
		snprintf(name, sizeof(name), "/dev/dri/card%d", i);
		fd = open(name, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && is_display(fd))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	die("there is no vkms");
}

/* The id of an object's property; @value: what it is */
static __u32 property(struct kms *kms, __u32 object, __u32 type, const char *name, __u64 *value)
{
	drmModeObjectPropertiesPtr all = drmModeObjectGetProperties(kms->fd, object, type);
	drmModePropertyPtr p;
	__u32 i, id = 0;

	for (i = 0; all && i < all->count_props && !id; i++) {
		p = drmModeGetProperty(kms->fd, all->props[i]);
		if (p && !strcmp(p->name, name)) {
			id = p->prop_id;
			if (value)
				*value = all->prop_values[i];
		}
		drmModeFreeProperty(p);
	}
	drmModeFreeObjectProperties(all);
	if (!id)
		die("display: no property %s", name);
	return id;
}

static void add(struct kms *kms, drmModeAtomicReqPtr request, __u32 object, __u32 type,
		const char *name, __u64 value)
{
	if (drmModeAtomicAddProperty(request, object, property(kms, object, type, name, NULL),
				     value) < 0)
		die("out of memory");
}

static void find_connectors(struct kms *kms, drmModeResPtr all)
{
	drmModeConnectorPtr c;
	int i;

	for (i = 0; i < all->count_connectors; i++) {
		c = drmModeGetConnectorCurrent(kms->fd, all->connectors[i]);
		if (c && c->connector_type == DRM_MODE_CONNECTOR_WRITEBACK)
			kms->writeback = c->connector_id;
		else if (c)
			kms->connector = c->connector_id;
		drmModeFreeConnector(c);
	}
	if (!kms->connector || !kms->writeback)
		die("display: it needs a connector, and one for writeback");
}

static void find_plane(struct kms *kms)
{
	drmModePlaneResPtr all = drmModeGetPlaneResources(kms->fd);
	__u64 type;
	__u32 i;

	for (i = 0; all && i < all->count_planes; i++) {
		property(kms, all->planes[i], DRM_MODE_OBJECT_PLANE, "type", &type);
		if (type == DRM_PLANE_TYPE_PRIMARY)
			kms->plane = all->planes[i];
	}
	drmModeFreePlaneResources(all);
	if (!kms->plane)
		die("display: no plane");
}

static void find_mode(struct kms *kms, drmModeModeInfo *mode)
{
	drmModeConnectorPtr c = drmModeGetConnector(kms->fd, kms->writeback);
	int i;

	for (i = 0; c && i < c->count_modes; i++)
		if (c->modes[i].hdisplay == KMS_WIDTH && c->modes[i].vdisplay == KMS_HEIGHT)
			break;
	if (!c || i == c->count_modes)
		die("display: no mode of %dx%d", KMS_WIDTH, KMS_HEIGHT);
	*mode = c->modes[i];
	drmModeFreeConnector(c);
}

static void add_plane(struct kms *kms, drmModeAtomicReqPtr request, const struct kms_buffer *buffer)
{
	const struct {
		const char *name;
		__u64 value;
	} all[] = {
		{ "FB_ID", buffer->fb }, { "CRTC_ID", kms->crtc },
		{ "SRC_W", KMS_WIDTH << 16 }, { "SRC_H", KMS_HEIGHT << 16 },
		{ "CRTC_W", KMS_WIDTH }, { "CRTC_H", KMS_HEIGHT },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		add(kms, request, kms->plane, DRM_MODE_OBJECT_PLANE, all[i].name, all[i].value);
}

/*
 * For the writeback connector, which stores nothing until it is told to, instead of the one
 * that the console may have: not for both.
 */
static void turn_on(struct kms *kms, const struct kms_buffer *buffer)
{
	drmModeAtomicReqPtr request = drmModeAtomicAlloc();
	drmModeModeInfo mode;
	__u32 blob;

	find_mode(kms, &mode);
	must("CREATEPROPBLOB", drmModeCreatePropertyBlob(kms->fd, &mode, sizeof(mode), &blob));
	add(kms, request, kms->connector, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", 0);
	add(kms, request, kms->writeback, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", kms->crtc);
	add(kms, request, kms->crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID", blob);
	add(kms, request, kms->crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE", 1);
	add_plane(kms, request, buffer);
	must("turning it on", drmModeAtomicCommit(kms->fd, request, DRM_MODE_ATOMIC_ALLOW_MODESET,
						  NULL));
	drmModeAtomicFree(request);
	drmModeDestroyPropertyBlob(kms->fd, blob);
}

void kms_open(struct kms *kms)
{
	drmModeResPtr all;

	memset(kms, 0, sizeof(*kms));
	kms->fd = open_display();
	must("atomic", drmSetClientCap(kms->fd, DRM_CLIENT_CAP_ATOMIC, 1));
	must("writeback", drmSetClientCap(kms->fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1));
	all = drmModeGetResources(kms->fd);
	if (!all || all->count_crtcs != 1)
		die("display: it needs a CRTC");
	kms->crtc = all->crtcs[0];
	find_connectors(kms, all);
	drmModeFreeResources(all);
	find_plane(kms);
	kms_create(kms, &kms->capture);
	turn_on(kms, &kms->capture);
}

void kms_close(struct kms *kms)
{
	kms_destroy(kms, &kms->capture);
	close(kms->fd);
}

static void add_fb(struct kms *kms, struct kms_buffer *buffer)
{
	const __u32 handles[4] = { buffer->handle }, pitches[4] = { buffer->pitch };
	const __u32 offsets[4] = { 0 };

	must("ADDFB2", drmModeAddFB2(kms->fd, KMS_WIDTH, KMS_HEIGHT, DRM_FORMAT_XRGB8888, handles,
				     pitches, offsets, &buffer->fb, 0));
}

void kms_create(struct kms *kms, struct kms_buffer *buffer)
{
	uint64_t offset;

	memset(buffer, 0, sizeof(*buffer));
	must("CREATE_DUMB", drmModeCreateDumbBuffer(kms->fd, KMS_WIDTH, KMS_HEIGHT, 32, 0,
						    &buffer->handle, &buffer->pitch,
						    &buffer->size));
	must("MAP_DUMB", drmModeMapDumbBuffer(kms->fd, buffer->handle, &offset));
	buffer->map = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, kms->fd, offset);
	must("mmap", buffer->map == MAP_FAILED);
	add_fb(kms, buffer);
}

void kms_import(struct kms *kms, int dmabuf, __u32 pitch, struct kms_buffer *buffer)
{
	memset(buffer, 0, sizeof(*buffer));
	buffer->pitch = pitch;
	must("FD_TO_HANDLE", drmPrimeFDToHandle(kms->fd, dmabuf, &buffer->handle));
	add_fb(kms, buffer);
}

int kms_export(struct kms *kms, const struct kms_buffer *buffer)
{
	int dmabuf;

	must("HANDLE_TO_FD", drmPrimeHandleToFD(kms->fd, buffer->handle, DRM_CLOEXEC | DRM_RDWR,
						&dmabuf));
	return dmabuf;
}

void kms_destroy(struct kms *kms, struct kms_buffer *buffer)
{
	must("RMFB", drmModeRmFB(kms->fd, buffer->fb));
	if (buffer->map)
		munmap(buffer->map, buffer->size);
	must("GEM_CLOSE", drmCloseBufferHandle(kms->fd, buffer->handle));
}

void kms_show(struct kms *kms, const struct kms_buffer *buffer, int fence)
{
	drmModeAtomicReqPtr request = drmModeAtomicAlloc();

	add_plane(kms, request, buffer);
	if (fence >= 0)
		add(kms, request, kms->plane, DRM_MODE_OBJECT_PLANE, "IN_FENCE_FD", fence);
	must("ATOMIC", drmModeAtomicCommit(kms->fd, request, 0, NULL));
	drmModeAtomicFree(request);
}

static void wait_for(int fd, const char *what)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, LONG_ENOUGH) != 1)
		die("display: no %s", what);
}

static void flipped(int fd, unsigned int frame, unsigned int sec, unsigned int usec, void *data)
{
	(void)fd;
	(void)frame;
	(void)sec;
	(void)usec;
	*(bool *)data = true;
}

void kms_flip(struct kms *kms, const struct kms_buffer *buffer)
{
	drmEventContext context = { .version = 2, .page_flip_handler = flipped };
	bool done = false;

	must("PAGE_FLIP", drmModePageFlip(kms->fd, kms->crtc, buffer->fb, DRM_MODE_PAGE_FLIP_EVENT,
					  &done));
	while (!done) {
		wait_for(kms->fd, "flip");
		must("event", drmHandleEvent(kms->fd, &context));
	}
}

static void store(struct kms *kms)
{
	drmModeAtomicReqPtr request = drmModeAtomicAlloc();
	__s32 fence = -1;

	add(kms, request, kms->writeback, DRM_MODE_OBJECT_CONNECTOR, "WRITEBACK_FB_ID",
	    kms->capture.fb);
	add(kms, request, kms->writeback, DRM_MODE_OBJECT_CONNECTOR, "WRITEBACK_OUT_FENCE_PTR",
	    (unsigned long)&fence);
	must("writeback", drmModeAtomicCommit(kms->fd, request, 0, NULL));
	drmModeAtomicFree(request);
	wait_for(fence, "writeback");
	close(fence);
}

void kms_capture(struct kms *kms, __u32 *pixels)
{
	int x, y;

	memset(kms->capture.map, 0x5a, kms->capture.size);
	store(kms);
	for (y = 0; y < KMS_HEIGHT; y++)
		for (x = 0; x < KMS_WIDTH; x++)
			*pixels++ = kms->capture.map[y * kms->capture.pitch / 4 + x] & 0xffffff;
}
