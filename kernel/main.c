/*
 * From the loader to the first process: what is initialized, in which order and why.
 *
 *   1 a voice         serial ports; descriptors and traps, so that a fault is reported
 *   2 what is there   the loader's tags and the command line, into plain structs
 *   3 who gets what   the frame table, the swap area and the launcher's files take their memory
 *   4 memory          frames, page tables, slab caches, kernel ranges: each on the one before
 *   5 a better stack  everything from here on runs on a stack with guard pages
 *   6 paging          areas, objects, address spaces, swap, policy, reclaim
 *   7 processes       as they are, in partitions, with files
 *   8 the outside     clock, keyboard, serial input; then interrupts
 *   9 the work        self-tests, or the first process
 *
 * A step is a function or two, in this order below; kernel_main calls those of the first five, and
 * main_continue, on the better stack, the others. The hooks of lower layers are filled in here: who
 * handles ticks and keys, who keeps state in a process, who describes a panic.
 *
 * Errors before step 9 are the machine's or the user's: with too little memory the machine reports
 * it and halts; a bad word on the command line is reported and ignored.
 */
#include "boot/memmap.h"
#include "boot/multiboot2.h"
#include "boot/placement.h"
#include "drivers/debug_exit.h"
#include "drivers/fw_cfg.h"
#include "drivers/keyboard.h"
#include "drivers/pic.h"
#include "drivers/pit.h"
#include "drivers/ramdisk.h"
#include "drivers/serial.h"
#include "drivers/vga.h"
#include "drivers/vga_grid.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/check.h"
#include "kernel/cmdline.h"
#include "kernel/failtest.h"
#include "kernel/first.h"
#include "kernel/fs/process_fs.h"
#include "kernel/fs/tty.h"
#include "kernel/fs/vfs.h"
#include "kernel/partition/config.h"
#include "kernel/partition/dispatch.h"
#include "kernel/partition/load.h"
#include "kernel/partition/proc_partition.h"
#include "kernel/proc/deferred.h"
#include "kernel/proc/load_control.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/procfs/proc.h"
#include "kernel/proc/wallclock.h"
#include "kernel/selftest.h"
#include "kernel/syscall/syscall.h"
#include "kernel/trap/trap.h"
#include "kernel/watch/explain.h"
#include "kernel/watch/loadavg.h"
#include "kernel/watch/mapview.h"
#include "kernel/watch/result.h"
#include "kernel/watch/trace_port.h"
#include "kernel/x86/cpu.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/aspace/space.h"
#include "mm/history.h"
#include "mm/partition/contiguous.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/vma.h"
#include "mm/vmalloc.h"

#define MAIN_VERSION "0.1"
#define MAIN_4G (1ull << 32)
#define MAIN_PATH "PATH=/usr/bin:/bin:/usr/sbin:/sbin"
enum { MAIN_STACK_PAGES = 4, MAIN_ARGS_MAX = 2048 };

extern const char kernel_start[], kernel_rodata_end[], kernel_end[], boot_discard_end[];
extern const char boot_tags[];
extern const uint32_t boot_tags_bytes;
ASMLINKAGE NORETURN void kernel_main(uint32_t magic);
static ASMLINKAGE NORETURN void main_continue(void);

struct boot_info boot_info;
static struct placement placement;

/* --- a voice --- */

static void main_stop(void)
{
	machine_stop(MACHINE_PANIC);
}

static void main_start_log(void)
{
	log_add_sink(serial_console);
	log_add_sink(vga_write);
	panic_hooks.show_console = vga_grid_close;
	panic_hooks.stop = main_stop;
}

static void main_start_traps(void)
{
	segment_init();
	trap_init();
	syscall_init();
	pic_init();
}

/* --- what is there --- */

static paddr_t main_physical(const char *symbol)
{
	return virt_to_phys(symbol);
}

/* Without large pages the boot directory's tables are in use until pmap_init. */
static bool main_boot_tables_used(void)
{
	return !(cpu_features() & CPUID_PSE);
}

static void main_read_tags(uint32_t magic)
{
	if (magic != MULTIBOOT2_MAGIC)
		panic("not started by a multiboot2 loader (magic %08x)", magic);
	if (multiboot2_parse(&boot_info, boot_tags, boot_tags_bytes) != 0)
		panic("the loader describes no memory");
	memmap_reserve(&boot_info, 0, PAGE_SIZE); /* the BIOS's own, and "nowhere" for us */
	memmap_reserve(&boot_info, main_physical(kernel_start),
		       main_physical(main_boot_tables_used() ? boot_discard_end : kernel_end));
	memmap_check(&boot_info);
	if (boot_info.text_screen)
		vga_init();
}

/* The loader's words, then fw_cfg's; the arguments come last (main_arguments). */
static const char *main_read_words(void)
{
	static char words[BOOT_CMDLINE_MAX];
	struct fw_cfg_file file;
	fw_cfg_init();
	cmdline_init(&cmdline);
	const char *arguments = cmdline_parse(&cmdline, boot_info.cmdline);
	if (!fw_cfg_find("opt/org.clockhand/cmdline", &file))
		return arguments;
	uint32_t n = MIN(file.size, sizeof(words) - 1);
	if (n < file.size)
		log_warn("command line: cut after %u characters", n);
	if (fw_cfg_read(&file, virt_to_phys(words), n) != 0)
		return arguments;
	(void)cmdline_parse(&cmdline, words);
	cmdline.more = words;
	return arguments;
}

/* --- who gets what --- */

/* From here on a panic writes the record of the run. */
static void main_place(void)
{
	if (placement_make(&placement, &boot_info, &cmdline) != 0) {
		result_panic();
		machine_stop(MACHINE_PANIC);
	}
	panic_hooks.describe = process_describe;
	panic_hooks.record = result_panic;
	panic_hooks.report = explain_panic;
}

static void main_arguments(const char *words)
{
	static char buf[MAIN_ARGS_MAX];
	if (placement.argv.bytes != 0)
		cmdline_set_blob(&cmdline, phys_to_virt(placement.argv.start),
				 placement.argv.bytes);
	else
		cmdline_set_words(&cmdline, words, buf, sizeof(buf));
}

/* Human-readable bytes: "63.5 MiB". The result is overwritten by the third call after this one. */
static const char *main_mib(uint64_t bytes)
{
	static char texts[3][16];
	static unsigned next;
	char *text = texts[next];
	next = (next + 1) % ARRAY_SIZE(texts);
	uint32_t tenths = (uint32_t)(bytes >> 10) * 10 / 1024;
	format_string(text, sizeof(texts[0]), "%u.%u MiB", tenths / 10, tenths % 10);
	return text;
}

static void main_tell_memory(void)
{
	uint64_t pages = memmap_free(&boot_info, DIRECT_MAX_BYTES);
	uint64_t beyond = memmap_free(&boot_info, MAIN_4G) - pages + boot_info.ram_above_4g;
	log_info("memory: %s of RAM, %s of it for pages, %s for swap",
		 main_mib(memmap_total(&boot_info, MAIN_4G) + boot_info.ram_above_4g),
		 main_mib(pages), main_mib(placement.swap.bytes));
	if (beyond != 0)
		log_info("memory: %s stay unused: they lie beyond the direct map, %s",
			 main_mib(beyond), main_mib(DIRECT_MAX_BYTES));
}

/* --- memory --- */

static void main_start_frames(void)
{
	frame_init(placement.frame_table, placement.nframes);
	struct boot_range r = { 0, 0 };
	while (memmap_next_free(&boot_info, r.end, &r) && r.start < DIRECT_MAX_BYTES)
		frame_add_range((pfn_t)(r.start >> PAGE_SHIFT),
				(pfn_t)(MIN(r.end, DIRECT_MAX_BYTES) >> PAGE_SHIFT));
}

static void main_start_memory(void)
{
	main_start_frames();
	pmap_init(main_physical(kernel_start), main_physical(kernel_rodata_end),
		  (pfn_t)(memmap_top(&boot_info, DIRECT_MAX_BYTES) >> PAGE_SHIFT));
	segment_set_double_fault_directory(pmap_kernel_directory());
	if (main_boot_tables_used())
		frame_add_range(main_physical(kernel_end) >> PAGE_SHIFT,
				main_physical(boot_discard_end) >> PAGE_SHIFT);
	slab_init(cmdline.slab_debug);
	vmalloc_init();
}

/* --- a better stack --- */

/* cpu_switch_stack enters main_continue as a function without a caller. */
static NORETURN void main_change_stack(void)
{
	uint32_t *stack = vmalloc(MAIN_STACK_PAGES);
	if (stack == NULL)
		panic("no memory for the boot context's stack");
	uint32_t *top = stack + MAIN_STACK_PAGES * PAGE_SIZE / sizeof(stack[0]);
	/* edi, esi, ebx, ebp, the entry point, and the return address that ends stack traces. */
	const uint32_t frame[] = { 0, 0, 0, 0, (uint32_t)main_continue, 0 };
	memcpy(top - ARRAY_SIZE(frame), frame, sizeof(frame));
	uint32_t abandoned;
	cpu_switch_stack(&abandoned, (uint32_t)(top - ARRAY_SIZE(frame)));
	panic("the boot stack came back");
}

/* --- paging --- */

static void main_start_policy(void)
{
	static const struct policy_view view = { rmap_test_clear_accessed, rmap_dirty,
						   page_name };
	if (policy_start(cmdline.policy, &view) == 0)
		return;
	log_warn("command line: policy=%s ignored: there is no such policy", cmdline.policy);
	if (policy_start("clock", &view) != 0)
		panic("no policy");
}

static void main_start_paging(void)
{
	history_init();
	vma_init();
	object_init_module();
	aspace_init();
	uint32_t npages = placement.swap.bytes >> PAGE_SHIFT;
	int err = npages > 1 ? swap_init(ramdisk_init(placement.swap.start, npages)) : 0;
	if (err != 0)
		log_error("no swap: error %d", -err);
	main_start_policy();
	reclaim_init(cmdline.frames);
	allot_set_rule(cmdline.pff ? ALLOT_PFF : ALLOT_EQUAL);
	if (reclaim_set_local(cmdline.local))
		panic("no memory for local replacement");
	trace_port_start();
	log_info("paging: %u frames, %u swap slots, policy %s", frame_stats.total,
		 swap_capacity(), policy_name());
	if (cmdline.local)
		log_info("paging: replacement is local, allocation %s",
			 cmdline.pff ? "pff" : "equal");
	if (cmdline.frames != 0)
		log_info("paging: user pages may occupy %u frames", cmdline.frames);
}

/* --- processes --- */

static void main_start_processes(void)
{
	cpu_fpu_init();
	process_init();
	clock_init();
	load_control_set(cmdline.load_control);
	if (cmdline.quantum_ticks != 0)
		sched_set_quantum(cmdline.quantum_ticks);
}

static void main_start_partitions(void)
{
	partition_config_start(&cmdline, placement.partitions.start, placement.partitions.bytes,
			       contiguous_moved);
	dispatch_init();
	partition_load_init();
	proc_partition_init();
}

static void main_start_files(void)
{
	process_fs_init();
	vfs_init();
	proc_init();
	if (placement.overlay.bytes != 0)
		vfs_add_archive("overlay", placement.overlay.start, placement.overlay.bytes);
	vfs_complete();
}

/* --- the outside --- */

static void main_start_view(void)
{
	mapview_begin();
	keyboard_on_f2(mapview_key);
	if (cmdline.memmap && mapview_show(true) != 0)
		log_warn("command line: memmap ignored: no VGA text screen");
}

static void main_disk_work(uint64_t now)
{
	(void)now; /* in ticks; the disk has a finer clock */
	block_work();
}

/* A transfer takes time. It completes by a clock alarm; deferred work does the rest. */
static void main_slow_disk(void)
{
	static struct deferred work = { .work = main_disk_work };
	deferred_add(&work);
	block_set_service(cmdline.disk_delay_us, pit_start_clock(sched_request));
}

static void main_start_outside(void)
{
	pit_init(sched_tick);
	if (cmdline.disk_delay_us != 0)
		main_slow_disk();
	keyboard_init(tty_receive);
	serial_set_receiver(tty_receive);
	main_start_view();
	loadavg_start();
	kernel_check_start(cmdline.check_ticks);
	result_set_check(kernel_check);
	irq_enable();
}

/* --- the work --- */

/* The argument vector, pointing into cmdline.args. */
static const char *const *main_argv(void)
{
	const char **argv = kmalloc((cmdline.nargs + 1) * sizeof(argv[0]));
	if (argv == NULL)
		panic("no memory for the arguments");
	const char *arg = cmdline.args;
	for (uint32_t i = 0; i < cmdline.nargs; i++) {
		argv[i] = arg;
		arg += strlen(arg) + 1;
	}
	argv[cmdline.nargs] = NULL;
	return argv;
}

static NORETURN void main_run_first(void)
{
	static const char *const launched[] = { MAIN_PATH, "HOME=/", "TERM=dumb", NULL };
	static const char *const interactive[] = { MAIN_PATH, "HOME=/", "TERM=vt100", NULL };
	const char *const *argv = main_argv();
	const struct first_program first = {
		.path = argv[0],
		.argv = argv,
		.envp = cmdline.channels_serial ? launched : interactive,
		.channels = cmdline.channels_serial,
		.stdin_start = placement.input.start,
		.stdin_bytes = placement.input.bytes,
	};
	first_run(&first);
}

/* On the stack with guard pages. */
static ASMLINKAGE NORETURN void main_continue(void)
{
	main_start_paging();
	main_start_processes();
	main_start_partitions();
	main_start_files();
	main_start_outside();
	failtest_run(cmdline.test);
	if (cmdline.selftest)
		selftest_run(cmdline.selftest_glob);
	main_run_first();
}

ASMLINKAGE void kernel_main(uint32_t magic)
{
	serial_init();
	main_start_log();
	main_start_traps();
	main_read_tags(magic);
	log_info("Clockhand " MAIN_VERSION ", a kernel that pages");
	const char *arguments = main_read_words();
	main_place();
	main_arguments(arguments);
	main_tell_memory();
	main_start_memory();
	main_change_stack();
}
