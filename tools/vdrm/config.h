/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config.h: what pvdrm.conf(5) describes
 */
#ifndef VDRM_CONFIG_H
#define VDRM_CONFIG_H

#include "vdrm.h"

#ifndef VDRM_CONFIG_DIR
#define VDRM_CONFIG_DIR	"/etc/pvdrm/guests.d"
#endif

#define CONFIG_WORDS	16	/* more than attach has keys */

/**
 * struct attachment - a device that a guest is to have
 * @file: which says so
 * @guest: name or UUID of the domain
 * @device: path of the node, or the device's PCI address
 * @options: the other keys; config_read() chooses a devid if there is none
 * @words: the same as "KEY=VALUE", for vdrm attach
 * @nr_words: their number
 */
struct attachment {
	char *file;
	char *guest;
	char *device;
	struct options options;
	char *words[CONFIG_WORDS];
	int nr_words;
};

/**
 * struct config - all files of a folder
 * @attachments: in the order of the files' names
 * @count: their number
 * @errors: files that were left out, each after a message
 */
struct config {
	struct attachment *attachments;
	unsigned int count;
	unsigned int errors;
};

int config_read(struct config *config, const char *dir);
void config_free(struct config *config);

#endif /* VDRM_CONFIG_H */
