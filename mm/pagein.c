/*
 * Reading a page into a frame.
 *
 * A device may sleep, and meanwhile another process may want the same page. So the frame is made
 * known before it is filled: the object, or the slot, already names it, and the mark BUSY says
 * "wait". Whoever comes second finds the frame and tries again later; nobody reads a page twice.
 *
 *   pagein_source   object entry := frame, BUSY, read from the source, not BUSY
 *   pagein_slot     slot <-> frame,       BUSY, read from the slot,   not BUSY
 *
 * If the read fails the page is as it was before: empty at the object, or on its slot.
 * The fault and the file pages (filepage.c) both come through here.
 */
#include "mm/pagein.h"

#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "mm/mmstat.h"

int pagein_source(struct object *o, uint32_t index, struct frame *f, bool *major)
{
	void *bytes = frame_bytes(f);
	object_set_frame(o, index, f);
	if (o->ops->read == NULL) {
		mmstat_count(zero_fills);
		cpu_page_clear(bytes);
		return 0;
	}
	mmstat_count(file_ins);
	*major = true;
	f->flags |= FRAME_BUSY;
	int err = object_read(o, index << PAGE_SHIFT, bytes, PAGE_SIZE);
	f->flags &= ~FRAME_BUSY;
	if (err)
		pagein_forget(f);
	return err;
}

int pagein_slot(slot_t slot, struct frame *f)
{
	swap_attach(slot, f);
	f->flags |= FRAME_BUSY;
	int err = swap_read(slot, frame_bytes(f));
	f->flags &= ~FRAME_BUSY;
	if (err)
		pagein_forget(f);
	return err;
}

void pagein_object_back(struct object *o, uint32_t index, struct frame *f)
{
	ASSERT(f->slot != 0);
	object_set_frame(o, index, f);
	swap_put(f->slot); /* the object's reference; the slot stays as the frame's clean copy */
}

void pagein_forget(struct frame *f)
{
	ASSERT(f->mappers == 0);
	if (f->slot != 0)
		swap_detach(f);
	if (f->owner != FRAME_OBJECT || f->object == NULL)
		return;
	object_clear(f->object, f->index);
	f->object = NULL;
}
