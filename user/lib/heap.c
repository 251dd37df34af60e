/*
 * The heap of a user program: manual allocation over brk and mmap.
 *
 * The heap is one run of blocks that grows at its end by brk. A block is a header of 8 bytes and
 * the caller's bytes. The header holds the block's size and the size of the block before it
 * ("boundary tags", Knuth, The Art of Computer Programming 1, 2.5), so both neighbours are found
 * without searching and a freed block merges with them at once. Free blocks lie on one of 32
 * lists by the power of two of their size, linked through the bytes the caller does not need any
 * more.
 *
 *   | prev_size | size+used | caller's bytes ...   | prev_size | size+used | ...
 *
 * malloc looks through the lists from the smallest that may fit, takes the first block large
 * enough, and splits off the rest. Requests from 128 KiB on get pages of their own by
 * mmap, which go back to the kernel when freed; blocks inside the run stay with the program.
 *
 * Always true (heap_check):
 *   [heap.1]  sizes are multiples of 8 and at least BLOCK_MIN; the blocks fill the run without a
 *       gap
 *   [heap.2]  a block's prev_size is the size of the block before it; 0 for the first
 *   [heap.3]  no two free blocks are neighbours
 *   [heap.4]  a free block is on the list of its size, and nothing else is on a list
 * Left out: giving the end of the run back, and locks (there are no threads here).
 */
#include "lib/string.h"
#include "user/lib/heap.h"
#include "user/lib/syscall.h"

enum {
	BLOCK_USED = 1,        /* bits of block.size, which is a multiple of 8 */
	BLOCK_MAPPED = 2,
	HEADER_SIZE = 8,
	BLOCK_MIN = 16,
	MAPPED_MIN = 128 << 10,
	GROW_SIZE = 64 << 10,
	REQUEST_MAX = 0x7fff0000,
	NLISTS = 32,
};

struct block {
	uint32_t prev_size;
	uint32_t size;
	struct block *next, *prev; /* only while free */
};

static struct {
	struct block *first;       /* NULL before the first malloc */
	struct block *end;         /* a header of size 0, used: the run ends here */
	struct block *lists[NLISTS];
} heap;

static uint32_t block_size(const struct block *b)
{
	return b->size & ~7u;
}

static bool block_free(const struct block *b)
{
	return !(b->size & BLOCK_USED);
}

static struct block *block_after(struct block *b)
{
	return (struct block *)((char *)b + block_size(b));
}

static struct block *block_before(struct block *b)
{
	return (struct block *)((char *)b - b->prev_size);
}

static void *block_bytes(struct block *b)
{
	return (char *)b + HEADER_SIZE;
}

static struct block *block_of(void *p)
{
	return (struct block *)((char *)p - HEADER_SIZE);
}

static unsigned list_of(uint32_t size)
{
	return 31 - (unsigned)__builtin_clz(size);
}

static void list_insert(struct block *b)
{
	struct block **head = &heap.lists[list_of(block_size(b))];

	b->prev = NULL;
	b->next = *head;
	if (b->next)
		b->next->prev = b;
	*head = b;
}

static void list_remove(struct block *b)
{
	if (b->prev)
		b->prev->next = b->next;
	else
		heap.lists[list_of(block_size(b))] = b->next;
	if (b->next)
		b->next->prev = b->prev;
}

/* Give @b this size and tell its right neighbour. */
static void block_set(struct block *b, uint32_t size, uint32_t bits)
{
	b->size = size | bits;
	block_after(b)->prev_size = size;
}

/* Make @b free, one with its free neighbours. */
static void block_release(struct block *b)
{
	struct block *after = block_after(b);
	uint32_t size = block_size(b);

	if (block_free(after)) {
		list_remove(after);
		size += block_size(after);
	}
	if (b->prev_size && block_free(block_before(b))) {
		b = block_before(b);
		list_remove(b);
		size += block_size(b);
	}
	block_set(b, size, 0);
	list_insert(b);
}

/* Use the first @size bytes of @b, which is on no list; the rest becomes free if it is worth it. */
static void block_use(struct block *b, uint32_t size)
{
	uint32_t rest = block_size(b) - size;

	if (rest < BLOCK_MIN) {
		b->size |= BLOCK_USED;
		return;
	}
	block_set(b, size, BLOCK_USED);
	struct block *tail = block_after(b);
	block_set(tail, rest, BLOCK_USED);
	block_release(tail);
}

static bool heap_begin(void)
{
	uintptr_t start = ROUND_UP(sys_brk(0), 8u);

	if (sys_brk(start + HEADER_SIZE) != start + HEADER_SIZE)
		return false;
	heap.first = (struct block *)start;
	heap.end = heap.first;
	heap.end->prev_size = 0;
	heap.end->size = BLOCK_USED;
	return true;
}

/* Make the run longer, so that a block of @size is free. */
static bool heap_grow(uint32_t size)
{
	uint32_t more = ROUND_UP(size, (uint32_t)GROW_SIZE);
	struct block *b = heap.end;
	uintptr_t end = (uintptr_t)b + more + HEADER_SIZE;

	if (sys_brk(end) != end)
		return false;
	heap.end = (struct block *)((char *)b + more);
	heap.end->size = BLOCK_USED;
	block_set(b, more, BLOCK_USED);
	block_release(b);
	return true;
}

static struct block *heap_find(uint32_t size)
{
	for (unsigned i = list_of(size); i < NLISTS; i++)
		for (struct block *b = heap.lists[i]; b; b = b->next)
			if (block_size(b) >= size)
				return b;
	return NULL;
}

static void *map_alloc(size_t size)
{
	uint32_t bytes = ROUND_UP(size + HEADER_SIZE, 4096u);
	struct block *b = sys_map_pages(bytes);

	if (sys_failed(b))
		return NULL;
	b->size = bytes | BLOCK_USED | BLOCK_MAPPED;
	return block_bytes(b);
}

void *malloc(size_t size)
{
	if (size == 0 || size > REQUEST_MAX)
		return NULL;
	if (size >= MAPPED_MIN)
		return map_alloc(size);
	if (!heap.first && !heap_begin())
		return NULL;

	uint32_t need = MAX(ROUND_UP(size + HEADER_SIZE, 8u), (uint32_t)BLOCK_MIN);
	struct block *b = heap_find(need);
	if (!b && heap_grow(need))
		b = heap_find(need);
	if (!b)
		return NULL;
	list_remove(b);
	block_use(b, need);
	return block_bytes(b);
}

void *calloc(size_t count, size_t size)
{
	uint64_t total = (uint64_t)count * size;
	if (total > REQUEST_MAX)
		return NULL;

	void *p = malloc((size_t)total);
	/* Fresh pages are zero, and touching them would only make them resident. */
	if (p && !(block_of(p)->size & BLOCK_MAPPED))
		memset(p, 0, (size_t)total);
	return p;
}

void free(void *p)
{
	if (!p)
		return;
	struct block *b = block_of(p);
	if (b->size & BLOCK_MAPPED)
		sys_munmap(b, block_size(b));
	else
		block_release(b);
}

/* Let @b reach into its free right neighbour, if that makes it large enough. */
static bool block_widen(struct block *b, uint32_t need)
{
	struct block *after = block_after(b);

	if (!block_free(after) || block_size(b) + block_size(after) < need)
		return false;
	list_remove(after);
	block_set(b, block_size(b) + block_size(after), BLOCK_USED);
	return true;
}

void *realloc(void *p, size_t size)
{
	if (!p)
		return malloc(size);
	if (size == 0) {
		free(p);
		return NULL;
	}
	struct block *b = block_of(p);
	uint32_t have = block_size(b) - HEADER_SIZE;
	if (!(b->size & BLOCK_MAPPED) && size < MAPPED_MIN) {
		uint32_t need = MAX(ROUND_UP(size + HEADER_SIZE, 8u), (uint32_t)BLOCK_MIN);
		if (need <= block_size(b) || block_widen(b, need)) {
			block_use(b, need);
			return p;
		}
	}
	void *q = malloc(size);
	if (!q)
		return NULL;
	memcpy(q, p, MIN(have, size));
	free(p);
	return q;
}

/* How many of the listed blocks are free and on the right list; -1 where one is not. */
static int heap_check_lists(void)
{
	int count = 0;

	for (unsigned i = 0; i < NLISTS; i++)
		for (struct block *b = heap.lists[i]; b; b = b->next) {
			if (!block_free(b) || list_of(block_size(b)) != i)
				return -1;
			count++;
		}
	return count;
}

bool heap_check(void)
{
	int nfree = 0;
	uint32_t prev_size = 0;
	bool prev_free = false;

	if (!heap.first)
		return true;
	struct block *b = heap.first;
	while (b < heap.end) {
		if (block_size(b) < BLOCK_MIN || b->prev_size != prev_size)
			return false;
		if (prev_free && block_free(b))
			return false;
		prev_size = block_size(b);
		prev_free = block_free(b);
		nfree += prev_free;
		b = block_after(b);
	}
	return b == heap.end && b->prev_size == prev_size && heap_check_lists() == nfree;
}
