#!/bin/sh
# Holds the namespaces of a cluster (see network.ts) as long as its standard input is open: the end of the test run,
# however it comes, is the end of the cluster. The init's death ends every process and every mount in there.
# Arguments: name of the cluster's cgroup, folder of what the node keeps, then the command that becomes the init.
# Prints the pid of unshare, then what the init prints.
set -u
cgroup=$1
folder=$2
shift 2

# One tree for each controller, as version 1 of cgroups has it. With version 2 alone the containers are where others are.
mkdir -p "$folder"
awk '$3 ~ /^cgroup2?$/ && $2 != "/sys/fs/cgroup" { print $2 }' /proc/mounts > "$folder/cgroups"
while read -r tree; do
  mkdir "$tree/$cgroup"
  for file in cpuset.cpus cpuset.mems; do
    if [ -e "$tree/$file" ]; then cat "$tree/$file" > "$tree/$cgroup/$file"; fi
  done
done < "$folder/cgroups"

(
  while read -r tree; do echo 0 > "$tree/$cgroup/cgroup.procs"; done < "$folder/cgroups"
  exec setpriv --pdeathsig KILL -- \
    unshare --fork --pid --kill-child --mount-proc --mount --propagation private --net --cgroup -- "$@"
) &
holder=$!
echo "$holder"
trees=$(cat "$folder/cgroups")
exec > /dev/null # who reads sees the init's end

cat
kill -KILL $(cat "/proc/$holder/task/$holder/children")
wait "$holder"
rm -rf --one-file-system "$folder"
for tree in $trees; do find "$tree/$cgroup" -depth -type d -exec rmdir {} +; done
