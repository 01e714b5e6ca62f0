"""What is wrong on a machine, and who could end it: rules over the world and the looks before it. Pure, no I/O."""
