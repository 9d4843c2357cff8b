/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evil-random.h: what evil-random.c asks of evil-answer.c and evil-keys.c, and the numbers
 * for all three
 */
#ifndef EVIL_RANDOM_H
#define EVIL_RANDOM_H

#include "evil-back.h"
#include "portable.h"

/* From 0 to @limit - 1, as the seed has it */
uint32_t below(uint32_t limit);
/* Mostly a small one */
uint32_t some_word(void);

/* evil-answer.c: answers that are right, for a driver whose table there is */

/*
 * Begin a connection. @table: the table's bytes, of which the caller may change some
 * afterwards; they are served as they are then. Return: their number
 */
size_t answer_begin(const char *driver, uint8_t **table);
/* Return: whether the frontend would take the table as it is */
bool answer_table_passes(void);
/* Also the payload. @rsp has the request's names, and is otherwise 0. */
void answer_right(const struct xendrm_request *req, struct xendrm_response *rsp);
/* Store the status of some fences that the guest waits for. */
void answer_signal_fences(void);
/* An event that may come now, and has to */
void answer_event(struct xendrm_event *event);

/* evil-keys.c */

/* What a frontend needs to connect; @odd: and some that are not right */
void keys_put(const char *driver, bool odd);
/* Change one of them, or any key, to what it should not be, or remove it. */
void keys_put_any(void);
void keys_put_odd(const char *key);
/* Whether the frontend says that it is connected, or about to be */
bool keys_connected(void);
/* Why the frontend has closed, to be freed; NULL: it does not say */
char *keys_reason(void);
void keys_forget_reason(void);

#endif /* EVIL_RANDOM_H */
