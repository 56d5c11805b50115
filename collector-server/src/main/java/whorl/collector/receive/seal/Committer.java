package whorl.collector.receive.seal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.EvidenceListing;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.custody.log.Receipts;
import whorl.collector.receive.AgentOwners;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.SealListener;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.records.Catalog;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Manifest;
import whorl.evidence.channel.CaptureState;

/**
 * The steps after a record is in the store: custody log, catalog, listener. Each step depends on
 * the record alone, so recovery can repeat it after a crash.
 */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  private final EvidenceStore store;
  private final CustodyLog custody;
  private final Catalog catalog;
  private final AgentOwners owners;
  private final SealListener listener;
  private final ReceiverCounters counters;

  Committer(ReceiverDependencies dependencies, ReceiverCounters counters) {
    this(
        dependencies.store(),
        dependencies.custody(),
        dependencies.catalog(),
        dependencies.owners(),
        dependencies.listener(),
        counters);
  }

  Committer(
      EvidenceStore store,
      CustodyLog custody,
      Catalog catalog,
      AgentOwners owners,
      SealListener listener,
      ReceiverCounters counters) {
    this.store = store;
    this.custody = custody;
    this.catalog = catalog;
    this.owners = owners;
    this.listener = listener;
    this.counters = counters;
  }

  /**
   * Publishes a stored record. What custody has of it already is not repeated: that is decided at
   * the log's end, where no other collector can append. The record stays due until everything is
   * done, so that another collector finishes what this one begins.
   *
   * @param manifest that it was sealed with; null if it is not sealed
   */
  void publish(EvidenceRecord record, Digest recordSha256, @Nullable Manifest manifest)
      throws IOException {
    String owner = owners.nameOf(record.agent());
    AtomicReference<@Nullable ImportEntry> found = new AtomicReference<>();
    boolean isFirst =
        !custody
            .append(
                () -> {
                  List<CustodyEntry> history = custody.entries(record.id());
                  ImportEntry made = ImportEntry.of(history, recordSha256);
                  found.set(made);
                  return isInCustody(history, recordSha256)
                      ? List.of()
                      : entries(record, recordSha256, owner, ofThis(made, recordSha256));
                })
            .isEmpty();
    ImportEntry imported = found.get();
    EvidenceListing.put(catalog, record, recordSha256, imported);
    if (!isFirst && !store.contains(record.id())) {
      catalog.remove(record.id()); // published by another collector, and purged since
    } else if (!notifyListener(record, manifest, imported != null)) {
      return;
    }
    store.markInCustody(record.id(), recordSha256);
  }

  /** The import, if it made this record; what comes later to imported evidence, an agent sends. */
  private static @Nullable ImportEntry ofThis(@Nullable ImportEntry made, Digest recordSha256) {
    return made != null && made.record().equals(recordSha256.hex()) ? made : null;
  }

  private static boolean isInCustody(List<CustodyEntry> history, Digest recordSha256) {
    for (CustodyEntry entry : history) {
      if (recordSha256.hex().equals(entry.detail().get("record"))) {
        return true;
      }
    }
    return false;
  }

  private boolean notifyListener(
      EvidenceRecord record, @Nullable Manifest manifest, boolean isImported) {
    try {
      if (isImported) {
        listener.imported(record);
        return true;
      }
      listener.sealed(record);
      if (manifest != null) {
        listener.manifestSealed(manifest);
      }
      return true;
    } catch (RuntimeException | Error e) {
      counters.listenerFailures.increment();
      LOG.warn(
          "evidence {} is in the store, but its listener failed; it is called again later",
          record.id(),
          e);
      return false;
    }
  }

  private static List<CustodyLog.Draft> entries(
      EvidenceRecord record,
      Digest recordSha256,
      @Nullable String owner,
      @Nullable ImportEntry imported) {
    List<CustodyLog.Draft> entries = new ArrayList<>();
    Receipts receipts = Receipts.of(record.artifacts());
    String sender = imported == null ? "agent " + record.agent() : imported.actor();
    if (!receipts.isEmpty()) {
      entries.add(
          new CustodyLog.Draft(
              CustodyAction.RECEIVED, record.id(), sender, receipts.detail(receipts.last())));
    }
    if (imported != null) {
      for (StoredArtifact artifact : record.artifacts()) {
        if (artifact.derived()) {
          entries.add(
              new CustodyLog.Draft(
                  CustodyAction.DERIVED, record.id(), sender, derivation(record, artifact)));
        }
      }
    }
    entries.add(
        new CustodyLog.Draft(
            action(record.state()),
            record.id(),
            "collector",
            sealing(record, recordSha256, imported == null ? owner : null)));
    return entries;
  }

  /** What imported evidence has besides what its agent listed. */
  private static Map<String, String> derivation(EvidenceRecord record, StoredArtifact artifact) {
    String encrypted = artifact.name().value() + ArtifactName.ENCRYPTED_ENDING;
    boolean isDecrypted =
        record.artifacts().stream().anyMatch(each -> each.name().value().equals(encrypted));
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("artifact", artifact.name().value());
    detail.put("sha256", artifact.sha256().hex());
    detail.put("from", isDecrypted ? encrypted : "the evidence as imported");
    return detail;
  }

  private static Map<String, String> sealing(
      EvidenceRecord record, Digest recordSha256, @Nullable String owner) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("record", recordSha256.hex());
    if (owner != null) {
      detail.put("owner", owner);
    }
    detail.put("signature", record.signature().verified() ? "verified" : "not verified");
    if (record.signature().keyId() != null) {
      detail.put("keyId", record.signature().keyId());
    }
    StoredArtifact manifest = record.artifact(ArtifactName.MANIFEST);
    if (manifest != null) {
      detail.put("manifest", manifest.sha256().hex());
    }
    if (!record.problems().isEmpty()) {
      detail.put("problem", record.problems().get(record.problems().size() - 1));
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
}
