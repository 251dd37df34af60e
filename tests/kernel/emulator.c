/* Asking the CPU which emulator it is. */
#include "tests/kernel/emulator.h"

#include "kernel/selftest.h"
#include "kernel/x86/cpu.h"

enum { CPUID_HYPERVISOR = 0x40000000 };

bool emulator_ignores_limits(void)
{
	struct cpuid id = cpu_id(CPUID_HYPERVISOR, 0);
	/* "TCGTCGTCGTCG" is QEMU's emulation. */
	bool tcg = id.ebx == 0x54474354 && id.ecx == 0x43544743;
	if (tcg)
		selftest_skip("QEMU does not check segment limits");
	return tcg;
}
