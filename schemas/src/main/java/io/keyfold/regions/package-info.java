/// IBM Cloud's regional facts: regions, zones and the hosts of its APIs, read from one file that names its sources.
///
/// Facts only, and nothing but the JDK: the decisions of the workflow and the workers' adapters both build on it.
/// Start at `CloudRegions`.
@NullMarked
package io.keyfold.regions;

import org.jspecify.annotations.NullMarked;
