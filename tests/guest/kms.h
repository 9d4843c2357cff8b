/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A display device beside the GPU: buffers are shown on it, and what it shows is read back
 *
 * That is vkms, a display without hardware: its writeback connector stores what it shows.
 */
#ifndef KMS_H
#define KMS_H

#include <linux/types.h>
#include <stdint.h>

#define KMS_WIDTH	640
#define KMS_HEIGHT	480
#define KMS_PIXELS	(KMS_WIDTH * KMS_HEIGHT)

/**
 * struct kms_buffer - a buffer that can be shown, XRGB8888
 * @handle: in the display's file
 * @pitch: bytes of a line
 * @fb: its frame buffer
 * @map: where it is mapped; NULL: it is not
 */
struct kms_buffer {
	__u32 handle;
	__u32 pitch;
	__u32 fb;
	__u32 *map;
	uint64_t size;
};

struct kms {
	int fd;
	__u32 crtc, plane, connector, writeback;
	struct kms_buffer capture;
};

/* All end the program with a message when they fail. */
void kms_open(struct kms *kms);
void kms_close(struct kms *kms);
/* The display's own, mapped, all black */
void kms_create(struct kms *kms, struct kms_buffer *buffer);
void kms_import(struct kms *kms, int dmabuf, __u32 pitch, struct kms_buffer *buffer);
int kms_export(struct kms *kms, const struct kms_buffer *buffer);
void kms_destroy(struct kms *kms, struct kms_buffer *buffer);
/* From now on @buffer is shown, when @fence is signalled; -1: when its implicit fences are */
void kms_show(struct kms *kms, const struct kms_buffer *buffer, int fence);
/* The same as older programs do it, without a fence */
void kms_flip(struct kms *kms, const struct kms_buffer *buffer);
/* What is shown now: KMS_PIXELS words, whose highest bytes are 0 */
void kms_capture(struct kms *kms, __u32 *pixels);

#endif /* KMS_H */
