package whorl.collector.page;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * A line of {@code classes.ndjson}, as an agent reports it. Any part may be missing.
 *
 * @param keptBytes digests of stored class files with this name
 * @param sha256 digest of exactly this class's file
 */
record ClassLine(
    @Nullable String name,
    @Nullable String loader,
    @Nullable List<String> parents,
    @Nullable String codeSource,
    @Nullable String superclass,
    @Nullable List<String> interfaces,
    @Nullable String modifiers,
    boolean hidden,
    @Nullable String module,
    @Nullable List<String> keptBytes,
    @Nullable String sha256,
    @Nullable String origin,
    @Nullable String generator,
    @Nullable String definedAt,
    @Nullable String request,
    @Nullable List<String> stack,
    @Nullable List<@Nullable Finding> findings) {
  private static final ObjectReader READER = Json.LENIENT.readerFor(ClassLine.class);

  /** A finding about the class. */
  record Finding(
      @Nullable String kind,
      @Nullable String severity,
      @Nullable String reason,
      @Nullable String target) {}

  /** Parses a line; null when it is malformed. */
  static @Nullable ClassLine parse(byte[] json) throws IOException {
    try {
      return READER.readValue(json);
    } catch (JacksonException malformed) {
      return null;
    }
  }

  /**
   * Returns the rank in the list, 0 being the first; negative when the class is not interesting.
   */
  int rank() {
    if (findings != null && !findings.isEmpty()) {
      int worst = 3;
      for (Finding finding : findings) {
        String severity = finding == null ? null : finding.severity;
        worst = Math.min(worst, severity == null ? 3 : rank(severity));
      }
      return worst;
    }
    boolean generated =
        sha256 != null || origin != null || keptBytes != null && !keptBytes.isEmpty();
    return generated ? ClassIndex.RANK_KEPT : -1;
  }

  private static int rank(String severity) {
    return switch (severity) {
      case "critical" -> 0;
      case "high" -> 1;
      case "medium" -> 2;
      default -> 3;
    };
  }
}
