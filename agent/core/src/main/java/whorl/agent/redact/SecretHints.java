package whorl.agent.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rejects texts without anything to mask, in one pass over their bytes: most lines of a log. It
 * knows the first three characters of the words that mark names of secrets, programs, schemes and
 * vendors' tokens, and the few signs that all other secrets contain. It may report a hint in vain,
 * but never misses one.
 *
 * <p>The loop is small, so that it is cheap before it is compiled, and cheap to compile: the
 * maskers would keep the JVM's compilers busy for seconds while an application warms up.
 */
final class SecretHints {
  /** Longer texts go to the maskers, which have their own limits. */
  private static final int MAX_CHARS = 512;

  /** A run of at least so many characters of Base64 may be a key. */
  private static final int BASE64_CHARS = 40;

  private static final String PEM = "-----";

  /** Character kinds: letters in any case from 1, one kind for all digits. */
  private static final int DIGIT = 27;

  /** The highest kind that is part of Base64. */
  private static final int SIGN = 28;

  private static final int KIND_BITS = 5;
  private static final int GRAM_MASK = (1 << 3 * KIND_BITS) - 1;
  private static final int GRAM_CHARS = 3;

  /** The kind of each ASCII character; below 0 for those that are hints by themselves. */
  private static final byte[] KINDS = kinds();

  /** By three kinds, the group of words that begin with them; 0 for none. */
  private static final short[] GROUPS = new short[GRAM_MASK + 1];

  private static final Word[][] WORDS = groups(words());

  private SecretHints() {}

  /** What must follow a word for a hint. */
  private enum Following {
    /** Anything. */
    ANYTHING,
    /** The rest of a name, and a sign that a value follows. */
    NAME,
    /** As {@link #NAME}, and the word ends here. */
    NAME_WORD,
    /** The end of a command's argument. */
    ARGUMENT_END,
    BLANK,
    SLASH,
    HEX,
    DIGIT
  }

  /**
   * @param begins true if no letter or digit may precede it
   */
  private record Word(String text, boolean anyCase, boolean begins, Following following) {}

  /** True if the text may contain something to mask. */
  static boolean in(String text) {
    if (text.length() > MAX_CHARS) {
      return true;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int gram = 0;
    int base64 = 0;
    for (int at = 0; at < bytes.length; at++) {
      int kind = bytes[at] < 0 ? -1 : KINDS[bytes[at]];
      if (kind < 0) {
        return true;
      }
      base64 = kind == 0 || kind > SIGN ? 0 : base64 + 1;
      gram = (gram << KIND_BITS | kind) & GRAM_MASK;
      if (base64 == BASE64_CHARS || GROUPS[gram] != 0 && isHint(text, at, GROUPS[gram])) {
        return true;
      }
    }
    return text.contains(PEM);
  }

  /**
   * @param at position of the third of the three characters
   */
  private static boolean isHint(String text, int at, int group) {
    for (Word word : WORDS[group]) {
      int from = at + 1 - Math.min(GRAM_CHARS, word.text.length());
      int end = from + word.text.length();
      if (from >= 0
          && text.regionMatches(word.anyCase, from, word.text, 0, word.text.length())
          && !(word.begins && from > 0 && Chars.alphanumeric(text.charAt(from - 1)))
          && follows(word.following, text, from, end)) {
        return true;
      }
    }
    return false;
  }

  private static boolean follows(Following following, String text, int from, int end) {
    char next = end < text.length() ? text.charAt(end) : 0;
    return switch (following) {
      case ANYTHING -> true;
      case NAME -> hasValue(text, from, end);
      case NAME_WORD -> !Chars.lower(next) && hasValue(text, from, end);
      case ARGUMENT_END -> next == 0 || Chars.blank(next) || Chars.quote(next);
      case BLANK -> Chars.blank(next);
      case SLASH -> next == '/';
      case HEX -> Chars.hex(next);
      case DIGIT -> Chars.digit(next);
    };
  }

  /** True if the name that continues here may have a value. */
  private static boolean hasValue(String text, int from, int end) {
    int at = end;
    while (at < text.length() && Chars.token(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return false;
    }
    char sign = text.charAt(at);
    if (!Chars.blank(sign)) {
      return isSign(sign);
    }
    at = Chars.skipBlanks(text, at);
    int value = at;
    while (at < text.length() && !Chars.blank(text.charAt(at))) {
      at++;
    }
    return at - value >= Assignments.BARE_VALUE_CHARS
        || at > value && (isSign(text.charAt(value)) || isOption(text, from));
  }

  private static boolean isSign(char c) {
    return "=:>[]/\\(".indexOf(c) >= 0 || Chars.quote(c);
  }

  private static boolean isOption(String text, int within) {
    int start = within;
    while (start > 0 && Chars.token(text.charAt(start - 1))) {
      start--;
    }
    return text.charAt(start) == '-';
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[0x80];
    Arrays.fill(kinds, 0, ' ', (byte) -1);
    for (char c : "\u007f@%".toCharArray()) {
      kinds[c] = -1;
    }
    kinds['\t'] = 0;
    for (char c = 'a'; c <= 'z'; c++) {
      kinds[c] = (byte) (c - 'a' + 1);
      kinds[c + 'A' - 'a'] = kinds[c];
    }
    for (char c = '0'; c <= '9'; c++) {
      kinds[c] = DIGIT;
    }
    kinds['/'] = SIGN;
    kinds['+'] = SIGN;
    kinds['_'] = SIGN + 1;
    kinds['-'] = SIGN + 2;
    kinds['.'] = SIGN + 3;
    return kinds;
  }

  private static List<Word> words() {
    List<Word> words = new ArrayList<>();
    add(words, SecretNames.within(), true, false, Following.NAME);
    add(words, SecretNames.words(), true, false, Following.NAME_WORD);
    add(words, UrlSecrets.names(), true, false, Following.SLASH);
    add(words, UrlSecrets.hosts(), true, false, Following.ANYTHING);
    add(words, AuthSchemes.names(), true, true, Following.BLANK);
    add(words, CommandSecrets.programs(), false, true, Following.ARGUMENT_END);
    add(words, List.of(Assignments.IDENTIFIED, Assignments.JWK), true, false, Following.ANYTHING);
    add(words, SecretShapes.prefixes(), false, true, Following.ANYTHING);
    add(words, SecretShapes.hashes(), false, false, Following.ANYTHING);
    words.add(new Word(SecretShapes.BOT_TOKEN, false, false, Following.ANYTHING));
    words.add(new Word(SecretShapes.JWT, false, true, Following.ANYTHING));
    words.add(new Word(SecretShapes.TWILIO, false, true, Following.HEX));
    words.add(new Word(SecretShapes.TELEGRAM, false, true, Following.DIGIT));
    return words;
  }

  private static void add(
      List<Word> words,
      Collection<String> texts,
      boolean anyCase,
      boolean begins,
      Following following) {
    for (String text : texts) {
      words.add(new Word(text, anyCase, begins, following));
    }
  }

  /** Fills {@link #GROUPS} and returns the words of each group. */
  private static Word[][] groups(List<Word> words) {
    Map<Integer, List<Word>> byGram = new LinkedHashMap<>();
    for (Word word : words) {
      int gram = 0;
      int length = Math.min(GRAM_CHARS, word.text.length());
      for (int i = 0; i < length; i++) {
        gram = gram << KIND_BITS | KINDS[word.text.charAt(i)];
      }
      // Shorter words may follow any character.
      int others = length < GRAM_CHARS ? 1 << KIND_BITS : 1;
      for (int before = 0; before < others; before++) {
        int key = before << length * KIND_BITS | gram;
        List<Word> together = byGram.get(key);
        if (together == null) {
          together = new ArrayList<>();
          byGram.put(key, together);
        }
        together.add(word);
      }
    }
    List<Word[]> groups = new ArrayList<>();
    groups.add(new Word[0]);
    for (Map.Entry<Integer, List<Word>> entry : byGram.entrySet()) {
      GROUPS[entry.getKey()] = (short) groups.size();
      groups.add(entry.getValue().toArray(new Word[0]));
    }
    return groups.toArray(new Word[0][]);
  }
}
