#!/bin/sh
# Makes build/debian/busybox: a tree for `make run` in which Debian's busybox-static, unmodified, is
# the shell and every tool it has a name for. Fetches it if need be; status 77 where it cannot be
# had.

cd "$(dirname "$0")/../.." || exit 1
tests/debian/fetch.sh busybox-static || exit
program=build/debian/root/bin/busybox
to=build/debian/busybox

# init stays the kernel's own, and with it what ends the machine.
names=$("$program" --list | grep -vx -e busybox -e init -e linuxrc -e halt -e poweroff -e reboot)
if [ -z "$names" ]; then
	echo "busybox-root: SKIP: this machine does not run 32-bit programs" >&2
	exit 77
fi
rm -rf "$to.new" "$to"
mkdir -p "$to.new/bin" "$to.new/etc"
cp "$program" "$to.new/bin/busybox"
for name in $names; do
	ln -s busybox "$to.new/bin/$name"
done
printf 'root:x:0:0:root:/:/bin/sh\n' >"$to.new/etc/passwd"
printf 'root:x:0:\n' >"$to.new/etc/group"
mv "$to.new" "$to"
