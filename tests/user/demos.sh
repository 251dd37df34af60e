#!/bin/sh
# The demonstrations, small and large: compared with demos.expected.
exec 2>&1
hello
echo a b c
args one two > /dev/null
matrix
matrix --naive --size 100
matrix --block 16 --size 100
pagesort
pagesort --merge --count 100000
pagesort --heap --count 5000
hashtable
phases
bigprog
forkstorm
forkstorm --generations 2 --children 5 --pages 16
stackgrow
stackgrow --overflow; echo $?
nullderef; echo $?
nullderef --write; echo $?
touchpages read 300 2
touchpages write 300 2
touchpages mixed 300 2
touchpages once 300 2
touchpages file 256 2
probe
hostile
