"""One WeCom corp on this machine: what all of its parts share."""
