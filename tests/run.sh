#!/bin/bash
# Every test there is: tests/run.sh [STAGE...]
#
#   lint     the house rules, and that each can fail
#   host     the kernel's code on a simulated machine, under sanitizers
#   linux    the user programs' tests on this machine's Linux, which is the oracle
#   kernel   the self-tests inside the kernel, in each emulator
#   system   whole boots through the launcher
#
# Each stage's output is kept in build/test/STAGE.log. What failed is named again at the end, and
# the last line counts.
cd "$(dirname "$0")/.." || exit 1
set -o pipefail
logs=build/test
passed=0 failed=0
mkdir -p $logs

# A stage prints one line a test, "ok NAME" or "not ok NAME", perhaps behind a prefix.
stage_lint()
{
	named 'lint: each rule can fail' tools/lint --self-test
	named 'lint: sources' tools/lint
}
stage_host() { make --no-print-directory host-tests; }
stage_linux() { tests/user/run-on-host.sh | sed 's/^[0-9]* passed/linux: &/'; }
stage_kernel() { tools/clockhand test; }
stage_system() { tests/system/run.py; }

named()
{
	if "${@:2}"; then echo "ok $1"; else echo "not ok $1"; fi
}

count()
{
	grep -acE "^((qemu|bochs): )?$1 " "$2"
}

run_stage()
{
	local log=$logs/$1.log status good bad
	echo "== $1"
	"stage_$1" 2>&1 | tee "$log"
	status=$?
	good=$(count ok "$log") bad=$(count 'not ok' "$log")
	# A stage that fails without a failed test, or does nothing, has failed as a whole.
	if [ "$bad" = 0 ] && { [ $status != 0 ] || [ "$good" = 0 ]; }; then
		echo "not ok $1 as a whole (status $status)" | tee -a "$log"
		bad=1
	fi
	passed=$((passed + good)) failed=$((failed + bad))
}

stages=("$@")
if [ $# = 0 ]; then
	stages=(lint host linux kernel system)
	if ! build/user/root/bin/true 2>/dev/null; then
		echo "# SKIP linux: this machine does not run 32-bit programs"
		stages=(lint host kernel system)
	fi
fi
for stage in "${stages[@]}"; do
	run_stage "$stage"
done

echo
for stage in "${stages[@]}"; do
	grep -aE '^((qemu|bochs): )?not ok |^# (qemu|bochs): FAILED' "$logs/$stage.log" |
		sed "s/^/$stage: /"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
