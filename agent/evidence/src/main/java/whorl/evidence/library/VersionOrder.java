package whorl.evidence.library;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Maven's order of versions, as the POM reference specifies it ("Version Order Specification"):
 *
 * <ul>
 *   <li>a version is split at dots, hyphens, underscores and between digits and letters; an empty
 *       part is 0;
 *   <li>what means nothing at the end, or before a hyphen, is dropped: 0, {@code final}, {@code
 *       ga}, {@code release};
 *   <li>a number after a dot is above a number after a hyphen, and that is above any qualifier;
 *   <li>{@code alpha < beta < milestone < rc < snapshot < nothing < sp <} all other qualifiers,
 *       which are in the order of their letters, in any case.
 * </ul>
 *
 * <p>Any text has a place in the order, also one that is no version; only its first {@link
 * #MAX_CHARS} characters count. Numbers may have any number of digits.
 */
public final class VersionOrder implements Comparator<String> {
  /** The order; it has no state. */
  public static final VersionOrder MAVEN = new VersionOrder();

  /** Characters of a version that count. */
  public static final int MAX_CHARS = 256;

  private static final List<String> KNOWN =
      List.of("alpha", "beta", "milestone", "rc", "snapshot", "", "sp");
  private static final int RELEASE = KNOWN.indexOf("");
  private static final int UNKNOWN = KNOWN.size();

  private VersionOrder() {}

  /**
   * A part of a version.
   *
   * @param dot true for a number after a dot
   * @param number its digits without zeros at the beginning; null for a qualifier
   * @param qualifier in small letters; empty for a number
   */
  private record Part(boolean dot, @Nullable String number, String qualifier) {
    /** True if it means nothing at the end of a version. */
    boolean isNothing() {
      return number == null ? qualifier.isEmpty() : number.isEmpty();
    }

    /** Qualifiers, then numbers after a hyphen, then numbers after a dot. */
    int rank() {
      return number == null ? 0 : dot ? 2 : 1;
    }
  }

  @Override
  public int compare(String left, String right) {
    List<Part> ours = parts(left);
    List<Part> theirs = parts(right);
    int length = Math.max(ours.size(), theirs.size());
    for (int i = 0; i < length; i++) {
      int order;
      if (i >= ours.size()) {
        order = -aboveNothing(theirs.get(i));
      } else if (i >= theirs.size()) {
        order = aboveNothing(ours.get(i));
      } else {
        order = compare(ours.get(i), theirs.get(i));
      }
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int compare(Part left, Part right) {
    if (left.rank() != right.rank()) {
      return Integer.compare(left.rank(), right.rank());
    }
    String number = left.number();
    String other = right.number();
    if (number != null && other != null) {
      return number.length() != other.length()
          ? Integer.compare(number.length(), other.length())
          : Integer.signum(number.compareTo(other));
    }
    return compareQualifiers(left.qualifier(), right.qualifier());
  }

  private static int compareQualifiers(String left, String right) {
    int ours = place(left);
    int theirs = place(right);
    return ours == UNKNOWN && theirs == UNKNOWN
        ? Integer.signum(left.compareTo(right))
        : Integer.compare(ours, theirs);
  }

  /** Compares a part with the end of the other version. */
  private static int aboveNothing(Part part) {
    return part.number() == null
        ? Integer.compare(place(part.qualifier()), RELEASE)
        : part.number().isEmpty() ? 0 : 1;
  }

  private static int place(String qualifier) {
    int at = KNOWN.indexOf(qualifier);
    return at < 0 ? UNKNOWN : at;
  }

  private static List<Part> parts(String version) {
    String text =
        version.substring(0, Math.min(version.length(), MAX_CHARS)).toLowerCase(Locale.ROOT);
    List<Part> parts = new ArrayList<>();
    boolean dot = true;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean end = i == text.length();
      boolean separator = !end && isSeparator(text.charAt(i));
      boolean turn =
          !end && !separator && i > start && isDigit(text.charAt(i)) != isDigit(text.charAt(start));
      if (end || separator || turn) {
        boolean beforeDigit = turn && isDigit(text.charAt(i));
        add(parts, dot, text.substring(start, i), beforeDigit);
        dot = separator && text.charAt(i) == '.';
        start = separator ? i + 1 : i;
      }
    }
    dropNothing(parts, parts.size());
    return parts;
  }

  private static void add(List<Part> parts, boolean dot, String text, boolean beforeDigit) {
    if (text.isEmpty() || isDigit(text.charAt(0))) {
      if (!dot) {
        dropNothing(parts, parts.size());
      }
      parts.add(new Part(dot, withoutZeros(text), ""));
    } else {
      // Maven treats a qualifier after a dot as one after a hyphen.
      dropNothing(parts, parts.size());
      parts.add(new Part(false, null, qualifier(text, beforeDigit)));
    }
  }

  private static void dropNothing(List<Part> parts, int size) {
    for (int i = size - 1; i > 0 && parts.get(i).isNothing(); i--) {
      parts.remove(i);
    }
  }

  private static String qualifier(String text, boolean beforeDigit) {
    return switch (text) {
      case "a" -> beforeDigit ? "alpha" : text;
      case "b" -> beforeDigit ? "beta" : text;
      case "m" -> beforeDigit ? "milestone" : text;
      case "cr" -> "rc";
      case "ga", "final", "release" -> "";
      default -> text;
    };
  }

  private static String withoutZeros(String digits) {
    int from = 0;
    while (from < digits.length() && digits.charAt(from) == '0') {
      from++;
    }
    return digits.substring(from);
  }

  private static boolean isSeparator(char c) {
    return c == '.' || c == '-' || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
