/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buffer.h: what an ioctl does to the memory of a buffer
 *
 * The backend charges a guest for its buffers by these rules. The frontend, which
 * caches freed buffers and has to know which exist, gets them as fields of kind
 * XENDRM_FIELD_BUFFER.
 */
#ifndef PVDRM_TABLES_BUFFER_H
#define PVDRM_TABLES_BUFFER_H

#include "portable.h"
#include "drmif.h"

/**
 * enum pvdrm_buffer_kind - what an ioctl does
 * @PVDRM_BUFFER_NONE: nothing to any buffer
 * @PVDRM_BUFFER_CREATES: creates a buffer of a size that the program names
 * @PVDRM_BUFFER_CREATES_DUMB: creates a buffer whose size follows from its width,
 *	height and bits per pixel
 * @PVDRM_BUFFER_FREES: closes a handle
 * @PVDRM_BUFFER_RENAMES: changes a handle
 * @PVDRM_BUFFER_MMAP_OFFSET: tells the offset by which a buffer is mapped
 * @PVDRM_BUFFER_EXPORTS: shares a buffer beyond the file
 * @PVDRM_BUFFER_IMPORTS: makes a handle for a dma-buf
 * @PVDRM_BUFFER_USES: names a buffer, and does nothing to its memory
 */
enum pvdrm_buffer_kind {
	PVDRM_BUFFER_NONE,
	PVDRM_BUFFER_CREATES,
	PVDRM_BUFFER_CREATES_DUMB,
	PVDRM_BUFFER_FREES,
	PVDRM_BUFFER_RENAMES,
	PVDRM_BUFFER_MMAP_OFFSET,
	PVDRM_BUFFER_EXPORTS,
	PVDRM_BUFFER_IMPORTS,
	PVDRM_BUFFER_USES,
};

/**
 * struct pvdrm_buffer_rule - what an ioctl does to the memory of a buffer
 * @kind: enum pvdrm_buffer_kind
 * @size_width: CREATES: width of the size, in bytes
 * @handle: offset of the handle, a u32, which is read or written
 * @size: CREATES: offset of the size, which is read. CREATES_DUMB: offset of the
 *	  size, a u64, which is written
 * @shape: CREATES_DUMB: offsets of width, height and bits per pixel, each a u32.
 *	   RENAMES: the first is the offset of the new handle
 * @place: CREATES, MMAP_OFFSET: offset of the offset for mmap(), a u64, which is
 *	   written. CREATES: 0: there is none
 * @told: CREATES: the driver returns the size that the buffer has, in place of the other
 * @block_if: CREATES: offset of a u32
 * @block_bits: if it has any of these, the driver makes a buffer of whole blocks
 * @block: of so many bytes, a power of two
 * @cached: CREATES, CREATES_DUMB: the buffer may be cached when it is freed
 * @only_offset: offset of a u32 on which @cached depends
 * @only_value: the value it must have; 0: @cached does not depend on it
 * @results: CREATES, CREATES_DUMB, MMAP_OFFSET: bit n: the argument's n-th u32 is
 *	     only written
 *
 * Offsets are in bytes, in the ioctl's argument.
 */
struct pvdrm_buffer_rule {
	u8 kind;
	u8 size_width;
	u8 handle;
	u8 size;
	u8 shape[3];
	u8 place;
	bool told;
	u8 block_if;
	u32 block_bits;
	u32 block;
	bool cached;
	u8 only_offset;
	u32 only_value;
	u32 results;
};

/* Rules speak of the first bytes of an argument only */
#define PVDRM_BUFFER_ARG	64

#define PVDRM_BUFFER_RULES	256	/* _IOC_NR() has 8 bits */

/**
 * pvdrm_buffer_len() - how much of an argument the driver reads or writes
 * @cmd: the ioctl as the program issued it, of any size and direction
 * @known: the same ioctl as in the table
 * @dir: _IOC_WRITE: what the driver reads; _IOC_READ: what it writes
 *
 * Return: bytes, at most PVDRM_BUFFER_ARG. Beyond them the driver reads zeroes,
 * and writes nothing.
 */
u32 pvdrm_buffer_len(u32 cmd, u32 known, u32 dir);

/**
 * pvdrm_buffer_wanted() - the memory a new buffer is going to take
 * @rule: CREATES or CREATES_DUMB
 * @arg: the argument as the driver will read it, PVDRM_BUFFER_ARG bytes
 *
 * Return: bytes, whole pages or blocks, at least one; U64_MAX if the size overflows.
 */
u64 pvdrm_buffer_wanted(const struct pvdrm_buffer_rule *rule, const u8 *arg);

/**
 * pvdrm_buffer_got() - the memory a new buffer takes
 * @rule: CREATES or CREATES_DUMB
 * @arg: the argument as the driver left it
 * @len: bytes of it that the driver wrote
 * @wanted: what pvdrm_buffer_wanted() returned
 *
 * Return: bytes, as above, whole pages; @wanted if the driver does not report the size.
 */
u64 pvdrm_buffer_got(const struct pvdrm_buffer_rule *rule, const u8 *arg,
		     u32 len, u64 wanted);

/**
 * pvdrm_buffer_handle() - the handle of a new buffer
 * @rule: CREATES or CREATES_DUMB
 * @arg: the argument as the driver left it
 * @len: bytes of it that the driver wrote
 * @handle: returns the handle
 *
 * Return: false if the driver could not write the handle, and the program's own
 * bytes are still there.
 */
bool pvdrm_buffer_handle(const struct pvdrm_buffer_rule *rule, const u8 *arg,
			 u32 len, u32 *handle);

/**
 * pvdrm_buffer_u32() - read a u32 of an argument
 * @arg: the argument
 * @off: offset of the u32, of any alignment
 *
 * Return: the number.
 */
u32 pvdrm_buffer_u32(const u8 *arg, u32 off);

/**
 * pvdrm_buffer_flags() - the ioctl flags that follow from a rule
 * @rule: any rule
 *
 * Return: XENDRM_IOCTL_CREATES, XENDRM_IOCTL_FREES or 0.
 */
u32 pvdrm_buffer_flags(const struct pvdrm_buffer_rule *rule);

/**
 * pvdrm_buffer_counts() - whether a rule makes, frees or renames handles
 * @rule: any rule
 *
 * Return: true if so.
 */
bool pvdrm_buffer_counts(const struct pvdrm_buffer_rule *rule);

/* The most fields that pvdrm_buffer_fields() makes */
#define PVDRM_BUFFER_FIELDS	2

/**
 * pvdrm_buffer_fields() - make the fields that tell the frontend of a rule
 * @rule: any rule
 * @fields: returns the fields; PVDRM_BUFFER_FIELDS of them, zeroed by the caller
 *
 * Return: the number of fields.
 */
u32 pvdrm_buffer_fields(const struct pvdrm_buffer_rule *rule,
			struct xendrm_field *fields);

#endif /* PVDRM_TABLES_BUFFER_H */
