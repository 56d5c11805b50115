package whorl.collector.lake;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of the table's data files:
 *
 * <pre>
 * lake/timeline/data/&lt;day of the seal&gt;/&lt;evidence&gt;-&lt;attempt&gt;-&lt;number&gt;.parquet
 * </pre>
 *
 * <p>A service's name is anything, so it is no part of a key.
 */
final class LakePaths {
  /** All of the table's objects are below it. */
  static final String TABLE = "lake/timeline";

  private static final String DATA = TABLE + "/data/";
  private static final Pattern DAY = Pattern.compile(Pattern.quote(DATA) + "([0-9-]{10,})/[^/]+");

  private LakePaths() {}

  /**
   * @param attempt differs for each attempt to write the rows of this evidence
   */
  static String key(LakeSource source, String attempt, int number) {
    return DATA
        + source.sealedAt().atOffset(ZoneOffset.UTC).toLocalDate()
        + "/"
        + source.evidence()
        + "-"
        + attempt
        + "-"
        + number
        + ".parquet";
  }

  /** The days that these locations have in them. */
  static List<LocalDate> days(List<String> locations) {
    List<LocalDate> days = new ArrayList<>();
    for (String location : locations) {
      Matcher day = DAY.matcher(location);
      if (day.find()) {
        days.add(LocalDate.parse(day.group(1)));
      }
    }
    return days;
  }
}
