package whorl.collector.receive;

import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.Id;
import whorl.evidence.Manifest;

/**
 * Receives the receiver's events. Called on the upload's thread, so an implementation must be
 * quick. If it throws, that is logged, and it is called again: a minute later where several
 * collectors share the evidence, and else after the next start.
 */
public interface SealListener {
  /**
   * Evidence is in the store: sealed, partial or failed, according to its record. Called at least
   * once; a crash may cause a second call.
   */
  void sealed(EvidenceRecord record);

  /**
   * Evidence was sealed with this manifest, whose signature was checked if it has one. Called after
   * {@link #sealed}, at least once. Does nothing by default.
   */
  default void manifestSealed(Manifest manifest) {}

  /**
   * A person imported evidence from a bag: no agent sent it, and no capture of this collector ends
   * with it. Called at least once, instead of {@link #sealed}. Does nothing by default.
   */
  default void imported(EvidenceRecord record) {}

  /** Bytes arrived. */
  void progress(Arrived soFar);

  /**
   * The progress of one piece of evidence that is not sealed yet.
   *
   * @param agent the agent that, according to the upload, sends it
   * @param bytes of all its artifacts
   * @param streamedBytes the part of {@code bytes} that belongs to artifacts that are sent while
   *     they are made; the agent's own figures do not count them
   */
  record Arrived(Id capture, Id agent, long bytes, long streamedBytes) {}
}
