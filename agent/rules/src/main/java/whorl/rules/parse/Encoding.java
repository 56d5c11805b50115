package whorl.rules.parse;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.rules.match.RuleRefused;

/**
 * Encodes a value for the modifiers {@code wide}, {@code utf16…}, {@code base64} and {@code
 * base64offset}.
 *
 * @param charset null for the value as it is (as UTF-8, if it becomes Base64)
 */
record Encoding(@Nullable Charset charset, boolean byteOrderMark, Base base) {
  static final Encoding NONE = new Encoding(null, false, Base.NONE);

  /** Whether the bytes become Base64, and at which offsets in the encoded data they may begin. */
  enum Base {
    NONE,
    BASE64,
    BASE64_AT_ANY_OFFSET
  }

  private static final int OFFSETS = 3;

  /** Of fewer bytes nothing is left at one of the offsets, and nothing is in every text. */
  private static final int AT_ANY_OFFSET_MIN_BYTES = 2;

  /** Characters at the start of the Base64 that also encode bytes before the value. */
  private static final int[] START = {0, 2, 3};

  /** Characters at the end that also encode bytes after it, by the length modulo three. */
  private static final int[] END = {0, 3, 2};

  /** Returns this encoding followed by the one that the modifier {@code word} names. */
  Encoding then(String word) throws RuleRefused {
    if (base != Base.NONE) {
      throw new RuleRefused("modifier '" + word + "' cannot follow base64");
    }
    if (word.startsWith("base64")) {
      return new Encoding(
          charset, byteOrderMark, word.equals("base64") ? Base.BASE64 : Base.BASE64_AT_ANY_OFFSET);
    }
    if (charset != null) {
      throw new RuleRefused("modifier '" + word + "' cannot follow another UTF-16 encoding");
    }
    return switch (word) {
      case "utf16be" -> new Encoding(StandardCharsets.UTF_16BE, false, base);
      case "utf16" -> new Encoding(StandardCharsets.UTF_16LE, true, base);
      default -> new Encoding(StandardCharsets.UTF_16LE, false, base);
    };
  }

  /**
   * The texts as which the value may appear: one, or three for any offset.
   *
   * @throws RuleRefused if the value is too short to be found at any offset
   */
  List<String> of(String value) throws RuleRefused {
    byte[] bytes = bytes(value);
    switch (base) {
      case NONE -> {
        return List.of(charset == null ? value : new String(bytes, StandardCharsets.ISO_8859_1));
      }
      case BASE64 -> {
        return List.of(Base64.getEncoder().encodeToString(bytes));
      }
      case BASE64_AT_ANY_OFFSET -> {
        if (bytes.length < AT_ANY_OFFSET_MIN_BYTES) {
          throw new RuleRefused(
              "base64offset needs a text of at least "
                  + AT_ANY_OFFSET_MIN_BYTES
                  + " bytes, not "
                  + RuleRefused.quoted(value));
        }
        List<String> texts = new ArrayList<>(OFFSETS);
        for (int offset = 0; offset < OFFSETS; offset++) {
          byte[] shifted = new byte[offset + bytes.length];
          System.arraycopy(bytes, 0, shifted, offset, bytes.length);
          String text = Base64.getEncoder().encodeToString(shifted);
          texts.add(text.substring(START[offset], text.length() - END[shifted.length % OFFSETS]));
        }
        return texts;
      }
    }
    throw new IllegalStateException("no such base: " + base);
  }

  private byte[] bytes(String value) {
    String marked = byteOrderMark ? '\uFEFF' + value : value;
    return marked.getBytes(charset == null ? StandardCharsets.UTF_8 : charset);
  }
}
