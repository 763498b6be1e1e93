package io.keyfold.workflow.saga;

/// What holds now for a cluster.
public enum Standing {
    NONE, CUSTOMER_MANAGED, PROVIDER_MANAGED, DRIFTED, DEPROVISIONED
}
