// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpu-display: a GPU draws what another device, a display, shows
 *
 * As compositors do on machines with both: the GPU's buffers are shown by the display,
 * and the display's are imported as render targets. What is shown must be what OpenGL ES
 * reads back. The result lines are the same in dom0 and in its guests.
 */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <gbm.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"
#include "gl.h"
#include "kms.h"

static const char *node = DEFAULT_NODE, *hold;
static int frames = 8;

/* What is drawn on */
struct target {
	int dmabuf;
	__u32 pitch;
	__u32 handle;		/* in the GPU's file; 0: not needed */
	struct gbm_bo *bo;	/* NULL: the buffer is the display's */
	EGLImageKHR image;
	GLuint texture, frame;
	struct kms_buffer shown;
};

static struct gl gl;
static struct kms kms;
static bool virtio;
static GLint uniform_frame;

static PFNEGLCREATEIMAGEKHRPROC create_image;
static PFNEGLDESTROYIMAGEKHRPROC destroy_image;
static PFNGLEGLIMAGETARGETTEXTURE2DOESPROC image_texture;
static PFNEGLCREATESYNCKHRPROC create_sync;
static PFNEGLDESTROYSYNCKHRPROC destroy_sync;
static PFNEGLDUPNATIVEFENCEFDANDROIDPROC dup_fence;

static void find_functions(void)
{
	create_image = (void *)eglGetProcAddress("eglCreateImageKHR");
	destroy_image = (void *)eglGetProcAddress("eglDestroyImageKHR");
	image_texture = (void *)eglGetProcAddress("glEGLImageTargetTexture2DOES");
	create_sync = (void *)eglGetProcAddress("eglCreateSyncKHR");
	destroy_sync = (void *)eglGetProcAddress("eglDestroySyncKHR");
	dup_fence = (void *)eglGetProcAddress("eglDupNativeFenceFDANDROID");
	if (!create_image || !destroy_image || !image_texture || !create_sync || !destroy_sync ||
	    !dup_fence)
		die("Mesa lacks extensions");
}

static void make_program(void)
{
	static const GLfloat corners[] = { -0.9f, -0.8f, 0.7f, -0.6f, 0.1f, 0.95f };
	GLuint program, place;

	program = gl_program("attribute vec2 place;\n"
			     "varying vec2 at;\n"
			     "void main()\n"
			     "{\n"
			     "	at = place;\n"
			     "	gl_Position = vec4(place, 0.0, 1.0);\n"
			     "}\n",
			     "precision highp float;\n"
			     "varying vec2 at;\n"
			     "uniform float frame;\n"
			     "void main()\n"
			     "{\n"
			     "	gl_FragColor = vec4(fract(at * 3.0 + frame), 0.5, 1.0);\n"
			     "}\n");
	glUseProgram(program);
	uniform_frame = glGetUniformLocation(program, "frame");
	place = glGetAttribLocation(program, "place");
	glVertexAttribPointer(place, 2, GL_FLOAT, GL_FALSE, 0, corners);
	glEnableVertexAttribArray(place);
	gl_check("setting up");
}

static void clear(int x, int y, int width, int height, unsigned int colour)
{
	glScissor(x, y, width, height);
	glClearColor((colour >> 16 & 255) / 255.0f, (colour >> 8 & 255) / 255.0f,
		     (colour & 255) / 255.0f, 1);
	glClear(GL_COLOR_BUFFER_BIT);
}

/* No other colour is in the first corner. */
static unsigned int background(int frame)
{
	return (0x204080 + frame * 0x0b0d11) & 0xffffff;
}

static void draw(const struct target *t, int frame)
{
	int i;

	glBindFramebuffer(GL_FRAMEBUFFER, t->frame);
	glViewport(0, 0, KMS_WIDTH, KMS_HEIGHT);
	glEnable(GL_SCISSOR_TEST);
	clear(0, 0, KMS_WIDTH, KMS_HEIGHT, background(frame));
	for (i = 0; i < 9; i++)
		clear(10 + i * 67 + frame * 3, 7 + i * 50, 60 + i, 45, (i + 1) * 0x1b2f3d);
	glDisable(GL_SCISSOR_TEST);
	glUniform1f(uniform_frame, frame / 16.0f);
	glDrawArrays(GL_TRIANGLES, 0, 3);
}

/*
 * Send all that is drawn to the GPU. A virtio-gpu's renderer has the picture then, and the
 * buffer when it is told so. Nothing is waited for.
 */
static void send(const struct target *t)
{
	struct drm_virtgpu_3d_transfer_from_host transfer = {
		.bo_handle = t->handle,
		.box = { .w = KMS_WIDTH, .h = KMS_HEIGHT, .d = 1 },
	};

	glFlush();
	if (virtio && drmIoctl(gl.fd, DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, &transfer))
		die("TRANSFER_FROM_HOST: %s", errno_name(errno));
}

static bool make_frame(struct target *t)
{
	const EGLint attributes[] = {
		EGL_WIDTH, KMS_WIDTH, EGL_HEIGHT, KMS_HEIGHT,
		EGL_LINUX_DRM_FOURCC_EXT, DRM_FORMAT_XRGB8888, EGL_DMA_BUF_PLANE0_FD_EXT, t->dmabuf,
		EGL_DMA_BUF_PLANE0_OFFSET_EXT, 0, EGL_DMA_BUF_PLANE0_PITCH_EXT, t->pitch, EGL_NONE,
	};

	t->image = create_image(gl.display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL, attributes);
	if (t->image == EGL_NO_IMAGE_KHR)
		return false;
	glGenTextures(1, &t->texture);
	glBindTexture(GL_TEXTURE_2D, t->texture);
	image_texture(GL_TEXTURE_2D, t->image);
	glGenFramebuffers(1, &t->frame);
	glBindFramebuffer(GL_FRAMEBUFFER, t->frame);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, t->texture, 0);
	return glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
}

/* A buffer of the GPU's, which the display imports */
static void make_target(struct target *t)
{
	memset(t, 0, sizeof(*t));
	t->bo = gbm_bo_create(gl.gbm, KMS_WIDTH, KMS_HEIGHT, GBM_FORMAT_XRGB8888,
			      GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR);
	if (!t->bo)
		die("gbm_bo_create: %s", errno_name(errno));
	t->dmabuf = gbm_bo_get_fd(t->bo);
	t->pitch = gbm_bo_get_stride(t->bo);
	t->handle = gbm_bo_get_handle(t->bo).u32;
	if (!make_frame(t))
		die("cannot draw on a buffer of GBM's: error 0x%x", eglGetError());
	kms_import(&kms, t->dmabuf, t->pitch, &t->shown);
}

/* It is not shown any more. */
static void free_target(struct target *t)
{
	kms_destroy(&kms, &t->shown);
	glDeleteFramebuffers(1, &t->frame);
	glDeleteTextures(1, &t->texture);
	if (t->image != EGL_NO_IMAGE_KHR)
		destroy_image(gl.display, t->image);
	if (t->bo)
		gbm_bo_destroy(t->bo);
	close(t->dmabuf);
}

/* As kms_capture() */
static void read_back(const struct target *t, __u32 *pixels)
{
	static unsigned char rgba[KMS_PIXELS][4];
	int i;

	glBindFramebuffer(GL_FRAMEBUFFER, t->frame);
	glReadPixels(0, 0, KMS_WIDTH, KMS_HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
	gl_check("reading back");
	for (i = 0; i < KMS_PIXELS; i++)
		pixels[i] = rgba[i][0] << 16 | rgba[i][1] << 8 | rgba[i][2];
}

static void compare(const char *what, int frame, const __u32 *shown, const __u32 *want)
{
	int i, wrong = want[0] != background(frame);

	for (i = 0; i < KMS_PIXELS; i++)
		wrong += shown[i] != want[i];
	check(!wrong, "%s: it is shown (%d pixels wrong)", what, wrong);
	result("%s: hash %016llx", what, hash(HASH_START, shown, KMS_PIXELS * sizeof(*shown)));
}

static void check_shown(const char *what, int frame, const __u32 *want)
{
	static __u32 shown[KMS_PIXELS];

	kms_capture(&kms, shown);
	compare(what, frame, shown, want);
}

/* Reading back waits for the GPU: it comes second. */
static void check_target(const char *what, int frame, const struct target *t)
{
	static __u32 shown[KMS_PIXELS], want[KMS_PIXELS];

	kms_capture(&kms, shown);
	read_back(t, want);
	compare(what, frame, shown, want);
}

/* The display waits for the buffer's implicit fences. */
static void test_flips(void)
{
	struct target t[2];
	char what[32];
	int i;

	for (i = 0; i < 2; i++)
		make_target(&t[i]);
	for (i = 0; i < frames; i++) {
		draw(&t[i & 1], i);
		send(&t[i & 1]);
		if (i)
			kms_flip(&kms, &t[i & 1].shown);
		else
			kms_show(&kms, &t[i & 1].shown, -1);
		snprintf(what, sizeof(what), "frame %d", i);
		check_target(what, i, &t[i & 1]);
	}
	kms_show(&kms, &kms.capture, -1);
	for (i = 0; i < 2; i++)
		free_target(&t[i]);
}

/* Return: a sync_file of all that was sent, or -1. */
static int make_fence(void)
{
	EGLSyncKHR sync = create_sync(gl.display, EGL_SYNC_NATIVE_FENCE_ANDROID, NULL);
	int fence;

	if (sync == EGL_NO_SYNC_KHR)
		return -1;
	glFlush();
	fence = dup_fence(gl.display, sync);
	destroy_sync(gl.display, sync);
	return fence;
}

/* The display waits for a fence that it is given. */
static void test_fence(void)
{
	struct target t;
	int fence;

	make_target(&t);
	draw(&t, 20);
	send(&t);
	fence = make_fence();
	result("a fence: %s", fence >= 0 ? "yes" : "no");
	kms_show(&kms, &t.shown, fence);
	check_target("with a fence", 20, &t);
	if (fence >= 0)
		close(fence);
	kms_show(&kms, &kms.capture, -1);
	free_target(&t);
}

/* What compositors do when GBM's buffers cannot be shown: they draw on the display's. */
static void test_reverse(void)
{
	struct gbm_import_fd_data data = {
		.width = KMS_WIDTH, .height = KMS_HEIGHT, .format = GBM_FORMAT_XRGB8888,
	};
	struct target t = { 0 };
	struct gbm_bo *bo;
	__u32 handle;
	int ret;

	kms_create(&kms, &t.shown);
	memset(t.shown.map, 0x77, t.shown.size);
	t.dmabuf = kms_export(&kms, &t.shown);
	t.pitch = t.shown.pitch;
	ret = drmPrimeFDToHandle(gl.fd, t.dmabuf, &handle);
	result("import of the display's buffer: %s", ret ? errno_name(errno) : "0");
	if (!ret)
		drmCloseBufferHandle(gl.fd, handle);
	data.fd = t.dmabuf;
	data.stride = t.pitch;
	bo = gbm_bo_import(gl.gbm, GBM_BO_IMPORT_FD, &data, GBM_BO_USE_RENDERING);
	result("by GBM: %s", bo ? "yes" : "no");
	if (bo)
		gbm_bo_destroy(bo);
	ret = make_frame(&t);
	result("by EGL, to draw on: %s", ret ? "yes" : "no");
	if (ret) {
		draw(&t, 40);
		glFinish();
		kms_show(&kms, &t.shown, -1);
		check_target("drawn on the display's buffer", 40, &t);
		kms_show(&kms, &kms.capture, -1);
	}
	free_target(&t);
}

/* Until there is a file of that name: then the device is gone, the display is not. */
static void hold_it(void)
{
	static __u32 want[2][KMS_PIXELS];
	struct target t[2];
	int i;

	for (i = 0; i < 2; i++) {
		make_target(&t[i]);
		draw(&t[i], 60 + i);
		send(&t[i]);
		read_back(&t[i], want[i]);
	}
	kms_show(&kms, &t[0].shown, -1);
	check_shown("attached", 60, want[0]);
	info("ready");
	while (access(hold, F_OK))
		usleep(100000);
	check_shown("detached", 60, want[0]);
	kms_flip(&kms, &t[1].shown);
	check_shown("detached, the other one", 61, want[1]);
}

static bool is_virtio(void)
{
	drmVersionPtr version = drmGetVersion(gl.fd);
	bool is = version && !strcmp(version->name, "virtio_gpu");

	drmFreeVersion(version);
	return is;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node that draws (" DEFAULT_NODE ")" },
		{ "frames", .number = &frames, .help = "that are shown one after the other (8)" },
		{ "hold", .text = &hold, .help = "wait for the device to go away, until TEXT exists" },
	};

	parse_options(argc, argv, "Show on vkms what a GPU draws.", options, ARRAY_SIZE(options));
	gl_open_version(&gl, node, 2, 0);
	result("renderer %s", glGetString(GL_RENDERER));
	virtio = is_virtio();
	find_functions();
	make_program();
	kms_open(&kms);
	if (hold) {
		hold_it();
		return failures() != 0;
	}
	test_flips();
	test_fence();
	test_reverse();
	kms_close(&kms);
	gl_close(&gl);
	return failures() != 0;
}
