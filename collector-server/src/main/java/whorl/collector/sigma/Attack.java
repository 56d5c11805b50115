package whorl.collector.sigma;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names of ATT&amp;CK's techniques that rules for Java applications and for Linux use. */
final class Attack {
  private static final String RESOURCE = "/whorl/collector/sigma/attack.txt";
  private static final String PREFIX = "attack.";
  private static final Pattern TECHNIQUE = Pattern.compile("attack\\.t[0-9]{4}(\\.[0-9]{3})?");
  private static final Map<String, String> NAMES = read();

  private Attack() {}

  /**
   * A technique.
   *
   * @param id such as {@code T1059.004}
   * @param name null if it is not in the list here
   */
  record Technique(String id, @Nullable String name) {}

  /** The techniques of a rule's tags. */
  static List<Technique> techniques(List<String> tags) {
    List<Technique> techniques = new ArrayList<>();
    for (String tag : tags) {
      if (TECHNIQUE.matcher(tag).matches()) {
        String id = tag.substring(PREFIX.length()).toUpperCase(Locale.ROOT);
        techniques.add(new Technique(id, NAMES.get(id)));
      }
    }
    return techniques;
  }

  /** The tactics of a rule's tags, such as {@code credential-access}. */
  static List<String> tactics(List<String> tags) {
    return tags.stream()
        .filter(tag -> tag.startsWith(PREFIX) && !tag.matches("attack\\.[tgs][0-9].*"))
        .map(tag -> tag.substring(PREFIX.length()))
        .toList();
  }

  private static Map<String, String> read() {
    Map<String, String> names = new HashMap<>();
    try (InputStream resource = Attack.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the collector's jar lacks " + RESOURCE);
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        names.put(line.substring(0, space), line.substring(space + 1));
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + RESOURCE, e);
    }
    return names;
  }
}
