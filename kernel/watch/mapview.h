/*
 * The live memory map on the screen. Theory in mapview.c. Nothing here allocates.
 */
#ifndef KERNEL_WATCH_MAPVIEW_H
#define KERNEL_WATCH_MAPVIEW_H

#include "lib/base.h"

/* Toggle soon between the map and the console. Context: any. */
void mapview_key(void);
/*
 * Show the map, or the console. 0, -ENODEV: no text screen, or no font for it. Context: process or
 * boot.
 */
int mapview_show(bool on);
/* Register drawing as deferred work. Context: boot. */
void mapview_begin(void);
/* Is any work due at tick @now? Context: any. */
bool mapview_due(uint64_t now);
/* Scan a part of the next picture, and draw it when it is complete. Context: process or boot. */
void mapview_work(uint64_t now);

#endif
