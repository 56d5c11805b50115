package whorl.collector.lake;

import java.time.Instant;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.Id;

/** The evidence whose rows are in one file: what the file's rows have in common. */
record LakeSource(Id evidence, String service, Id agent, Id capture, Instant sealedAt) {
  static LakeSource of(EvidenceRecord record) {
    return new LakeSource(
        record.id(), record.service(), record.agent(), record.capture(), record.sealedAt());
  }
}
