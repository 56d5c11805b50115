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
import whorl.collector.http.ProblemException;

/**
 * Class files as text, made in confined JVMs; what was made last is remembered, and so is that it
 * could not be made. Thread-safe.
 */
final class ClassViews {
  /** What a class file can be shown as. */
  enum Form {
    BYTECODE,
    SOURCE;

    String word() {
      return this == BYTECODE ? "bytecode" : "source";
    }
  }

  /**
   * What one view may take.
   *
   * @param timeLimit by the wall clock
   */
  record Limits(long heapBytes, Duration timeLimit, long textMaxBytes) {
    static final Limits STANDARD = new Limits(256L << 20, Duration.ofSeconds(30), 8L << 20);
  }

  private static final long REMEMBERED_MAX_CHARS = 32 << 20;

  private record Key(String sha256, Form form) {}

  private sealed interface View {
    record Text(String text) implements View {}

    record Unshowable(String title, String detail) implements View {}
  }

  private final ConfinedJvm confined;
  private final Limits limits;
  private final Map<Key, View> remembered = new LinkedHashMap<>(16, 0.75f, true);
  private long rememberedChars;

  ClassViews(ConfinedJvm confined, Limits limits) {
    this.confined = confined;
    this.limits = limits;
  }

  /**
   * The text.
   *
   * @throws ProblemException when it can't be had, and why
   */
  String text(String sha256, Path file, Form form) throws IOException {
    Key key = new Key(sha256, form);
    View view;
    synchronized (remembered) {
      view = remembered.get(key);
    }
    if (view == null) {
      view = made(file, form);
      remember(key, view);
    }
    if (view instanceof View.Unshowable unshowable) {
      throw new ProblemException(422, unshowable.title, unshowable.detail);
    }
    return ((View.Text) view).text;
  }

  private View made(Path file, Form form) throws IOException {
    ConfinedRun what =
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
      outcome = confined.run(what, line -> text.append(line).append('\n'));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a class was made readable", e);
    }
    if (outcome instanceof Outcome.Ended ended) {
      return ended(ended, text, form);
    }
    if (outcome instanceof Outcome.Flooded flooded) {
      return new View.Unshowable(
          "class too long to show",
          "as text it has more than " + (flooded.limitBytes() >> 20) + " MiB; " + remedy(form));
    }
    if (outcome instanceof Outcome.TimedOut timedOut) {
      // not remembered: perhaps the machine was busy
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
      // not remembered: it crashed, or somebody ran out of memory and it was in the way
      throw new ProblemException(
          422,
          "class can't be read",
          "its reader was killed, status " + ended.status() + "; " + remedy(form));
    }
    if (ended.status() == Outcome.Ended.OUT_OF_MEMORY) {
      return new View.Unshowable(
          "class takes too much memory",
          "it needs more than " + (limits.heapBytes >> 20) + " MiB; " + remedy(form));
    }
    String complaint = ended.complaint().lines().findFirst().orElse("status " + ended.status());
    String shown = complaint.length() <= 300 ? complaint : complaint.substring(0, 300);
    return new View.Unshowable("class can't be read", shown + "; " + remedy(form));
  }

  private static String remedy(Form form) {
    return form == Form.SOURCE ? "try view=bytecode, or download it" : "download it";
  }

  private void remember(Key key, View view) {
    synchronized (remembered) {
      View before = remembered.put(key, view);
      rememberedChars += chars(view) - (before == null ? 0 : chars(before));
      Iterator<View> oldest = remembered.values().iterator();
      while (rememberedChars > REMEMBERED_MAX_CHARS && oldest.hasNext()) {
        rememberedChars -= chars(oldest.next());
        oldest.remove();
      }
    }
  }

  /** And what an entry costs besides. */
  private static long chars(View view) {
    return 1_000 + (view instanceof View.Text text ? text.text.length() : 0);
  }
}
