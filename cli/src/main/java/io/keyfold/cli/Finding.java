package io.keyfold.cli;

/// One thing that `keyfold doctor` has looked at.
///
/// @param remedy empty if it is as it should be
record Finding(String subject, boolean isGood, String words, String remedy) {}
