/// IBM Cloud over IBM's SDK: the workers' ports made real, every SDK exception turned into a Fault.
///
/// No decision of a worker. Only here: the SDK, OkHttp, JSON, tokens.
///
/// Start at `IbmCloud`.
@NullMarked
package io.keyfold.workers.ibmcloud;

import org.jspecify.annotations.NullMarked;
