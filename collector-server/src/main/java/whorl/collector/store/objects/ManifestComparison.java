package whorl.collector.store.objects;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.Text;

/**
 * Compares a record of sealed evidence with the manifest that it was made of. The agent signs the
 * manifest and not the record, so a record that says something else of the alert, the reason or
 * what is missing would pass under the agent's key. Texts may be shortened in the record. The
 * service may differ: a collector keeps evidence under the one that its agent said first.
 */
public final class ManifestComparison {
  /** No text is shortened to less. */
  private static final int SHORTENED_MIN_CHARS = 100;

  /** No more of what is missing is in a record. */
  private static final int MISSING_MAX = 64;

  /** The only field of an alert that is too long to be listed; it has no other details. */
  public static final String CUT = "cut";

  /** The value of {@link #CUT}. */
  public static final String TOO_LONG =
      "this alert is too long to be listed; the manifest has all of it";

  private final EvidenceRecord record;
  private final Manifest manifest;
  private final List<String> differences = new ArrayList<>();

  private ManifestComparison(EvidenceRecord record, Manifest manifest) {
    this.record = record;
    this.manifest = manifest;
  }

  /**
   * What the record says otherwise; empty if it agrees.
   *
   * @param record of sealed evidence
   * @param manifest with all that a manifest must have
   */
  public static List<String> differences(EvidenceRecord record, Manifest manifest) {
    ManifestComparison comparison = new ManifestComparison(record, manifest);
    comparison.compare();
    return List.copyOf(comparison.differences);
  }

  /** What to say if the record names another service than the manifest; null if it does not. */
  public static @Nullable String otherService(EvidenceRecord record, Manifest manifest) {
    String signed = manifest.agent().service();
    return isOf(record.service(), signed)
        ? null
        : "its agent signed service "
            + quoted(signed)
            + "; the collector kept it under "
            + quoted(record.service())
            + ", where the agent was known before";
  }

  private void compare() {
    text("reason", record.reason(), manifest.reason());
    if (!isOf(record.alert(), manifest.alert())) {
      differences.add("evidence.json has another alert than manifest.json");
    }
    HeapFacts heap = record.heap();
    if (heap != null && !heap.equals(manifest.heap())) {
      differences.add("evidence.json and manifest.json differ in how the heap was taken");
    }
    if (!isDecrypted()) {
      text("recipient", record.recipient(), manifest.recipient());
    }
    missing();
  }

  private void text(String what, @Nullable String recorded, @Nullable String whole) {
    if (!isOf(recorded, whole)) {
      differences.add(
          what
              + " is "
              + quoted(recorded)
              + " in evidence.json, "
              + quoted(whole)
              + " in manifest.json");
    }
  }

  private static String quoted(@Nullable String text) {
    return text == null ? "none" : '"' + Text.shortened(text) + '"';
  }

  /** True if the text is the whole one, or its beginning with an ellipsis. */
  private static boolean isOf(@Nullable String recorded, @Nullable String whole) {
    if (recorded == null || whole == null) {
      return recorded == null ? whole == null : recorded.isEmpty();
    }
    return recorded.equals(whole)
        || (recorded.length() >= SHORTENED_MIN_CHARS
            && recorded.endsWith("…")
            && whole.startsWith(recorded.substring(0, recorded.length() - 1)));
  }

  private static boolean isOf(@Nullable Alert recorded, @Nullable Alert whole) {
    if (recorded == null || whole == null) {
      return recorded == null && whole == null;
    }
    return Objects.equals(recorded.id(), whole.id())
        && Objects.equals(recorded.time(), whole.time())
        && recorded.level() == whole.level()
        && isOf(recorded.source(), whole.source())
        && isOf(recorded.rule(), whole.rule())
        && isOf(recorded.title(), whole.title())
        && (isCut(recorded) || hasDetailsOf(recorded, whole));
  }

  private static boolean isCut(Alert recorded) {
    return recorded.fields().equals(Map.of(CUT, TOO_LONG))
        && recorded.description() == null
        && recorded.tags().isEmpty()
        && recorded.thread() == null
        && recorded.stack().isEmpty();
  }

  private static boolean hasDetailsOf(Alert recorded, Alert whole) {
    return Objects.equals(recorded.description(), whole.description())
        && recorded.tags().equals(whole.tags())
        && tree(recorded.fields()).equals(tree(whole.fields()))
        && Objects.equals(recorded.thread(), whole.thread())
        && recorded.stack().equals(whole.stack());
  }

  /**
   * The fields as they are read from JSON: a number without a form in JSON is a text there, and the
   * first collectors wrote the fields in an order of their own.
   */
  private static JsonNode tree(Map<String, Object> fields) {
    try {
      return Json.MAPPER.readTree(Json.bytes(fields));
    } catch (IOException e) {
      throw new IllegalStateException("JSON that was just written cannot be read", e);
    }
  }

  /** True where evidence was opened with its key: it has the plain artifacts beside the others. */
  private boolean isDecrypted() {
    Set<String> names = new HashSet<>();
    record.artifacts().forEach(artifact -> names.add(artifact.name().value()));
    return record.recipient() == null
        && record.artifacts().stream()
            .anyMatch(
                artifact ->
                    artifact.derived()
                        && names.contains(artifact.name() + ArtifactName.ENCRYPTED_ENDING));
  }

  private void missing() {
    List<Missing> listed = manifest.missing();
    if (listed.size() > MISSING_MAX) {
      if (record.missing().size() < MISSING_MAX) {
        differences.add("evidence.json lacks some of what manifest.json says is missing");
      }
      return;
    }
    for (Missing each : listed) {
      if (record.missing().stream().noneMatch(named -> isOf(named, each))) {
        differences.add(
            "evidence.json does not say that "
                + quoted(each.artifact())
                + " is missing, as manifest.json does");
      }
    }
  }

  private static boolean isOf(Missing named, Missing whole) {
    return isOf(named.artifact(), whole.artifact()) && isOf(named.reason(), whole.reason());
  }
}
