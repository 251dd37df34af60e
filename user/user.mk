# User programs and the archive they travel in. Included by the top Makefile; needs CC.
#
# Every program is an ordinary static Linux i386 executable, built as anybody would build one; the
# same files run on Linux. One list of names per kind; a program's source is KIND/NAME.c, and what
# it needs besides stands in OBJECTS_NAME.
#
#   build/user/elf/NAME      with debug information, for gdb
#   build/user/root/         the guest's file tree, without it
#   build/initrd.cpio        that tree as a cpio archive, the same bytes on every build

USER_TOOLS := args cat echo false hello kill ls sleep true uname wc
USER_DEMOS := bench bigprog forkstorm hashtable hostile matrix nullderef pagesort probe stackgrow touchpages
USER_TESTS := bad-pointers brk copy-swapped dup exec faults files files-big files-map files-names \
	files-write fork-cow fork-swapped fpu heap mmap \
	mprotect page-linear page-merge page-parallel page-shuffle pipe preempt proc registers shared \
	signals stack wait zero-fill
USER_SCRIPTS := demos shell

USER_LIB := user/lib/crt0.asm user/lib/syscall.asm user/lib/syscall.c user/lib/runtime.c \
	user/lib/print.c user/lib/messages.c user/lib/heap.c user/lib/options.c \
	user/lib/directory.c lib/string.c lib/format.c lib/div64.c

SOURCES_sh := user/sh/sh.c user/sh/line.c user/sh/complete.c user/sh/parse.c user/sh/expand.c \
	user/sh/run.c user/sh/job.c user/sh/builtin.c user/sh/help.c
SOURCES_init := user/init.c
EXTRA_fpu := tests/user/fpu_registers.asm
EXTRA_registers := tests/user/registers_entry.asm
LDFLAGS_registers := -Wl,-e,registers_entry
EXTRA_bench := user/demo/bench_calls.asm
EXTRA_bigprog := user/demo/bigprog_pages.asm
EXTRA_touchpages := user/demo/touchpages_data.asm
EXTRA_hostile := user/demo/hostile_cases.asm

USER_CFLAGS := -m32 -march=i686 -std=gnu11 -ffreestanding -fno-pic -fno-pie -fno-common \
	-fno-stack-protector -fno-asynchronous-unwind-tables -fno-strict-aliasing -O2 -g \
	-Wall -Wextra -Werror -I.
USER_LDFLAGS := -m32 -static -nostdlib -no-pie -Wl,--build-id=none -Wl,-z,noexecstack

USER_PROGRAMS := init sh $(USER_TOOLS) $(USER_DEMOS) $(USER_TESTS:%=tests/%)
user_objects = $(patsubst %,build/user/%.o,$(1))
user_sources = $(USER_LIB) $(or $(SOURCES_$(1)),$(wildcard user/tools/$(1).c user/demo/$(1).c) \
	$(if $(filter tests/%,$(1)),tests/user/$(notdir $(1)).c tests/user/testing.c)) $(EXTRA_$(notdir $(1)))

.PHONY: user user-check
user: build/initrd.cpio

# The user programs' tests on this machine's own kernel, which must be Linux on x86.
user-check: build/initrd.cpio
	tests/user/run-on-host.sh

build/user/%.c.o: %.c
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -MMD -MP -c $< -o $@

build/user/%.asm.o: %.asm
	@mkdir -p $(@D)
	nasm -f elf32 -g -F dwarf -MD $(@:.o=.d) -MP $< -o $@

define user_program
build/user/elf/$(1): $(call user_objects,$(call user_sources,$(1)))
	@mkdir -p $$(@D)
	$$(CC) $$(USER_LDFLAGS) $$(LDFLAGS_$(notdir $(1))) $$^ -o $$@
USER_OBJECTS += $(call user_objects,$(call user_sources,$(1)))
endef
USER_OBJECTS :=
$(foreach p,$(USER_PROGRAMS),$(eval $(call user_program,$(p))))
-include $(patsubst %.o,%.d,$(sort $(USER_OBJECTS)))

# Times and owners are fixed, names sorted: no trace of who built it and when.
build/initrd.cpio: $(USER_PROGRAMS:%=build/user/elf/%) $(wildcard user/root/etc/* tests/user/data/*) \
		$(USER_SCRIPTS:%=tests/user/%.sh) user/user.mk
	rm -rf build/user/root
	mkdir -p $(addprefix build/user/root/,bin sbin tests dev etc proc tmp)
	cp user/root/etc/* build/user/root/etc/
	for s in $(USER_SCRIPTS); do cp tests/user/$$s.sh build/user/root/tests/$$s || exit 1; done
	cp -r tests/user/data build/user/root/tests/
	for p in $(filter-out init,$(USER_PROGRAMS)); do case $$p in tests/*) d=$$p;; *) d=bin/$$p;; esac; \
		objcopy --strip-debug build/user/elf/$$p build/user/root/$$d || exit 1; done
	objcopy --strip-debug build/user/elf/init build/user/root/sbin/init
	chmod -R u=rwX,go=rX build/user/root
	chmod 1777 build/user/root/tmp
	find build/user/root -exec touch -h -d @0 {} +
	cd build/user/root && LC_ALL=C && export LC_ALL && find . -mindepth 1 | sed 's,^\./,,' | sort \
		| cpio --quiet --reproducible -o -H newc -R 0:0 > ../../initrd.cpio
