/*
 * What happened, counted: one word for each item of MMSTAT_LIST, and its name for the reports.
 *
 * Counters only go up, and wrap after 2^32: a report subtracts two readings, which is right even
 * then. Every early way out, every eviction and every kind of fault has a counter, so that a test
 * can say not only that the answer was right but how it was found.
 */
#include "mm/mmstat.h"

uint32_t mmstat[MMSTAT_COUNT];

const char *const mmstat_names[MMSTAT_COUNT] = {
#define X(name) #name,
	MMSTAT_LIST(X)
#undef X
};
