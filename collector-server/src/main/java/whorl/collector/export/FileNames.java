package whorl.collector.export;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import whorl.collector.store.EvidenceRecord;

/** What downloads are called: {@code <service>-<time of the seal>}, and what they are. */
final class FileNames {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int SERVICE_MAX_CHARS = 64;

  private FileNames() {}

  static String of(EvidenceRecord record) {
    return of(record.service(), record.sealedAt());
  }

  static String of(String name, Instant time) {
    return safe(name) + "-" + TIME.format(time);
  }

  /** The header that names a download. */
  static String attachment(String fileName) {
    return "attachment; filename=\"" + fileName + "\"";
  }

  /** A service's name comes from the agent: only what no header and no file system minds stays. */
  private static String safe(String service) {
    String kept = service.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[._-]+", "");
    String bounded =
        kept.length() <= SERVICE_MAX_CHARS ? kept : kept.substring(0, SERVICE_MAX_CHARS);
    return bounded.isEmpty() ? "recording" : bounded;
  }
}
