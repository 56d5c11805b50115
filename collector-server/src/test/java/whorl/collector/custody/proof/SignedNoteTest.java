package whorl.collector.custody.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.evidence.Digest;

/** Notes, keys and checkpoints, with the examples of Go's sumdb/note and of C2SP signed-note. */
class SignedNoteTest {
  private static final String GO_SIGNER =
      "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
  private static final String GO_VERIFIER =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  private static final String GO_TEXT =
      "If you think cryptography is the answer to your problem,\n"
          + "then you don't know what your problem is.\n";
  private static final String GO_NOTE =
      GO_TEXT
          + "\n"
          + "— PeterNeumann"
          + " x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  private static final String C2SP_VERIFIER =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  private static final String C2SP_NOTE =
      "This is an example message.\n\n"
          + "— example.com/foo"
          + " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

  private final SignerKey key = SignerKey.make("example.org/log", new SecureRandom());

  @Test
  void sign_givesTheNoteOfGo() {
    SignerKey signer = SignerKey.parse(GO_SIGNER);

    assertThat(signer.text()).isEqualTo(GO_SIGNER);
    assertThat(signer.verifier().text()).isEqualTo(GO_VERIFIER);
    assertThat(SignedNote.sign(GO_TEXT, signer).bytes()).isEqualTo(utf8(GO_NOTE));
  }

  @Test
  void parse_acceptsTheExamples() {
    SignedNote note = SignedNote.parse(utf8(GO_NOTE));

    assertThat(note.text()).isEqualTo(GO_TEXT);
    assertThat(note.isSignedBy(VerifierKey.parse(GO_VERIFIER))).isTrue();
    assertThat(note.isSignedBy(VerifierKey.parse(C2SP_VERIFIER))).isFalse();
    assertThat(SignedNote.parse(utf8(C2SP_NOTE)).isSignedBy(VerifierKey.parse(C2SP_VERIFIER)))
        .isTrue();
  }

  @Test
  void anotherText_isNotSigned() {
    SignedNote note = SignedNote.parse(utf8(GO_NOTE.replace("answer", "problem")));

    assertThat(note.isSignedBy(VerifierKey.parse(GO_VERIFIER))).isFalse();
  }

  @Test
  void signatureOfAnotherKeyBesides_changesNothing() {
    SignedNote mine = SignedNote.sign("text\n", key);
    String both = new String(mine.bytes(), StandardCharsets.UTF_8) + GO_NOTE.split("\n\n")[1];

    assertThat(SignedNote.parse(utf8(both)).isSignedBy(key.verifier())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text\n",
        "text\n\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name !!!!\n",
        "text\n\n— name AAAAAAAA",
        "text\u0000\n\n— name AAAAAAAA\n"
      })
  void whatIsNoNote_isRefused(String note) {
    assertThatThrownBy(() -> SignedNote.parse(utf8(note)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a signed note");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
      })
  void whatIsNoKey_isRefused(String text) {
    assertThatThrownBy(() -> VerifierKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wrongSignerKey_isNotInTheMessage() {
    assertThatThrownBy(() -> SignerKey.parse(GO_SIGNER.replace("c74f20a3", "c74f20a4")))
        .hasMessageNotContaining("AYEKFALVFGyNhPJEMzD1QIDr");
  }

  @Test
  void checkpoint_isParsedAsItWasSigned() {
    Digest root = Digest.of(new byte[] {1});
    SignedCheckpoint signed = SignedCheckpoint.sign(42, root, key);
    SignedCheckpoint parsed = SignedCheckpoint.parse(signed.bytes());

    assertThat(parsed).isEqualTo(signed);
    assertThat(parsed.size()).isEqualTo(42);
    assertThat(parsed.root()).isEqualTo(root);
    assertThat(parsed.isSignedBy(key.verifier())).isTrue();
    assertThat(parsed.isSignedBy(SignerKey.make("example.org/log", new SecureRandom()).verifier()))
        .isFalse();
  }

  @Test
  void checkpoint_withExtensions_keepsThem() {
    Checkpoint parsed =
        Checkpoint.parse("log\n1\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\nmore\n");

    assertThat(parsed.extensions()).containsExactly("more");
    assertThat(Checkpoint.parse(parsed.text())).isEqualTo(parsed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "log\n1\n",
        "log\n01\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",
        "log\n-1\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",
        "log\n1\nAQEB\n",
        "\n1\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
      })
  void whatIsNoCheckpoint_isRefused(String text) {
    assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
