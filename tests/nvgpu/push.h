/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pusher: makes methods of the words in push buffers
 */
#ifndef NVGPU_PUSH_H
#define NVGPU_PUSH_H

#include <stdbool.h>
#include <stdint.h>

/* As DMA_STATE reports them, from bit 29 */
enum push_error {
	PUSH_OK,
	PUSH_CALL_IN_CALL,
	PUSH_BAD_METHOD,
	PUSH_NO_CALL,
	PUSH_BAD_COMMAND,
	PUSH_NO_MEMORY = 6,
};

#define PUSH_ERROR_SHIFT	29

/**
 * struct pusher - where a channel is in its push buffers
 * @get: offset of the next word
 * @put: where it ends
 * @state: method (bits 2-12), subchannel (13-15), words to come (18-28), bit 0:
 *	   all for the same method
 * @count: data words of the last command that are done
 * @call: bit 0: in a call; the rest: where to return
 *
 * The fields are registers of the same content.
 */
struct pusher {
	uint32_t get;
	uint32_t put;
	uint32_t state;
	uint32_t count;
	uint32_t call;
};

struct method {
	unsigned int subchannel;
	uint32_t address;
	uint32_t data;
};

/* Nothing is left to do. */
bool push_idle(const struct pusher *pusher);

/**
 * push_word() - take the word at @get
 * @pusher: updated
 * @word: which is there
 * @method: filled, if it was a method's data
 * @is_method: whether it was
 *
 * Return: PUSH_OK, or what is wrong with the word, which is then not taken.
 */
enum push_error push_word(struct pusher *pusher, uint32_t word, struct method *method,
			  bool *is_method);

#endif /* NVGPU_PUSH_H */
