/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flaws.h: for test_table.c, a case for each rule of pvdrm_table_check(): what
 * is wrong, the words it must be refused with, and the index named
 */
#ifndef PVDRM_TEST_FLAWS_H
#define PVDRM_TEST_FLAWS_H

SPOILED(header_magic, "header: magic", 0,
	head->magic++);
SPOILED(header_version, "header: version", 0,
	head->version++);
SPOILED(header_reserved, "header: reserved is not zero", 0,
	head->reserved = 1);
SPOILED(header_ioctls, "header: too many ioctls", 0,
	head->nr_ioctls = XENDRM_MAX_IOCTLS + 1);
SPOILED(header_fields, "header: too many fields", 0,
	head->nr_fields = XENDRM_MAX_FIELDS + 1);
SPOILED(header_length, "header: length", 0,
	head->length--);
SPOILED(header_sum, "header: length", 0,
	head->nr_fields--);
SPOILED(ioctl_type, "ioctl: not of type 'd'", 1,
	ioctl[1].cmd = _IOC(_IOC_READ, 'e', 0x41, 16));
SPOILED(ioctl_flags, "ioctl: unknown flags", 1,
	ioctl[1].flags = XENDRM_IOCTL_FLAGS + 1);
SPOILED(ioctl_reserved, "ioctl: reserved is not zero", 2,
	ioctl[2].reserved = 1);
SPOILED(ioctl_local, "ioctl: local one with fields", 0,
	ioctl[0].flags = XENDRM_IOCTL_LOCAL);
SPOILED(ioctl_order, "ioctl: out of order", 1,
	ioctl[1].cmd = _IOC(_IOC_READ, 'd', 0x3f, 16));
SPOILED(ioctl_twice, "ioctl: out of order", 1,
	ioctl[1].cmd = _IOC(_IOC_READ, 'd', 0x40, 16));
SPOILED(ioctl_native, "ioctl: no pointer of the program's width", 0,
	ioctl[0].flags = XENDRM_IOCTL_NATIVE_PTR);
SPOILED(ioctl_native_none, "ioctl: no pointer of the program's width", 1,
	ioctl[1].flags = XENDRM_IOCTL_NATIVE_PTR);
SPOILED(list_start, "list: empty one with a start", 1,
	ioctl[1].first = 1);
SPOILED(list_outside, "field: no such index", 8,
	ioctl[1].first = 8;
	ioctl[1].nr = 1);
SPOILED(list_beyond, "field: no such index", 8,
	f[F_VARIANT].nr = 2);
SPOILED(list_shared, "field: has two parents", 2,
	ioctl[1].first = F_FD;
	ioctl[1].nr = 1);
SPOILED(list_orphan, "field: has no parent", 7,
	f[F_VARIANT].first = 0;
	f[F_VARIANT].nr = 0);
SPOILED(list_backwards, "field: children before their parent", 6,
	f[F_VARIANT].first = 0);
SPOILED(list_itself, "field: children before their parent", 6,
	f[F_VARIANT].first = F_VARIANT);
SPOILED(field_kind, "field: unknown kind", 3,
	f[F_OTHER].kind = 14);
SPOILED(field_kind_zero, "field: unknown kind", 3,
	f[F_OTHER].kind = 0);
SPOILED(field_flags, "field: unknown flags", 3,
	f[F_OTHER].flags |= 128);
SPOILED(many_strings, "field: flag of another kind", 4,
	f[F_STRING].flags |= XENDRM_FIELD_MANY);
SPOILED(many_without_units, "array: many of no units", 0,
	f[F_ARRAY].flags |= XENDRM_FIELD_MANY);
SPOILED(counted_array, "field: flag of another kind", 0,
	f[F_ARRAY].flags |= XENDRM_FIELD_COUNTED);
SPOILED(number_nested, "number: not in the argument itself", 5,
	become(&f[F_TIME], XENDRM_FIELD_NUMBER));
SPOILED(number_outside, "number: outside the struct", 3,
	become(&f[F_OTHER], XENDRM_FIELD_NUMBER);
	f[F_OTHER].offset = 60);
SPOILED(number_count, "field: unused value is set", 3,
	become(&f[F_OTHER], XENDRM_FIELD_NUMBER);
	f[F_OTHER].count_width = 4);
SPOILED(number_size, "number: unused value is set", 3,
	become(&f[F_OTHER], XENDRM_FIELD_NUMBER);
	f[F_OTHER].elem_size = 8);
SPOILED(handles_in_chain, "field: no list of handles", 1,
	f[F_CHAIN].flags |= XENDRM_FIELD_HANDLES);
SPOILED(handles_written, "field: no list of handles", 3,
	f[F_OTHER].flags = XENDRM_FIELD_OUT | XENDRM_FIELD_HANDLES);
SPOILED(handles_small, "field: no list of handles", 3,
	f[F_OTHER].flags |= XENDRM_FIELD_HANDLES;
	f[F_OTHER].elem_size = 2);
SPOILED(queue_flags, "queue: unused value is set", 3,
	become(&f[F_OTHER], XENDRM_FIELD_QUEUE);
	f[F_OTHER].flags = XENDRM_FIELD_IN);
SPOILED(queue_width, "queue: outside the struct", 3,
	become(&f[F_OTHER], XENDRM_FIELD_QUEUE));
SPOILED(queue_offset, "queue: unused value is set", 3,
	become(&f[F_OTHER], XENDRM_FIELD_QUEUE);
	f[F_OTHER].count_width = 4;
	f[F_OTHER].offset = 4);
SPOILED(queue_in_pointer, "field: takes a value from a pointer", 3,
	become(&f[F_OTHER], XENDRM_FIELD_QUEUE);
	f[F_OTHER].count_width = 4;
	f[F_OTHER].count = f[F_ARRAY].offset);
SPOILED(sync_use, "sync: unknown use", 3,
	become(&f[F_OTHER], XENDRM_FIELD_SYNC);
	f[F_OTHER].aux = 7);
SPOILED(sync_made, "sync: a new handle that is not returned", 5,
	become(&f[F_TIME], XENDRM_FIELD_SYNC);
	f[F_TIME].aux = XENDRM_SYNC_MADE);
SPOILED(sync_flags, "sync: unused value is set", 3,
	become(&f[F_OTHER], XENDRM_FIELD_SYNC);
	f[F_OTHER].aux = XENDRM_SYNC_WAITED;
	f[F_OTHER].flags = XENDRM_FIELD_IN);
SPOILED(sync_outside, "sync: outside the struct", 3,
	become(&f[F_OTHER], XENDRM_FIELD_SYNC);
	f[F_OTHER].aux = XENDRM_SYNC_WAITED;
	f[F_OTHER].offset = 62);
SPOILED(sync_point, "sync: outside the struct", 3,
	become(&f[F_OTHER], XENDRM_FIELD_SYNC);
	f[F_OTHER].aux = XENDRM_SYNC_WAITED;
	f[F_OTHER].elem_size = 60);
SPOILED(sync_in_pointer, "field: takes a value from a pointer", 3,
	become(&f[F_OTHER], XENDRM_FIELD_SYNC);
	f[F_OTHER].aux = XENDRM_SYNC_WAITED;
	f[F_OTHER].elem_size = f[F_ARRAY].offset);
SPOILED(wait_offset, "wait: unused value is set", 3,
	become(&f[F_OTHER], XENDRM_FIELD_WAIT);
	f[F_OTHER].offset = 4);
SPOILED(wait_count, "range: unused value is set", 3,
	become(&f[F_OTHER], XENDRM_FIELD_WAIT);
	f[F_OTHER].count = 4);
SPOILED(field_reserved, "field: reserved is not zero", 3,
	f[F_OTHER].reserved = 1);
SPOILED(field_outside, "field: outside the struct", 3,
	f[F_OTHER].offset = 57);
SPOILED(field_far_outside, "field: outside the struct", 3,
	f[F_OTHER].offset = U32_MAX);
SPOILED(field_unread, "field: in a struct that is only written", 0,
	ioctl[0].cmd = _IOC(_IOC_READ, 'd', 0x40, 64));
SPOILED(field_overlap, "field: overlaps another one", 3,
	f[F_OTHER].offset = 20);
SPOILED(field_same, "field: overlaps another one", 3,
	f[F_OTHER].offset = 24;
	f[F_FD].cond_off = 44);
SPOILED(field_fd_overlap, "field: overlaps another one", 3,
	f[F_OTHER].offset = 20;
	f[F_CHAIN].offset = 48);
SPOILED(count_in_pointer, "field: takes a value from a pointer", 0,
	f[F_ARRAY].count = 36);
SPOILED(stride_in_pointer, "field: takes a value from a pointer", 0,
	f[F_ARRAY].stride = 20);
SPOILED(cond_in_pointer, "field: takes a value from a pointer", 3,
	f[F_OTHER].cond_off = 0);
SPOILED(cond_in_fd, "field: takes a value from a pointer", 3,
	f[F_OTHER].cond_off = 24);
SPOILED(fd_out_then_in, "field: overlaps another one", 3,
	f[F_OTHER] = f[F_FD];
	f[F_OTHER].flags = XENDRM_FIELD_IN);
SPOILED(fd_out_twice, "field: overlaps another one", 3,
	f[F_OTHER] = f[F_FD]);
SPOILED(fd_in_and_out_apart, "field: overlaps another one", 3,
	f[F_OTHER] = f[F_FD];
	f[F_FD] = f[F_CHAIN];
	f[F_CHAIN] = f[F_OTHER];
	f[F_CHAIN].flags = XENDRM_FIELD_IN);
SPOILED(cond_in_itself, "field: takes a value from a pointer", 3,
	f[F_OTHER].cond_off = 36);
SPOILED(cond_unknown, "field: unknown condition", 2,
	f[F_FD].cond = 5);
SPOILED(cond_width, "field: width of the condition's value", 2,
	f[F_FD].cond_width = 3);
SPOILED(cond_no_width, "field: width of the condition's value", 2,
	f[F_FD].cond_width = 0);
SPOILED(cond_outside, "field: condition's value outside the struct", 2,
	f[F_FD].cond_off = 63);
SPOILED(cond_never, "field: condition can never hold", 2,
	f[F_FD].cond_value = 0x10000);
SPOILED(cond_never_any, "field: condition can never hold", 2,
	f[F_FD].cond_value = 0);
SPOILED(cond_missing, "field: value without a condition", 2,
	f[F_FD].cond = XENDRM_COND_ALWAYS);
SPOILED(cond_no_value, "field: value without a condition", 0,
	f[F_ARRAY].cond_off = 4);
SPOILED(array_direction, "array: neither read nor written", 3,
	f[F_OTHER].flags = 0);
SPOILED(array_elem, "array: limit", 3,
	f[F_OTHER].elem_size = 0);
SPOILED(array_max, "array: limit", 3,
	f[F_OTHER].max = 0);
SPOILED(array_total, "array: limit", 3,
	f[F_OTHER].elem_size = XENDRM_MAX_ARG + 1);
SPOILED(array_units, "array: limit", 3,
	f[F_OTHER].aux = XENDRM_MAX_ARG + 1);
SPOILED(array_unit_stride, "array: units and a stride", 0,
	f[F_ARRAY].aux = 4);
SPOILED(array_product, "array: stride without a width", 3,
	f[F_OTHER].flags |= XENDRM_FIELD_PRODUCT);
SPOILED(array_product_constant, "array: constant count", 0,
	f[F_ARRAY].flags |= XENDRM_FIELD_PRODUCT;
	f[F_ARRAY].count_width = 0;
	f[F_ARRAY].count = 2);
SPOILED(array_result, "field: a result outside the argument", 7,
	f[F_OUT].flags |= XENDRM_FIELD_RESULT);
SPOILED(array_bytes, "array: limit", 0,
	f[F_ARRAY].max = 1u << 28);
SPOILED(array_children, "array: fields in one that is only written", 0,
	f[F_ARRAY].flags = XENDRM_FIELD_OUT);
SPOILED(array_count_width, "array: width of the count", 0,
	f[F_ARRAY].count_width = 5);
SPOILED(array_count_outside, "array: count outside the struct", 0,
	f[F_ARRAY].count = 61);
SPOILED(array_constant, "array: constant count", 3,
	f[F_OTHER].count = 2);
SPOILED(array_constant_zero, "array: constant count", 3,
	f[F_OTHER].count = 0);
SPOILED(array_stride_none, "array: stride without a width", 3,
	f[F_OTHER].stride = 44);
SPOILED(array_stride_width, "array: width of the stride", 0,
	f[F_ARRAY].stride_width = 9);
SPOILED(array_stride_outside, "array: stride outside the struct", 0,
	f[F_ARRAY].stride = 64);
SPOILED(array_stride_written, "array: stride in one that is written", 0,
	f[F_ARRAY].flags |= XENDRM_FIELD_OUT);
SPOILED(string_direction, "string: direction", 4,
	f[F_STRING].flags = XENDRM_FIELD_OUT);
SPOILED(string_max, "string: limit", 4,
	f[F_STRING].max = 0);
SPOILED(string_long, "string: limit", 4,
	f[F_STRING].max = XENDRM_MAX_ARG + 1);
SPOILED(string_elem, "string: unused value is set", 4,
	f[F_STRING].elem_size = 1);
SPOILED(string_count, "field: unused value is set", 4,
	f[F_STRING].count = 1);
SPOILED(time_direction, "time: direction", 5,
	f[F_TIME].flags |= XENDRM_FIELD_OUT);
SPOILED(time_unused, "time: unused value is set", 5,
	f[F_TIME].max = 1);
SPOILED(time_outside, "field: outside the struct", 5,
	f[F_TIME].offset = 9);
SPOILED(timespec_outside, "field: outside the struct", 5,
	f[F_TIME].kind = XENDRM_FIELD_ABS_TIMESPEC;
	f[F_TIME].offset = 8);
SPOILED(timespec_result, "time: a result in seconds", 3,
	become(&f[F_OTHER], XENDRM_FIELD_ABS_TIMESPEC);
	f[F_OTHER].flags = XENDRM_FIELD_IN | XENDRM_FIELD_RESULT);
SPOILED(chain_direction, "chain: direction", 1,
	f[F_CHAIN].flags |= XENDRM_FIELD_OUT);
SPOILED(chain_limit, "chain: limit", 1,
	f[F_CHAIN].max = 0);
SPOILED(chain_header, "chain: limit", 1,
	f[F_CHAIN].elem_size = 0);
SPOILED(chain_next, "chain: next pointer outside the header", 1,
	f[F_CHAIN].stride = 9);
SPOILED(chain_tag, "chain: tag outside the header", 1,
	f[F_CHAIN].count = 13);
SPOILED(chain_tag_next, "chain: tag is in the next pointer", 1,
	f[F_CHAIN].count = 4);
SPOILED(chain_aux, "chain: unused value is set", 1,
	f[F_CHAIN].aux = 1);
SPOILED(chain_width, "chain: unused value is set", 1,
	f[F_CHAIN].stride_width = 8);
SPOILED(chain_flags, "chain: direction", 1,
	f[F_CHAIN].flags |= XENDRM_FIELD_PRODUCT);
SPOILED(chain_members, "chain: contains something else than variants", 6,
	f[F_VARIANT] = f[F_STRING]);
SPOILED(variant_outside, "variant: not in a chain", 4,
	f[F_STRING] = f[F_VARIANT]);
SPOILED(variant_direction, "variant: direction", 6,
	f[F_VARIANT].flags = XENDRM_FIELD_OUT);
SPOILED(variant_small, "variant: size", 6,
	f[F_VARIANT].elem_size = 15);
SPOILED(variant_large, "variant: size", 6,
	f[F_VARIANT].elem_size = XENDRM_MAX_ARG + 1);
SPOILED(variant_cond, "variant: condition is not the chain's tag", 6,
	f[F_VARIANT].cond = XENDRM_COND_NE);
SPOILED(variant_tag, "variant: condition is not the chain's tag", 6,
	f[F_VARIANT].cond_off = 12);
SPOILED(variant_wide, "variant: condition is not the chain's tag", 6,
	f[F_VARIANT].cond_width = 8);
SPOILED(variant_value, "field: condition can never hold", 6,
	f[F_VARIANT].cond_value = 1ull << 32);
SPOILED(variant_unused, "variant: unused value is set", 6,
	f[F_VARIANT].offset = 8);
SPOILED(variant_flags, "variant: unused value is set", 6,
	f[F_VARIANT].flags |= XENDRM_FIELD_PRODUCT);
SPOILED(variant_second, "variant: unused value is set", 6,
	f[F_VARIANT].aux = 12);
SPOILED(variant_second_width, "variant: width of the count", 6,
	f[F_VARIANT].flags |= XENDRM_FIELD_PRODUCT;
	f[F_VARIANT].count = 12;
	f[F_VARIANT].count_width = 4);
SPOILED(variant_second_outside, "variant: count outside the struct", 6,
	f[F_VARIANT].flags |= XENDRM_FIELD_PRODUCT;
	f[F_VARIANT].count = 12;
	f[F_VARIANT].count_width = 4;
	f[F_VARIANT].aux = 31;
	f[F_VARIANT].stride_width = 2);
SPOILED(variant_second_next, "variant: count in the next pointer", 6,
	f[F_VARIANT].flags |= XENDRM_FIELD_PRODUCT;
	f[F_VARIANT].count = 12;
	f[F_VARIANT].count_width = 4;
	f[F_VARIANT].aux = 6;
	f[F_VARIANT].stride_width = 2);
SPOILED(variant_stride, "variant: unused value is set", 6,
	f[F_VARIANT].stride = 4);
SPOILED(variant_count_width, "variant: width of the count", 6,
	f[F_VARIANT].count_width = 3);
SPOILED(variant_count_outside, "variant: count outside the struct", 6,
	f[F_VARIANT].count_width = 4;
	f[F_VARIANT].count = 29);
SPOILED(variant_count_next, "variant: count in the next pointer", 6,
	f[F_VARIANT].count_width = 4;
	f[F_VARIANT].count = 4);
SPOILED(variant_rest, "variant: limit", 6,
	f[F_VARIANT].count_width = 4;
	f[F_VARIANT].count = 12;
	f[F_VARIANT].stride = 4);
SPOILED(variant_total, "variant: limit", 6,
	f[F_VARIANT].count_width = 4;
	f[F_VARIANT].count = 12;
	f[F_VARIANT].stride = XENDRM_MAX_ARG;
	f[F_VARIANT].max = 1);
SPOILED(variant_twice, "field: overlaps another one", 7,
	f[F_OUT] = f[F_VARIANT];
	f[F_OUT].nr = 0;
	f[F_OUT].first = 0;
	f[F_VARIANT].nr = 0;
	f[F_VARIANT].first = 0;
	f[F_CHAIN].nr = 2);
SPOILED(variant_header, "variant: field in the chain's header", 7,
	f[F_OUT].offset = 0);
SPOILED(variant_in_tag, "variant: field in the chain's header", 7,
	f[F_OUT].offset = 8);
SPOILED(variant_count, "variant: field in the chain's header", 7,
	f[F_OUT].count = 0);
SPOILED(variant_field_count, "variant: field in the count", 7,
	f[F_VARIANT].count_width = 4;
	f[F_VARIANT].count = f[F_OUT].offset + 4;
	f[F_VARIANT].stride = 4;
	f[F_VARIANT].max = 1);
SPOILED(variant_field_second, "variant: field in the count", 7,
	f[F_VARIANT].flags |= XENDRM_FIELD_PRODUCT;
	f[F_VARIANT].count_width = 2;
	f[F_VARIANT].count = 12;
	f[F_VARIANT].aux = f[F_OUT].offset;
	f[F_VARIANT].stride_width = 1;
	f[F_VARIANT].stride = 4;
	f[F_VARIANT].max = 1);
SPOILED(refuse_errno, "refusal: no errno", 3,
	f[F_OTHER].kind = XENDRM_FIELD_REFUSE);
SPOILED(refuse_kernel, "refusal: no errno", 3,
	f[F_OTHER].kind = XENDRM_FIELD_REFUSE;
	f[F_OTHER].aux = 512);
SPOILED(refuse_unused, "refusal: unused value is set", 3,
	f[F_OTHER].kind = XENDRM_FIELD_REFUSE;
	f[F_OTHER].aux = 22);
SPOILED(refuse_range, "range: unused value is set", 3,
	f[F_OTHER] = refusal;
	f[F_OTHER].max = 1);
SPOILED(refuse_width, "range: width of the count", 3,
	f[F_OTHER] = refusal;
	f[F_OTHER].count_width = 3);
SPOILED(refuse_outside, "range: count outside the struct", 3,
	f[F_OTHER] = refusal;
	f[F_OTHER].count_width = 4;
	f[F_OTHER].count = 61);
SPOILED(refuse_never, "range: count can never be", 3,
	f[F_OTHER] = refusal;
	f[F_OTHER].count_width = 4;
	f[F_OTHER].stride = 1);
SPOILED(refuse_pointer, "field: takes a value from a pointer", 3,
	f[F_OTHER] = refusal;
	f[F_OTHER].count_width = 4;
	f[F_OTHER].count = 4);
SPOILED(buffer_use, "buffer: unknown use", 3,
	f[F_OTHER] = freed;
	f[F_OTHER].aux = 9);
SPOILED(buffer_no_use, "buffer: unknown use", 3,
	f[F_OTHER] = freed;
	f[F_OTHER].aux = 0);
SPOILED(buffer_flags, "buffer: unused value is set", 3,
	f[F_OTHER] = freed;
	f[F_OTHER].flags = XENDRM_FIELD_IN);
SPOILED(buffer_elem, "buffer: unused value is set", 3,
	f[F_OTHER] = made;
	f[F_OTHER].elem_size = 4);
SPOILED(buffer_freed_size, "buffer: unused value is set", 3,
	f[F_OTHER] = freed;
	f[F_OTHER].count = 4);
SPOILED(buffer_freed_mask, "buffer: unused value is set", 3,
	f[F_OTHER] = freed;
	f[F_OTHER].max = 1);
SPOILED(buffer_placed_size, "buffer: unused value is set", 3,
	f[F_OTHER] = made;
	f[F_OTHER].aux = XENDRM_BUFFER_MMAP_OFFSET);
SPOILED(buffer_placed_nowhere, "buffer: width of the place", 3,
	f[F_OTHER] = freed;
	f[F_OTHER].aux = XENDRM_BUFFER_MMAP_OFFSET);
SPOILED(buffer_outside, "field: outside the struct", 3,
	f[F_OTHER] = freed;
	f[F_OTHER].offset = 61);
SPOILED(buffer_size_width, "buffer: width of the size", 3,
	f[F_OTHER] = made;
	f[F_OTHER].count_width = 2);
SPOILED(buffer_size_outside, "buffer: size outside the struct", 3,
	f[F_OTHER] = made;
	f[F_OTHER].count = 61);
SPOILED(buffer_place_width, "buffer: width of the place", 3,
	f[F_OTHER] = made;
	f[F_OTHER].stride_width = 4);
SPOILED(buffer_place_outside, "buffer: place outside the struct", 3,
	f[F_OTHER] = made;
	f[F_OTHER].stride = 57);
SPOILED(buffer_handle_read, "buffer: a new handle that is read", 3,
	f[F_OTHER] = made;
	f[F_OTHER].max = 3u << 14);
SPOILED(buffer_handle_astray, "buffer: a new handle that is read", 3,
	f[F_OTHER] = made;
	f[F_OTHER].offset = 46);
SPOILED(buffer_not_returned, "buffer: argument not returned, or too long", 3,
	ioctl[0].cmd = _IOC(_IOC_WRITE, 'd', 0x40, 64);
	f[F_OTHER] = made);
SPOILED(buffer_too_long, "buffer: argument not returned, or too long", 3,
	ioctl[0].cmd = _IOC(_IOC_READ | _IOC_WRITE, 'd', 0x40,
			    XENDRM_MAX_BUFFER_ARG + 1);
	f[F_OTHER] = made);
SPOILED(buffer_in_pointer, "field: takes a value from a pointer", 3,
	f[F_OTHER] = freed;
	f[F_OTHER].offset = 20);
SPOILED(buffer_within, "buffer: not in the argument itself", 5,
	f[F_TIME] = freed;
	f[F_TIME].offset = 8);
SPOILED(fd_flags, "fd: neither read nor written", 2,
	f[F_FD].flags |= XENDRM_FIELD_PRODUCT);
SPOILED(fd_direction, "fd: neither read nor written", 2,
	f[F_FD].flags = 0);
SPOILED(fd_result_read, "fd: a result that is read", 2,
	f[F_FD].flags = XENDRM_FIELD_IN | XENDRM_FIELD_RESULT);
SPOILED(fd_result_both, "fd: a result that is read", 2,
	f[F_FD].flags |= XENDRM_FIELD_IN | XENDRM_FIELD_RESULT);
SPOILED(fd_result_shared, "field: overlaps another one", 3,
	f[F_OTHER] = f[F_FD];
	f[F_OTHER].flags |= XENDRM_FIELD_RESULT;
	f[F_FD].flags = XENDRM_FIELD_IN);
SPOILED(fd_kind, "fd: unknown kind", 2,
	f[F_FD].aux = 5);
SPOILED(fd_kind_zero, "fd: unknown kind", 2,
	f[F_FD].aux = 0);
SPOILED(fd_unused, "fd: unused value is set", 2,
	f[F_FD].max = 1);
SPOILED(fd_outside, "field: outside the struct", 2,
	f[F_FD].offset = 61);

#define FLAW_TEST(flaw) \
	{ \
		.name = "flaw_is_named: " #flaw, \
		.test_func = flaw_is_named, \
		.initial_state = (void *)&flaw_##flaw, \
	}

#define FLAW_TESTS \
	FLAW_TEST(header_magic), \
	FLAW_TEST(header_version), \
	FLAW_TEST(header_reserved), \
	FLAW_TEST(header_ioctls), \
	FLAW_TEST(header_fields), \
	FLAW_TEST(header_length), \
	FLAW_TEST(header_sum), \
	FLAW_TEST(ioctl_type), \
	FLAW_TEST(ioctl_flags), \
	FLAW_TEST(ioctl_reserved), \
	FLAW_TEST(ioctl_local), \
	FLAW_TEST(ioctl_order), \
	FLAW_TEST(ioctl_twice), \
	FLAW_TEST(list_start), \
	FLAW_TEST(list_outside), \
	FLAW_TEST(list_beyond), \
	FLAW_TEST(list_shared), \
	FLAW_TEST(list_orphan), \
	FLAW_TEST(list_backwards), \
	FLAW_TEST(list_itself), \
	FLAW_TEST(field_kind), \
	FLAW_TEST(field_kind_zero), \
	FLAW_TEST(field_flags), \
	FLAW_TEST(handles_in_chain), \
	FLAW_TEST(handles_written), \
	FLAW_TEST(handles_small), \
	FLAW_TEST(many_strings), \
	FLAW_TEST(many_without_units), \
	FLAW_TEST(counted_array), \
	FLAW_TEST(number_nested), \
	FLAW_TEST(number_outside), \
	FLAW_TEST(number_count), \
	FLAW_TEST(number_size), \
	FLAW_TEST(queue_flags), \
	FLAW_TEST(queue_width), \
	FLAW_TEST(queue_offset), \
	FLAW_TEST(queue_in_pointer), \
	FLAW_TEST(sync_use), \
	FLAW_TEST(sync_made), \
	FLAW_TEST(sync_flags), \
	FLAW_TEST(sync_outside), \
	FLAW_TEST(sync_point), \
	FLAW_TEST(sync_in_pointer), \
	FLAW_TEST(wait_offset), \
	FLAW_TEST(wait_count), \
	FLAW_TEST(field_reserved), \
	FLAW_TEST(field_outside), \
	FLAW_TEST(field_far_outside), \
	FLAW_TEST(field_unread), \
	FLAW_TEST(field_overlap), \
	FLAW_TEST(field_same), \
	FLAW_TEST(field_fd_overlap), \
	FLAW_TEST(count_in_pointer), \
	FLAW_TEST(stride_in_pointer), \
	FLAW_TEST(cond_in_pointer), \
	FLAW_TEST(cond_in_fd), \
	FLAW_TEST(fd_out_then_in), \
	FLAW_TEST(fd_out_twice), \
	FLAW_TEST(fd_in_and_out_apart), \
	FLAW_TEST(cond_in_itself), \
	FLAW_TEST(cond_unknown), \
	FLAW_TEST(cond_width), \
	FLAW_TEST(cond_no_width), \
	FLAW_TEST(cond_outside), \
	FLAW_TEST(cond_never), \
	FLAW_TEST(cond_never_any), \
	FLAW_TEST(cond_missing), \
	FLAW_TEST(cond_no_value), \
	FLAW_TEST(array_direction), \
	FLAW_TEST(array_elem), \
	FLAW_TEST(array_max), \
	FLAW_TEST(array_total), \
	FLAW_TEST(array_bytes), \
	FLAW_TEST(array_units), \
	FLAW_TEST(array_unit_stride), \
	FLAW_TEST(array_product), \
	FLAW_TEST(array_product_constant), \
	FLAW_TEST(array_result), \
	FLAW_TEST(array_children), \
	FLAW_TEST(array_count_width), \
	FLAW_TEST(array_count_outside), \
	FLAW_TEST(array_constant), \
	FLAW_TEST(array_constant_zero), \
	FLAW_TEST(array_stride_none), \
	FLAW_TEST(array_stride_width), \
	FLAW_TEST(array_stride_outside), \
	FLAW_TEST(array_stride_written), \
	FLAW_TEST(string_direction), \
	FLAW_TEST(string_max), \
	FLAW_TEST(string_long), \
	FLAW_TEST(string_elem), \
	FLAW_TEST(string_count), \
	FLAW_TEST(time_direction), \
	FLAW_TEST(time_unused), \
	FLAW_TEST(time_outside), \
	FLAW_TEST(timespec_outside), \
	FLAW_TEST(timespec_result), \
	FLAW_TEST(chain_direction), \
	FLAW_TEST(chain_limit), \
	FLAW_TEST(chain_header), \
	FLAW_TEST(chain_next), \
	FLAW_TEST(chain_tag), \
	FLAW_TEST(chain_tag_next), \
	FLAW_TEST(chain_aux), \
	FLAW_TEST(chain_width), \
	FLAW_TEST(chain_flags), \
	FLAW_TEST(chain_members), \
	FLAW_TEST(variant_outside), \
	FLAW_TEST(variant_direction), \
	FLAW_TEST(variant_small), \
	FLAW_TEST(variant_large), \
	FLAW_TEST(variant_cond), \
	FLAW_TEST(variant_tag), \
	FLAW_TEST(variant_wide), \
	FLAW_TEST(variant_value), \
	FLAW_TEST(variant_unused), \
	FLAW_TEST(variant_flags), \
	FLAW_TEST(variant_second), \
	FLAW_TEST(variant_second_width), \
	FLAW_TEST(variant_second_outside), \
	FLAW_TEST(variant_second_next), \
	FLAW_TEST(variant_stride), \
	FLAW_TEST(variant_count_width), \
	FLAW_TEST(variant_count_outside), \
	FLAW_TEST(variant_count_next), \
	FLAW_TEST(variant_rest), \
	FLAW_TEST(variant_total), \
	FLAW_TEST(variant_twice), \
	FLAW_TEST(variant_header), \
	FLAW_TEST(variant_in_tag), \
	FLAW_TEST(variant_count), \
	FLAW_TEST(variant_field_count), \
	FLAW_TEST(variant_field_second), \
	FLAW_TEST(refuse_errno), \
	FLAW_TEST(refuse_kernel), \
	FLAW_TEST(refuse_unused), \
	FLAW_TEST(refuse_range), \
	FLAW_TEST(refuse_width), \
	FLAW_TEST(refuse_outside), \
	FLAW_TEST(refuse_never), \
	FLAW_TEST(refuse_pointer), \
	FLAW_TEST(buffer_use), \
	FLAW_TEST(buffer_no_use), \
	FLAW_TEST(buffer_flags), \
	FLAW_TEST(buffer_elem), \
	FLAW_TEST(buffer_freed_size), \
	FLAW_TEST(buffer_freed_mask), \
	FLAW_TEST(buffer_placed_size), \
	FLAW_TEST(buffer_placed_nowhere), \
	FLAW_TEST(buffer_outside), \
	FLAW_TEST(buffer_size_width), \
	FLAW_TEST(buffer_size_outside), \
	FLAW_TEST(buffer_place_width), \
	FLAW_TEST(buffer_place_outside), \
	FLAW_TEST(buffer_handle_read), \
	FLAW_TEST(buffer_handle_astray), \
	FLAW_TEST(buffer_not_returned), \
	FLAW_TEST(buffer_too_long), \
	FLAW_TEST(buffer_in_pointer), \
	FLAW_TEST(buffer_within), \
	FLAW_TEST(fd_flags), \
	FLAW_TEST(fd_direction), \
	FLAW_TEST(fd_result_read), \
	FLAW_TEST(fd_result_both), \
	FLAW_TEST(fd_result_shared), \
	FLAW_TEST(fd_kind), \
	FLAW_TEST(fd_kind_zero), \
	FLAW_TEST(fd_unused), \
	FLAW_TEST(fd_outside),

#endif /* PVDRM_TEST_FLAWS_H */
