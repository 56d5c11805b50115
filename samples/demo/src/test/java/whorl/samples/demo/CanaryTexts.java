package whorl.samples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts that the redactor is tested with, with secrets of their own for each place, so that one
 * that is found shows where it came from.
 */
final class CanaryTexts {
  private static final Pattern PLACE = Pattern.compile("\\{(?:=([^}]*)|([ahudbw])(\\d+))\\}");
  private static final String SMALL = "abcdefghijklmnopqrstuvwxyz";
  private static final String CAPITAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String DIGITS = "0123456789";

  /** Shorter ones could be matched by chance. */
  private static final int SECRET_MIN_CHARS = 10;

  /** One kind of so many is planted: {@code -Dwhorl.canary.every=10} for a quick look. */
  static final int EVERY = Integer.getInteger("whorl.canary.every", 1);

  private static final String OTHERS = "others";

  private final Path folder;

  /** Each secret, with the kind and the place that it was planted for. */
  private final Map<String, Planted> secrets = new LinkedHashMap<>();

  private final List<Planted> planted = new ArrayList<>();

  /**
   * One text.
   *
   * @param group the heading in the list that its line stands under
   * @param kind its line in the list
   */
  record Planted(String group, String kind, String place, String text, List<String> secrets) {}

  private record Kind(String group, String text) {}

  CanaryTexts(Path root) {
    folder = root.resolve("agent/core/src/test/resources/whorl/redact");
  }

  /** One of each kind that may stand in this place. */
  List<Planted> of(String place, Pattern unfit) {
    List<Planted> all = new ArrayList<>();
    Random random = new Random(place.hashCode());
    for (Kind kind : kinds()) {
      List<String> made = new ArrayList<>();
      String text = text(kind.text, random, made);
      if (!made.isEmpty() && !unfit.matcher(text).find()) {
        Planted planted = new Planted(kind.group, kind.text, place, text, made);
        made.forEach(secret -> secrets.put(secret, planted));
        all.add(planted);
      }
    }
    planted.addAll(all);
    return all;
  }

  List<String> ordinary() {
    return lines("ordinary.txt").stream().filter(line -> !isHeading(line)).toList();
  }

  private List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    String group = "";
    int number = 0;
    for (String line : lines("secrets.txt")) {
      if (isHeading(line)) {
        group = line.substring(2);
      } else if (number++ % EVERY == 0) {
        kinds.add(new Kind(group, line));
      }
    }
    return kinds;
  }

  private static boolean isHeading(String line) {
    return line.startsWith("# ");
  }

  /** A secret that somebody else planted. */
  void add(String secret, String kind, String place) {
    Planted one = new Planted(OTHERS, kind, place, secret, List.of(secret));
    secrets.put(secret, one);
    planted.add(one);
  }

  /** Each with one text that it is in. */
  Map<String, Planted> secrets() {
    return secrets;
  }

  /** All texts, in their order. */
  List<Planted> planted() {
    return planted;
  }

  private static String text(String kind, Random random, List<String> secrets) {
    StringBuilder text = new StringBuilder();
    StringBuilder secret = new StringBuilder();
    Matcher place = PLACE.matcher(kind);
    int copied = 0;
    while (place.find()) {
      if (place.start() > copied) {
        keep(secret, secrets);
      }
      text.append(kind, copied, place.start());
      boolean prefix = kind.startsWith("{", place.end());
      String made = made(place, prefix, random);
      text.append(made);
      secret.append(made);
      copied = place.end();
    }
    keep(secret, secrets);
    return text.append(kind.substring(copied)).toString();
  }

  private static void keep(StringBuilder secret, List<String> secrets) {
    if (secret.length() >= SECRET_MIN_CHARS) {
      secrets.add(secret.toString());
    }
    secret.setLength(0);
  }

  /**
   * @param prefix whether the rest of the secret follows, so that this must stay what it is
   */
  private static String made(Matcher place, boolean prefix, Random random) {
    if (place.group(1) != null) {
      // A word that other texts may contain becomes a word of the test.
      boolean common = place.group(1).length() < 6 || place.group(1).equals("changeme");
      return common && !prefix ? random(SMALL, 12, random) : place.group(1);
    }
    int length = Integer.parseInt(place.group(3));
    return switch (place.group(2).charAt(0)) {
      case 'h' -> random(DIGITS + "abcdef", length, random);
      case 'u' -> random(CAPITAL + DIGITS, length, random);
      case 'd' -> random(DIGITS, length, random);
      case 'w' -> random(SMALL, Math.max(length, SECRET_MIN_CHARS + 2), random);
      case 'b' -> random(CAPITAL + SMALL + DIGITS + "+/", length, random);
      default -> random(CAPITAL + SMALL + DIGITS, length, random);
    };
  }

  private static String random(String alphabet, int length, Random random) {
    StringBuilder made = new StringBuilder();
    for (int i = 0; i < length; i++) {
      made.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return made.toString();
  }

  private List<String> lines(String name) {
    try {
      return Files.readAllLines(folder.resolve(name)).stream()
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
