# Clockhand: the kernel, its image, its user programs and its tests. `make help` tells the targets.
#
# Each target for people first lets tools/setup.sh see that the machine has the tools, then
# calls this Makefile again for the files. `make CC=clang` builds with clang.

ifeq ($(origin CC),default)
CC := gcc
endif
LD := ld
NASM := nasm

# One short line a file; V=1 shows whole commands.
Q := $(if $(filter 1,$(V)),,@)
say = @printf '  %-5s %s\n' $(1) $(2)

KERNEL_CFLAGS := -m32 -march=i686 -std=gnu11 -ffreestanding -fno-pic -fno-pie -fno-common \
	-fno-stack-protector -mgeneral-regs-only -fno-omit-frame-pointer \
	-fno-asynchronous-unwind-tables -fno-strict-aliasing -O2 -g -mregparm=3 \
	-freg-struct-return -Wall -Wextra -Werror -Wframe-larger-than=512 -I. -Imm/x86/include
KERNEL_LDFLAGS := -m elf_i386 -T linker.ld --orphan-handling=error --build-id=none -z noexecstack

# Flat lists, a folder each, from the lowest floor up (tools/lint holds them).
LIB := lib/string.c lib/format.c lib/bitmap.c lib/tree.c lib/div64.c lib/decay.c
BASE := kernel/base/panic.c kernel/base/log.c kernel/base/symbols.c kernel/base/sleep.c
CPU := kernel/x86/cpu.c kernel/x86/entry.asm kernel/x86/switch.asm kernel/x86/vector.c \
	kernel/x86/irq.c
DRIVERS := drivers/serial.c drivers/vga.c drivers/vga_grid.c drivers/keyboard.c drivers/pic.c \
	drivers/block.c drivers/pit.c drivers/ramdisk.c drivers/fw_cfg.c drivers/debug_exit.c \
	drivers/debugcon.c
MACHINE := mm/x86/pmap.c mm/x86/pmap_kernel.c mm/x86/pmap_walk.c mm/x86/segment.c
POLICY := mm/policy/policy.c mm/policy/ring.c mm/policy/queue.c mm/policy/clock.c mm/policy/fifo.c \
	mm/policy/second_chance.c mm/policy/enhanced_clock.c mm/policy/rank.c mm/policy/nru.c \
	mm/policy/lru.c mm/policy/lfu.c mm/policy/wsclock.c mm/policy/random.c mm/policy/sieve.c \
	mm/policy/2q.c
MM := mm/mmstat.c mm/trace.c mm/history.c mm/frame.c mm/slab.c mm/slab_debug.c mm/kmalloc.c \
	mm/vmalloc.c mm/rmap.c mm/vma.c mm/object.c mm/swap.c $(POLICY) mm/allot.c mm/allot_rate.c \
	mm/page.c mm/reclaim.c mm/pagein.c mm/aspace/lock.c mm/aspace/space.c mm/aspace/map.c \
	mm/aspace/move.c mm/aspace/code.c mm/aspace/paged.c mm/filepage.c mm/refault.c \
	mm/fault_plan.c mm/fault.c mm/aspace/advise.c mm/user.c mm/partition/partition.c \
	mm/partition/partition_move.c mm/partition/contiguous.c mm/partition/contiguous_map.c \
	mm/framemap.c mm/check.c
PROC := kernel/proc/process.c kernel/proc/process_check.c kernel/proc/pid.c kernel/proc/oom.c \
	kernel/proc/deferred.c kernel/proc/sched.c kernel/proc/sched_channel.c \
	kernel/proc/account.c kernel/proc/timer.c kernel/proc/itimer.c kernel/proc/wallclock.c \
	kernel/proc/timespec.c kernel/proc/fork.c kernel/proc/thread.c kernel/proc/exit.c \
	kernel/proc/wait.c kernel/proc/signal.c kernel/proc/signal_queue.c \
	kernel/proc/signal_actions.c kernel/proc/futex.c kernel/proc/limits.c kernel/proc/shm.c \
	kernel/proc/load_control.c
FS := kernel/fs/vfs.c kernel/fs/process_fs.c kernel/fs/cpio.c kernel/fs/inode.c kernel/fs/dir.c \
	kernel/fs/path.c kernel/fs/namei.c kernel/fs/tmpfs.c kernel/fs/tmpfs_data.c \
	kernel/fs/file.c kernel/fs/io.c kernel/fs/open.c kernel/fs/mount.c kernel/fs/device.c \
	kernel/fs/tty.c kernel/fs/tty_owner.c kernel/fs/pipe.c kernel/fs/poll.c kernel/fs/pmem.c \
	kernel/fs/fs_check.c
EXEC := kernel/exec/exec.c kernel/exec/elf.c kernel/exec/script.c kernel/exec/strings.c \
	kernel/exec/stack.c kernel/exec/signal_page.c
PROCFS := kernel/procfs/text.c kernel/procfs/proc.c kernel/procfs/proc_root.c \
	kernel/procfs/proc_process.c kernel/procfs/proc_maps.c kernel/procfs/proc_memory.c \
	kernel/procfs/proc_peek.c kernel/procfs/proc_pressure.c kernel/procfs/proc_paging.c \
	kernel/procfs/proc_segments.c kernel/procfs/proc_sys.c kernel/procfs/proc_memmap.c \
	kernel/procfs/proc_sys_paging.c kernel/procfs/proc_alloc.c kernel/procfs/proc_pages.c \
	kernel/procfs/proc_frames.c kernel/procfs/proc_walk.c kernel/procfs/proc_walk_tables.c \
	kernel/procfs/proc_small.c kernel/procfs/proc_vmstat.c
WATCH := kernel/watch/pressure.c kernel/watch/loadavg.c kernel/watch/reference.c \
	kernel/watch/trace_log.c kernel/watch/trace_port.c kernel/watch/mapview.c \
	kernel/watch/legend.c kernel/watch/mapview_draw.c kernel/watch/explain.c \
	kernel/watch/explain_panic.c kernel/watch/result.c
TRAP := kernel/trap/trap.c kernel/trap/page_fault.c kernel/trap/attend.c kernel/trap/signal_act.c \
	kernel/trap/signal_frame.c kernel/trap/signal_fpu.c kernel/trap/opcode.c \
	kernel/trap/operand.c kernel/trap/segment_report.c
SYSCALLS := kernel/syscall/syscall.c kernel/syscall/syscall_table.c \
	kernel/syscall/syscall_process.c kernel/syscall/syscall_thread.c \
	kernel/syscall/syscall_signal.c kernel/syscall/syscall_kill.c \
	kernel/syscall/syscall_timer.c kernel/syscall/syscall_poll.c kernel/syscall/syscall_file.c \
	kernel/syscall/syscall_path.c kernel/syscall/syscall_names.c kernel/syscall/syscall_attr.c \
	kernel/syscall/syscall_io.c kernel/syscall/syscall_content.c kernel/syscall/syscall_stat.c \
	kernel/syscall/syscall_mm.c kernel/syscall/syscall_vm.c kernel/syscall/syscall_shm.c \
	kernel/syscall/syscall_time.c kernel/syscall/syscall_info.c \
	kernel/syscall/syscall_limits.c
DISPATCH := kernel/partition/config.c kernel/partition/dispatch.c kernel/partition/load.c \
	kernel/partition/reloc.c kernel/partition/proc_partition.c
BOOT := boot/header.asm boot/boot.asm boot/multiboot2.c boot/memmap.c boot/placement.c
TOP := kernel/main.c kernel/first.c kernel/cmdline.c kernel/selftest.c kernel/failtest.c \
	kernel/check.c
SELFTESTS := tests/kernel/scratch.c tests/kernel/program.c tests/kernel/emulator.c \
	tests/kernel/test_frame.c tests/kernel/test_slab.c tests/kernel/test_vmalloc.c \
	tests/kernel/test_fault.c tests/kernel/test_mmu.c tests/kernel/test_swap.c \
	tests/kernel/test_policy.c tests/kernel/test_segment.c tests/kernel/test_segment_probe.c \
	tests/kernel/test_segment_table.c tests/kernel/test_partition.c \
	tests/kernel/test_contiguous.c tests/kernel/test_fs.c tests/kernel/test_mapview.c \
	tests/kernel/test_explain.c tests/kernel/test_bench.c tests/kernel/test_walk.c \
	tests/kernel/test_proc.c

SOURCES := $(BOOT) $(TOP) $(BASE) $(CPU) $(TRAP) $(PROC) $(EXEC) $(WATCH) $(DISPATCH) $(SYSCALLS) \
	$(FS) $(PROCFS) $(DRIVERS) $(LIB) $(MM) $(MACHINE) $(SELFTESTS)
OBJECTS := $(SOURCES:%=build/kernel/%.o)

# Arguments for a second make: as many jobs as there are CPUs, unless the caller has said how many.
AGAIN = @$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: all run busybox test debug debug-replay bench demo-thrash lint coverage fuzz mutants \
	clean help image pictures FORCE
.DELETE_ON_ERROR:

all:
	@tools/setup.sh build
	$(AGAIN) image

# What lies over the guest's root in `make run`: busybox where it was fetched, then ROOT=folder.
RUN_ROOTS = $(patsubst %/,--root %,$(wildcard build/debian/busybox/)) $(if $(ROOT),--root '$(ROOT)')

run:
	@tools/setup.sh run
	$(AGAIN) image
	@tools/clockhand shell --append partitions=2560K $(if $(SCREEN),--display $(SCREEN)) \
		$(RUN_ROOTS)

# Debian's busybox as the shell of `make run`, fetched once, unmodified.
busybox:
	@tests/debian/busybox-root.sh

test:
	@tools/setup.sh test
	$(AGAIN) image
	@tests/run.sh

debug:
	@tools/setup.sh debug
	$(AGAIN) image
	@tools/clockhand debug

# What is recorded: PROGRAM with its arguments, on a machine by DEBUG_OPTIONS.
PROGRAM := /bin/pagesort
DEBUG_OPTIONS := --ram 16M --frames 64 --swap 8M

debug-replay:
	@GDB= tools/setup.sh debug
	$(AGAIN) image
	@tools/clockhand debug --replay $(DEBUG_OPTIONS) -- $(PROGRAM)

bench:
	@tools/setup.sh bench
	$(AGAIN) image
	@tools/clockhand bench

demo-thrash:
	@tools/setup.sh bench
	$(AGAIN) image
	@tools/clockhand demo-thrash $(if $(PLOT),--plot '$(PLOT)')

lint:
	@tools/setup.sh lint
	@tools/lint

# The screenshots of docs/pictures.
pictures:
	@tools/setup.sh run
	$(AGAIN) image
	@tools/pictures

coverage:
	@tools/setup.sh coverage
	$(AGAIN) host-coverage

fuzz:
	@tools/setup.sh fuzz
	$(AGAIN) host-fuzz

# Faults planted in the kernel, one after the other: does an assertion find each?
mutants:
	@tools/setup.sh run
	$(AGAIN) image
	@tests/mutants.py

clean:
	rm -rf build

help:
	@echo 'make            build/clockhand.elf and build/clockhand.iso'
	@echo 'make run        boot into the shell on this terminal (Ctrl-A x leaves)'
	@echo '                (ROOT=FOLDER: over the root; SCREEN=gtk or vnc=:0: its screen)'
	@echo 'make busybox    get busybox-static by apt: from then on the shell of make run'
	@echo 'make test       every test: on the host, in the kernel, whole boots'
	@echo 'make debug      QEMU stopped at its first instruction, and gdb'
	@echo '                (GDB=none: the stub alone; GDBPORT=1234)'
	@echo 'make debug-replay  record a run of PROGRAM, then gdb that can go backwards in it'
	@echo 'make bench      what memory operations cost, beside Linux'
	@echo 'make demo-thrash  too many processes for memory, with load control and without'
	@echo '                (PLOT=FILE.svg draws FILE-throughput.svg and FILE-useful.svg)'
	@echo 'make pictures   the screenshots in docs/pictures, made anew'
	@echo 'make policy-table  every policy on every workload, into docs/policies.md'
	@echo 'make host-tests  the host tests alone (TESTS="frame_*"; HOSTCC=clang)'
	@echo 'make lint       floors, sizes and style'
	@echo 'make coverage   which lines the host tests reach'
	@echo 'make fuzz       the host fuzzers, for a while'
	@echo 'make mutants    plant faults in the kernel and see its assertions find them'
	@echo 'make clean      remove build/'
	@echo 'CC=clang builds with clang; V=1 shows the commands.'

image: build/clockhand.iso

# --- the kernel ---

build/kernel/%.c.o: %.c build/kernel/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CFLAGS) -MMD -MP -c $< -o $@

build/kernel/%.asm.o: %.asm
	$(call say,NASM,$<)
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -g -F dwarf -MD $(@:.o=.d) -MP $< -o $@

# Changes only when the compiler or its flags do.
build/kernel/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(KERNEL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(KERNEL_CFLAGS)' > $@

# Linked twice: the second time with the names of the functions that the first one placed
# (kernel/base/symbols.c).  $$2 is a symbol's kind, t or T for code.
build/kernel/nameless.elf: $(OBJECTS) linker.ld
	$(Q)$(LD) $(KERNEL_LDFLAGS) $(OBJECTS) -o $@

build/kernel/symbols.asm: build/kernel/nameless.elf
	$(Q)nm -n $< | awk '$$2 ~ /^[tT]$$/ { n++; at[n] = $$1; name[n] = $$3 } \
		END { print "section .symbols progbits alloc noexec nowrite align=4"; \
		print "start:\tdd " n; \
		for (i = 1; i <= n; i++) print "\tdd 0x" at[i] " - 0xc0100000, name" i " - start"; \
		for (i = 1; i <= n; i++) print "name" i ":\tdb \"" name[i] "\", 0" }' > $@

build/kernel/symbols.o: build/kernel/symbols.asm
	$(Q)$(NASM) -f elf32 $< -o $@

build/clockhand.elf: build/kernel/nameless.elf build/kernel/symbols.o
	$(call say,LD,$@)
	$(Q)$(LD) $(KERNEL_LDFLAGS) $(OBJECTS) build/kernel/symbols.o -o $@

# --- the image ---

# What it takes to find and load a kernel on a CD; the full set makes the image ten times as large.
GRUB_MODULES := biosdisk iso9660 normal multiboot2 test echo serial terminal sleep halt

build/clockhand.iso: build/clockhand.elf build/initrd.cpio $(shell find iso -type f)
	$(call say,IMAGE,$@)
	$(Q)rm -rf build/iso
	$(Q)mkdir -p build/iso
	$(Q)cp -R iso/. build/iso/
	$(Q)objcopy --strip-all build/clockhand.elf build/iso/boot/clockhand.elf
	$(Q)cp build/initrd.cpio build/iso/boot/initrd.cpio
	$(Q)grub-mkrescue -d /usr/lib/grub/i386-pc --install-modules="$(GRUB_MODULES)" \
		--locales= --fonts= --themes= -o $@ build/iso >build/grub-mkrescue.log 2>&1 \
		|| { cat build/grub-mkrescue.log; exit 1; }

# --- replaying reference strings: the kernel's policies as a program of the host ---

REPLAY := tools/replay/replay.c tools/replay/exact.c tools/replay/kernel.c $(POLICY) mm/trace.c
REPLAY_CFLAGS := -std=gnu11 -O2 -g -fno-strict-aliasing -I. -Itests/host/include -Wall -Wextra \
	-Werror

# Headers are few and small here: any change builds all of it again.
build/replay: $(REPLAY) $(wildcard tools/replay/*.h mm/policy/*.h) mm/frame.h mm/trace.h lib/list.h
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(REPLAY_CFLAGS) $(REPLAY) -o $@

# Every policy on every workload, into docs/policies.md and docs/pictures.
.PHONY: policy-table
policy-table: image
	$(Q)tools/policy-table

include user/user.mk
-include tests/host/host.mk
-include $(OBJECTS:.o=.d)
