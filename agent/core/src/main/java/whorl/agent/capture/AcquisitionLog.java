package whorl.agent.capture;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.HeapFacts;
import whorl.evidence.Missing;

/**
 * Records what a capture did and what it could not get. Thread-safe. Lines and their length are
 * bounded, and omitted lines are counted.
 */
public final class AcquisitionLog {
  private static final int LINES_MAX = 4_000;
  private static final int LINE_MAX_CHARS = 2_000;
  private static final int MISSING_MAX = 500;

  private final InstantSource clock;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> missing = new LinkedHashMap<>();
  private long dropped;
  private @Nullable HeapFacts heap;

  public AcquisitionLog(InstantSource clock) {
    this.clock = clock;
  }

  public synchronized void add(String line) {
    if (lines.size() >= LINES_MAX) {
      dropped++;
      return;
    }
    lines.add(clock.instant() + " " + printable(line));
  }

  /** Keeps the first reason for an artifact; further reasons are only logged as lines. */
  public synchronized void missing(String artifact, String reason) {
    add(artifact + " could not be had, or not wholly: " + reason);
    if (missing.size() < MISSING_MAX) {
      missing.putIfAbsent(printable(artifact), printable(reason));
    }
  }

  public synchronized void heap(HeapFacts facts) {
    heap = facts;
  }

  /** Returns how the heap snapshot was taken; null if there is none. */
  public synchronized @Nullable HeapFacts heap() {
    return heap;
  }

  public synchronized List<Missing> missing() {
    List<Missing> all = new ArrayList<>(missing.size());
    missing.forEach((artifact, reason) -> all.add(new Missing(artifact, reason)));
    return all;
  }

  public synchronized List<String> lines() {
    List<String> all = new ArrayList<>(lines);
    if (dropped > 0) {
      all.add(clock.instant() + " " + dropped + " more lines were left out");
    }
    return all;
  }

  /** Returns the text as one line, whatever an attacker put into a name. */
  public static String printable(String text) {
    int length = Math.min(text.length(), LINE_MAX_CHARS);
    StringBuilder printable = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      boolean lineBreak = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
      printable.append(lineBreak || Character.isSurrogate(c) ? '\uFFFD' : c);
    }
    return length < text.length() ? printable.append('…').toString() : printable.toString();
  }
}
