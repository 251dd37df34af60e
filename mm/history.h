/*
 * When a frame was last filled or mapped by a fault, and last emptied by an eviction. Theory in
 * history.c. Context: process or boot. Never reclaims.
 */
#ifndef MM_HISTORY_H
#define MM_HISTORY_H

#include "mm/frame.h"

/* Numbers of events, counted from 1; 0: never. */
struct frame_history {
	uint32_t fault; /* of all faults that were resolved */
	uint32_t evict; /* of all evictions */
};

/* Room for every frame; without memory for it nothing is recorded. Context: boot. */
void history_init(void);
/* A fault mapped @f; an eviction emptied it: after these were counted. */
void history_fault(const struct frame *f);
void history_evict(const struct frame *f);
/* Zeroes where nothing is recorded. */
struct frame_history history_of(const struct frame *f);
/* The number of the last fault that was resolved. */
uint32_t history_now(void);

#endif
