/*
 * mm_check: every module's invariants at once, and those between modules. Context: process; slow.
 */
#ifndef MM_CHECK_H
#define MM_CHECK_H

void mm_check(void);

#endif
