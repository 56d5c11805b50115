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
record RequiredTexts(List<Need> needs) {
  RequiredTexts {
    needs = List.copyOf(needs);
  }

  /**
   * A text that stands somewhere in a value of the field.
   *
   * @param text ASCII without upper-case letters, {@value GramIndex#CHARS} characters at least
   */
  record Need(Field field, String text) {}

  /** One of these texts in a value of the field. */
  static RequiredTexts of(Field field, List<String> texts) {
    List<Need> needs = new ArrayList<>();
    for (String text : texts) {
      needs.add(new Need(field, text));
    }
    return new RequiredTexts(needs);
  }

  /** Of one condition or another; null when one of them has none. */
  static @Nullable RequiredTexts either(List<@Nullable RequiredTexts> gates) {
    List<Need> needs = new ArrayList<>();
    for (RequiredTexts requiredTexts : gates) {
      if (requiredTexts == null) {
        return null;
      }
      needs.addAll(requiredTexts.needs);
    }
    return needs.isEmpty() ? null : new RequiredTexts(needs);
  }

  /**
   * Of conditions that must hold together: the one that the fewest events pass, as far as known.
   */
  static @Nullable RequiredTexts best(List<@Nullable RequiredTexts> gates) {
    RequiredTexts best = null;
    for (RequiredTexts requiredTexts : gates) {
      if (requiredTexts != null && (best == null || requiredTexts.isNarrower(best))) {
        best = requiredTexts;
      }
    }
    return best;
  }

  private boolean isNarrower(RequiredTexts other) {
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
