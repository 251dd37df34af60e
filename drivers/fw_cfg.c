/*
 * Files that QEMU hands to the guest.
 *
 * Item 0 is the signature "QEMU", item 1 says what the device can do, item 0x19 is a directory of
 * named files. Items are read by DMA: the address of a command block, written big-endian to two
 * ports, starts the transfer; the block's control word becomes 0 when it is done. DMA reaches all
 * memory below 4 GiB, mapped or not. On other machines the ports read as ones: no signature.
 * Source: QEMU, docs/specs/fw_cfg.
 */
#include "drivers/fw_cfg.h"

#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"

enum { PORT_SELECTOR = 0x510, PORT_DATA = 0x511, PORT_DMA_HIGH = 0x514, PORT_DMA_LOW = 0x518 };
enum { ITEM_SIGNATURE = 0, ITEM_FEATURES = 1, ITEM_DIRECTORY = 0x19, FEATURE_DMA = 2 };
enum { DMA_ERROR = 1, DMA_READ = 2, DMA_SELECT = 8 };
enum { NAME_MAX = 56 };

/* Hardware's layout; all numbers big-endian. */
struct fw_cfg_command {
	uint32_t control;
	uint32_t length;
	uint64_t address;
};

struct fw_cfg_entry {
	uint32_t size;
	uint16_t selector;
	uint16_t reserved;
	char name[NAME_MAX];
};

static bool fw_cfg_present;

static void fw_cfg_select(uint16_t item)
{
	cpu_out16(PORT_SELECTOR, item);
}

/* The next bytes of the selected item. */
static void fw_cfg_bytes(void *buf, size_t n)
{
	uint8_t *bytes = buf;
	for (size_t i = 0; i < n; i++)
		bytes[i] = cpu_in8(PORT_DATA);
}

bool fw_cfg_init(void)
{
	char signature[4];
	uint32_t features;
	fw_cfg_select(ITEM_SIGNATURE);
	fw_cfg_bytes(signature, sizeof(signature));
	fw_cfg_select(ITEM_FEATURES);
	fw_cfg_bytes(&features, sizeof(features));
	bool is_qemu = memcmp(signature, "QEMU", sizeof(signature)) == 0;
	fw_cfg_present = is_qemu && (features & FEATURE_DMA) != 0;
	return fw_cfg_present;
}

bool fw_cfg_find(const char *name, struct fw_cfg_file *file)
{
	if (!fw_cfg_present)
		return false;
	uint32_t count;
	fw_cfg_select(ITEM_DIRECTORY);
	fw_cfg_bytes(&count, sizeof(count));
	for (uint32_t i = 0; i < __builtin_bswap32(count); i++) {
		struct fw_cfg_entry entry;
		fw_cfg_bytes(&entry, sizeof(entry));
		if (strncmp(entry.name, name, NAME_MAX) != 0)
			continue;
		file->selector = __builtin_bswap16(entry.selector);
		file->size = __builtin_bswap32(entry.size);
		return true;
	}
	return false;
}

int fw_cfg_read(const struct fw_cfg_file *file, paddr_t to, uint32_t bytes)
{
	static volatile struct fw_cfg_command command __attribute__((aligned(16)));
	command.control = __builtin_bswap32((uint32_t)file->selector << 16 | DMA_SELECT | DMA_READ);
	command.length = __builtin_bswap32(bytes);
	command.address = __builtin_bswap64(to);
	cpu_out32(PORT_DMA_HIGH, 0);
	cpu_out32(PORT_DMA_LOW, __builtin_bswap32(virt_to_phys((const void *)&command)));
	while (command.control & __builtin_bswap32(~(uint32_t)DMA_ERROR))
		;
	return command.control == 0 ? 0 : -EIO;
}
