package whorl.collector.heap;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.LineConsumer;
import whorl.collector.confine.Outcome;
import whorl.collector.heap.read.HeapAnalysis;
import whorl.collector.heap.read.HeapLine;
import whorl.collector.heap.read.HeapProgram;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.UnreadableContentException;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Has a confined JVM examine a heap snapshot, within limits of time and memory. Thread-safe. */
final class HeapReading {
  /** Enough for some 10 million objects; see docs/heap.md. */
  static final long HEAP_BYTES = 1L << 30;

  private static final Logger LOG = LoggerFactory.getLogger(HeapReading.class);
  private static final long OUTPUT_MAX_BYTES = 7L << 20;
  private static final int ROWS_MAX = 20_000;
  private static final Duration LIMIT_MIN = Duration.ofMinutes(5);
  private static final long BYTES_PER_MINUTE = 16L << 20;
  private static final long LIMIT_MAX_MINUTES = 60;

  private final EvidenceStore store;
  private final ConfinedJvm confined;
  private final long heapBytes;

  /**
   * The outcome.
   *
   * @param keep false if another attempt may have another outcome
   */
  record Made(HeapAnalysis analysis, boolean keep) {}

  HeapReading(EvidenceStore store, ConfinedJvm confined, long heapBytes) {
    this.store = store;
    this.confined = confined;
    this.heapBytes = heapBytes;
  }

  /**
   * Examines the snapshot.
   *
   * @param progress receives how far it is, on another thread
   * @throws ProblemException 503 if no JVM could be started
   */
  Made read(HeapSnapshot snapshot, StoredArtifact artifact, Consumer<HeapLine.Step> progress)
      throws IOException, InterruptedException {
    Lines lines = new Lines(progress);
    String problem;
    boolean keep = true;
    try (OpenContents contents = new OpenContents(store)) {
      List<String> arguments = new ArrayList<>();
      arguments.add(contents.file(artifact).toAbsolutePath().toString());
      if (snapshot.hasValues()) {
        arguments.add(HeapProgram.VALUES);
      }
      Outcome outcome =
          confined.run(
              ConfinedRun.of(HeapProgram.class, arguments, heapBytes, limit(artifact.size()))
                  .outputMax(OUTPUT_MAX_BYTES)
                  .inBackground(),
              lines);
      problem = problem(snapshot, outcome);
      keep = !outcome.mayBeTriedAgain();
    } catch (UnreadableContentException unreadable) {
      problem = unreadable.getMessage();
      keep = false;
    } catch (JacksonException | IllegalArgumentException malformed) {
      LOG.warn("evidence {}: its heap's reader printed what can't be read", snapshot.record().id());
      problem = "its reader's answer can't be read";
    }
    HeapAnalysis analysis = lines.analysis(artifact.name().value(), snapshot.content());
    return new Made(problem == null ? analysis : analysis.withProblem(problem), keep);
  }

  private @Nullable String problem(HeapSnapshot snapshot, Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      throw new ProblemException(503, "too busy", refused.why(), Map.of("Retry-After", "10"));
    }
    if (outcome instanceof Outcome.Ended ended && ended.well()) {
      return null;
    }
    LOG.warn("evidence {}: its heap could not be read: {}", snapshot.record().id(), outcome);
    String complaint = outcome.complaint(heapBytes);
    if (outcome instanceof Outcome.Ended ended && !ended.complaint().isEmpty()) {
      complaint += ": " + Text.shortened(ended.complaint().lines().findFirst().orElse(""));
    }
    return "the heap snapshot could not be read to the end: "
        + complaint
        + "; open it with Eclipse MAT on a machine with more memory";
  }

  private static Duration limit(long bytes) {
    return LIMIT_MIN.plusMinutes(Math.min(LIMIT_MAX_MINUTES, bytes / BYTES_PER_MINUTE));
  }

  /** The lines that the program prints. */
  private static final class Lines implements LineConsumer {
    private final Consumer<HeapLine.Step> progress;
    private final List<HeapAnalysis.ClassCount> classes = new ArrayList<>();
    private final List<HeapAnalysis.BigObject> biggest = new ArrayList<>();
    private final List<HeapAnalysis.LoaderUse> loaders = new ArrayList<>();
    private final List<HeapAnalysis.ThreadUse> threads = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private HeapAnalysis.@Nullable Summary summary;
    private HeapAnalysis.@Nullable Duplicates duplicates;

    Lines(Consumer<HeapLine.Step> progress) {
      this.progress = progress;
    }

    @Override
    public synchronized void line(String line) throws IOException {
      HeapLine read = Json.MAPPER.readValue(line, HeapLine.class);
      if (read.progress() != null) {
        progress.accept(read.progress());
      }
      if (read.summary() != null) {
        summary = read.summary();
      }
      if (read.duplicates() != null) {
        duplicates = read.duplicates();
      }
      if (read.classes() != null) {
        classes.addAll(read.classes());
      }
      add(biggest, read.biggest());
      add(loaders, read.loader());
      add(threads, read.thread());
      add(problems, read.problem());
      if (classes.size() > ROWS_MAX) {
        throw new IllegalArgumentException("more than " + ROWS_MAX + " classes");
      }
    }

    synchronized HeapAnalysis analysis(String artifact, String content) {
      return new HeapAnalysis(
          artifact,
          content,
          summary,
          List.copyOf(classes),
          List.copyOf(biggest),
          duplicates,
          List.copyOf(loaders),
          List.copyOf(threads),
          List.copyOf(problems));
    }

    private static <T> void add(List<T> list, @Nullable T value) {
      if (value != null) {
        list.add(value);
      }
      if (list.size() > ROWS_MAX) {
        throw new IllegalArgumentException("more than " + ROWS_MAX + " results");
      }
    }
  }
}
