#!/bin/sh
# Joins the cgroup of a cluster, in whose namespaces it runs already (see network.ts), and becomes a command.
# Arguments: folder of what the node keeps, then the command.
folder=$1
shift
while read -r tree; do echo 0 > "$tree/cgroup.procs"; done < "$folder/cgroups"
exec "$@"
