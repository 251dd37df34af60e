/*
 * System V shared memory: segments and their keys. Theory in shm.c. Context: process. May reclaim.
 */
#ifndef KERNEL_PROC_SHM_H
#define KERNEL_PROC_SHM_H

#include "mm/aspace/space.h"

enum {
	SHM_PRIVATE = 0,    /* private: never found by key */
	SHM_COUNT_MAX = 4096,
	SHM_CREATE = 01000, SHM_EXCLUSIVE = 02000, /* IPC_CREAT, IPC_EXCL */
	SHM_DESTROYED = 01000, SHM_LOCKED = 02000, /* in mode */
	SHM_RDONLY = 010000, SHM_ROUND = 020000, SHM_REMAP = 040000, SHM_EXEC = 0100000,
};

struct shm_segment {
	struct object object; /* its pages; each area that maps it holds a reference */
	bool owned;	      /* one reference is the name's: until shm_remove */
	int id;
	int key;
	uint32_t size;	 /* bytes, as asked for */
	uint16_t mode;	 /* permissions, SHM_DESTROYED, SHM_LOCKED */
	uint32_t uid, gid, creator_uid, creator_gid;
	int creator, last; /* pids: the creator, and the last to attach or detach */
	uint32_t attach_time, detach_time, change_time; /* seconds since 1970; 0: never */
};

/*
 * Linux's shmget: an id, or -ENOENT (no such key), -EEXIST (CREATE and EXCLUSIVE), -EINVAL (size 0,
 * or more than the segment has), -ENOSPC (no id left), -ENOMEM.
 */
long shm_get(int key, uint32_t size, unsigned flags);
/*
 * Map segment @id into @as. The address, or -EINVAL (no such id; unaligned @addr; taken, without
 * SHM_REMAP), -ENOMEM.
 */
long shm_attach(struct aspace *as, int id, vaddr_t addr, unsigned flags);
/* Unmap the segment that was attached at @addr. 0, or -EINVAL: none was. -ENOMEM. */
long shm_detach(struct aspace *as, vaddr_t addr);
/* NULL: no such id. */
struct shm_segment *shm_find(int id);
/* By index in the table, 0 and up, as SHM_STAT counts. NULL: that place is free. */
struct shm_segment *shm_at(unsigned index);
/* How many areas map it. */
uint32_t shm_attached(const struct shm_segment *s);
/* Free its key; the rest is destroyed with the last area. */
void shm_remove(struct shm_segment *s);
/* At the end of the run: remove what programs left behind. */
void shm_remove_all(void);

/* Asserts the theory's [shm.1] to [shm.4]. */
void shm_check(void);

struct shm_usage {
	uint32_t segments, pages, resident, swapped;
	int highest; /* index of the last one; -1: none */
};
struct shm_usage shm_usage(void);

#endif
