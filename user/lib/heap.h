/*
 * The heap: malloc, realloc and free, as C has them. Addresses are multiples of 8. Theory in
 * heap.c.
 */
#ifndef USER_LIB_HEAP_H
#define USER_LIB_HEAP_H

#include "lib/base.h"

/* NULL where the kernel gives no more memory, or @size is 0. */
void *malloc(size_t size);
/* As malloc, filled with zeroes. NULL also where the product does not fit. */
void *calloc(size_t count, size_t size);
/*
 * Contents are kept up to the smaller size. On NULL the old block is still there. Size 0 frees
 * it.
 */
void *realloc(void *p, size_t size);
void free(void *p);
/* Walk the whole heap and say whether every rule of the theory holds. */
bool heap_check(void);

#endif
