package whorl.collector.receive.seal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.verify.ManifestCheck;
import whorl.collector.receive.AgentServices;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.ManifestComparison;
import whorl.collector.store.outage.Outage;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.Text;

/**
 * The cause and circumstances of the evidence as they go into its record: from the manifest, or
 * without one from other sources. The service is the one in which the agent is known; the manifest
 * keeps what it says. Texts and lists are shortened; the artifacts have them in full.
 */
record EvidenceSummary(
    String service,
    @Nullable Alert alert,
    String reason,
    @Nullable HeapFacts heap,
    List<Missing> missing,
    @Nullable String recipient) {
  private static final int SERVICE_MAX_CHARS = 256;
  private static final int REASON_MAX_CHARS = 4096;
  private static final int RECIPIENT_MAX_CHARS = 128;
  private static final int ALERT_MAX_BYTES = 64 << 10;
  private static final int MISSING_MAX = 64;
  private static final int MISSING_NAME_MAX_CHARS = 128;
  private static final int MISSING_REASON_MAX_CHARS = 1024;

  static EvidenceSummary of(
      @Nullable Manifest manifest, AgentServices services, PendingEvidence pending)
      throws IOException {
    Alert alert = manifest != null ? manifest.alert() : alertOf(pending);
    String knownService = services.serviceOf(pending.agent());
    String service =
        knownService != null
            ? knownService
            : manifest == null ? "unknown" : manifest.agent().service();
    String reason =
        manifest != null
            ? manifest.reason()
            : alert != null && alert.title() != null ? alert.title() : "unknown";
    return new EvidenceSummary(
        shortened(service, SERVICE_MAX_CHARS),
        bounded(alert),
        shortened(reason, REASON_MAX_CHARS),
        manifest == null ? null : validOrNull(manifest.heap()),
        manifest == null ? List.of() : bounded(manifest.missing()),
        manifest == null || manifest.recipient() == null
            ? null
            : shortened(manifest.recipient(), RECIPIENT_MAX_CHARS));
  }

  /** The summary in an existing record. */
  static EvidenceSummary of(EvidenceRecord record) {
    return new EvidenceSummary(
        record.service(),
        record.alert(),
        record.reason(),
        record.heap(),
        record.missing(),
        record.recipient());
  }

  /** The received manifest of evidence without an envelope; null if it cannot be read. */
  static @Nullable Manifest manifestOf(PendingEvidence pending) throws IOException {
    Upload upload = pending.upload(ArtifactName.MANIFEST);
    return upload == null || upload.sha256() == null
        ? null
        : ManifestCheck.of(upload.content(), null, Map.of(), null).manifest();
  }

  private static @Nullable Alert alertOf(PendingEvidence pending) throws IOException {
    Upload upload = pending.upload(ArtifactName.ALERT);
    if (upload == null || upload.sha256() == null || upload.offset() > ALERT_MAX_BYTES) {
      return null;
    }
    try {
      JsonNode alerts = Json.LENIENT.readTree(upload.content());
      Alert alert = Json.LENIENT.treeToValue(alerts.path("alert"), Alert.class);
      return alert == null || !EvidenceRecord.isWhole(alert) ? null : alert;
    } catch (IOException e) {
      if (Outage.of(e) != null) {
        throw e; // without its alert, the evidence would have no level for good
      }
      return null;
    }
  }

  private static @Nullable Alert bounded(@Nullable Alert alert) {
    if (alert == null || Json.bytes(alert).length <= ALERT_MAX_BYTES) {
      return alert;
    }
    return new Alert(
        alert.id(),
        shortened(alert.source(), SERVICE_MAX_CHARS),
        alert.time(),
        shortened(alert.rule(), SERVICE_MAX_CHARS),
        alert.level(),
        shortened(alert.title(), REASON_MAX_CHARS),
        null,
        List.of(),
        Map.of(ManifestComparison.CUT, ManifestComparison.TOO_LONG),
        null,
        List.of());
  }

  /** Null for impossible values: the facts come from the agent. */
  private static @Nullable HeapFacts validOrNull(@Nullable HeapFacts heap) {
    boolean valid =
        heap != null
            && heap.path() != null
            && heap.content() != null
            && heap.pauseMillis() >= 0
            && heap.dumpBytes() >= 0
            && heap.storedBytes() >= 0
            && heap.bytesPerSecond() >= 0;
    return valid ? heap : null;
  }

  /**
   * Lists whole kinds of artifacts first, so that a thousand missing files do not hide a missing
   * heap.
   */
  private static List<Missing> bounded(List<Missing> missing) {
    List<Missing> kinds = new ArrayList<>();
    List<Missing> parts = new ArrayList<>();
    for (Missing each : missing) {
      String name = shortened(each.artifact(), MISSING_NAME_MAX_CHARS);
      List<Missing> sameKind = name.indexOf('/') < 0 ? kinds : parts;
      if (sameKind.size() < MISSING_MAX) {
        sameKind.add(new Missing(name, shortened(each.reason(), MISSING_REASON_MAX_CHARS)));
      }
    }
    kinds.addAll(parts);
    return List.copyOf(kinds.subList(0, Math.min(kinds.size(), MISSING_MAX)));
  }

  private static String shortened(@Nullable String text, int maxChars) {
    String value = text == null ? "" : text;
    return Text.atMost(value, maxChars);
  }
}
