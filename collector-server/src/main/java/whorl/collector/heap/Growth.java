package whorl.collector.heap;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.Outcome;
import whorl.collector.heap.read.HeapAnalysis;
import whorl.collector.heap.read.HeapAnalysis.ClassCount;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.UnreadableContentException;
import whorl.evidence.Json;

/** How many instances and bytes of each class two pieces of evidence have. Thread-safe. */
final class Growth {
  static final String FROM_HISTOGRAM = "histogram.txt";
  static final String FROM_HEAP = "heap.hprof.gz";
  private static final int LISTED_MAX = 2_000;
  private static final int CLASSES_MAX = 200_000;
  private static final long HISTOGRAM_MAX_BYTES = 64L << 20;
  private static final long HEAP_BYTES = 128L << 20;
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);

  private final EvidenceStore store;
  private final HeapAnalyses analyses;
  private final ConfinedJvm confined;

  /** A class whose number of instances changed; a negative difference means fewer. */
  record Row(
      String name,
      long countBefore,
      long count,
      long countDifference,
      long bytesBefore,
      long bytes,
      long bytesDifference) {}

  /**
   * The comparison.
   *
   * @param source what the figures of the later one come from: histogram.txt or heap.hprof.gz
   * @param classes by difference of bytes, what grew most first
   * @param differ how many classes differ; there may be more than are listed
   * @param complete false if a side lists only its biggest classes, so that others are taken for 0
   */
  record Result(
      String sourceBefore,
      String source,
      long bytesBefore,
      long bytes,
      List<Row> classes,
      int differ,
      int same,
      boolean complete) {}

  private record Side(String source, Map<String, ClassCount> classes, boolean complete) {
    long bytes() {
      return classes.values().stream().mapToLong(ClassCount::bytes).sum();
    }
  }

  Growth(EvidenceStore store, HeapAnalyses analyses, ConfinedJvm confined) {
    this.store = store;
    this.analyses = analyses;
    this.confined = confined;
  }

  /** True if there are figures of its classes, without reading a snapshot first. */
  boolean hasFigures(EvidenceRecord record) throws IOException {
    HeapAnalysis analysis =
        HeapSnapshot.histogram(record) == null ? analyses.existing(record) : null;
    return HeapSnapshot.histogram(record) != null
        || (analysis != null && analysis.summary() != null);
  }

  /** Why there are no figures of its classes; null if there are. */
  @Nullable String whyNone(EvidenceRecord record) throws IOException {
    if (hasFigures(record)) {
      return null;
    }
    String evidence = "evidence " + record.id() + " has no histogram.txt";
    return HeapSnapshot.of(record).artifact() == null
        ? evidence + " and no heap snapshot that can be read"
        : evidence + "; examine its heap first, by whorl heap or on the page";
  }

  /** Compares two that have figures. Where both have a histogram of the JVM, those are taken. */
  Result between(EvidenceRecord before, EvidenceRecord after) throws IOException {
    boolean histograms =
        HeapSnapshot.histogram(before) != null && HeapSnapshot.histogram(after) != null;
    Side old = side(before, histograms);
    Side now = side(after, histograms);
    Set<String> names = new HashSet<>(old.classes().keySet());
    names.addAll(now.classes().keySet());
    List<Row> rows = new ArrayList<>();
    int same = 0;
    for (String name : names) {
      Row row = row(name, old.classes().get(name), now.classes().get(name));
      if (row.countDifference() == 0 && row.bytesDifference() == 0) {
        same++;
      } else {
        rows.add(row);
      }
    }
    int differ = rows.size();
    rows.sort(
        Comparator.comparingLong((Row row) -> -Math.abs(row.bytesDifference()))
            .thenComparing(Row::name));
    List<Row> listed = new ArrayList<>(rows.subList(0, Math.min(LISTED_MAX, differ)));
    listed.sort(Comparator.comparingLong(Row::bytesDifference).reversed().thenComparing(Row::name));
    return new Result(
        old.source(),
        now.source(),
        old.bytes(),
        now.bytes(),
        listed,
        differ,
        same,
        old.complete() && now.complete());
  }

  private static Row row(String name, @Nullable ClassCount old, @Nullable ClassCount now) {
    long countBefore = old == null ? 0 : old.count();
    long bytesBefore = old == null ? 0 : old.bytes();
    long count = now == null ? 0 : now.count();
    long bytes = now == null ? 0 : now.bytes();
    return new Row(
        name, countBefore, count, count - countBefore, bytesBefore, bytes, bytes - bytesBefore);
  }

  private Side side(EvidenceRecord record, boolean histograms) throws IOException {
    StoredArtifact histogram = HeapSnapshot.histogram(record);
    HeapAnalysis analysis = histograms ? null : analyses.existing(record);
    if (analysis != null && analysis.summary() != null) {
      HeapAnalysis.Summary summary = analysis.summary();
      return new Side(
          FROM_HEAP, byName(analysis.classes()), summary.classesListed() == summary.classes());
    }
    if (histogram != null) {
      return new Side(FROM_HISTOGRAM, byName(read(record, histogram)), true);
    }
    throw unreadable(record, "it has neither that nor a heap snapshot that could be read");
  }

  private static Map<String, ClassCount> byName(List<ClassCount> classes) {
    Map<String, ClassCount> byName = new HashMap<>();
    for (ClassCount each : classes) {
      byName.merge(
          each.name(),
          each,
          (one, other) ->
              new ClassCount(
                  one.name(), null, one.count() + other.count(), one.bytes() + other.bytes()));
    }
    return byName;
  }

  private List<ClassCount> read(EvidenceRecord record, StoredArtifact histogram)
      throws IOException {
    if (histogram.size() > HISTOGRAM_MAX_BYTES) {
      throw unreadable(record, "it has more than " + (HISTOGRAM_MAX_BYTES >> 20) + " MiB");
    }
    List<ClassCount> classes = new ArrayList<>();
    try (OpenContents contents = new OpenContents(store)) {
      Outcome outcome =
          confined.run(
              ConfinedRun.of(
                      HistogramProgram.class,
                      List.of(contents.file(histogram).toAbsolutePath().toString()),
                      HEAP_BYTES,
                      TIME_LIMIT)
                  .quick(),
              line -> add(line, classes));
      if (outcome instanceof Outcome.Refused refused) {
        throw new ProblemException(503, "too busy", refused.why(), Map.of("Retry-After", "5"));
      }
      if (!(outcome instanceof Outcome.Ended ended && ended.well())) {
        throw unreadable(record, outcome.complaint(HEAP_BYTES));
      }
      return classes;
    } catch (UnreadableContentException unreadable) {
      throw unreadable(record, unreadable.getMessage());
    } catch (JacksonException | IllegalArgumentException malformed) {
      throw unreadable(record, "its reader's answer can't be read");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a histogram was read", e);
    }
  }

  private static void add(String line, List<ClassCount> classes) throws IOException {
    classes.addAll(
        List.of(
            Json.MAPPER
                .readerFor(ClassCount[].class)
                .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .<ClassCount[]>readValue(line)));
    if (classes.size() > CLASSES_MAX) {
      throw new IllegalArgumentException("more than " + CLASSES_MAX + " classes");
    }
  }

  private static ProblemException unreadable(EvidenceRecord record, String why) {
    return new ProblemException(
        422, "histogram cannot be read", "histogram.txt of evidence " + record.id() + ": " + why);
  }
}
