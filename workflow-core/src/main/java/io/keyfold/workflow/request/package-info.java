/// What was asked: the deploy request as data, its rules (all violations at once) and the plan that follows from it.
///
/// Pure: no Kafka, no Avro, no clock. Start reading at [RequestRules], then [Plan].
@NullMarked
package io.keyfold.workflow.request;

import org.jspecify.annotations.NullMarked;
