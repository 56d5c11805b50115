package whorl.collector.analysis.trail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import whorl.collector.store.disk.Lines;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.ArtifactName;

/** Reads the sequence numbers of events in {@code events.ndjson}. */
public final class Sequence {
  private static final ArtifactName NAME = new ArtifactName("events.ndjson");
  private static final long MAX_BYTES = 256L << 20;
  private static final int LOOKED_AT_BYTES = 256;
  private static final Pattern NUMBER =
      Pattern.compile("\\{\\s*\"sequence\"\\s*:\\s*(\\d{1,18})\\D");

  private Sequence() {}

  /**
   * The number of missing sequence numbers.
   *
   * @param first the smallest number
   * @param last the largest number
   */
  public record Gap(long first, long last, long missing) {
    static final Gap NONE = new Gap(0, 0, 0);
  }

  /**
   * Returns the gap of this evidence, or {@link Gap#NONE} if the artifact is missing or unreadable.
   */
  static Gap gap(ReadArtifacts artifacts) throws IOException {
    try (EvidenceStore.Content content = artifacts.open(NAME, MAX_BYTES)) {
      return content == null ? Gap.NONE : gap(content.file());
    }
  }

  private static Gap gap(Path events) throws IOException {
    long first = Long.MAX_VALUE;
    long last = -1;
    long there = 0;
    try (Lines lines = new Lines(Files.newInputStream(events), LOOKED_AT_BYTES)) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        Matcher matcher = NUMBER.matcher(new String(line, StandardCharsets.ISO_8859_1));
        if (matcher.lookingAt()) {
          long number = Long.parseLong(matcher.group(1));
          first = Math.min(first, number);
          last = Math.max(last, number);
          there++;
        }
      }
    }
    return there == 0 ? Gap.NONE : new Gap(first, last, last - first + 1 - there);
  }
}
