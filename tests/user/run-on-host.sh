#!/bin/sh
# Runs the user programs' tests on this machine's Linux, the oracle, and compares what they print
# with the expected output; with --update writes it instead. Needs a kernel that runs 32-bit
# programs.
#
#   tests/user/run-on-host.sh [--update] [NAME...]
#
# A test passes where its standard output is NAME.expected and its exit status 0; scripts send their
# standard error there too.
#
# Where this user may (unshare), the programs see build/user/root as their /, as on Clockhand.

cd "$(dirname "$0")/../.." || exit 1
root=$PWD/build/user/root
here=$PWD/tests/user
update=false
if [ "$1" = --update ]; then
	update=true
	shift
fi
[ $# -gt 0 ] || set -- $(cd "$root/tests" && find . -type f -maxdepth 1 | cut -c 3- | sort)

if ! "$root/bin/true"; then
	echo "run-on-host: this machine does not run 32-bit programs" >&2
	exit 1
fi

output=$(mktemp) || exit 1
jail=$(mktemp -d) || exit 1
trap 'rm -rf "$output" "$jail"' EXIT
cp -r "$root/." "$jail"

# Run "$@" with the jail as its root and a few devices in it.
in_jail() {
	unshare -r -m sh -c '
		for d in null zero; do
			: > "$0/dev/$d"
			mount --bind /dev/$d "$0/dev/$d" || exit 125
		done
		mount --rbind /proc "$0/proc" || exit 125
		exec env -i PATH=/bin:/sbin HOME=/ TERM=dumb chroot "$0" "$@"' "$jail" "$@"
}

passed=0 failed=0
for name; do
	if in_jail "/tests/$name" < /dev/null > "$output"; then
		$update && cp "$output" "$here/$name.expected"
		diff -u "$here/$name.expected" "$output"
	else
		echo "exit status $?"
		false
	fi
	if [ $? = 0 ]; then
		echo "ok $name"
		passed=$((passed + 1))
	else
		echo "not ok $name"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
