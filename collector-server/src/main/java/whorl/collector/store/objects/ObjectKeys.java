package whorl.collector.store.objects;

import java.util.regex.Pattern;

/** The form of keys: what S3, every file system and every URL takes as it is. */
public final class ObjectKeys {
  /** The longest key; S3 takes 1,024 bytes, and the rest is for a prefix. */
  public static final int MAX_CHARS = 768;

  private static final Pattern SEGMENT_START = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._/-]*");

  private ObjectKeys() {}

  /**
   * Returns the key.
   *
   * @throws IllegalArgumentException if it is not of the form of a key
   */
  public static String checked(String key) {
    if (key.length() > MAX_CHARS) {
      throw new IllegalArgumentException("an object's key has more than " + MAX_CHARS + " chars");
    }
    for (String segment : key.split("/", -1)) {
      if (!SEGMENT_START.matcher(segment).matches()) {
        throw new IllegalArgumentException("not a key of an object: " + shown(key));
      }
    }
    return key;
  }

  /**
   * Returns the prefix of keys, which may end within a segment and may be empty.
   *
   * @throws IllegalArgumentException if no key can begin like that
   */
  public static String checkedPrefix(String prefix) {
    if (prefix.length() > MAX_CHARS
        || !PREFIX.matcher(prefix).matches()
        || prefix.startsWith("/")
        || prefix.startsWith(".")
        || prefix.contains("//")
        || prefix.contains("/.")) {
      throw new IllegalArgumentException("no object's key begins like that: " + shown(prefix));
    }
    return prefix;
  }

  /**
   * Checks the arguments of a page.
   *
   * @throws IllegalArgumentException if one of them is out of range
   */
  public static void checkPage(String prefix, int limit) {
    checkedPrefix(prefix);
    if (limit < 1 || limit > ObjectStore.PAGE_MAX) {
      throw new IllegalArgumentException("a page has 1 to " + ObjectStore.PAGE_MAX + " objects");
    }
  }

  /**
   * Checks a part's number.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public static void checkPart(int number) {
    if (number < 1 || number > ObjectStore.PARTS_MAX) {
      throw new IllegalArgumentException(
          "part " + number + ": parts are numbered from 1 to " + ObjectStore.PARTS_MAX);
    }
  }

  private static String shown(String key) {
    String printable = key.replaceAll("[^ -~]", "?");
    return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
  }
}
