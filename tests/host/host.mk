# Tests of the kernel's code on the host, on a simulated machine under sanitizers.
#
#   make host-tests                       all of them
#   make host-tests TESTS='frame_*'       by name
#   make host-tests HOSTCC=clang          the same with clang
#   make host-coverage                    which lines of lib/ and mm/ they run
#   make host-fuzz FUZZ_RUNS=1000000      the fuzzers, with clang
#   build/host/gcc/test_frame -d NAME     one test, in one process, for a debugger

HOSTCC ?= gcc
HOST := build/host/$(notdir $(HOSTCC))
HOST_MODE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
HOST_CFLAGS := -m32 -std=gnu11 -g -fno-omit-frame-pointer -fno-strict-aliasing \
	-I. -Itests/host/include -Wall -Wextra -Werror $(HOST_MODE)
HOST_WRAPPED := frame_alloc frame_free slab_alloc kmalloc kzalloc krealloc \
	pmap_kernel_map pmap_kernel_unmap pmap_mapping_next
HOST_LDFLAGS := $(HOST_WRAPPED:%=-Wl,--wrap=%)

# The kernel's side as the kernel has it; then the simulated machine, and what tests share.
HOST_SOURCES := $(LIB) kernel/base/sleep.c drivers/block.c kernel/fs/io.c $(MM) $(MACHINE) \
	$(filter-out tests/host/test_%.c,$(wildcard tests/host/*.c))
HOST_OBJECTS := $(HOST_SOURCES:%=$(HOST)/%.o)
HOST_TESTS := $(patsubst tests/host/%.c,$(HOST)/%,$(wildcard tests/host/test_*.c))

.PHONY: host-tests host-build host-coverage host-fuzz
.SECONDARY: $(HOST_OBJECTS) $(HOST_TESTS:$(HOST)/%=$(HOST)/tests/host/%.c.o)

host-build: $(HOST_TESTS)

# Two at a time; each prints its whole output when it is done.
host-tests: host-build
	@printf '%s\n' $(HOST_TESTS) | xargs -P 2 -I{} sh -c \
		'{} $(TESTS:%="%") > {}.log 2>&1; status=$$?; cat {}.log; exit $$status'

# Changes only when the compiler or its flags do.
$(HOST)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(HOSTCC) $(HOST_CFLAGS)' | cmp -s - $@ || echo '$(HOSTCC) $(HOST_CFLAGS)' > $@

$(HOST)/%.c.o: %.c $(HOST)/flags
	@mkdir -p $(@D)
	$(call say,HOST,$<)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -MMD -MP -c $< -o $@

# The names belong to the host's C library there; test_lib calls these.
HOST_STRING := memcpy memmove memset memcmp strlen strnlen strcmp strncmp strchr strrchr
HOST_DIV64 := __udivdi3 __umoddi3 __udivmoddi4 __divdi3 __moddi3
$(HOST)/lib/string.c.o: HOST_CFLAGS += -fno-builtin $(foreach f,$(HOST_STRING),-D$(f)=kernel_$(f))
$(HOST)/lib/div64.c.o: HOST_CFLAGS += $(foreach f,$(HOST_DIV64),-D$(f)=kernel$(f))

$(HOST)/%: $(HOST)/tests/host/%.c.o $(HOST_OBJECTS)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(HOST_LDFLAGS) $^ -o $@

# Includes mm/frame.c, to see its statics.
$(HOST)/test_frame: $(HOST)/tests/host/test_frame.c.o $(filter-out %/mm/frame.c.o,$(HOST_OBJECTS))
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(HOST_LDFLAGS) $^ -o $@

-include $(HOST_OBJECTS:.o=.d) $(HOST_TESTS:$(HOST)/%=$(HOST)/tests/host/%.c.d)

# What runs before there is memory.
$(HOST)/test_memmap: $(HOST)/boot/memmap.c.o $(HOST)/boot/multiboot2.c.o
$(HOST)/test_cmdline: $(HOST)/kernel/cmdline.c.o
$(HOST)/test_operand: $(HOST)/kernel/trap/operand.c.o $(HOST)/kernel/trap/opcode.c.o

# The same tests without sanitizers, counted.
host-coverage:
	rm -rf build/host/coverage
	@$(MAKE) --no-print-directory HOSTCC=gcc HOST=build/host/coverage \
		HOST_MODE='-O0 --coverage -Wl,-u,__gcov_dump' host-tests
	@gcov -t $$(find build/host/coverage -name '*.gcda') 2>/dev/null | \
		awk -f tests/host/coverage.awk

FUZZ_RUNS := 1000000
build/host/fuzz/%: tests/host/fuzz/%.c mm/frame.c mm/frame.h
	@mkdir -p $(@D)
	clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I. \
		-Itests/host/include -Wall -Wextra -Werror $< -o $@

host-fuzz: build/host/fuzz/fuzz_frame
	@mkdir -p build/host/fuzz/corpus_frame
	build/host/fuzz/fuzz_frame -runs=$(FUZZ_RUNS) -seed=1 -max_len=256 \
		-verbosity=0 -print_final_stats=1 \
		-artifact_prefix=build/host/fuzz/ build/host/fuzz/corpus_frame
