// SPDX-License-Identifier: GPL-2.0-only
/*
 * headless_kms.c: a display that nobody looks at, for programs that insist
 *
 * glmark2-es2-drm asks the DRM node for a connector and a mode even when it
 * draws off-screen. PVDRM forwards no modesetting, so in a guest there is
 * none. Preloaded (LD_PRELOAD), this answers the five questions of libdrm's
 * mode API with one connected display; everything else, all of the rendering,
 * is the program's own and goes to the device. The mode must not be glmark2's
 * default size, 800x600: it takes its window for made then.
 */
#include <stdlib.h>
#include <string.h>
#include <xf86drmMode.h>

enum { CRTC_ID = 1, ENCODER_ID = 2, CONNECTOR_ID = 3 };

static uint32_t *one_id(uint32_t id)
{
	uint32_t *ids = malloc(sizeof(*ids));

	if (ids)
		*ids = id;
	return ids;
}

drmModeResPtr drmModeGetResources(int fd)
{
	drmModeResPtr res = calloc(1, sizeof(*res));

	(void)fd;
	if (!res)
		return NULL;
	res->count_crtcs = 1;
	res->count_connectors = 1;
	res->count_encoders = 1;
	res->crtcs = one_id(CRTC_ID);
	res->connectors = one_id(CONNECTOR_ID);
	res->encoders = one_id(ENCODER_ID);
	res->max_width = 4096;
	res->max_height = 4096;
	return res;
}

void drmModeFreeResources(drmModeResPtr res)
{
	if (!res)
		return;
	free(res->crtcs);
	free(res->connectors);
	free(res->encoders);
	free(res);
}

drmModeConnectorPtr drmModeGetConnector(int fd, uint32_t id)
{
	drmModeConnectorPtr con = calloc(1, sizeof(*con));

	(void)fd;
	if (!con)
		return NULL;
	con->connector_id = id;
	con->encoder_id = ENCODER_ID;
	con->connector_type = DRM_MODE_CONNECTOR_VIRTUAL;
	con->connection = DRM_MODE_CONNECTED;
	con->count_encoders = 1;
	con->encoders = one_id(ENCODER_ID);
	con->modes = calloc(1, sizeof(*con->modes));
	if (con->modes) {
		con->count_modes = 1;
		con->modes->hdisplay = 1024;
		con->modes->vdisplay = 768;
		con->modes->vrefresh = 60;
		strcpy(con->modes->name, "1024x768");
	}
	return con;
}

void drmModeFreeConnector(drmModeConnectorPtr con)
{
	if (!con)
		return;
	free(con->encoders);
	free(con->modes);
	free(con);
}

drmModeEncoderPtr drmModeGetEncoder(int fd, uint32_t id)
{
	drmModeEncoderPtr enc = calloc(1, sizeof(*enc));

	(void)fd;
	if (!enc)
		return NULL;
	enc->encoder_id = id;
	enc->crtc_id = CRTC_ID;
	enc->possible_crtcs = 1;
	return enc;
}

void drmModeFreeEncoder(drmModeEncoderPtr enc)
{
	free(enc);
}

drmModeCrtcPtr drmModeGetCrtc(int fd, uint32_t id)
{
	drmModeCrtcPtr crtc = calloc(1, sizeof(*crtc));

	(void)fd;
	if (crtc)
		crtc->crtc_id = id;
	return crtc;
}

void drmModeFreeCrtc(drmModeCrtcPtr crtc)
{
	free(crtc);
}
