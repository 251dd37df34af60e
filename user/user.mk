# User programs and the archive they travel in. Included by the top Makefile; needs CC, NASM, Q, say
# and FORCE.
#
# Every program is an ordinary static Linux i386 executable, built as anybody would build one; the
# same files run on Linux. One list of names a kind. A program's source is in its kind's folder;
# what it needs besides stands in EXTRA_NAME, what its link needs in LDFLAGS_NAME.
#
#   build/user/elf/NAME      with debug information, for gdb
#   build/user/root/         the guest's file tree, without it
#   build/initrd.cpio        that tree as a cpio archive, the same bytes on every build

USER_TOOLS := args cat echo false hello kill ls memmap policy partition partitions sleep true \
	uname wc
USER_DEMOS := bench beyond bigprog demo-partitions forkstorm hashtable hostile matrix neighbours \
	nullderef pagesort pattern phases probe rollstorm segprobe stackgrow thrash switching \
	tally touchpages
USER_TESTS := advice bad-pointers brk code copy-swapped counters cputime dup exec faults files \
	files-big files-map files-names files-write fork-cow fork-swapped fpu heap jobs limits \
	mmap mprotect mremap page-linear page-merge page-parallel page-shuffle pipe poll \
	positions preempt proc programs registers shared shm signal-calls signal-forged \
	signal-handlers signal-info signal-stack signals single-step stack threads timers tls \
	wait zero-fill
USER_SCRIPTS := demos shell

# The monitor: what shows memory at work. Each reads /proc.
USER_MONITOR := buddy clock demo frames free hierarchy maps ps slabs swap walk
USER_GUIDED := demo-clock demo-cow demo-paging demo-residency
USER_DEMOS += $(USER_GUIDED)
USER_TESTS += pagemap

USER_LIB := user/lib/crt0.asm user/lib/syscall.asm user/lib/syscall.c user/lib/runtime.c \
	user/lib/print.c user/lib/messages.c user/lib/heap.c user/lib/options.c \
	user/lib/directory.c user/lib/thread.c user/lib/thread_clone.asm \
	lib/string.c lib/format.c lib/div64.c

EXTRA_sh := user/sh/line.c user/sh/complete.c user/sh/parse.c user/sh/expand.c user/sh/run.c \
	user/sh/job.c user/sh/builtin.c user/sh/help.c
EXTRA_partitions := user/lib/region.c
EXTRA_demo-partitions := user/lib/region.c user/demo/tally_child.c
$(foreach p,$(USER_MONITOR) $(USER_GUIDED),$(eval EXTRA_$(p) := user/tools/procfile.c))
EXTRA_hierarchy += user/tools/hierarchy_cpu.asm
EXTRA_rollstorm := user/lib/region.c user/demo/tally_child.c
EXTRA_bench := user/demo/bench_calls.asm
EXTRA_bigprog := user/demo/bigprog_pages.asm
EXTRA_hostile := user/demo/hostile_cases.asm
EXTRA_segprobe := user/demo/segprobe_access.asm
EXTRA_neighbours := user/demo/settings.c
EXTRA_switching := user/demo/settings.c
EXTRA_touchpages := user/demo/touchpages_data.asm
EXTRA_fpu := tests/user/fpu_registers.asm
EXTRA_registers := tests/user/registers_entry.asm
LDFLAGS_registers := -Wl,-e,registers_entry
EXTRA_single-step := tests/user/step_instructions.asm
EXTRA_signal-info := tests/user/fault_instructions.asm
# One program, bound at three times (docs/partitions.md). The movable one is linked from the same
# objects: i386 can relocate their code too.
LINK_LOW := -Wl,-Ttext-segment=0x1000
LINK_PIE := -Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,notext
LDFLAGS_beyond := $(LINK_LOW)
LDFLAGS_tally-low := $(LINK_LOW)
LDFLAGS_tally-pie := $(LINK_PIE)
LDFLAGS_tally-fixed := -Wl,-Ttext-segment=0x80100000
EXTRA_signal-forged := tests/user/forged_flags.asm

USER_CFLAGS := -m32 -march=i686 -std=gnu11 -ffreestanding -fno-pic -fno-pie -fno-common \
	-fno-stack-protector -fno-asynchronous-unwind-tables -fno-strict-aliasing -O2 -g \
	-ffunction-sections -fdata-sections \
	-Wall -Wextra -Werror -I.
USER_LDFLAGS := -m32 -static -nostdlib -Wl,--build-id=none -Wl,-z,noexecstack -Wl,--gc-sections

.PHONY: user user-check
user: build/initrd.cpio

# The same tests on this machine's own kernel, which must be Linux on x86.
user-check: build/initrd.cpio
	tests/user/run-on-host.sh

# --- programs ---

# Changes only when the compiler or its flags do.
build/user/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(USER_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(USER_CFLAGS)' > $@

build/user/%.c.o: %.c build/user/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) -MMD -MP -c $< -o $@

build/user/%.asm.o: %.asm
	$(call say,NASM,$<)
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -g -F dwarf -MD $(@:.o=.d) -MP $< -o $@

# $(call user_program,PATH,SOURCES): the program that the guest sees as /PATH.
define user_program
USER_PATHS += $(1)
USER_OBJECTS += $(2:%=build/user/%.o)
build/user/elf/$(notdir $(1)): $(patsubst %,build/user/%.o,$(USER_LIB) $(2) $(EXTRA_$(notdir $(1))))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(USER_LDFLAGS) $$(LDFLAGS_$(notdir $(1))) $$^ -o $$@
endef

USER_PATHS :=
USER_OBJECTS := $(USER_LIB:%=build/user/%.o)
$(eval $(call user_program,sbin/init,user/init.c))
$(eval $(call user_program,bin/sh,user/sh/sh.c $(EXTRA_sh)))
$(foreach p,$(USER_TOOLS),$(eval $(call user_program,bin/$(p),user/tools/$(p).c)))
$(foreach p,$(USER_MONITOR),$(eval $(call user_program,bin/$(p),user/tools/$(p).c)))
$(foreach p,$(USER_DEMOS),$(eval $(call user_program,bin/$(p),user/demo/$(p).c)))
$(foreach p,$(USER_TESTS),\
	$(eval $(call user_program,tests/$(p),tests/user/$(p).c tests/user/testing.c)))
$(foreach p,tally-low tally-pie tally-fixed,\
	$(eval $(call user_program,bin/$(p),user/demo/tally.c)))
-include $(patsubst %.o,%.d,$(sort $(USER_OBJECTS)))

# --- the archive ---

USER_ELFS := $(foreach p,$(USER_PATHS),build/user/elf/$(notdir $(p)))
USER_ETC := $(wildcard user/root/etc/*)

# Files that look like programs and are none, for the test "exec".
define user_no_programs
	$(Q)mkdir -p $(1)
	$(Q): > $(1)/empty
	$(Q)printf 'hello\n' > $(1)/text
	$(Q)printf '\177ELF' > $(1)/elf-cut
	$(Q){ printf '\177ELF\1\1\1'; head -c 57 /dev/zero; } > $(1)/elf-zeroes
	$(Q)chmod +x $(1)/*
	$(Q)tests/user/make-programs.py $(1)/programs /tests/data/programs
endef

# Times and owners are fixed, names sorted: no trace of who built it and when.
build/initrd.cpio: $(USER_ELFS) $(USER_ETC) $(USER_SCRIPTS:%=tests/user/%.sh) user/user.mk \
		tests/user/make-programs.py
	$(call say,CPIO,$@)
	$(Q)rm -rf build/user/root
	$(Q)mkdir -p $(addprefix build/user/root/,bin sbin tests dev etc proc tmp)
	$(Q)cp $(USER_ETC) build/user/root/etc/
	$(Q)for p in $(USER_PATHS); do \
		objcopy --strip-all build/user/elf/$${p##*/} build/user/root/$$p || exit 1; done
	$(Q)for s in $(USER_SCRIPTS); do \
		cp tests/user/$$s.sh build/user/root/tests/$$s || exit 1; done
	$(Q)$(call user_no_programs,build/user/root/tests/data)
	$(Q)chmod -R u=rwX,go=rX build/user/root
	$(Q)chmod 1777 build/user/root/tmp
	$(Q)find build/user/root -exec touch -h -d @0 {} +
	$(Q)cd build/user/root && find . -mindepth 1 | cut -c 3- | LC_ALL=C sort \
		| cpio --quiet --reproducible -o -H newc -R 0:0 > ../../initrd.cpio
