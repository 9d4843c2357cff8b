// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-keys.c: the backend's keys of xenstore, right ones and odd ones, and the frontend's
 */
#include <stdio.h>
#include <string.h>

#include "evil-random.h"

#define MOST_PAGES	64	/* of the data area: those mapped too long are freed slowly */

static const char *const odd_texts[] = {
	"", " ", "x", "-1", "0", "1", "7", "99", "4294967295", "4294967296",
	"18446744073709551617", "0x4", "4 4", "4\n", "\x01\xff\xfe", "%s%n", "../../x", "1,,,2",
	"1af4:1050:1af4:1100:01:030000", "1af4:1050:0:0:0:ffffff", "window", "entries",
};

void keys_put_odd(const char *key)
{
	static char text[2000];
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", e.back, key);
	switch (below(8)) {
	case 0:
		xs_rm(e.xs, XBT_NULL, path);
		break;
	case 1:
		memset(text, 'a' + below(26), sizeof(text));
		xs_write(e.xs, XBT_NULL, path, text, 1 + below(sizeof(text)));
		break;
	default:
		strcpy(text, odd_texts[below(ARRAY_SIZE(odd_texts))]);
		xs_write(e.xs, XBT_NULL, path, text, strlen(text));
	}
}

static const char *const keys[] = {
	"versions", "driver-version", "driver-desc", "driver-date", "driver", "pci-id",
	"platform-name", "compatible", "device-pages", "max-ring-page-order", "max-data-pages",
	"feature-objects", "feature-submit", "feature-pin", "feature-import", "feature-nonblock",
	"feature-map-pages", "feature-quiet-fences",
};

#define NR_KEYS		(ARRAY_SIZE(keys))
#define FIRST_FEATURE	11

void keys_put_any(void)
{
	keys_put_odd(keys[below(NR_KEYS)]);
}

void keys_put(const char *driver, bool odd)
{
	static const char *const right[] = {
		"1", "1.2.3", "evil", "0", NULL, "1af4:1050:1af4:1100:01:030000", "evil.0", "evil,gpu",
	};
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(right); i++)
		xs_put(e.back, keys[i], "%s", right[i] ? right[i] : driver);
	xs_put(e.back, "device-pages", "%s", below(8) ? "" : "entries");
	xs_put(e.back, "max-ring-page-order", "%u", below(4));
	xs_put(e.back, "max-data-pages", "%u", below(4) ? MOST_PAGES : 1 + below(4));
	for (i = FIRST_FEATURE; i < NR_KEYS; i++)
		xs_put(e.back, keys[i], "%d", below(8) != 0);
	if (below(2))
		keys_put_odd("pci-id");
	for (i = 0; odd && i < 1 + below(3); i++)
		keys_put_any();
}

char *keys_reason(void)
{
	char path[256];

	snprintf(path, sizeof(path), "/local/domain/%d/error/device/vdrm/%d/error", e.domid,
		 e.devid);
	return xs_read(e.xs, XBT_NULL, path, NULL);
}

void keys_forget_reason(void)
{
	char path[256];

	snprintf(path, sizeof(path), "/local/domain/%d/error/device/vdrm/%d", e.domid, e.devid);
	xs_rm(e.xs, XBT_NULL, path);
}

bool keys_connected(void)
{
	unsigned int state = xs_number(e.front, "state");

	return state == XenbusStateInitialised || state == XenbusStateConnected;
}
