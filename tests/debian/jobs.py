"""What Debian's programs are asked to do, here and on Linux.

A job is a line for a shell. A group is what one boot runs, one job after the other in a shell of
its own kind; a group may also be one program alone, without any shell (DIRECT). Files that jobs
read lie in /data (see run.py); what they write goes to /tmp.
"""

# name -> (the shell's argv, {job: line})
SHELL = ("/bin/busybox", "sh", "-c")
BASH = ("/bin/bash-static", "-c")
DYNAMIC_BASH = ("/bin/bash", "-c")
DASH = ("/bin/dash", "-c")

BUSYBOX = {
    "echo": "busybox echo -e 'one\\ttwo\\n three'",
    "cat": "busybox cat /data/poem /data/numbers",
    "cat-stdin": "busybox cat /data/poem | busybox cat -n -",
    "ls": "busybox ls -1 /data; busybox ls -d /bin/busybox",
    "ls-long": "busybox ls -ln /data/poem | busybox awk '{ print $1, $2, $5 }'",
    "sort": "busybox sort /data/words",
    "sort-numbers": "busybox sort -n -r /data/numbers",
    "sort-key": "busybox sort -t: -k2,2n -k1,1 /data/table",
    "sed": "busybox sed -n -e 's/[aeiou]/(&)/gp' /data/poem",
    "sed-script": "busybox sed -e '1!G;h;$!d' /data/poem",
    "awk": "busybox awk -F: '{ s += $2; n[$3]++ } END { print s; for (k in n) print k, n[k] }'"
           " /data/table | busybox sort",
    "awk-float": "busybox awk 'BEGIN { for (i = 1; i < 9; i++) printf \"%.6f %g\\n\", sqrt(i),"
                 " exp(-i) }'",
    "awk-sieve": "busybox awk 'BEGIN { n = 2000; for (i = 2; i <= n; i++) if (!c[i]) { print i;"
                 " for (j = i * i; j <= n; j += i) c[j] = 1 } }'",
    "grep": "busybox grep -n -i 'th' /data/poem; busybox grep -c '^[a-f]' /data/words",
    "grep-extended": "busybox grep -E '^(.)(.).*\\2\\1$' /data/words",
    "grep-none": "busybox grep nothing-of-that-kind /data/poem",
    "wc": "busybox wc /data/poem /data/words /data/numbers",
    "md5sum": "busybox md5sum /data/words /data/random",
    "sha1sum": "busybox sha1sum /data/words /data/random",
    "sha256sum": "busybox sha256sum /data/random",
    "sha512sum": "busybox sha512sum /data/random",
    "cksum": "busybox cksum /data/random",
    "tr": "busybox tr a-z A-Z < /data/poem",
    "tr-delete": "busybox tr -cd 'a-z\\n' < /data/poem",
    "cut": "busybox cut -d: -f1,3 /data/table",
    "cut-bytes": "busybox cut -b 2-5 /data/words | busybox head -50",
    "uniq": "busybox cut -b 1 /data/words | busybox sort | busybox uniq -c",
    "seq": "busybox seq 1 3 100",
    "seq-large": "busybox seq 20000 | busybox tail -3",
    "expr": "busybox expr 7 \\* 191 + 3; busybox expr abcdef : 'abc\\(.*\\)'; busybox expr 1 = 2",
    "date": "busybox date -u -d @1000000000 '+%Y-%m-%d %H:%M:%S %j %a'",
    "find": "busybox find /data -type f | busybox sort",
    "find-size": "busybox find /data -size +8k -name 'r*'",
    "xargs": "busybox head -40 /data/words | busybox xargs -n 7 busybox echo",
    "head-tail": "busybox head -c 100 /data/poem; busybox tail -n 3 /data/poem",
    "rev": "busybox rev /data/poem",
    "tac": "busybox tac /data/numbers",
    "od": "busybox od -A x -t x1z /data/random | busybox head -20",
    "hexdump": "busybox hexdump -C /data/random | busybox tail -5",
    "fold": "busybox fold -w 20 /data/poem",
    "nl": "busybox nl /data/poem",
    "paste": "busybox paste /data/numbers /data/numbers | busybox head -5",
    "comm": "busybox sort /data/words | busybox comm -12 - /data/sorted | busybox wc -l",
    "diff": "busybox diff /data/words /data/sorted | busybox md5sum",
    "dd": "busybox dd if=/data/random bs=512 skip=3 count=2 2>/dev/null | busybox md5sum",
    "gzip": "busybox gzip -c /data/words | busybox gunzip -c | busybox cmp - /data/words; echo $?",
    "bzip2": "busybox bzip2 -c /data/words | busybox md5sum",
    "tar": "cd /data; busybox tar cf - poem numbers table | busybox tar tf -",
    "cpio": "cd /data; echo poem | busybox cpio -o -H newc 2>/dev/null |"
            " busybox cpio -t 2>/dev/null",
    "base64": "busybox base64 /data/random | busybox tail -2",
    "uuencode": "busybox uuencode -m x < /data/poem | busybox head -4",
    "printf": "busybox printf '%s|%5d|%-5s|%x\\n' a 42 b 255",
    "bc": "echo '2^200; scale=20; 1/7; sqrt(2)' | busybox bc",
    "dc": "busybox dc -e '20 k 2 v p 3 5 ^ p'",
    "factor": "busybox factor 1000000007 360360 2147483646",
    "cal": "busybox cal 2 2024",
    "env": "busybox env -i A=1 B=2 busybox env",
    "basename": "busybox basename /a/b/c.txt .txt; busybox dirname /a/b/c.txt",
    "test": "busybox test -f /data/poem && echo file; busybox test -d /data && echo folder",
    "stat": "busybox stat -c '%s %a %F' /data/poem",
    "readlink": "busybox readlink -f /data/link; busybox readlink /data/link",
    "strings": "busybox strings -n 6 /data/random | busybox md5sum",
    "split-words": "busybox tr -s ' ' '\\n' < /data/poem | busybox sort -f | busybox uniq -ic",
    "sleep": "busybox sleep 0.05; echo slept",
    "true-false": "busybox true; echo $?; busybox false; echo $?",
    "unknown": "busybox no-such-applet 2>/dev/null; echo $?",
    "id": "busybox id -u; busybox whoami 2>/dev/null; echo $?",
    "uname": "busybox uname -s -m | busybox cut -d' ' -f1",
    "kill-status": "busybox sh -c 'kill -9 $$'; echo $?; busybox sh -c 'kill -15 $$'; echo $?",
    "ash-loop": "i=0; while [ $i -lt 300 ]; do i=$((i + 1)); done; echo $i",
    "ash-functions": "f() { [ $1 -le 1 ] && echo 1 || echo $(( $1 * $(f $(( $1 - 1 ))) )); };"
                     " f 10",
    "ash-case": "for w in a1 b2 cc; do case $w in a*) echo A;; *[0-9]) echo N;; *) echo ?;;"
                " esac; done",
    "ash-here": "busybox cat <<E\nhere $((1 + 2))\nE",
    "ash-trap": "trap 'echo bye' EXIT; trap 'echo usr1' USR1; kill -USR1 $$; echo end",
    "ash-subst": "x=hello.tar.gz; echo ${x%.gz} ${x#*.} ${#x} ${y:-none}",
    "ash-wait": "(exit 3) & wait $!; echo $?",
    "ash-pipe": "busybox seq 5 | while read x; do echo \"<$x>\"; done",
}

FILES = {
    "write": "echo one > /tmp/a; echo two >> /tmp/a; busybox cat /tmp/a",
    "move": "echo x > /tmp/m1; busybox mv /tmp/m1 /tmp/m2; busybox ls /tmp; busybox rm /tmp/m2",
    "copy": "busybox cp /data/words /tmp/w; busybox cmp /data/words /tmp/w && echo same",
    "mkdir": "busybox mkdir -p /tmp/d/e/f; busybox find /tmp/d; busybox rm -r /tmp/d",
    "link": "busybox ln -s nowhere /tmp/l; busybox readlink /tmp/l; busybox rm /tmp/l",
    "hard-link": "echo x > /tmp/h; busybox ln /tmp/h /tmp/i; busybox stat -c %h /tmp/h",
    "sed-in-place": "busybox cp /data/poem /tmp/p; busybox sed -i s/the/THE/ /tmp/p;"
                    " busybox cat /tmp/p",
    "tar-extract": "cd /tmp; busybox tar cf /tmp/t.tar -C /data poem numbers; busybox tar xf t.tar;"
                   " busybox md5sum poem numbers",
    "split": "cd /tmp; busybox split -l 100 /data/words part.; busybox cat part.* | busybox cmp -"
             " /data/words && echo same",
    "gunzip": "busybox gzip -c /data/words > /tmp/z.gz; busybox gunzip /tmp/z.gz;"
              " busybox md5sum /tmp/z",
    "holes": "busybox dd if=/data/poem of=/tmp/hole bs=1 seek=10000 count=5 2>/dev/null;"
             " busybox md5sum /tmp/hole",
    "truncate": "busybox cp /data/words /tmp/tr; busybox truncate -s 100 /tmp/tr;"
                " busybox wc -c /tmp/tr",
    "chmod": "echo 'echo ran' > /tmp/s; busybox chmod 755 /tmp/s; /tmp/s; busybox stat -c %a"
             " /tmp/s",
    "script": "printf '#!/bin/busybox sh\\necho $0 $1 $#\\n' > /tmp/s2; busybox chmod +x /tmp/s2;"
              " /tmp/s2 a b",
    "no-interpreter": "printf '#!/no/such\\n' > /tmp/s3; busybox chmod +x /tmp/s3; /tmp/s3"
                      " 2>/dev/null; echo $?",
    "sort-out": "busybox sort -o /tmp/sorted /data/words; busybox md5sum /tmp/sorted",
    "gnu-sort-temp": "sort -S 64k -T /tmp /data/random | md5sum",
    "tcc": "tcc -c -nostdlib -o /tmp/x.o /data/small.c; echo $?; md5sum < /tmp/x.o",
    "perl-file": "perl -e 'open(F, \">/tmp/pf\"); print F \"x\\n\" x 1000; close F; print -s"
                 " \"/tmp/pf\", \"\\n\"'",
    "sqlite-file": "sqlite3 /tmp/db 'create table t(a,b); insert into t values(1,2),(3,4); select"
                   " sum(a*b) from t'",
    "bash-here": "/bin/bash -c 'cat <<< word; wc -c <<E\nthis\nE'",
}

BASH_STATIC = {
    "arrays": "a=(x y z); a+=(w); echo ${#a[@]} ${a[@]:1:2}; declare -A m=([k]=v [l]=w);"
              " for k in \"${!m[@]}\"; do echo $k=${m[$k]}; done | busybox sort",
    "regex": "[[ foo123bar =~ ([0-9]+) ]] && echo ${BASH_REMATCH[1]}",
    "arithmetic": "for ((i = 0; i < 5; i++)); do echo $((2 ** i % 7)); done; echo $((16#ff))",
    "expansion": "s='Hello World'; echo ${s,,} ${s^^} ${s/o/0} ${s//o/0} ${s: -5}",
    "brace": "echo {a..e}{1..3}",
    "printf": "printf '%05.2f %q %b\\n' 3.14159 'a b' 'x\\ty'",
    "read": "while IFS=: read -r a b c; do echo \"$c $a\"; done < /data/table",
    "process": "for i in 1 2 3; do (exit $i); echo $?; done; false | true; echo ${PIPESTATUS[@]}",
    "jobs": "busybox sleep 0.05 & wait; echo $?",
    "trap": "trap 'echo got TERM' TERM; kill -TERM $BASHPID; echo on",
    "fibonacci": "f() { if (( $1 < 2 )); then echo $1; else echo $(( $(f $(($1 - 1))) +"
                 " $(f $(($1 - 2))) )); fi; }; f 9",
    "sort": "mapfile -t w < /data/numbers; n=${#w[@]}; for ((i = 0; i < 40; i++)); do for ((j = 0;"
            " j < 39 - i; j++)); do if ((w[j] > w[j + 1])); then t=${w[j]}; w[j]=${w[j + 1]};"
            " w[j + 1]=$t; fi; done; done; echo $n ${w[@]:0:40}",
    "ulimit": "ulimit -s; ulimit -c; (ulimit -n 64; ulimit -n)",
    "select-exit": "set -e; false; echo never",
    "getopts": "set -- -a -b x y; while getopts ab: o; do echo $o $OPTARG; done",
}

DYNAMIC = {
    "sort": "sort /data/words | md5sum; sort -n /data/numbers | head -5",
    "sort-unique": "sort -u -k1.1,1.1 /data/words",
    "sed": "sed -E 's/([a-z])([a-z])/\\2\\1/g' /data/poem",
    "grep": "grep -c e /data/words; grep -o '[a-z]*ing' /data/words | sort | uniq -c",
    "grep-perl": "grep -P '^(?=.*a)(?=.*e)(?!.*i)' /data/words | head -20",
    "gzip": "gzip -9 -n -c /data/words | md5sum; gzip -c /data/words | gzip -dc | md5sum",
    "bzip2": "bzip2 -c /data/random | md5sum",
    "xz": "xz -1 -c /data/words | xz -dc | md5sum",
    "mawk": "mawk -F: '{ n[$3] += $2 } END { for (k in n) print k, n[k] }' /data/table | sort",
    "gawk": "gawk 'BEGIN { printf \"%.10f %s\\n\", atan2(0, -1), strftime(\"%F\", 0, 1) }'",
    "gawk-arrays": "gawk '{ a[length($0)]++ } END { PROCINFO[\"sorted_in\"] = \"@ind_num_asc\";"
                   " for (i in a) print i, a[i] }' /data/words",
    "bc": "echo 'scale=60; 4*a(1)' | bc -l",
    "dc": "dc -e '[la1+dsa*pla10>y]sy0sa1lyx'",
    "wc": "wc /data/poem; md5sum /data/random; sha256sum /data/words",
    "cut-paste": "cut -d: -f2 /data/table | paste -s -d+ | bc",
    "od": "od -A d -t d2 /data/random | tail -4",
    "seq-factor": "seq 999999990 1000000000 | factor",
    "shuf": "shuf --random-source=/data/random -i 1-30 | paste -s -d' '",
    "numfmt": "numfmt --to=iec 1048576 123456789",
    "tac-rev": "tac /data/poem | tr a-y b-z",
    "join": "sort -t: -k1,1 /data/table > /dev/null; join -t: /data/table /data/table | head -3",
    "date": "date -u -d '2024-02-29 +1 year' +%F; date -u -d @86399 +%T",
    "stat": "stat -c '%s %a %F' /data/poem; stat -L -c %s /data/link",
    "ls": "ls -1 /data; ls --color=never -d /bin/bash",
    "find": "find /data -type f -newermt 1990-01-01 | sort; find /data -empty",
    "xargs": "head -50 /data/words | xargs -n 9 -P 1 echo",
    "diff": "diff -u /data/words /data/sorted | tail -n +3 | md5sum; cmp /data/words /data/sorted",
    "expr": "expr 6 \\* 7; expr length hello; test 1 -lt 2; echo $?",
    "perl": "perl -e 'my %h; $h{$_ % 7}++ for 1..1000; print \"$_ $h{$_}\\n\" for sort keys %h'",
    "perl-regex": "perl -ne 'print if /^(\\w)\\w*\\1$/' /data/words",
    "perl-sort": "perl -e 'my @a = map { ($_ * 7919) % 10007 } 1..5000; @a = sort { $a <=> $b } @a;"
                 " print \"@a[0..9]\\n\"'",
    "perl-pack": "perl -e 'print unpack(\"H*\", pack(\"NnC\", 1, 2, 3)), \"\\n\";"
                 " printf \"%.15g\\n\", 1/3'",
    "lua": "lua5.4 -e 'local t = {} for i = 1, 1000 do t[i] = (i * 31) % 97 end table.sort(t)"
           " print(table.concat(t, \",\", 1, 20), math.pi, 2^53)'",
    "lua-gc": "lua5.4 -e 'local s = 0 for i = 1, 20000 do local t = {i, i + 1} s = s + #t end"
              " print(s, 10 // 3, 7.0 % 2.5)'",
    "sqlite": "sqlite3 :memory: \"create table t(a int, b text); with recursive c(x) as (values(1)"
              " union all select x + 1 from c where x < 500) insert into t select x, hex(x * x)"
              " from c; select count(*), sum(a), max(b) from t; select a, b from t where a % 97 ="
              " 0\"",
    "m4": "echo 'define(f, `ifelse($1, 0, 1, `eval($1 * f(decr($1)))')')f(10)' | m4",
    "tcc-run": "tcc -v",
    "dash": "dash -c 'x=0; while [ $x -lt 200 ]; do x=$((x+1)); done; echo $x'",
    "bash": "bash -c 'echo ${BASH_VERSION%%.*}; for i in {1..3}; do echo $i | tr 1-3 a-c; done'",
    "missing": "/no/such/program 2>/dev/null; echo $?; /data/poem 2>/dev/null; echo $?",
    "status": "sh -c 'exit 300'; echo $?; sh -c 'kill -SEGV $$'; echo $?",
    "klibc": "/usr/lib/klibc/bin/cat /data/poem | /usr/lib/klibc/bin/md5sum 2>/dev/null;"
             " /usr/lib/klibc/bin/sh -c 'echo $((3 * 4))'",
    "yes-head": "yes 'a line' | head -2000 | md5sum",
    "large-pipe": "seq 1 30000 | sort -r | sort -n | md5sum",
}

# What needs more than it gets: (name, ram, frames, swap, argv).
SMALL = [
    ("bb-sort-64", "8M", 64, "32M", ("/bin/busybox", "sort", "/data/words")),
    ("bb-awk-64", "8M", 64, "32M",
     ("/bin/busybox", "awk", "BEGIN { for (i = 0; i < 20000; i++) a[i] = i * i; s = 0;"
      " for (i = 0; i < 20000; i += 7) s += a[i]; print s }")),
    ("bash-96", "8M", 96, "32M",
     ("/bin/bash-static", "-c", "for ((i = 0; i < 3000; i++)); do a[i]=$((i * i)); done;"
      " echo ${#a[@]} ${a[2999]}")),
    ("sort-128", "8M", 128, "32M", ("/usr/bin/sort", "-r", "/data/words")),
    ("perl-256", "8M", 256, "32M",
     ("/usr/bin/perl", "-e", "my @a = map { $_ * 3 } 1..60000; my $s = 0; $s += $_ for @a;"
      " print \"$s\\n\"")),
    ("lua-128", "8M", 128, "32M",
     ("/usr/bin/lua5.4", "-e", "local t = {} for i = 1, 60000 do t[i] = i * 2 end local s = 0"
      " for i, v in ipairs(t) do s = s + v end print(s)")),
    ("gzip-128", "8M", 128, "32M", ("/bin/gzip", "-1", "-n", "-c", "/data/random")),
    ("sqlite-200", "8M", 200, "32M",
     ("/usr/bin/sqlite3", ":memory:", "with recursive c(x) as (values(1) union all select x + 1"
      " from c where x < 20000) select count(*), sum(x) from (select x from c order by -x)")),
    ("dash-64", "8M", 64, "32M",
     ("/bin/dash", "-c", "i=0; while [ $i -lt 20 ]; do i=$((i+1)); echo $i | cat; done")),
]

# name -> (shell, jobs). The first ones are the subset that `make test` runs.
GROUPS = {
    "busybox": (SHELL, BUSYBOX),
    "bash-static": (BASH, BASH_STATIC),
    "dynamic": (DASH, DYNAMIC),
    "files": (SHELL, FILES),
}
SUBSET = ("busybox", "bash-static", "dynamic")
SUBSET_SMALL = ("bb-sort-64", "sort-128", "perl-256", "dash-64")
