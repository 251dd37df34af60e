"""The launcher's parts. Reading order: cli, run, machine, qemu, guestroot, record, report."""
