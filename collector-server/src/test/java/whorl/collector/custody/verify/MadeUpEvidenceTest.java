package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.VerifyingKey;

/** Evidence that is consistent in itself and not genuine. */
class MadeUpEvidenceTest extends VerifiedFixture {
  /** It is signed with keys that were made for it, and is consistent in itself. */
  @Test
  void evidenceThatSomebodyMadeUp_hasOtherKeysThanThoseFromElsewhere() throws Exception {
    FakeAgent forger = new FakeAgent().with("threads.txt", "nothing happened").seal();
    Path forged = root.resolve("forged.zip");
    try (TestCollector collector = TestCollector.open(root.resolve("forger"))) {
      assertThat(forger.shipAll(collector.agentClient).status()).isEqualTo(204);
      Files.write(
          forged, collector.viewer.get("/api/v1/evidence/" + forger.evidence + "/bag").body());
    }
    VerifierKey log = VerifierKey.parse(Files.readString(unpack().resolve("custody-key.txt")));
    String forgersKey = VerifyingKey.of(forger.key.publicKey()).keyId();
    Digest key = new Digest(VerifyingKey.of(agent.key.publicKey()).keyId());

    assertThat(verify(forged).problems()).isEmpty();
    assertThat(verify(forged).notes())
        .anyMatch(note -> note.startsWith("signed with the agent's key " + forgersKey))
        .anyMatch(note -> note.startsWith("these keys came with the bag"));
    for (Anchors anchors :
        List.of(
            Anchors.NONE.with(List.of(key), List.of()),
            Anchors.NONE.with(List.of(), List.of(log)),
            Anchors.NONE.with(List.of(key), List.of(log)))) {
      assertThat(verify(forged, anchors).problems())
          .hasSize(anchors.agentKeys().size() + anchors.logKeys().size())
          .allMatch(problem -> problem.matches(".*and not (?:with|of) .*"));
      for (Path path : List.of(bag, unpack())) {
        assertThat(verify(path, anchors).problems()).isEmpty();
        assertThat(verify(path, anchors).notes())
            .noneMatch(note -> note.startsWith("these keys came with the bag"));
      }
    }
    Anchors agents = Anchors.NONE.with(List.of(key), List.of());
    assertThat(verify(agentFolder(), agents).problems()).isEmpty();
    assertThat(verify(agentFolder(), agents).notes())
        .contains("this key is one that --agent-key names");
    assertThat(verify(agentFolder(), Anchors.NONE.with(List.of(), List.of(log))).problems())
        .anyMatch(problem -> problem.contains("in no custody log"));
  }

  /** Any bag has a checkpoint of the log; entries that are newer than it need no proof. */
  @Test
  void evidenceThatSomebodyMadeUp_underACheckpointOfTheLog_isNotInThatLog() throws Exception {
    Path genuine = unpack();
    Path checkpoint = genuine.resolve("custody-checkpoint.txt");
    VerifierKey log = VerifierKey.parse(Files.readString(genuine.resolve("custody-key.txt")));
    long size = SignedCheckpoint.parse(Files.readAllBytes(checkpoint)).size();
    Map<String, byte[]> files = new TreeMap<>();
    FakeAgent forger = new FakeAgent().with("threads.txt", "nothing happened").seal();
    try (TestCollector collector = TestCollector.open(root.resolve("forger"))) {
      assertThat(forger.shipAll(collector.agentClient).status()).isEqualTo(204);
      Files.write(bag, collector.viewer.get("/api/v1/evidence/" + forger.evidence + "/bag").body());
    }
    zipFiles()
        .forEach((name, content) -> files.put(name.substring(name.indexOf('/') + 1), content));
    files.put("custody-checkpoint.txt", Files.readAllBytes(checkpoint));
    files.put("custody-key.txt", utf8(log.text() + "\n"));
    files.put("custody-proof.json", Json.bytes(new LogProof.Paths(size, List.of(), List.of())));
    files.put("custody.ndjson", newer(files.get("custody.ndjson"), size));
    StringBuilder tags = new StringBuilder();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (!file.getKey().startsWith("data/") && !file.getKey().startsWith("tagmanifest")) {
        tags.append(Digest.of(file.getValue())).append("  ").append(file.getKey()).append('\n');
      }
    }
    files.put("tagmanifest-sha256.txt", utf8(tags.toString()));
    Map<String, byte[]> whole = new TreeMap<>();
    files.forEach((name, content) -> whole.put("forged/" + name, content));
    zip(whole);

    for (Anchors anchors :
        List.of(
            Anchors.NONE,
            Anchors.read(List.of(checkpoint), null),
            Anchors.NONE.with(List.of(), List.of(log)))) {
      assertThat(verify(bag, anchors).problems())
          .singleElement()
          .asString()
          .startsWith("nothing proves that evidence.json is in the log");
      assertThat(verify(genuine, anchors).problems()).isEmpty();
    }
  }

  /** Else a checkpoint from elsewhere would be compared with a log that nobody checks. */
  @Test
  void keyInAFolderThatCustodyDoesNotName_isNoEarlierLogsKey() throws Exception {
    byte[] key = zipFiles().get("whorl-" + agent.evidence + "/custody-key.txt");

    assertThat(key).isNotNull();
    assertThat(
            EarlierHistory.logKeys(
                new FakeBundle(Map.of("earlier-1/custody-key.txt", key)),
                agent.evidence,
                List.of()))
        .isEmpty();
  }

  /** The same entries, as if they followed those of a log of this size. */
  private static byte[] newer(byte[] custody, long size) throws IOException {
    StringBuilder lines = new StringBuilder();
    Digest before = null;
    for (String line : new String(custody, StandardCharsets.UTF_8).lines().toList()) {
      CustodyEntry entry = Json.MAPPER.readValue(line, CustodyEntry.class);
      CustodyEntry moved =
          CustodyEntry.chained(
              size + entry.sequence(),
              entry.time(),
              entry.action(),
              entry.evidence(),
              entry.actor(),
              entry.detail(),
              entry.prev(),
              before);
      before = moved.hash();
      lines.append(Json.text(moved)).append('\n');
    }
    return utf8(lines.toString());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
