/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * field.h: the rules for the fields of a descriptor table
 */
#ifndef PVDRM_FIELD_H
#define PVDRM_FIELD_H

#include "engine.h"

/**
 * struct pvdrm_field_scope - the struct in which fields are checked
 * @size: its bytes
 * @depth: of its fields; 1: it is the ioctl's argument
 * @readable: its content goes to the backend
 * @returned: its content comes back; the argument only
 * @chain: the CHAIN whose VARIANTs the fields are, or NULL
 */
struct pvdrm_field_scope {
	u32 size;
	u32 depth;
	bool readable;
	bool returned;
	const struct xendrm_field *chain;
};

/**
 * pvdrm_field_check() - check one field by itself
 * @f: the field
 * @scope: where it is
 *
 * Return: the rule that is broken, or NULL.
 */
const char *pvdrm_field_check(const struct xendrm_field *f,
			      const struct pvdrm_field_scope *scope);

/**
 * pvdrm_field_pair_check() - check two fields of the same struct
 * @f: the field
 * @other: any field of the same list, @f itself included
 *
 * Of two fields that overlap, the later one is to blame.
 *
 * Return: the rule that @f breaks because of @other, or NULL.
 */
const char *pvdrm_field_pair_check(const struct xendrm_field *f,
				   const struct xendrm_field *other);

/**
 * pvdrm_field_variant_check() - check a field of a variant against its chain
 * @f: the field
 * @variant: the variant it belongs to
 * @chain: the chain of @variant
 *
 * A variant's fields must not overlap what links the chain, nor the number of the
 * elements that follow the variant.
 *
 * Return: the rule that is broken, or NULL.
 */
const char *pvdrm_field_variant_check(const struct xendrm_field *f,
				      const struct xendrm_field *variant,
				      const struct xendrm_field *chain);

#endif /* PVDRM_FIELD_H */
