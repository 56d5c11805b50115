package whorl.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * What a jar says of the libraries in it, {@code META-INF/THIRD-PARTY.txt}: each with its licence,
 * then their notices and licence texts, each once. Made of the jar's list of parts and of the
 * parts' own jars.
 *
 * <p>A part whose jar brings no text has one of {@code licences/} here, with the copyright that
 * {@code licences/copyrights.txt} gives. That file also says which licence it is, because a POM may
 * name it differently. The terms for data of others in a jar are in {@code
 * licences/data-<jar>.txt}.
 */
final class ThirdParty {
  static final String FILE = "META-INF/THIRD-PARTY.txt";

  private static final String APACHE = "Apache-2.0";

  private static final Pattern TEXT =
      Pattern.compile(
          "(?i)(META-INF/licenses/.*|(.*/)?([\\w.-]*-)?(third[_-]party[_-])?"
              + "(licen[cs]es?|notices?)([-._].*)?)");

  /** Where the terms of the Apache License end, and where its appendix does. */
  private static final List<String> APACHE_ENDS =
      List.of("END OF TERMS AND CONDITIONS", "limitations under the License.");

  private static final String APACHE_TITLE = "Apache License";
  private static final String APACHE_TERMS = "TERMS AND CONDITIONS FOR USE, REPRODUCTION";
  private static final String RULE = "-".repeat(80) + "\n";

  private final String jar;
  private final List<Sbom.Component> parts = new ArrayList<>();
  private final Map<String, String[]> copyrights;

  /** The texts, each with the parts that have it. */
  private final Map<String, List<String>> texts = new LinkedHashMap<>();

  private ThirdParty(String jar, Sbom sbom) throws IOException {
    this.jar = jar;
    this.copyrights = copyrights();
    for (Sbom.Component each : sbom.components()) {
      if (!each.group().equals("whorl")) {
        parts.add(each);
      }
    }
    parts.sort(Comparator.comparing(each -> each.group() + ":" + each.name()));
  }

  /**
   * The text for a jar.
   *
   * @param jar its name
   * @throws IOException also if a part has a licence other than Apache's and no text of it is there
   */
  static String of(String jar, Sbom sbom) throws IOException {
    return new ThirdParty(jar, sbom).text();
  }

  private String text() throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("Whorl is under the Apache License 2.0. ").append(jar).append(" also has these");
    text.append(" libraries in it, each under a\nlicence of its own. META-INF/sbom has their");
    text.append(" digests. Of several licences that stand behind one\nlibrary, Whorl takes the");
    text.append(" first; the source of each library is where its name leads on Maven Central.\n\n");
    for (Sbom.Component each : parts) {
      if (each.licences().isEmpty()) {
        throw new IOException(named(each) + ": its POM names no licence");
      }
      text.append(named(each)).append("  ").append(collect(each)).append('\n');
    }
    texts.forEach(
        (licence, of) -> {
          text.append('\n').append(RULE).append("Of ").append(String.join(", ", of));
          text.append(":\n\n").append(licence);
        });
    String data = optional("data-" + jar + ".txt");
    if (data != null) {
      text.append('\n').append(RULE).append(tidy(data));
    }
    text.append('\n').append(RULE).append(APACHE).append(":\n\n");
    text.append(tidy(Files.readString(Command.ROOT.resolve("LICENSE"))));
    return text.toString();
  }

  private static String named(Sbom.Component part) {
    return part.group() + ":" + part.name() + " " + part.version();
  }

  /** Adds the part's texts, and returns the names of its licences. */
  private String collect(Sbom.Component part) throws IOException {
    boolean found = false;
    try (JarFile opened = new JarFile(part.jar().toFile())) {
      Map<String, ZipEntry> entries = new TreeMap<>();
      opened.stream()
          .filter(each -> !each.isDirectory() && !each.getName().endsWith(".class"))
          .filter(each -> TEXT.matcher(each.getName()).matches())
          .forEach(each -> entries.put(each.getName(), each));
      for (ZipEntry each : entries.values()) {
        try (InputStream in = opened.getInputStream(each)) {
          String whole = tidy(new String(in.readAllBytes(), StandardCharsets.UTF_8));
          add(part, beyondApache(whole));
        }
        found = true;
      }
    }
    if (found || part.licences().contains(APACHE)) {
      return String.join(" | ", part.licences());
    }
    String[] given = given(part);
    add(part, given[1] + "\n\n" + tidy(resource(given[0] + ".txt")));
    return given[0];
  }

  private void add(Sbom.Component part, String text) {
    if (!text.isBlank()) {
      List<String> of = texts.computeIfAbsent(text, each -> new ArrayList<>());
      if (!of.contains(part.name())) {
        of.add(part.name());
      }
    }
  }

  private String[] given(Sbom.Component part) throws IOException {
    String[] given = copyrights.get(part.group());
    if (given == null) {
      throw new IOException(
          named(part)
              + ": its jar has no text of "
              + part.licences()
              + "; add its copyright to licences/copyrights.txt");
    }
    return given;
  }

  /** What a text has beside the Apache License, which is at the end of the file once. */
  private static String beyondApache(String text) {
    int terms = text.indexOf(APACHE_TERMS);
    int start = text.lastIndexOf(APACHE_TITLE, terms);
    if (terms < 0 || start < 0) {
      return text;
    }
    int end = terms;
    for (String each : APACHE_ENDS) {
      int found = text.indexOf(each, end);
      if (found >= 0) {
        end = found + each.length();
      }
    }
    return tidy(text.substring(0, start).strip() + "\n" + text.substring(end));
  }

  /** Without carriage returns, blanks at the ends of lines, and empty lines around. */
  private static String tidy(String text) {
    return text.replace("\uFEFF", "")
            .lines()
            .map(String::stripTrailing)
            .collect(Collectors.joining("\n"))
            .strip()
        + "\n";
  }

  /** By group: the name of the licence's file, and the copyright. */
  private static Map<String, String[]> copyrights() throws IOException {
    Map<String, String[]> copyrights = new LinkedHashMap<>();
    for (String line : resource("copyrights.txt").lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split(" +\\| +", 3);
        copyrights.put(parts[0], new String[] {parts[1], parts[2]});
      }
    }
    return copyrights;
  }

  private static String resource(String name) throws IOException {
    String text = optional(name);
    if (text == null) {
      throw new IOException("no licences/" + name);
    }
    return text;
  }

  /** Null if there is none. */
  private static @Nullable String optional(String name) throws IOException {
    try (InputStream in = ThirdParty.class.getResourceAsStream("/licences/" + name)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
