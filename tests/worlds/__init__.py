"""Random worlds of processes and descriptors whose truth is known, held against what sockscope says of them."""
