/*
 * Memory and strings: the C library's functions of the same names, as far as the kernel uses them.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include "lib/base.h"

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);

/* Copy at most @size - 1 bytes and end with NUL. Returns strlen(@src): cut if not below @size. */
size_t string_copy(char *dst, const char *src, size_t size);
/* Shell pattern with * and ? only. */
bool string_match(const char *pattern, const char *text);
/*
 * Decimal or 0x number with an optional K, M or G behind it; the whole of @text. False: not one, or
 * too large.
 */
bool string_to_size(const char *text, uint32_t *value);

#endif
