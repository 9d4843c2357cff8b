/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evil-back.h: the connection of a backend that breaks the protocol
 */
#ifndef EVIL_BACK_H
#define EVIL_BACK_H

#include <stdbool.h>
#include <stdint.h>

#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>
#include <xen/io/xenbus.h>

#include "drmif.h"

/* ring.h's layout: four indices of 32 bits, then slots from byte 64 on */
struct ring {
	uint32_t req_prod, req_event, rsp_prod, rsp_event;
	uint8_t pad[48];
	uint8_t slot[][64];
};

struct evil {
	struct xs_handle *xs;
	xengnttab_handle *gnt;
	xenevtchn_handle *evt;
	int domid, devid;
	char front[128], back[128];
	struct ring *ring;
	uint32_t slots;
	uint8_t *data;
	uint32_t data_pages;
	struct xendrm_event_page *events;
	xenevtchn_port_or_error_t port;
};

extern struct evil e;

/* How long evil_serve() takes at the most */
#define SERVE_SECONDS	30

/* Ends the program, with status 1 */
void die(const char *format, ...);
void xs_put(const char *dir, const char *key, const char *format, ...);
unsigned int xs_number(const char *dir, const char *key);

void open_handles(void);
void offer(enum xenbus_state state);
bool map_front(void);
void send_response(const struct xendrm_response *rsp);
void evil_serve(const char *mode);
int evil_random(unsigned int seed);

#endif /* EVIL_BACK_H */
