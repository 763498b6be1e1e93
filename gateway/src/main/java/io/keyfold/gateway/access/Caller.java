package io.keyfold.gateway.access;

/// Who calls.
///
/// @param name     for the audit: of the token, of the certificate, or of the one who runs this gateway
/// @param isProven whether the caller has shown who it is
public record Caller(String name, Role role, boolean isProven) {}
