"""sock_diag: sockets of one network namespace, family by family, through netlink."""
