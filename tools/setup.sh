#!/bin/sh
# Make this machine ready for a make target: find what is missing, install it, go on.
#
#   tools/setup.sh build|run|test|debug|bench|coverage|fuzz
#
# A tool counts as present when its probe succeeds, however it was installed. What is missing is
# installed with apt-get on Debian and Ubuntu, with sudo where the user is not root; elsewhere the
# list is printed and the status is 1. Nothing is asked. CC=clang adds clang.
set -eu

target=${1:-build}

# Lines of "package probe": a probe is a command's name, a path with wildcards, or a function.
build_needs='
gcc             gcc
make            make
libc6-dev       /usr/include/stdlib.h
gcc-multilib    can_compile_32_bit
nasm            nasm
grub-common     grub-mkrescue
grub-pc-bin     /usr/lib/grub/i386-pc/multiboot2.mod
xorriso         xorriso
mtools          mformat
cpio            cpio
python3         python3'
run_needs='
qemu-system-x86 qemu-system-i386'
debug_needs='
gdb             gdb
qemu-utils      qemu-img'
clang_needs='
clang           clang'
test_needs='
bochs           bochs
bochs-term      /usr/lib/*/bochs/plugins/libbx_term_gui.so
bochsbios       /usr/share/bochs/BIOS-bochs-latest
vgabios         /usr/share/bochs/VGABIOS-lgpl-latest'

can_compile_32_bit()
{
	printf '#include <stdlib.h>\n' | gcc -m32 -E - &&
		[ -e "$(gcc -m32 -print-libgcc-file-name)" ]
}

is_present()
{
	case $1 in
	/*) for path in $1; do [ -e "$path" ] && return 0; done; return 1 ;;
	can_*) command -v gcc && "$1" ;;
	*) command -v "$1" ;;
	esac >/dev/null 2>&1
}

missing_packages()
{
	printf '%s\n' "$1" | while read -r package probe; do
		[ -z "$package" ] || is_present "$probe" || printf ' %s' "$package"
	done
}

install_packages()
{
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		as_root=sudo
		command -v sudo >/dev/null || return 1
	fi
	install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q
		-o DPkg::Lock::Timeout=300 install --no-install-recommends"
	# Package lists may be absent (a fresh container) or too old to be served any more.
	if ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && $install "$@"; then
		return 0
	fi
	$as_root apt-get -q update && $install "$@"
}

case $target in
build | lint) needs=$build_needs ;;
run | bench) needs="$build_needs$run_needs" ;;
debug) needs="$build_needs$run_needs$debug_needs" ;;
coverage | fuzz) needs="$build_needs$run_needs$clang_needs" ;;
test) needs="$build_needs$run_needs$debug_needs$test_needs" ;;
*)
	echo "setup: unknown target '$target'" >&2
	exit 1
	;;
esac
# No debugger is wanted where only the stub is started.
[ "$target" != debug ] || [ "${GDB:-gdb}" != none ] || needs="$build_needs$run_needs"
case ${CC:-} in *clang*) needs="$needs$clang_needs" ;; esac

missing=$(missing_packages "$needs")
[ -n "$missing" ] || exit 0

echo "setup: missing for 'make $target':$missing" >&2
if ! command -v apt-get >/dev/null; then
	echo "setup: not Debian or Ubuntu; install what these packages hold, then try again" >&2
	exit 1
fi
# shellcheck disable=SC2086  # one word per package
if ! install_packages $missing >&2; then
	echo "setup: could not install them; as root: apt-get install$missing" >&2
	exit 1
fi
still=$(missing_packages "$needs")
if [ -n "$still" ]; then
	echo "setup: still missing after installation:$still" >&2
	exit 1
fi
echo "setup: done" >&2
