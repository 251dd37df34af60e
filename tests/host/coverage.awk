# Reads what `gcov -t` prints of many object files; prints how much of each source file ran at all.
/^ *-: *0:Source:/ { file = $0; sub(/.*Source:/, "", file); next }
file !~ /^(lib|mm)\/.*\.c$/ { next }
{
	split($0, field, ":")
	count = field[1]
	line = file ":" field[2] + 0
	if (count ~ /-/)
		next
	if (!(line in seen)) {
		seen[line] = 0
		lines[file]++
	}
	if (count !~ /[#=]/ && !seen[line]) {
		seen[line] = 1
		ran[file]++
	}
}
END {
	for (file in lines) {
		printf "%6.2f%%  %4d of %4d lines  %s\n", 100 * ran[file] / lines[file], ran[file], lines[file], file | "sort -k6"
		all += lines[file]
		allran += ran[file]
	}
	close("sort -k6")
	printf "%6.2f%%  %4d of %4d lines\n", 100 * allran / all, allran, all
	for (line in seen) {
		if (!seen[line])
			print "not run: " line | "sort -t: -k2,2 -k3,3n"
	}
}
