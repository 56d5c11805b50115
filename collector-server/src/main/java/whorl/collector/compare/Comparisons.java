package whorl.collector.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.Outcome;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.UnreadableContentException;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;

/** Compares two pieces of evidence, in a confined JVM. Thread-safe. */
final class Comparisons {
  private static final long HEAP_BYTES = 384L << 20;
  private static final long ARTIFACT_MAX_BYTES = 64L << 20;
  private static final Duration TIME_LIMIT = Duration.ofSeconds(60);

  /** A kind that could not be compared, and why. */
  record NotCompared(String kind, String why) {}

  /** The result; kinds that neither has are in neither list. */
  record Result(
      List<KindSummary> kinds, List<Difference> differences, List<NotCompared> notCompared) {}

  private final EvidenceStore store;
  private final ConfinedJvm confined;

  Comparisons(EvidenceStore store, ConfinedJvm confined) {
    this.store = store;
    this.confined = confined;
  }

  /**
   * Compares what both have of these kinds.
   *
   * @throws ProblemException if it takes too long, too much memory, or no JVM is free
   */
  Result compare(EvidenceRecord before, EvidenceRecord after, Set<ThingKind> kinds)
      throws IOException {
    List<NotCompared> notCompared = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    try (OpenContents contents = new OpenContents(store)) {
      for (ThingKind kind : kinds) {
        String why = prepare(kind, before, after, contents, arguments);
        if (!why.isEmpty()) {
          notCompared.add(new NotCompared(kind.word(), why));
        }
      }
      List<KindSummary> summaries = new ArrayList<>();
      List<Difference> differences = new ArrayList<>();
      if (!arguments.isEmpty()) {
        run(arguments, summaries, differences);
      }
      return new Result(summaries, differences, notCompared);
    }
  }

  /** Adds the arguments of this kind; else returns why not, empty if neither evidence has it. */
  private static String prepare(
      ThingKind kind,
      EvidenceRecord before,
      EvidenceRecord after,
      OpenContents contents,
      List<String> arguments)
      throws IOException {
    StoredArtifact old = before.artifact(new ArtifactName(kind.artifact()));
    StoredArtifact now = after.artifact(new ArtifactName(kind.artifact()));
    if (old == null && now == null) {
      return isEncrypted(before, kind) || isEncrypted(after, kind)
          ? kind.artifact() + " is encrypted"
          : "";
    }
    if (old == null || now == null) {
      EvidenceRecord lacking = old == null ? before : after;
      return "evidence "
          + lacking.id()
          + (isEncrypted(lacking, kind) ? " has it encrypted" : " has no " + kind.artifact());
    }
    if (old.size() > ARTIFACT_MAX_BYTES || now.size() > ARTIFACT_MAX_BYTES) {
      return kind.artifact() + " has more than " + (ARTIFACT_MAX_BYTES >> 20) + " MiB";
    }
    Path oldFile;
    Path nowFile;
    try {
      oldFile = contents.file(old);
      nowFile = contents.file(now);
    } catch (UnreadableContentException unreadable) {
      return unreadable.getMessage();
    }
    arguments.add(kind.name());
    arguments.add(oldFile.toAbsolutePath().toString());
    arguments.add(nowFile.toAbsolutePath().toString());
    return "";
  }

  private static boolean isEncrypted(EvidenceRecord record, ThingKind kind) {
    return record.artifact(new ArtifactName(kind.artifact() + ".age")) != null;
  }

  private void run(
      List<String> arguments, List<KindSummary> summaries, List<Difference> differences)
      throws IOException {
    Outcome outcome;
    try {
      outcome =
          confined.run(
              ConfinedRun.of(CompareProgram.class, arguments, HEAP_BYTES, TIME_LIMIT),
              line -> {
                CompareProgram.Line read = Json.LENIENT.readValue(line, CompareProgram.Line.class);
                if (read.summary() != null) {
                  summaries.add(read.summary());
                } else if (read.difference() != null) {
                  differences.add(read.difference());
                }
              });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while evidence was compared", e);
    }
    if (outcome instanceof Outcome.Ended ended && ended.well()) {
      return;
    }
    if (outcome instanceof Outcome.Refused refused) {
      throw new ProblemException(503, "too busy", refused.why(), Map.of("Retry-After", "5"));
    }
    if (outcome instanceof Outcome.TimedOut timedOut) {
      throw new ProblemException(
          504,
          "comparison took too long",
          "it was not done within "
              + timedOut.limit().toSeconds()
              + " s; compare fewer kinds at once");
    }
    throw new ProblemException(
        422,
        "evidence cannot be compared",
        "the program that reads it ended; compare fewer kinds at once, or get the artifacts");
  }
}
