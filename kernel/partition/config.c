/*
 * Configuring the partition region.
 *
 * partitions=2560K sets the region aside, partition_mode= says how it is used, fit= which hole a
 * program gets. The same words change mode and fit later, through /proc. Sizes are joined by plus
 * signs, because a word of the command line has no blanks and commas separate lists of names there.
 */
#include "kernel/partition/config.h"

#include "kernel/base/log.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/framemap.h"

/* Sizes up to the end of @text. How many, or -EINVAL. */
static int config_sizes(const char *text, uint32_t sizes[PARTITION_FIXED_MAX])
{
	unsigned n = 0;
	while (n < PARTITION_FIXED_MAX) {
		char word[16];
		const char *end = strchr(text, '+');
		size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
		if (length >= sizeof(word))
			return -EINVAL;
		memcpy(word, text, length);
		word[length] = 0;
		if (!string_to_size(word, &sizes[n]))
			return -EINVAL;
		n++;
		if (end == NULL)
			return (int)n;
		text = end + 1;
	}
	return -EINVAL;
}

int partition_config_mode(const char *word)
{
	static const char fixed[] = "fixed:";
	uint32_t sizes[PARTITION_FIXED_MAX];
	if (strncmp(word, fixed, sizeof(fixed) - 1) == 0) {
		int n = config_sizes(word + sizeof(fixed) - 1, sizes);
		return n < 0 ? n : partition_set_mode(PARTITION_FIXED, sizes, (unsigned)n);
	}
	for (unsigned i = 0; i < PARTITION_NMODES; i++)
		if (i != PARTITION_FIXED && strcmp(word, partition_mode_names[i]) == 0)
			return partition_set_mode(i, NULL, 0);
	return -EINVAL;
}

int partition_config_fit(const char *word)
{
	for (unsigned i = 0; i < FIT_COUNT; i++) {
		if (strcmp(word, partition_fit_names[i]) != 0)
			continue;
		partition_set_fit(i);
		return 0;
	}
	return -EINVAL;
}

void partition_config_start(const struct cmdline *c, paddr_t start, uint32_t bytes,
			    partition_moved_fn *moved)
{
	if (partition_init(start, bytes, moved))
		log_error("no partitions: no memory for their descriptors");
	if (partition_region.bytes == 0)
		return;
	framemap_set_region(start >> PAGE_SHIFT, (start + bytes) >> PAGE_SHIFT);
	if (partition_config_mode(c->partition_mode))
		log_warn("command line: partition_mode=%s ignored: say single, variable, or fixed:"
			 "SIZE+SIZE..., whole pages that fit the region", c->partition_mode);
	if (partition_config_fit(c->fit))
		log_warn("command line: fit=%s ignored: say first, best or worst", c->fit);
	log_info("partitions: %u KiB at %08x, %s, %s fit", bytes >> 10, start,
		 partition_mode_names[partition_region.mode],
		 partition_fit_names[partition_region.fit]);
}
