package whorl.agent.capture.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import whorl.agent.capture.AskedProperties;
import whorl.agent.capture.Captures;
import whorl.agent.capture.RecordedOutput;
import whorl.agent.console.ConsoleRing;
import whorl.agent.console.ConsoleWrite;
import whorl.agent.redact.Redactor;

class ConsoleSourceTest {
  private static final long NOON = 1_700_000_000_123_456_789L;

  private static final ConsoleWrite.Writer MAIN = new ConsoleWrite.Writer(false, "main", 1);

  private final ConsoleRing ring = new ConsoleRing(1 << 20);
  private final ConsoleSource source =
      new ConsoleSource(ring, new Redactor(Set.of("password", "token")));
  private final RecordedOutput out = new RecordedOutput();

  @Test
  void collect_propertiesOfTheApplication_areNotAsked() throws Exception {
    write(false, "main", 1, "a line\n");

    assertThat(AskedProperties.askedUnobserved(false, this::lines))
        .noneMatch(name -> name.endsWith(".encoding"));
  }

  @Test
  void writesOfOneThread_areOneLineDespiteInterleavedThreads() throws Exception {
    write(false, "a", 1, "be");
    write(false, "b", 2, "other\n");
    write(false, "a", 1, "gun\nand");
    write(true, "a", 1, "error\r\n");

    assertThat(lines())
        .containsExactly(
            "2023-11-14T22:13:20.123456789Z\tout\tb\tother",
            "2023-11-14T22:13:20.123456789Z\tout\ta\tbegun",
            "2023-11-14T22:13:20.123456789Z\terr\ta\terror",
            "2023-11-14T22:13:20.123456789Z\tout\ta\tand");
  }

  @Test
  void secrets_areMaskedAndControlCharactersEscaped() throws Exception {
    write(false, "main", 1, "password=hunter2 \u001b[2Jgone\n");

    assertThat(lines().get(0))
        .contains("password=***")
        .contains("\\x1b[2J")
        .doesNotContain("hunter2");
  }

  @Test
  void privateKey_isMaskedInEachLineAndOtherThreadsAreShown() throws Exception {
    write(false, "main", 1, "-----BEGIN RSA PRIVATE KEY-----\nhunter2hunter2\n");
    write(true, "main", 1, "an error\n");
    write(false, "main", 1, "hunter2hunter2\n-----END RSA PRIVATE KEY-----\nafter\n");

    assertThat(String.join("\n", lines()))
        .doesNotContain("hunter2")
        .contains("an error")
        .endsWith("after");
  }

  @Test
  void characterSplitBetweenWrites_isDecoded_andInvalidUtf8HasAFallback() throws Exception {
    byte[] bytes = "grün\n".getBytes(StandardCharsets.UTF_8);
    whole(ring, false, NOON, "main", 1, Arrays.copyOf(bytes, 3));
    whole(ring, false, NOON, "main", 1, Arrays.copyOfRange(bytes, 3, bytes.length));
    whole(ring, false, NOON, "main", 1, new byte[] {(byte) 0xfc, '\n'});

    assertThat(lines().get(0)).endsWith("\tgrün");
    assertThat(lines()).hasSize(2);
  }

  @Test
  void longLine_isCutAndOmittedBytesAreCounted() throws Exception {
    write(false, "main", 1, "x".repeat(10_000) + "\n");

    // The word at the cut may be half a secret.
    assertThat(lines().get(0)).endsWith("x***… (1808 more bytes)");
  }

  @Test
  void linesAfterTheFreeze_areIncludedAndFrozenOnesAreNotEvicted() throws Exception {
    ConsoleRing small = new ConsoleRing(2_000);
    ConsoleSource following = new ConsoleSource(small, new Redactor(Set.of()));
    whole(small, false, NOON, "main", 1, "before\n".getBytes(StandardCharsets.UTF_8));
    following.freeze();
    for (int i = 0; i < 100; i++) {
      whole(small, false, NOON, "main", 1, ("after " + i + "\n").getBytes(StandardCharsets.UTF_8));
    }
    following.collect(Captures.context("console"), out);

    assertThat(out.text(ConsoleSource.NAME)).contains("\tbefore\n").contains("\tafter 99\n");
    assertThat(small.losses().get("console.writesDropped")).isGreaterThan(80);
  }

  @Test
  void lineWithoutItsBeginning_isOmittedAndTheNextIsShown() throws Exception {
    ConsoleRing small = new ConsoleRing(2_000);
    ConsoleSource of = new ConsoleSource(small, new Redactor(Set.of("password")));
    whole(small, false, NOON, "main", 1, bytes("password="));
    for (int i = 0; i < 7; i++) {
      whole(small, false, NOON + 1, "other", 2, bytes("filler\n"));
    }
    whole(small, false, NOON + 2, "main", 1, bytes("hunter2"));
    whole(small, false, NOON + 3, "main", 1, bytes("!\nnext\n"));
    whole(small, false, NOON + 4, "main", 1, bytes("and more\n"));

    of.collect(Captures.context("console"), out);

    assertThat(out.text(ConsoleSource.NAME))
        .doesNotContain("hunter2")
        .contains("\tmain\t… (8 more bytes)\n")
        .contains("\tnext\n")
        .contains("\tand more\n");
  }

  @Test
  void lineThatLostAPieceAfterTheFreeze_isOmittedFromThere() throws Exception {
    ConsoleRing small = new ConsoleRing(2_000);
    ConsoleSource of = new ConsoleSource(small, new Redactor(Set.of("password")));
    whole(small, false, NOON, "main", 1, bytes("first "));
    of.freeze();
    whole(small, false, NOON + 1, "main", 1, bytes("line\npassword="));
    for (int i = 0; i < 8; i++) {
      whole(small, false, NOON + 2, "other", 2, bytes("filler\n"));
    }
    whole(small, false, NOON + 3, "main", 1, bytes("hunter2\nnext\n"));

    of.collect(Captures.context("console"), out);

    assertThat(out.text(ConsoleSource.NAME)).doesNotContain("hunter2").contains("\tnext\n");
  }

  @Test
  void textAfterOmittedBytes_isOmittedToTheEndOfItsLine() throws Exception {
    ring.add(MAIN, NOON, ByteBuffer.wrap(bytes("shown\n")), 5_000, false);
    write(false, "main", 1, "hunter2\nnext\n");
    ring.add(MAIN, NOON, ByteBuffer.wrap(bytes("shown too\n")), 5_000, true);
    write(false, "main", 1, "a line of its own\n");

    assertThat(String.join("\n", lines()))
        .doesNotContain("hunter2")
        .contains("\tshown\n", "(5007 more bytes)", "\tnext\n", "\tshown too\n")
        .endsWith("\ta line of its own");
  }

  @Test
  void unobservedConsole_isMissingWithTheReason() throws Exception {
    new ConsoleSource(null, new Redactor(Set.of())).collect(Captures.context("console"), out);

    assertThat(out.missing).containsEntry("console.log", "the hook console is disabled");
  }

  private void write(boolean err, String thread, int identity, String text) {
    whole(ring, err, NOON, thread, identity, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void whole(
      ConsoleRing ring, boolean err, long epochNanos, String thread, int identity, byte[] bytes) {
    boolean endsLine = bytes[bytes.length - 1] == '\n';
    ring.add(
        new ConsoleWrite.Writer(err, thread, identity),
        epochNanos,
        ByteBuffer.wrap(bytes),
        0,
        endsLine);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<String> lines() throws Exception {
    source.collect(Captures.context("console"), out);
    return List.of(out.text(ConsoleSource.NAME).split("\n"));
  }
}
