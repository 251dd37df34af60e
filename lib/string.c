/*
 * Memory and strings, in plain C.
 *
 * Long runs go a word at a time, four words a turn; x86 reads and writes words at any address, so
 * nothing is aligned first. A page is not copied here: cpu_page_copy does it in one instruction.
 *
 * gcc recognizes a loop that copies bytes and makes a call to memcpy out of it; inside memcpy
 * itself it does not. Keep each such loop inside the function it would become.
 */
#include "lib/string.h"

/* A word at any address, of any type. */
typedef uint32_t __attribute__((aligned(1), may_alias)) string_word;

enum { WORD = sizeof(uint32_t) };

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	char *d = dst;
	const char *s = src;
	for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
		string_word *to = (string_word *)d;
		const string_word *from = (const string_word *)s;
		to[0] = from[0];
		to[1] = from[1];
		to[2] = from[2];
		to[3] = from[3];
	}
	for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
		*(string_word *)d = *(const string_word *)s;
	for (; n; n--, d++, s++)
		*d = *s;
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;
	/* Upwards, a byte is overwritten only after it was read, if the target lies below. */
	if ((uintptr_t)d - (uintptr_t)s >= n)
		return memcpy(dst, src, n);
	for (; n >= WORD; n -= WORD)
		*(string_word *)(d + n - WORD) = *(const string_word *)(s + n - WORD);
	for (; n; n--)
		d[n - 1] = s[n - 1];
	return dst;
}

void *memset(void *dst, int byte, size_t n)
{
	char *d = dst;
	uint32_t word = (uint8_t)byte * 0x01010101u;
	for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD) {
		string_word *to = (string_word *)d;
		to[0] = word;
		to[1] = word;
		to[2] = word;
		to[3] = word;
	}
	for (; n >= WORD; n -= WORD, d += WORD)
		*(string_word *)d = word;
	for (; n; n--, d++)
		*d = (char)byte;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a;
	const uint8_t *y = b;
	for (; n >= WORD; n -= WORD, x += WORD, y += WORD) {
		if (*(const string_word *)x != *(const string_word *)y)
			break;
	}
	for (; n; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;
	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (uint8_t)*a - (uint8_t)*b;
		if (!*a)
			break;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (!*s)
			return NULL;
	}
	return (char *)s;
}

char *strrchr(const char *s, int c)
{
	for (const char *p = s + strlen(s); ; p--) {
		if (*p == (char)c)
			return (char *)p;
		if (p == s)
			return NULL;
	}
}

size_t string_copy(char *dst, const char *src, size_t size)
{
	size_t length = strlen(src);
	if (size > 0) {
		size_t n = MIN(length, size - 1);
		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return length;
}

/* On a mismatch only the last * is worth another try: an earlier one could match no more. */
bool string_match(const char *pattern, const char *text)
{
	const char *star = NULL;
	const char *resume = NULL;
	while (*text) {
		if (*pattern == '*') {
			pattern++;
			star = pattern;
			resume = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			resume++;
			pattern = star;
			text = resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* The digit's value, or 16 when @c is none. */
static unsigned string_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

/* How many bits K, M or G shift by; 0 for another character. */
static unsigned string_unit(char c)
{
	switch (c) {
	case 'K': case 'k':
		return 10;
	case 'M': case 'm':
		return 20;
	case 'G': case 'g':
		return 30;
	default:
		return 0;
	}
}

bool string_to_size(const char *text, uint32_t *value)
{
	unsigned base = 10;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (string_digit(*text) >= base)
		return false;
	uint64_t number = 0;
	for (; string_digit(*text) < base; text++) {
		number = number * base + string_digit(*text);
		if (number > UINT32_MAX)
			return false;
	}
	unsigned unit = string_unit(*text);
	if (text[unit ? 1 : 0] || number << unit > UINT32_MAX)
		return false;
	*value = (uint32_t)(number << unit);
	return true;
}
