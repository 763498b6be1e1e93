/// Who holds which instance, key and authorization, what was created for whom, and which ids are barred.
///
/// One entry an instance; pure like the saga. Start reading at [LedgerFold].
@NullMarked
package io.keyfold.workflow.ledger;

import org.jspecify.annotations.NullMarked;
