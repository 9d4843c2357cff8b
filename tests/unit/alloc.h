/* SPDX-License-Identifier: GPL-2.0-only */
/* alloc.h: the allocator the engine uses in the tests; see space.h */
#ifndef PVDRM_TEST_ALLOC_H
#define PVDRM_TEST_ALLOC_H

void *test_alloc(size_t size);

#endif /* PVDRM_TEST_ALLOC_H */
