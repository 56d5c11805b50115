package whorl.rules.match;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts that a condition needs: it can hold only for an event with at least one of them in its
 * fields, in any case. It is necessary, not sufficient.
 *
 * @param needs not empty
 */
public record RequiredTexts(List<Need> needs) {
  public RequiredTexts {
    needs = List.copyOf(needs);
  }

  /**
   * A text that must occur in a value of the field.
   *
   * @param text ASCII without upper-case letters, at least {@value GramIndex#CHARS} characters
   */
  public record Need(Field field, String text) {}

  /** One of these texts in a value of the field. */
  public static RequiredTexts of(Field field, List<String> texts) {
    List<Need> needs = new ArrayList<>();
    for (String text : texts) {
      needs.add(new Need(field, text));
    }
    return new RequiredTexts(needs);
  }

  /** For alternatives; null if one of them has none. */
  public static @Nullable RequiredTexts either(List<@Nullable RequiredTexts> gates) {
    List<Need> needs = new ArrayList<>();
    for (RequiredTexts requiredTexts : gates) {
      if (requiredTexts == null) {
        return null;
      }
      needs.addAll(requiredTexts.needs);
    }
    return needs.isEmpty() ? null : new RequiredTexts(needs);
  }

  /** For conditions that must all hold: the one that probably fewest events pass. */
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
