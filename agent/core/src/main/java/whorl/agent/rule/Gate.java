package whorl.agent.rule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event must have in its fields for a condition to hold: one of these texts at least, in
 * any case of letters. It says nothing of whether the condition holds then.
 *
 * @param needs not empty
 */
record Gate(List<Need> needs) {
  Gate {
    needs = List.copyOf(needs);
  }

  /**
   * A text that stands somewhere in a value of the field.
   *
   * @param text ASCII without upper-case letters, {@value GramIndex#CHARS} characters at least
   */
  record Need(Field field, String text) {}

  /** One of these texts in a value of the field. */
  static Gate of(Field field, List<String> texts) {
    List<Need> needs = new ArrayList<>();
    for (String text : texts) {
      needs.add(new Need(field, text));
    }
    return new Gate(needs);
  }

  /** Of one condition or another; null when one of them has none. */
  static @Nullable Gate either(List<@Nullable Gate> gates) {
    List<Need> needs = new ArrayList<>();
    for (Gate gate : gates) {
      if (gate == null) {
        return null;
      }
      needs.addAll(gate.needs);
    }
    return needs.isEmpty() ? null : new Gate(needs);
  }

  /**
   * Of conditions that must hold together: the one that the fewest events pass, as far as known.
   */
  static @Nullable Gate best(List<@Nullable Gate> gates) {
    Gate best = null;
    for (Gate gate : gates) {
      if (gate != null && (best == null || gate.isNarrower(best))) {
        best = gate;
      }
    }
    return best;
  }

  private boolean isNarrower(Gate other) {
    int difference = shortest() - other.shortest();
    return difference > 0 || (difference == 0 && needs.size() < other.needs.size());
  }

  private int shortest() {
    int shortest = Integer.MAX_VALUE;
    for (Need need : needs) {
      shortest = Math.min(shortest, need.text().length());
    }
    return shortest;
  }
}
