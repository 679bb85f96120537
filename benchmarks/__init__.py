"""Programs that measure the service beside others."""
