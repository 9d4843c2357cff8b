// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-display: nouveau's 2D engine draws what another device, a display, shows
 *
 * On buffers of the GPU that the display has imported, and on buffers of the display that
 * the GPU has imported. The result lines are the same in dom0 and in its guests.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "common.h"
#include "kms.h"
#include "nouveau.h"

#define PITCH		(KMS_WIDTH * 4)
#define BYTES		(PITCH * KMS_HEIGHT)
#define FRAMES		4

static const char *node = DEFAULT_NODE, *hold;
static struct nv_channel channel;
static struct kms kms;
static int gpu;

/* A buffer that both know */
struct shared {
	struct nv_buffer drawn;
	struct kms_buffer shown;
	int dmabuf;
};

static void open_gpu(void)
{
	gpu = nv_open(node);
	nv_channel_open(gpu, &channel);
	nv_bind(&channel, NV_SUB_COPY, NV_CLASS_COPY);
	nv_bind(&channel, NV_SUB_SURFACES, NV_CLASS_SURFACES);
	nv_bind(&channel, NV_SUB_RECTANGLE, NV_CLASS_RECTANGLE);
	nv_begin(&channel, NV_SUB_RECTANGLE, 0x198, 1);
	nv_word(&channel, 0xbeef0000 | NV_CLASS_SURFACES);
	nv_begin(&channel, NV_SUB_RECTANGLE, 0x300, 1);
	nv_word(&channel, 3);
	nv_kick(&channel);
}

/* The GPU's buffer */
static void share_gpus(struct shared *s)
{
	nv_buffer(gpu, NV_GART, BYTES, &s->drawn);
	if (drmPrimeHandleToFD(gpu, s->drawn.handle, DRM_CLOEXEC | DRM_RDWR, &s->dmabuf))
		die("export from the GPU: %s", errno_name(errno));
	kms_import(&kms, s->dmabuf, PITCH, &s->shown);
}

/* The display's buffer */
static void share_displays(struct shared *s)
{
	kms_create(&kms, &s->shown);
	s->dmabuf = kms_export(&kms, &s->shown);
	memset(&s->drawn, 0, sizeof(s->drawn));
	s->drawn.domain = NV_GART;
	s->drawn.size = s->shown.size;
	if (drmPrimeFDToHandle(gpu, s->dmabuf, &s->drawn.handle))
		die("import into the GPU: %s", errno_name(errno));
}

/* It is not shown any more. */
static void unshare(struct shared *s)
{
	kms_destroy(&kms, &s->shown);
	nv_free(gpu, &s->drawn);
	close(s->dmabuf);
}

/* @pixels: NULL: by the GPU */
static void rectangle(__u32 *pixels, __u32 x, __u32 y, __u32 width, __u32 height, __u32 colour)
{
	__u32 i, k;

	if (!pixels)
		nv_rectangle(&channel, x, y, width, height, colour);
	for (i = y; pixels && i < y + height; i++)
		for (k = x; k < x + width; k++)
			pixels[i * KMS_WIDTH + k] = colour;
}

static void paint(__u32 *pixels, __u32 frame)
{
	__u32 i;

	rectangle(pixels, 0, 0, KMS_WIDTH, KMS_HEIGHT, 0x204080 + frame * 0x050709);
	for (i = 0; i < 40; i++)
		rectangle(pixels, i * 13 + frame, i * 11, 33 + i, 17 + frame, (i + 1) * 0x050913);
}

/* Until nv_finish(), which waits for the GPU */
static void gpu_paint(const struct shared *s, __u32 frame)
{
	nv_target(&channel, &s->drawn, PITCH);
	paint(NULL, frame);
	nv_send(&channel);
}

static void check_shown(const char *what, __u32 frame)
{
	static __u32 shown[KMS_PIXELS], want[KMS_PIXELS];
	int i, wrong = 0;

	kms_capture(&kms, shown);
	paint(want, frame);
	for (i = 0; i < KMS_PIXELS; i++)
		wrong += shown[i] != want[i];
	check(!wrong, "%s %u: it is shown (%d pixels wrong)", what, frame, wrong);
	result("%s %u: hash %016llx", what, frame, hash(HASH_START, shown, sizeof(shown)));
}

/* The program does not wait for the GPU. The display does, for the implicit fences. */
static void test_frames(const char *what, void (*share)(struct shared *s))
{
	struct shared s[2], *now;
	__u32 i;

	share(&s[0]);
	share(&s[1]);
	for (i = 0; i < FRAMES; i++) {
		now = &s[i & 1];
		gpu_paint(now, i);
		if (i)
			kms_flip(&kms, &now->shown);
		else
			kms_show(&kms, &now->shown, -1);
		check_shown(what, i);
		nv_finish(&channel);
	}
	kms_show(&kms, &kms.capture, -1);
	unshare(&s[0]);
	unshare(&s[1]);
}

/* From a buffer of the GPU's to one of the display's, as for a second GPU's picture */
static void test_copy(void)
{
	const struct nv_lines lines = {
		.pitch_in = PITCH, .pitch_out = PITCH, .length = PITCH, .count = KMS_HEIGHT,
	};
	struct shared own, display;

	share_gpus(&own);
	share_displays(&display);
	gpu_paint(&own, 10);
	nv_finish(&channel);
	nv_copy(&channel, &own.drawn, &display.drawn, &lines);
	nv_kick(&channel);
	kms_show(&kms, &display.shown, -1);
	check_shown("copied", 10);
	check((display.shown.map[0] & 0xffffff) == 0x204080 + 10 * 0x050709,
	      "the program sees it in the display's buffer");
	kms_show(&kms, &kms.capture, -1);
	unshare(&own);
	unshare(&display);
}

/* Until there is a file of that name: then the GPU is gone, the display is not. */
static void hold_it(void)
{
	struct shared own, display;

	share_gpus(&own);
	share_displays(&display);
	gpu_paint(&own, 20);
	nv_finish(&channel);
	gpu_paint(&display, 21);
	nv_finish(&channel);
	kms_show(&kms, &own.shown, -1);
	check_shown("attached", 20);
	info("ready");
	while (access(hold, F_OK))
		usleep(100000);
	check_shown("detached", 20);
	kms_flip(&kms, &display.shown);
	check_shown("detached, the display's buffer", 21);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node of nouveau (" DEFAULT_NODE ")" },
		{ "hold", .text = &hold, .help = "wait for the device to go away, until TEXT exists" },
	};

	parse_options(argc, argv, "Show on vkms what nouveau's 2D engine draws.", options,
		      ARRAY_SIZE(options));
	open_gpu();
	kms_open(&kms);
	if (hold) {
		hold_it();
		return failures() != 0;
	}
	test_frames("the GPU's buffer", share_gpus);
	test_frames("the display's buffer", share_displays);
	test_copy();
	kms_close(&kms);
	nv_channel_close(&channel);
	return failures() != 0;
}
