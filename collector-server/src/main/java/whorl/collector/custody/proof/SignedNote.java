package whorl.collector.custody.proof;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A text with signatures, in the form of C2SP signed-note:
 *
 * <pre>
 * the text, which ends with a line feed
 *
 * — name Base64(key id and signature)
 * </pre>
 *
 * @param text with its last line feed
 * @param signatures at least one; those of unknown keys are kept and ignored
 */
public record SignedNote(String text, List<Signature> signatures) {
  private static final int MAX_BYTES = 1 << 20;
  private static final int SIGNATURES_MAX = 100;
  private static final String DASH = "\u2014 ";

  public SignedNote {
    signatures = List.copyOf(signatures);
  }

  /**
   * One signature line.
   *
   * @param encoded Base64 of the key's id and the signature
   */
  public record Signature(String name, String encoded) {}

  /** Signs a text. */
  public static SignedNote sign(String text, SignerKey key) {
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException("the text of a note ends with a line feed");
    }
    byte[] signature = key.sign(text);
    byte[] keyId = key.verifier().keyId();
    byte[] both = Arrays.copyOf(keyId, keyId.length + signature.length);
    System.arraycopy(signature, 0, both, keyId.length, signature.length);
    return new SignedNote(
        text,
        List.of(new Signature(key.verifier().name(), Base64.getEncoder().encodeToString(both))));
  }

  /**
   * Parses a note.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static SignedNote parse(byte[] note) {
    if (note.length > MAX_BYTES) {
      throw new IllegalArgumentException("not a signed note: longer than " + MAX_BYTES + " bytes");
    }
    String all = decoded(note);
    int end = all.lastIndexOf("\n\n");
    if (end < 0 || !all.endsWith("\n") || all.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new IllegalArgumentException(
          "not a signed note: a text, an empty line, and lines of signatures");
    }
    List<Signature> signatures = new ArrayList<>();
    for (String line : all.substring(end + 2).split("\n")) {
      signatures.add(signature(line));
    }
    if (signatures.size() > SIGNATURES_MAX) {
      throw new IllegalArgumentException("not a signed note: more than 100 signatures");
    }
    return new SignedNote(all.substring(0, end + 1), signatures);
  }

  private static String decoded(byte[] note) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(note));
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not a signed note: not UTF-8", e);
    }
  }

  private static Signature signature(String line) {
    int space = line.lastIndexOf(' ');
    if (!line.startsWith(DASH) || space <= DASH.length()) {
      throw new IllegalArgumentException("not a signed note: a line is no signature");
    }
    String name = line.substring(DASH.length(), space);
    String encoded = line.substring(space + 1);
    VerifierKey.checkName(name);
    if (VerifierKey.decoded(encoded).length <= VerifierKey.KEY_ID_BYTES) {
      throw new IllegalArgumentException("not a signed note: a signature is not Base64");
    }
    return new Signature(name, encoded);
  }

  /** True if a signature is one of this key, and none that claims to be is wrong. */
  public boolean isSignedBy(VerifierKey key) {
    boolean signed = false;
    for (Signature signature : signatures) {
      byte[] both = VerifierKey.decoded(signature.encoded());
      byte[] keyId = Arrays.copyOf(both, VerifierKey.KEY_ID_BYTES);
      if (signature.name().equals(key.name()) && Arrays.equals(keyId, key.keyId())) {
        if (!key.verifies(text, Arrays.copyOfRange(both, keyId.length, both.length))) {
          return false;
        }
        signed = true;
      }
    }
    return signed;
  }

  /** The note's bytes. */
  public byte[] bytes() {
    StringBuilder note = new StringBuilder(text).append('\n');
    for (Signature signature : signatures) {
      note.append(DASH).append(signature.name()).append(' ').append(signature.encoded());
      note.append('\n');
    }
    return note.toString().getBytes(StandardCharsets.UTF_8);
  }
}
