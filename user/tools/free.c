/* How much memory and swap there is, used and free, as Linux's free prints it, in KiB. */
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/tools/procfile.h"

static const struct program program = {
	.name = "free", .purpose = "memory and swap: total, used, free, in KiB", .words = "",
};

int main(int argc, char **argv, char **envp)
{
	char *text;

	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: free (try free --help)\n");
	text = proc_text("free", "/proc/meminfo");
	uint32_t total = proc_value(text, "MemTotal"), unused = proc_value(text, "MemFree");
	uint32_t cache = proc_value(text, "Buffers") + proc_value(text, "Cached");
	uint32_t swap = proc_value(text, "SwapTotal"), swap_free = proc_value(text, "SwapFree");
	printf("%7s%12s%12s%12s%12s%12s%12s\n", "", "total", "used", "free", "shared",
	       "buff/cache", "available");
	printf("%-7s%12u%12u%12u%12u%12u%12u\n", "Mem:", total, total - unused - cache, unused,
	       proc_value(text, "Shmem"), cache, proc_value(text, "MemAvailable"));
	printf("%-7s%12u%12u%12u\n", "Swap:", swap, swap - swap_free, swap_free);
	return 0;
}
