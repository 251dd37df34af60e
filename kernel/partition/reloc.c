/*
 * Relocation when a program is loaded.
 *
 * A movable program was linked as if it began at 0. Its dynamic section names a table of
 * relocations; those of type RELATIVE say: the word at this address holds an address, add the
 * program's actual start to it. A program without shared libraries has no others.
 *
 * Most start-up code applies the table itself, because Linux does not. Applying it twice would be
 * wrong, so each entry becomes NONE once applied, and the count of RELATIVE entries at the table's
 * start becomes 0. The table lies in the program's own memory and is freed with it.
 *
 * A file may be damaged: every address is compared with the partition before it is used.
 * Source: System V ABI, Intel386 supplement, "Relocation"; the ELF gABI, "Dynamic Section".
 */
#include "kernel/partition/load.h"
#include "lib/errno.h"
#include "mm/partition/contiguous.h"

enum { TAG_NULL = 0, TAG_REL = 17, TAG_REL_BYTES = 18 };
#define TAG_REL_COUNT 0x6ffffffau
enum { REL_NONE = 0, REL_RELATIVE = 8, REL_TYPE = 0xff };

struct reloc_dynamic {
	uint32_t tag, value;
};

struct reloc_entry {
	uint32_t offset, info;
};

struct reloc_job {
	const struct contiguous *c;
	uint32_t bias;
	uint32_t table, bytes; /* as linked; bytes 0: nothing to do */
	uint32_t *count;       /* the dynamic section's word, or NULL */
};

/* @bytes at linked address @va, or NULL: outside the partition. */
static void *reloc_at(const struct reloc_job *job, uint32_t va, uint32_t bytes)
{
	uint32_t low = contiguous_low(job->c), high = contiguous_high(job->c);
	uint32_t at = va + job->bias;
	return at >= low && at < high && bytes <= high - at ? contiguous_bytes(job->c, at) : NULL;
}

static void reloc_read_dynamic(struct reloc_job *job, struct reloc_dynamic *d, uint32_t n)
{
	for (uint32_t i = 0; i < n && d[i].tag != TAG_NULL; i++) {
		if (d[i].tag == TAG_REL)
			job->table = d[i].value;
		else if (d[i].tag == TAG_REL_BYTES)
			job->bytes = d[i].value;
		else if (d[i].tag == TAG_REL_COUNT)
			job->count = &d[i].value;
	}
}

static int reloc_find(struct reloc_job *job, const struct elf_file *file)
{
	for (unsigned i = 0; i < file->nheaders; i++) {
		struct elf_segment s;
		int error = elf_segment(file, i, &s);
		if (error)
			return error;
		if (s.type != ELF_DYNAMIC)
			continue;
		struct reloc_dynamic *d = reloc_at(job, s.vaddr, s.memsz);
		if (!d)
			return -ENOEXEC;
		reloc_read_dynamic(job, d, s.memsz / sizeof(*d));
	}
	return 0;
}

int partition_relocate(struct aspace *as, const struct elf_file *file, uint32_t bias)
{
	struct reloc_job job = { .c = as->contiguous, .bias = bias };
	int error = reloc_find(&job, file);
	if (error || job.bytes == 0)
		return error;
	struct reloc_entry *entries = reloc_at(&job, job.table, job.bytes);
	if (!entries)
		return -ENOEXEC;
	for (uint32_t i = 0; i < job.bytes / sizeof(*entries); i++) {
		if ((entries[i].info & REL_TYPE) != REL_RELATIVE)
			continue;
		uint32_t *word = reloc_at(&job, entries[i].offset, sizeof(*word));
		if (!word)
			return -ENOEXEC;
		*word += bias;
		entries[i].info = REL_NONE;
	}
	if (job.count)
		*job.count = 0;
	return 0;
}
