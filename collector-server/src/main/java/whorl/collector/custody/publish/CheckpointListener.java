package whorl.collector.custody.publish;

import whorl.collector.custody.proof.SignedCheckpoint;

/** Is called with each new checkpoint; must return at once. */
@FunctionalInterface
public interface CheckpointListener {
  void published(SignedCheckpoint checkpoint);
}
