/*
 * A file of @argv[1] MiB (4 where nothing is said): written, read back, changed by a map, read
 * again. Run it with less memory than that.
 */
#include "lib/string.h"
#include "tests/user/file_calls.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

static uint32_t chunk[4 * PAGE / 4];

/* What word @i of the file is. */
static uint32_t word(uint32_t i)
{
	return i * 2654435761u ^ i >> 7;
}

static void fill(uint32_t first)
{
	for (uint32_t i = 0; i < 4 * PAGE / 4; i++)
		chunk[i] = word(first + i);
}

static uint32_t count_wrong(int fd, uint32_t words, uint32_t change)
{
	uint32_t wrong = 0;

	for (uint32_t at = 0; at < words; at += 4 * PAGE / 4) {
		call_pread(fd, chunk, sizeof(chunk), at * 4);
		for (uint32_t i = 0; i < 4 * PAGE / 4; i++) {
			bool first_of_page = (at + i) % (PAGE / 4) == 0;
			wrong += chunk[i] != (word(at + i) ^ (first_of_page ? change : 0));
		}
	}
	return wrong;
}

int main(int argc, char **argv, char **envp)
{
	uint32_t mib = 4;

	(void)envp;
	if (argc > 1 && !string_to_size(argv[1], &mib))
		fail("how many?\n");
	uint32_t words = mib << 18;
	int fd = sys_open("/tmp/files-big", O_RDWR | O_CREAT | O_TRUNC, 0644);
	for (uint32_t at = 0; at < words; at += 4 * PAGE / 4) {
		fill(at);
		if (sys_write(fd, chunk, sizeof(chunk)) != sizeof(chunk))
			fail("write failed\n");
	}
	printf("wrong after writing: %u\n", count_wrong(fd, words, 0));
	uint32_t *map = sys_mmap(NULL, words * 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (sys_failed(map))
		fail("mmap failed\n");
	for (uint32_t at = 0; at < words; at += PAGE / 4)
		map[at] ^= 0x5a5a5a5a;
	printf("wrong after the map: %u\n", count_wrong(fd, words, 0x5a5a5a5a));
	show("cut to nothing", linux_call(CALL_ftruncate, fd, 0, 0, 0, 0, 0));
	sys_unlink("/tmp/files-big");
	return 0;
}
