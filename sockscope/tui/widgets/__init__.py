"""What is drawn: the tree, the panes, bars and menus."""
