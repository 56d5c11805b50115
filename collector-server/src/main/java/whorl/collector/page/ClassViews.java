package whorl.collector.page;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.Outcome;
import whorl.collector.http.request.ProblemException;

/**
 * Renders class files as text, in confined JVMs. Caches recent results, including failures.
 * Thread-safe.
 */
final class ClassViews {
  /** The forms in which a class file can be shown. */
  enum Form {
    BYTECODE,
    SOURCE;

    String word() {
      return this == BYTECODE ? "bytecode" : "source";
    }
  }

  /**
   * The limits of one view.
   *
   * @param timeLimit wall-clock time
   */
  record Limits(long heapBytes, Duration timeLimit, long textMaxBytes) {
    static final Limits STANDARD = new Limits(256L << 20, Duration.ofSeconds(30), 8L << 20);
  }

  private static final long MAX_CACHED_CHARS = 32 << 20;

  private record Key(String sha256, Form form) {}

  private sealed interface View {
    record Text(String text) implements View {}

    record Failure(String title, String detail) implements View {}
  }

  private final ConfinedJvm confined;
  private final Limits limits;
  private final Map<Key, View> cached = new LinkedHashMap<>(16, 0.75f, true);
  private long cachedChars;

  ClassViews(ConfinedJvm confined, Limits limits) {
    this.confined = confined;
    this.limits = limits;
  }

  /**
   * Returns the text.
   *
   * @throws ProblemException with the reason when there is no text
   */
  String text(String sha256, Path file, Form form) throws IOException {
    Key key = new Key(sha256, form);
    View view;
    synchronized (cached) {
      view = cached.get(key);
    }
    if (view == null) {
      view = render(file, form);
      cache(key, view);
    }
    if (view instanceof View.Failure failure) {
      throw new ProblemException(422, failure.title, failure.detail);
    }
    return ((View.Text) view).text;
  }

  private View render(Path file, Form form) throws IOException {
    ConfinedRun run =
        ConfinedRun.of(
                ClassViewProgram.class,
                List.of(form.word(), file.toAbsolutePath().toString()),
                limits.heapBytes,
                limits.timeLimit)
            .quick()
            .outputMax(limits.textMaxBytes);
    StringBuilder text = new StringBuilder();
    Outcome outcome;
    try {
      outcome = confined.run(run, line -> text.append(line).append('\n'));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a class was made readable", e);
    }
    if (outcome instanceof Outcome.Ended ended) {
      return ended(ended, text, form);
    }
    if (outcome instanceof Outcome.Flooded flooded) {
      return new View.Failure(
          "class too long to show",
          "as text it has more than " + (flooded.limitBytes() >> 20) + " MiB; " + remedy(form));
    }
    if (outcome instanceof Outcome.TimedOut timedOut) {
      // not cached, because the machine may have been busy
      throw new ProblemException(
          504,
          "class took too long",
          "it was not readable within " + timedOut.limit().toSeconds() + " s; " + remedy(form));
    }
    String why = ((Outcome.Refused) outcome).why();
    throw new ProblemException(503, "too busy", why, Map.of("Retry-After", "5"));
  }

  private View ended(Outcome.Ended ended, StringBuilder text, Form form) {
    if (ended.well()) {
      return new View.Text(text.toString());
    }
    if (ended.status() > Outcome.SIGNALLED) {
      // not cached, because the reader crashed or was killed when the machine ran out of memory
      throw new ProblemException(
          422,
          "class can't be read",
          "its reader was killed, status " + ended.status() + "; " + remedy(form));
    }
    if (ended.status() == Outcome.Ended.OUT_OF_MEMORY) {
      return new View.Failure(
          "class takes too much memory",
          "it needs more than " + (limits.heapBytes >> 20) + " MiB; " + remedy(form));
    }
    String complaint = ended.complaint().lines().findFirst().orElse("status " + ended.status());
    String shortened = complaint.length() <= 300 ? complaint : complaint.substring(0, 300);
    return new View.Failure("class can't be read", shortened + "; " + remedy(form));
  }

  private static String remedy(Form form) {
    return form == Form.SOURCE ? "try view=bytecode, or download it" : "download it";
  }

  private void cache(Key key, View view) {
    synchronized (cached) {
      View replaced = cached.put(key, view);
      cachedChars += chars(view) - (replaced == null ? 0 : chars(replaced));
      Iterator<View> oldest = cached.values().iterator();
      while (cachedChars > MAX_CACHED_CHARS && oldest.hasNext()) {
        cachedChars -= chars(oldest.next());
        oldest.remove();
      }
    }
  }

  /** Returns the size of an entry, including its overhead. */
  private static long chars(View view) {
    return 1_000 + (view instanceof View.Text text ? text.text.length() : 0);
  }
}
