/*
 * Reading a page into a frame.
 *
 * A device may sleep, and meanwhile another process may want the same page, or want it removed. So
 * the frame is published before it is filled: the object, or the slot of a private page, already
 * names it, and the mark BUSY says "wait". A second process finds the frame, waits, and rechecks;
 * no page is read twice, and nothing changes while it is being read.
 *
 *   pagein_object   object's entry := frame, BUSY, read from slot or source, not BUSY
 *   pagein_slot     slot <-> frame,          BUSY, read from the slot,       not BUSY
 *
 * If the read fails the page is as before: empty in the object, or on its slot. Faults and file
 * pages (filepage.c) both use this.
 *
 * Always true:
 *   [pagein.1]  while a page is read its object's entry, or its slot, does not change: only the
 *       reader ends that
 */
#include "mm/pagein.h"

#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/mmstat.h"

int pagein_slot(slot_t slot, struct frame *f)
{
	swap_attach(slot, f);
	page_busy(f);
	int err = swap_read(slot, frame_bytes(f));
	page_done(f);
	ASSERT(f->slot == slot); /* [pagein.1] */
	if (err)
		swap_detach(f);
	return err;
}

static int object_from_slot(struct object *o, uint32_t index, slot_t slot, struct frame *f)
{
	object_set_frame(o, index, f);
	int err = pagein_slot(slot, f);
	if (err)
		object_set_slot(o, index, slot);
	else
		swap_put(slot); /* the object's reference; it stays as the frame's clean copy */
	return err;
}

static int object_from_source(struct object *o, uint32_t index, struct frame *f)
{
	mmstat_count(file_ins);
	object_set_frame(o, index, f);
	page_busy(f);
	int err = object_read(o, index << PAGE_SHIFT, frame_bytes(f), PAGE_SIZE);
	page_done(f);
	if (err)
		object_clear(o, index);
	return err;
}

int pagein_object(struct object *o, uint32_t index, struct frame *f, bool *major)
{
	struct object_page page = object_lookup(o, index);
	ASSERT(page.kind != OBJECT_FRAME);
	if (page.kind == OBJECT_EMPTY && o->ops->read == NULL) {
		mmstat_count(zero_fills);
		cpu_page_clear(frame_bytes(f));
		object_set_frame(o, index, f);
		return 0;
	}
	*major = true;
	int err = page.kind == OBJECT_SLOT ? object_from_slot(o, index, page.slot, f)
					   : object_from_source(o, index, f);
	ASSERT(f->object == o && f->index == index); /* [pagein.1] */
	if (err)
		f->object = NULL;
	return err;
}
