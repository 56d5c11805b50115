package whorl.collector.export;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import whorl.collector.store.objects.EvidenceRecord;

/** File names of downloads: {@code <service>-<time of the seal>}. */
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

  /** The {@code Content-Disposition} header of a download. */
  static String attachment(String fileName) {
    return "attachment; filename=\"" + fileName + "\"";
  }

  /**
   * The agent chooses its service name: keep only characters that headers and file systems allow.
   */
  private static String safe(String service) {
    String allowed = service.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[._-]+", "");
    String bounded =
        allowed.length() <= SERVICE_MAX_CHARS ? allowed : allowed.substring(0, SERVICE_MAX_CHARS);
    return bounded.isEmpty() ? "recording" : bounded;
  }
}
