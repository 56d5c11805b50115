package whorl.collector.cli.ids;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * An id as a person gives it: whole; its first or last characters, at least four, as tables show
 * them; both with {@code …} between; or {@code latest}, also {@code latest:SERVICE}.
 *
 * @param text without the service
 * @param service only of this service; null for any
 */
public record GivenId(String text, @Nullable String service) {
  /** For help texts. */
  public static final String FORMS =
      "Ids: whole, the first or last characters (at least 4) if only one has them, latest, or"
          + " latest:SERVICE.";

  private static final String LATEST = "latest";
  private static final String GAP = "…";
  private static final String DOTS = "...";
  private static final int PART_MIN_CHARS = 4;
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** Ids are UUIDs, except those that others have chosen, which have other letters. */
  private static final Pattern PART_OF_UUID = Pattern.compile("[0-9a-f-]{4,36}");

  /**
   * Reads an id.
   *
   * @throws IllegalArgumentException if it has none of these forms
   */
  public static GivenId of(String given) {
    String text = given.strip().toLowerCase(Locale.ROOT).replace(DOTS, GAP);
    if (text.equals(LATEST)) {
      return new GivenId(LATEST, null);
    }
    String service = given.strip();
    if (text.startsWith(LATEST + ":") && service.length() > LATEST.length() + 1) {
      return new GivenId(LATEST, service.substring(LATEST.length() + 1));
    }
    int gap = text.indexOf(GAP);
    boolean isPart =
        gap < 0
            ? PART_OF_UUID.matcher(text).matches()
            : text.length() > PART_MIN_CHARS
                && isPart(text.substring(0, gap))
                && isPart(text.substring(gap + GAP.length()));
    if (!isPart && !Id.isId(text)) {
      throw new IllegalArgumentException(
          "not an id: "
              + Text.shortened(given)
              + "; give a whole one, its first or last characters (at least 4), or latest");
    }
    return new GivenId(text, null);
  }

  private static boolean isPart(String text) {
    return text.isEmpty() || PART_OF_UUID.matcher(text).matches();
  }

  /** The id, if it is given as a whole; null if a collector must say which it is. */
  @Nullable Id whole() {
    boolean isPart =
        text.equals(LATEST)
            || text.contains(GAP)
            || (PART_OF_UUID.matcher(text).matches() && !UUID.matcher(text).matches());
    return isPart || !Id.isId(text) ? null : new Id(text);
  }

  /** True if it is the newest. */
  public boolean isLatest() {
    return text.equals(LATEST);
  }

  /** True if {@code id} may be meant. */
  public boolean matches(String id) {
    int gap = text.indexOf(GAP);
    return gap < 0
        ? id.startsWith(text) || id.endsWith(text)
        : id.startsWith(text.substring(0, gap)) && id.endsWith(text.substring(gap + GAP.length()));
  }

  @Override
  public String toString() {
    return service == null ? text : text + ":" + service;
  }
}
