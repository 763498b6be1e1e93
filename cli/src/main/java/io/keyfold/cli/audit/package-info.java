/// Gathers the evidence that `keyfold audit` judges: topics, broker, cloud, and an emulator's ledger of calls. What is a
/// violation is decided in `io.keyfold.audit`, never here. Start reading at [Look].
@NullMarked
package io.keyfold.cli.audit;

import org.jspecify.annotations.NullMarked;
