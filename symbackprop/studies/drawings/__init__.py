"""Pictures of the studies; each module draws those of one."""
