/// The saga of one cluster: its state, what can happen to it, and the folds that decide.
///
/// Pure: data in, data out; time is a parameter and ids are derived, never drawn. Start reading at [StepFold] (one
/// step), then [RunFold] (one run), [UndoFold] (one deletion) and [SagaFold] (the whole, and the only entry).
@NullMarked
package io.keyfold.workflow.saga;

import org.jspecify.annotations.NullMarked;
