#!/bin/sh
# What the shell can do, as a script: compared with shell.expected.
exec 2>&1
echo words   are "kept  apart" 'and "so"' on\ and # not this
echo "$?" $0 '$?' \$? "a\"b"
false; echo $?
true && echo and || echo or
false && echo and || echo or
false || false || echo third
echo one; echo two;
nosuchprogram; echo $?
echo first | cat | wc
echo a | cat - | cat
cat < /etc/motd | wc
cat < /no/such/file; echo $?
echo hidden > /dev/null
echo hidden >> /dev/null; echo shown 2> /dev/null
cat /no/such/file 2> /dev/null; echo $?
cat /no/such/file 2>&1 | cat
cd /etc; pwd; cat motd | wc; cd ..; pwd
cd /no/such/folder; echo $?
true & wait $!; echo $?
false & wait $!; echo $?
sleep 0.01 & sleep 0.02 & wait; echo waited
wait 99999; echo $?
nullderef > /dev/null; echo $?
sh -c 'kill -9 $$'; echo $?
sh -c 'exit 7'; echo $?
sh -c 'echo $0 $1' name word
sh -c 'echo a; echo b' | wc
false | true; echo $?
true | false; echo $?
echo 'a quote
on two lines' # which a script does not have
echo a |
; echo after a mistake $?
echo continued \
  here
sh /no/such/script; echo $?
cat /etc/motd | cat | cat | cat | cat | cat | cat | wc
exit 0
