/*
 * What the classes of frames are called: for the map on the screen, /proc/memmap and explanations.
 */
#ifndef KERNEL_WATCH_LEGEND_H
#define KERNEL_WATCH_LEGEND_H

#include "mm/framemap.h"

/* At most 11 characters each. */
extern const char *const legend_names[FRAMEMAP_CLASS_COUNT];
/* One letter for each class, as /proc/memmap draws it. */
extern const char legend_letters[FRAMEMAP_CLASS_COUNT + 1];

#endif
