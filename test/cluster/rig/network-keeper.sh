#!/bin/sh
# Holds the namespaces of a cluster (see network.ts) as long as its standard input is open: the end of the test run,
# however it comes, is the end of the cluster. The init's death ends every process and every mount in there.
# Arguments: name of the cluster's cgroup, folder of what the node keeps, then the command that becomes the init.
# Prints the pid of unshare, then what the init prints.
set -u
cgroup=$1
folder=$2
shift 2

setpriv --pdeathsig KILL -- \
  unshare --fork --pid --kill-child --mount-proc --mount --propagation private --net -- "$@" &
holder=$!
echo "$holder"
exec > /dev/null # who reads sees the init's end

cat
kill -KILL $(cat "/proc/$holder/task/$holder/children")
wait "$holder"
rm -rf --one-file-system "$folder"

# The kernel keeps empty cgroups. On version 1 there is one tree for each controller.
find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -type d -name "$cgroup" | while read -r tree; do
  find "$tree" -depth -type d -exec rmdir {} +
done
