// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pusher: see push.h
 *
 *	000ccccccccccc00 sssmmmmmmmmmmm00	count words for methods from m on
 *	010ccccccccccc00 sssmmmmmmmmmmm00	count words for method m
 *	001aaaaaaaaaaaaa aaaaaaaaaaaaaa00	jump (old)
 *	aaaaaaaaaaaaaaaa aaaaaaaaaaaaaa01	jump
 *	aaaaaaaaaaaaaaaa aaaaaaaaaaaaaa10	call
 *	0000000000000010 0000000000000000	return
 */
#include "push.h"

#define STATE_SAME		1u
#define STATE_METHOD		0x1ffcu
#define STATE_COUNT(state)	((state) >> 18 & 0x7ff)
#define STATE_ONE		(1u << 18)
#define CALL_ACTIVE		1u
#define WORD_RETURN		0x00020000u

bool push_idle(const struct pusher *pusher)
{
	return pusher->get == pusher->put;
}

static void take_data(struct pusher *pusher, uint32_t word, struct method *method)
{
	uint32_t state = pusher->state;

	method->subchannel = state >> 13 & 7;
	method->address = state & STATE_METHOD;
	method->data = word;
	if (!(state & STATE_SAME))
		state = (state & ~STATE_METHOD) | ((state + 4) & STATE_METHOD);
	pusher->state = state - STATE_ONE;
	pusher->count++;
	pusher->get += 4;
}

static void take_command(struct pusher *pusher, uint32_t word)
{
	pusher->state = (word & 0x1ffcfffc) | (word & 0x40000000 ? STATE_SAME : 0);
	pusher->count = 0;
	pusher->get += 4;
}

static enum push_error take_call(struct pusher *pusher, uint32_t to)
{
	if (pusher->call & CALL_ACTIVE)
		return PUSH_CALL_IN_CALL;
	pusher->call = (pusher->get + 4) | CALL_ACTIVE;
	pusher->get = to;
	return PUSH_OK;
}

static enum push_error take_return(struct pusher *pusher)
{
	if (!(pusher->call & CALL_ACTIVE))
		return PUSH_NO_CALL;
	pusher->get = pusher->call & ~3u;
	pusher->call = 0;
	return PUSH_OK;
}

enum push_error push_word(struct pusher *pusher, uint32_t word, struct method *method,
			  bool *is_method)
{
	*is_method = STATE_COUNT(pusher->state) != 0;
	if (*is_method)
		take_data(pusher, word, method);
	else if (word == WORD_RETURN)
		return take_return(pusher);
	else if ((word & 3) == 1)
		pusher->get = word & ~3u;
	else if ((word & 3) == 2)
		return take_call(pusher, word & ~3u);
	else if ((word & 0xe0000003) == 0x20000000)
		pusher->get = word & 0x1ffffffc;
	else if ((word & 0xa0030003) == 0)
		take_command(pusher, word);
	else
		return PUSH_BAD_COMMAND;
	return PUSH_OK;
}
