#!/bin/sh
# Fetches Debian's i386 programs, unmodified, for the tests that need them and for `make run`:
#
#   tests/debian/fetch.sh [PACKAGE...]      without names: all that the tests use
#
#   build/debian/root/       the packages' files, one tree
#   build/debian/packages/   one empty file for each package that is in it
#
# apt works on lists of its own below build/debian/apt: the machine's are not touched, and no
# foreign architecture has to be enabled. Status 77: apt is not there or reaches no archive.

cd "$(dirname "$0")/../.." || exit 1
to=$PWD/build/debian

static='busybox-static bash-static'
libraries='libc6 libgcc-s1 libselinux1 libacl1 libattr1 libgmp10 libpcre2-8-0 libreadline8
	libtinfo6 zlib1g libcrypt1 libsigsegv2 libmpfr6 libbz2-1.0 liblzma5 libsqlite3-0'
programs='dash bash coreutils gzip sed grep mawk gawk bc diffutils findutils bzip2 xz-utils
	lua5.4 perl-base sqlite3 tcc dc m4'
compilers='musl musl-dev dietlibc-dev klibc-utils libklibc'
[ $# -gt 0 ] || set -- $static $libraries $programs $compilers

skip()
{
	echo "fetch: SKIP: $*" >&2
	exit 77
}

command -v apt-get >/dev/null && command -v dpkg >/dev/null || skip 'this machine has no apt'

wanted=
for p; do
	[ -e "$to/packages/$p" ] || wanted="$wanted $p"
done
[ -n "$wanted" ] || exit 0

mkdir -p "$to/apt/lists/partial" "$to/apt/cache/archives/partial" "$to/packages" "$to/root"
apt()
{
	"$@" -o APT::Architecture=i386 -o APT::Architectures=i386 \
		-o Dir::State::Lists="$to/apt/lists" -o Dir::State::status=/dev/null \
		-o Dir::Cache="$to/apt/cache" -o APT::Sandbox::User=root \
		-o Acquire::Retries=1 -o Acquire::http::Timeout=20
}

# One list that cannot be had does not matter as long as the packages are in the others.
apt apt-get -q update >"$to/apt/update.log" 2>&1
for p in $wanted; do
	if ! apt apt-cache show "$p" >/dev/null 2>&1; then
		echo "fetch: no package $p" >&2
		continue
	fi
	rm -rf "$to/apt/new"
	mkdir -p "$to/apt/new"
	(cd "$to/apt/new" && apt apt-get -q download "$p") >"$to/apt/download.log" 2>&1 &&
		dpkg -x "$to"/apt/new/*.deb "$to/root" &&
		: >"$to/packages/$p" && echo "fetch: $p" ||
		{
			echo "fetch: $p cannot be had:" >&2
			tail -3 "$to/apt/download.log" >&2
		}
done
rm -rf "$to/apt/new"
for p; do
	[ -e "$to/packages/$p" ] && exit 0
done
skip 'apt reaches no archive (see build/debian/apt/update.log)'
