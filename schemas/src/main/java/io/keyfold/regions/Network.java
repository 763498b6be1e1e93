package io.keyfold.regions;

/// From where IBM Cloud is called.
public enum Network {
    /// The internet.
    PUBLIC,
    /// IBM Cloud's own network: from a VPC, through virtual private endpoints.
    PRIVATE
}
