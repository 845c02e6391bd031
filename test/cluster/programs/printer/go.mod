module podloom.dev/test/cluster/printer

go 1.26
