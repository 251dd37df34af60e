/* Completing a half-typed word. Theory in complete.c. */
#ifndef USER_SH_COMPLETE_H
#define USER_SH_COMPLETE_H

#include "lib/base.h"

struct completion {
	unsigned nmatches;
	char more[64];          /* what all matches have behind the word; may be empty */
};

/* Complete the word that ends at @line[@cursor]. @list: also print every match. */
struct completion complete(const char *line, size_t cursor, bool list);

#endif
