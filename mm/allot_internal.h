/* What allot.c and allot_rate.c share with each other and with no one else. */
#ifndef MM_ALLOT_INTERNAL_H
#define MM_ALLOT_INTERNAL_H

#include "mm/allot.h"

/* Every account but allot_unowned, oldest first. */
extern struct list_node allot_all;

#define allot_for_each(a) \
	for (struct allotment *a = list_entry(allot_all.next, struct allotment, link); \
	     &a->link != &allot_all; a = list_entry(a->link.next, struct allotment, link))

/* @a ends: its time does not pass any more. */
void allot_forget(const struct allotment *a);

#endif
