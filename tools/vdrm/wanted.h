/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wanted.h: one attachment that the configuration names, and what has become of it
 */
#ifndef VDRM_WANTED_H
#define VDRM_WANTED_H

#include "config.h"

#define SETTLE_MS	200	/* events come in groups */
#define RETRY_MS	1000	/* doubled with each attempt */
#define MAX_RETRY_MS	256000
#define LOOK_NEVER	(-1L)

/**
 * struct domains - the domains at the time of a look
 * @xs: xenstore
 * @self: the domain we run in
 * @id: the numbers of all domains
 * @count: how many
 */
struct domains {
	struct xs_handle *xs;
	unsigned int self;
	unsigned int *id;
	unsigned int count;
};

/**
 * struct wanted - an attachment and what has become of it
 * @what: as configured
 * @guest: the running domain with that name; if there is none, @self of struct domains
 * @backend: the running domain that its key backend names; @self: none runs, or
 *	     it is ours
 * @known: @dev is the device that @guest has, or had
 * @done: @guest got the device; if it has none any more, somebody detached it
 * @missing: a message has said that the device is missing
 * @dev: see @known
 * @node: inode of the DRM node that was attached; after hot-plug it is another
 * @child: the running `vdrm attach`; 0: none
 * @retry: the earliest time of the next attempt, of now_ms()
 * @delay: milliseconds between the last attempt and @retry
 */
struct wanted {
	const struct attachment *what;
	unsigned int guest;
	unsigned int backend;
	bool known;
	bool done;
	bool missing;
	struct device dev;
	ino_t node;
	pid_t child;
	long retry;
	long delay;
};

void wanted_init(struct wanted *w, const struct attachment *what, unsigned int self);
long wanted_look(struct wanted *w, const struct domains *domains);
void wanted_attach_ended(struct wanted *w, int status);

/* offer.c */
void offer_take(struct xs_handle *xs, const struct device *dev, void *data);

#endif /* VDRM_WANTED_H */
