package whorl.collector.receive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.CustodyAction;
import whorl.collector.custody.CustodyLog;
import whorl.collector.store.Catalog;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.CaptureState;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;

/**
 * What follows when a record is in the store: custody, catalog, whoever listens. All of it can be
 * worked out from the record, so that after a crash it is done again from there.
 */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  private final CustodyLog custody;
  private final Catalog catalog;
  private final SealListener listener;
  private final ReceiverCounters counters;

  Committer(CustodyLog custody, Catalog catalog, SealListener listener, ReceiverCounters counters) {
    this.custody = custody;
    this.catalog = catalog;
    this.listener = listener;
    this.counters = counters;
  }

  void bringHome(EvidenceRecord record, Digest recordSha256) throws IOException {
    custody.append(entries(record, recordSha256));
    catalog.put(record, recordSha256);
    tell(record);
  }

  /** As {@link #bringHome}, where it may have been done in part or whole before. */
  void bringHomeAgain(EvidenceRecord record, Digest recordSha256) throws IOException {
    if (!isInCustody(record, recordSha256)) {
      custody.append(entries(record, recordSha256));
    }
    catalog.put(record, recordSha256);
    tell(record);
  }

  private boolean isInCustody(EvidenceRecord record, Digest recordSha256) throws IOException {
    for (CustodyEntry entry : custody.entries(record.id())) {
      if (recordSha256.hex().equals(entry.detail().get("record"))) {
        return true;
      }
    }
    return false;
  }

  private void tell(EvidenceRecord record) {
    try {
      listener.sealed(record);
    } catch (RuntimeException e) {
      counters.listenerFailures.increment();
      LOG.warn("evidence {} is in the store, but a listener failed", record.id(), e);
    }
  }

  private static List<CustodyLog.Draft> entries(EvidenceRecord record, Digest recordSha256) {
    List<CustodyLog.Draft> entries = new ArrayList<>();
    entries.add(
        new CustodyLog.Draft(
            CustodyAction.RECEIVED,
            record.id(),
            "agent " + record.agent(),
            Map.of(
                "artifacts", Integer.toString(record.artifacts().size()),
                "bytes", Long.toString(record.totalBytes()),
                "digests", digestOfDigests(record).hex())));
    StoredArtifact events = record.artifact(ArtifactName.EVENTS);
    for (StoredArtifact artifact : record.artifacts()) {
      if (artifact.derived()) {
        entries.add(derived(record, artifact, events));
      }
    }
    for (String problem : record.problems()) {
      if (problem.startsWith(RecordingDeriver.FAILURE)) {
        entries.add(
            new CustodyLog.Draft(
                CustodyAction.DERIVED, record.id(), "collector", Map.of("problem", problem)));
      }
    }
    entries.add(
        new CustodyLog.Draft(
            action(record.state()), record.id(), "collector", sealing(record, recordSha256)));
    return entries;
  }

  private static CustodyLog.Draft derived(
      EvidenceRecord record, StoredArtifact artifact, @Nullable StoredArtifact from) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("artifact", artifact.name().value());
    detail.put("sha256", artifact.sha256().hex());
    if (from != null) {
      detail.put("from", from.name().value());
      detail.put("fromSha256", from.sha256().hex());
    }
    return new CustodyLog.Draft(CustodyAction.DERIVED, record.id(), "collector", detail);
  }

  private static Map<String, String> sealing(EvidenceRecord record, Digest recordSha256) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("record", recordSha256.hex());
    detail.put("signature", record.signature().verified() ? "verified" : "not verified");
    if (record.signature().keyId() != null) {
      detail.put("keyId", record.signature().keyId());
    }
    StoredArtifact manifest = record.artifact(ArtifactName.MANIFEST);
    if (manifest != null) {
      detail.put("manifest", manifest.sha256().hex());
    }
    for (String problem : record.problems()) {
      // What could not be derived has an entry of its own.
      if (!problem.startsWith(RecordingDeriver.FAILURE)) {
        detail.putIfAbsent("problem", problem);
      }
    }
    return detail;
  }

  private static CustodyAction action(CaptureState state) {
    return switch (state) {
      case SEALED -> CustodyAction.SEALED;
      case PARTIAL -> CustodyAction.EXPIRED;
      default -> CustodyAction.REFUSED;
    };
  }

  /** One figure for all of them: the digest of {@code sha256sum}'s lines, by name. */
  private static Digest digestOfDigests(EvidenceRecord record) {
    MessageDigest sha256 = Digest.newSha256();
    for (StoredArtifact artifact : record.artifacts()) {
      String line = artifact.sha256().hex() + "  " + artifact.name() + "\n";
      sha256.update(line.getBytes(StandardCharsets.US_ASCII));
    }
    return Digest.of(sha256);
  }
}
