package whorl.collector.receive;

import whorl.collector.store.EvidenceRecord;
import whorl.evidence.Id;

/**
 * What the receiver tells the rest of the collector. Called on the thread of the upload; it must be
 * quick. An exception from it is logged and harms nothing.
 */
public interface SealListener {
  /**
   * Evidence is in the store: sealed, partial or failed, as its record says. At least once: after a
   * crash it may be told again.
   */
  void sealed(EvidenceRecord record);

  /** Bytes have come. */
  void progress(Arrived soFar);

  /**
   * What has come of one piece of evidence that is not sealed yet.
   *
   * @param agent who says that it sends it
   * @param bytes of all its artifacts
   * @param streamedBytes of them those of artifacts that are sent while they are made, so that no
   *     figure of the agent's about what it keeps counts them
   */
  record Arrived(Id capture, Id agent, long bytes, long streamedBytes) {}
}
