package whorl.collector.cli.completion;

import java.util.List;

/**
 * What a shell offers for a value.
 *
 * @param text as scripts have it: empty for an option without a value; {@code any} if nothing is
 *     known of it; {@code file}; {@code words} and the words; or {@code from} and the kind of what
 *     {@code whorl complete} prints
 */
record Offer(String text) {
  static final Offer FLAG = new Offer("");
  static final Offer ANY = new Offer("any");
  static final Offer FILE = new Offer("file");

  private static final String WORDS = "words ";
  private static final String FROM = "from ";

  static Offer words(List<String> words) {
    return new Offer(WORDS + String.join(" ", words));
  }

  static Offer from(String kind) {
    return new Offer(FROM + kind);
  }

  boolean isFlag() {
    return text.isEmpty();
  }

  boolean isFile() {
    return equals(FILE);
  }

  /** The words; empty if it is of another kind. */
  String words() {
    return text.startsWith(WORDS) ? text.substring(WORDS.length()) : "";
  }

  /** The kind of what is known; empty if it is of another kind. */
  String kind() {
    return text.startsWith(FROM) ? text.substring(FROM.length()) : "";
  }
}
