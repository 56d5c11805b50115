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

  /**
   * Bytes have come.
   *
   * @param bytesReceived of this capture so far
   */
  void progress(Id capture, long bytesReceived);
}
