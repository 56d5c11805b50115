package whorl.agent.hook;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.tamper.Tampering;
import whorl.event.StackEnd;

/**
 * Visits for which there was no room on the stack of their thread, neither for the hook nor for the
 * rules. Code can act there on purpose, so that no event shows it. Nothing can be examined there:
 * an agent thread reports these visits afterwards.
 */
final class LostVisits {
  /** A power of two; of more visits between two reports, the last ones are described. */
  private static final int KEPT = 16;

  private static final int DETAIL_MAX_CHARS = 2_000;

  /** The JDK's own class of paths. */
  private final Class<?> path = ofTheJdk(Path.of("/").getClass());

  /** One more than the number of the join point; 0 for none. */
  private final int[] joinPoints = new int[KEPT];

  private final @Nullable Object[] firstValues = new Object[KEPT];
  private volatile int next;

  private int reported = StackEnd.count();
  private long missedReported;

  /**
   * Notes a visit, on its thread. Calls almost nothing, and takes no lock: visits of two threads at
   * the same moment may replace each other.
   *
   * @param joinPoint its number; that of a forged visit can be any
   * @param values texts among them are kept until the report, and no object of the application
   */
  void add(int joinPoint, @Nullable Object[] values) {
    int slot = next & KEPT - 1;
    Object first = values.length == 0 ? null : values[0];
    boolean text =
        first instanceof String
            || first instanceof String[]
            || first != null && first.getClass() == path;
    firstValues[slot] = text ? first : null;
    joinPoints[slot] = joinPoint + 1;
    next = slot + 1;
  }

  /**
   * Describes the visits since the last call. For one thread.
   *
   * @param missed visits so far that did not even reach the dispatcher
   * @param names the name of a join point's method, by any number from 0 on
   */
  List<HookGuard.Finding> report(long missed, IntFunction<String> names) {
    int met = StackEnd.count();
    List<HookGuard.Finding> findings = new ArrayList<>();
    for (int slot = 0; slot < KEPT; slot++) {
      int joinPoint = joinPoints[slot] - 1;
      if (joinPoint >= 0) {
        joinPoints[slot] = 0;
        String detail = text(firstValues[slot]);
        firstValues[slot] = null;
        findings.add(
            new HookGuard.Finding(Tampering.NO_ROOM_FOR_HOOK, names.apply(joinPoint), detail));
      }
    }
    long others = Math.max(0, met - reported - findings.size()) + missed - missedReported;
    if (others > 0) {
      findings.add(
          new HookGuard.Finding(Tampering.NO_ROOM_FOR_HOOK, "a hook or a rule", others + " times"));
    }
    reported = met;
    missedReported = missed;
    return findings;
  }

  private static Class<?> ofTheJdk(Class<?> type) {
    return type.getModule() == Object.class.getModule() ? type : String.class;
  }

  private static String text(@Nullable Object value) {
    String text =
        value == null
            ? "without a text"
            : value instanceof String[] words ? joined(words) : value.toString();
    return text.length() <= DETAIL_MAX_CHARS ? text : text.substring(0, DETAIL_MAX_CHARS) + "…";
  }

  /** No more than is shown: the array may be an attacker's, and longer than any command. */
  private static String joined(String[] words) {
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < words.length && joined.length() <= DETAIL_MAX_CHARS; i++) {
      String word = String.valueOf(words[i]);
      joined.append(i == 0 ? "" : " ").append(word, 0, Math.min(word.length(), DETAIL_MAX_CHARS));
    }
    return joined.toString();
  }
}
