package whorl.collector.custody.publish;

import java.io.IOException;
import whorl.collector.custody.proof.SignedCheckpoint;

/** A place outside of the collector that gets checkpoints. */
interface CheckpointSink {
  /**
   * Hands over one checkpoint, within a bounded time.
   *
   * @throws IOException if it did not arrive; it may be handed over again
   */
  void put(SignedCheckpoint checkpoint) throws IOException;
}
