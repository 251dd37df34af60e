/*
 * The loader's tags become struct boot_info.
 *
 * The boot information is a sequence of tags: type, size, contents, each at a multiple of 8 bytes,
 * with the size of the whole in front. It comes from outside the kernel, so no size in it is used
 * before it is checked against what is there: a tag that would not fit ends the walk, and a tag too
 * small for its type is skipped. What was read before such a tag counts.
 *
 * The memory map is read twice: first everything that is RAM, then everything that is not, so
 * that of overlapping entries the reserved one wins in whatever order they come. A loader without
 * a memory map gives at least the sizes of low and high memory.
 *
 * The function is pure: tags in, struct out. The host tests feed it a corpus and noise.
 * Left out: the EFI memory map (GRUB gives the ordinary one beside it), ELF sections (the linker
 * script knows them better), the framebuffer beyond "is it the text screen?".
 * Source: Multiboot2 Specification 2.0, chapter 3.6.
 */
#include "boot/multiboot2.h"

#include "boot/memmap.h"
#include "lib/errno.h"
#include "lib/string.h"

enum {
	TAG_END, TAG_CMDLINE, TAG_LOADER, TAG_MODULE, TAG_MEMORY_SIZES, TAG_MEMORY_MAP = 6,
	TAG_FRAMEBUFFER = 8,
};
enum { MEMORY_USABLE = 1, FRAMEBUFFER_TEXT = 2 };
#define TEXT_SCREEN 0xb8000u

struct tag {
	uint32_t type;
	uint32_t size; /* with these two words, without padding */
};

struct tag_module {
	struct tag tag;
	uint32_t start;
	uint32_t end; /* then its string */
};

struct tag_memory_sizes {
	struct tag tag;
	uint32_t lower_kb; /* from 0 */
	uint32_t upper_kb; /* from 1 MiB */
};

struct tag_memory_map {
	struct tag tag;
	uint32_t entry_size;
	uint32_t entry_version; /* then the entries */
};

struct memory_entry {
	uint64_t start;
	uint64_t length;
	uint32_t type;
} __attribute__((packed));

struct tag_framebuffer {
	struct tag tag;
	uint64_t address;
	uint32_t pitch, width, height;
	uint8_t bits, type;
} __attribute__((packed));

/* A tag's bytes: the one at .offset, or after the last one .type is TAG_END. */
struct tag_walk {
	const uint8_t *bytes;
	size_t size;
	size_t offset;
	struct tag tag;
};

/* Read the tag at walk->offset; TAG_END when it does not fit. */
static void tag_read(struct tag_walk *walk)
{
	walk->tag.type = TAG_END;
	if (walk->offset > walk->size || walk->size - walk->offset < sizeof(struct tag))
		return;
	struct tag tag;
	memcpy(&tag, walk->bytes + walk->offset, sizeof(tag));
	if (tag.size >= sizeof(tag) && tag.size <= walk->size - walk->offset)
		walk->tag = tag;
}

static struct tag_walk tag_first(const void *tags, size_t size)
{
	struct tag_walk walk = { .bytes = tags, .offset = 8 };
	uint32_t total = 0;
	if (size >= sizeof(total))
		memcpy(&total, tags, sizeof(total));
	walk.size = MIN(size, total);
	tag_read(&walk);
	return walk;
}

static void tag_next(struct tag_walk *walk)
{
	/* The size fits in the buffer, so rounding it up cannot wrap. */
	walk->offset += ROUND_UP((size_t)walk->tag.size, 8);
	tag_read(walk);
}

/* Copy the fixed part of the tag to @out. False: the tag is too short for it. */
static bool tag_get(const struct tag_walk *walk, void *out, size_t size)
{
	if (walk->tag.size < size)
		return false;
	memcpy(out, walk->bytes + walk->offset, size);
	return true;
}

/* The string from byte @at of the tag on, cut to fit in @out; it may lack its NUL. */
static void tag_string(const struct tag_walk *walk, size_t at, char *out, size_t size)
{
	size_t n = 0;
	const uint8_t *s = walk->bytes + walk->offset;
	while (n + 1 < size && at + n < walk->tag.size && s[at + n] != 0) {
		out[n] = (char)s[at + n];
		n++;
	}
	out[n] = 0;
}

static uint64_t memory_entry_end(const struct memory_entry *e)
{
	return e->length > UINT64_MAX - e->start ? UINT64_MAX : e->start + e->length;
}

/* Give the entries that are (@usable) or are not RAM to memmap. */
static void memory_map_apply(struct boot_info *info, const struct tag_walk *walk, bool usable)
{
	struct tag_memory_map map;
	if (!tag_get(walk, &map, sizeof(map)) || map.entry_size < sizeof(struct memory_entry))
		return;
	size_t at = sizeof(map);
	while (walk->tag.size - at >= map.entry_size) {
		struct memory_entry e;
		memcpy(&e, walk->bytes + walk->offset + at, sizeof(e));
		at += map.entry_size;
		if ((e.type == MEMORY_USABLE) != usable)
			continue;
		if (usable)
			memmap_add(info, e.start, memory_entry_end(&e));
		else
			memmap_remove(info, e.start, memory_entry_end(&e));
	}
}

static void memory_map_all(struct boot_info *info, struct tag_walk walk, bool usable)
{
	for (; walk.tag.type != TAG_END; tag_next(&walk))
		if (walk.tag.type == TAG_MEMORY_MAP)
			memory_map_apply(info, &walk, usable);
}

static void memory_sizes_apply(struct boot_info *info, const struct tag_walk *walk)
{
	struct tag_memory_sizes sizes;
	if (!tag_get(walk, &sizes, sizeof(sizes)))
		return;
	memmap_add(info, 0, MIN((uint64_t)sizes.lower_kb << 10, 640u << 10));
	memmap_add(info, 1u << 20, (1u << 20) + ((uint64_t)sizes.upper_kb << 10));
}

static void memory_read(struct boot_info *info, struct tag_walk walk)
{
	memory_map_all(info, walk, true);
	memory_map_all(info, walk, false);
	if (info->nram == 0)
		for (struct tag_walk w = walk; w.tag.type != TAG_END; tag_next(&w))
			if (w.tag.type == TAG_MEMORY_SIZES)
				memory_sizes_apply(info, &w);
	memmap_finish(info);
}

static void module_read(struct boot_info *info, const struct tag_walk *walk)
{
	struct tag_module module;
	if (!tag_get(walk, &module, sizeof(module)) || module.start >= module.end)
		return;
	memmap_reserve(info, module.start, module.end);
	if (info->nmodules == BOOT_MAX_MODULES)
		return;
	struct boot_module *m = &info->modules[info->nmodules];
	m->start = module.start;
	m->end = module.end;
	tag_string(walk, sizeof(module), m->name, sizeof(m->name));
	info->nmodules++;
}

static void framebuffer_read(struct boot_info *info, const struct tag_walk *walk)
{
	struct tag_framebuffer fb;
	if (tag_get(walk, &fb, sizeof(fb)))
		info->text_screen = fb.type == FRAMEBUFFER_TEXT && fb.address == TEXT_SCREEN &&
				    fb.width == 80 && fb.height >= 25;
}

int multiboot2_parse(struct boot_info *info, const void *tags, size_t size)
{
	memset(info, 0, sizeof(*info));
	struct tag_walk walk = tag_first(tags, size);
	memory_read(info, walk);
	for (; walk.tag.type != TAG_END; tag_next(&walk)) {
		if (walk.tag.type == TAG_CMDLINE)
			tag_string(&walk, sizeof(struct tag), info->cmdline, sizeof(info->cmdline));
		else if (walk.tag.type == TAG_LOADER)
			tag_string(&walk, sizeof(struct tag), info->loader, sizeof(info->loader));
		else if (walk.tag.type == TAG_MODULE)
			module_read(info, &walk);
		else if (walk.tag.type == TAG_FRAMEBUFFER)
			framebuffer_read(info, &walk);
	}
	return info->nram != 0 ? 0 : -EINVAL;
}
