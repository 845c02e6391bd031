#!/bin/sh
# The init of a cluster's namespaces (see network.ts): mounts and network first, then it only collects orphans.
# Arguments: folder of what the node keeps, name of the cluster's cgroup. Prints "ready" once.
set -eu
folder=$1
cgroup=$2

# Nothing of the machine's own state is seen or written: containerd, the kubelet and CNI have paths that no option moves.
for place in run var/lib var/log; do
  mkdir -p "$folder/$place"
  mount --bind "$folder/$place" "/$place"
done

# The cluster's cgroup is all that there is.
mkdir "$folder/tree"
while read -r tree; do
  mount --bind "$tree/$cgroup" "$folder/tree"
  umount "$tree"
  mount --move "$folder/tree" "$tree"
done < "$folder/cgroups"

# What the kubelet sets for the whole machine is set already, as far as it can see.
tunable() {
  mkdir -p "$folder/sysctl"
  echo "$2" > "$folder/sysctl/${1##*/}"
  mount --bind "$folder/sysctl/${1##*/}" "/proc/sys/$1"
}
tunable vm/overcommit_memory 1
tunable vm/panic_on_oom 0
tunable kernel/panic 10
tunable kernel/panic_on_oops 1
tunable kernel/keys/root_maxkeys 1000000
tunable kernel/keys/root_maxbytes 25000000

# These belong to the network namespace.
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true # a kernel without IPv6

ip link set lo up
ip address add 10.96.0.1/32 dev lo
ip link add lab0 address 0a:58:0a:58:00:01 type bridge
ip address add 10.88.0.1/16 dev lab0
ip link set lab0 up

echo ready
sleep infinity &
wait
