package whorl.agent.encrypt;

/**
 * The checksum of a lower-case Bech32 text by BIP 173; it detects any four wrong characters. The
 * library checks it as well, but takes 25 ms the first time, and this runs on the application's
 * main thread.
 */
final class Bech32Checksum {
  private static final String DIGITS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int BITS = 5;

  private Bech32Checksum() {}

  /**
   * @param text the human-readable part, {@code 1}, and digits; the last six are the checksum
   */
  static boolean isValid(String text) {
    int separator = text.lastIndexOf('1');
    int checksum = 1;
    for (int i = 0; i < separator; i++) {
      checksum = next(checksum, text.charAt(i) >> BITS);
    }
    checksum = next(checksum, 0);
    for (int i = 0; i < separator; i++) {
      checksum = next(checksum, text.charAt(i) & 31);
    }
    for (int i = separator + 1; i < text.length(); i++) {
      int digit = DIGITS.indexOf(text.charAt(i));
      if (digit < 0) {
        return false;
      }
      checksum = next(checksum, digit);
    }
    return checksum == 1;
  }

  private static int next(int checksum, int digit) {
    int top = checksum >>> 25;
    int next = (checksum & 0x1ffffff) << BITS ^ digit;
    for (int i = 0; i < GENERATOR.length; i++) {
      if ((top >>> i & 1) == 1) {
        next ^= GENERATOR[i];
      }
    }
    return next;
  }
}
