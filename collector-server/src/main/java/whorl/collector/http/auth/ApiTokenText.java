package whorl.collector.http.auth;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import whorl.evidence.Digest;

/**
 * The text of an API token: {@code whorl_pat_}, 43 digits of 32 random bytes, and 6 check digits,
 * the CRC-32 of all before them. Digits are {@code 0-9 A-Z a-z}. Scanners for secrets find such a
 * token wherever it is, and the check digits spare them false alarms.
 */
public record ApiTokenText(String value) {
  /** What every API token begins with, and no token of a tokens file that Whorl makes. */
  public static final String PREFIX = "whorl_pat_";

  private static final int RANDOM_BYTES = 32;
  private static final int RANDOM_DIGITS = 43;
  private static final int CHECK_DIGITS = 6;
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());
  private static final Pattern SHAPE =
      Pattern.compile(PREFIX + "[0-9A-Za-z]{" + (RANDOM_DIGITS + CHECK_DIGITS) + "}");

  /** A new token. */
  public static ApiTokenText next(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String text = PREFIX + digits(new BigInteger(1, bytes), RANDOM_DIGITS);
    return new ApiTokenText(text + check(text));
  }

  /** True if this is meant as an API token, whether or not there is such a one. */
  public static boolean looksLikeOne(String token) {
    return token.startsWith(PREFIX);
  }

  /** True if no character is missing or wrong; spares a search for what cannot exist. */
  public boolean isIntact() {
    int end = value.length() - CHECK_DIGITS;
    return SHAPE.matcher(value).matches()
        && check(value.substring(0, end)).equals(value.substring(end));
  }

  /** What is kept of the token. */
  public Digest digest() {
    return new Digest(HexFormat.of().formatHex(Tokens.sha256(value)));
  }

  /** Never shows the token. */
  @Override
  public String toString() {
    return "API token";
  }

  private static String check(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return digits(BigInteger.valueOf(crc.getValue()), CHECK_DIGITS);
  }

  private static String digits(BigInteger number, int count) {
    char[] digits = new char[count];
    BigInteger left = number;
    for (int i = count - 1; i >= 0; i--) {
      BigInteger[] parts = left.divideAndRemainder(BASE);
      digits[i] = DIGITS.charAt(parts[1].intValue());
      left = parts[0];
    }
    return new String(digits);
  }
}
