package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.TreeHash;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.OpensslAuthority;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.VerifyingKey;

/** Bags that somebody made of a genuine one, with every digest computed anew. */
class ForgedBagTest extends ForgedBagFixture {
  @Test
  void genuineBag_continuesTheKeptLog_andNamesTheKeys() throws Exception {
    VerificationReport report = verify(List.of(kept));

    assertThat(report.problems()).isEmpty();
    String key = new String(files.get(BagLayout.LOG_KEY), StandardCharsets.UTF_8).strip();
    assertThat(report.notes())
        .anyMatch(note -> note.contains("continues the log of " + kept))
        .anyMatch(note -> note.equals("custody is in the log of the key " + key))
        .anyMatch(note -> note.matches("signed with the agent's key [0-9a-f]{64}.*"));
  }

  /** Such an entry needs no key, and would make any record the current one. */
  @Test
  void entriesBeyondTheCheckpoint_proveNothing() throws Exception {
    byte[] forged = record(record -> record.put("reason", "nothing happened"));
    String custody = new String(files.get(BagLayout.CUSTODY), StandardCharsets.UTF_8);
    List<String> lines = custody.lines().toList();
    CustodyEntry last = Json.MAPPER.readValue(lines.get(lines.size() - 1), CustodyEntry.class);
    CustodyEntry added =
        CustodyEntry.chained(
            1_000_000,
            Instant.now(),
            CustodyAction.ADOPTED.word(),
            agent.evidence,
            "token admin",
            Map.of("record", Digest.of(forged).hex()),
            null,
            last.hash());
    files.put(
        BagLayout.CUSTODY, (custody + Json.text(added) + "\n").getBytes(StandardCharsets.UTF_8));
    files.put(BagLayout.RECORD, forged);

    VerificationReport report = verify(List.of(kept));

    assertThat(report.problems())
        .anyMatch(problem -> problem.startsWith("nothing proves that evidence.json is in the log"));
    assertThat(report.notes())
        .anyMatch(note -> note.contains("1 entry is newer than its checkpoint"));
  }

  /** The checkpoint was taken for one of another log then, and compared with none. */
  @Test
  void bagOfAnotherLog_thatHoldsTheKeyOfTheKeptOne_isNotOfThatLog() throws Exception {
    byte[] key = files.get(BagLayout.LOG_KEY);
    String name = "earlier-1/" + BagLayout.LOG_KEY;
    files.put(BagLayout.PAYLOAD + name, key);
    files.put(
        BagLayout.MANIFEST,
        (new String(files.get(BagLayout.MANIFEST), StandardCharsets.UTF_8)
                + Digest.of(key)
                + "  data/"
                + name
                + "\n")
            .getBytes(StandardCharsets.UTF_8));
    files.put(
        BagLayout.RECORD,
        record(
            record -> {
              record.withArray("problems").add("nothing happened");
              record
                  .withArray("artifacts")
                  .addObject()
                  .put("name", name)
                  .put("size", key.length)
                  .put("sha256", Digest.of(key).hex())
                  .put("mediaType", "text/plain")
                  .put("unlisted", true);
            }));
    keepInALogOfItsOwn();

    assertThat(verify(List.of()).problems()).as("anybody can have a log").isEmpty();
    assertThat(verify(List.of(kept)).problems())
        .singleElement()
        .asString()
        .startsWith(kept + " is not signed with the key of this log")
        .endsWith("it is of another log");
  }

  @Test
  void proofsThatAreTooLong_areNotCalledMissing() throws Exception {
    files.put(BagLayout.PROOFS, new byte[(32 << 20) + 1]);

    assertThat(verify(List.of()).problems())
        .contains("custody-proof.json has more than 32 MiB, and is not read");
  }

  /** Who has genuine evidence can import it into a log of their own, and add to it there. */
  @Test
  void whatALogOfOnesOwnAddsToEvidenceOfTheKnownLog_isNotOfThatLog() throws Exception {
    VerifierKey known = logKey();
    Anchors knownKey = Anchors.NONE.with(List.of(), List.of(known));
    Anchors knownCheckpoint = Anchors.read(List.of(kept), null);
    Map<String, byte[]> genuine = new TreeMap<>(files);

    importIntoALogOfItsOwn(known, record -> {});
    for (Anchors anchors : List.of(knownKey, knownCheckpoint)) {
      assertThat(verify(anchors).problems()).as("all of it is in the known log").isEmpty();
    }
    assertThat(verify(knownKey).notes())
        .anyMatch(note -> note.contains("was in the log of the key " + known))
        .noneMatch(note -> note.contains("its collector knew"));

    byte[] invented = "an invented recording".getBytes(StandardCharsets.UTF_8);
    files.clear();
    files.putAll(genuine);
    importIntoALogOfItsOwn(
        known, record -> add(record, "recording.jfr", invented).put("derived", true));
    for (Anchors anchors : List.of(knownKey, knownCheckpoint)) {
      assertThat(verify(anchors).problems())
          .singleElement()
          .asString()
          .startsWith("1 artifact is in no log that is known from elsewhere (recording.jfr)");
    }

    files.clear();
    files.putAll(genuine);
    importIntoALogOfItsOwn(
        known, record -> record.withArray("problems").add("it was made up by the operator"));
    for (Anchors anchors : List.of(knownKey, knownCheckpoint)) {
      assertThat(verify(anchors).problems())
          .anyMatch(problem -> problem.contains("does not say what the log that is known"));
    }
  }

  /** A log's first entries may be stamped years before the entry of the evidence is made. */
  @Test
  void entryThatNamesAnEarlierPlaceInTheLog_isNotCoveredByItsTimeStamp() throws Exception {
    SignerKey key = LogKey.make(new SecureRandom());
    Digest first = TreeHash.node(Digest.of(new byte[] {1}), Digest.of(new byte[] {2}));
    CustodyEntry entry =
        CustodyEntry.chained(
            0,
            Instant.parse("2020-01-01T00:00:00Z"),
            CustodyAction.ADOPTED.word(),
            agent.evidence,
            "token admin",
            Map.of("record", Digest.of(files.get(BagLayout.RECORD)).hex()),
            null,
            null);
    LogLine line = new LogLine(2, Json.bytes(entry));
    SignedCheckpoint now = SignedCheckpoint.sign(3, TreeHash.node(first, line.leafHash()), key);
    SignedCheckpoint yearsAgo = SignedCheckpoint.sign(2, first, key);
    files.put(BagLayout.CUSTODY, (Json.text(entry) + "\n").getBytes(StandardCharsets.UTF_8));
    files.put(BagLayout.CHECKPOINT, now.bytes());
    files.put(BagLayout.LOG_KEY, (key.verifier().text() + "\n").getBytes(StandardCharsets.UTF_8));
    files.put(
        BagLayout.PROOFS,
        Json.bytes(
            new LogProof.Paths(
                3,
                List.of(new LogProof.Inclusion(2, List.of(first))),
                List.of(new LogProof.Consistency(2, List.of(line.leafHash()))))));
    files.put(BagLayout.STAMPED, yearsAgo.bytes());
    try (OpensslAuthority authority =
        OpensslAuthority.start(Files.createDirectory(root.resolve("tsa")))) {
      files.put(BagLayout.STAMP, authority.stamp(yearsAgo.bytes()));

      VerificationReport report = verify(Anchors.read(List.of(), authority.ca()));

      assertThat(report.problems()).isEmpty();
      assertThat(report.notes())
          .anyMatch(note -> note.startsWith("the first 2 entries of custody existed at "))
          .anyMatch(note -> note.contains("is newer than the time stamp, which says nothing"));
    }
  }

  /** The agent's key signs the manifest, and the page, reports and lists show the record. */
  @Test
  void recordThatSaysSomethingElseThanTheManifest_isNamed_alsoUnderTheAgentsKey() throws Exception {
    Digest agentKey = new Digest(VerifyingKey.of(agent.key.publicKey()).keyId());
    Anchors knownAgent = Anchors.NONE.with(List.of(agentKey), List.of());
    byte[] genuine = files.get(BagLayout.RECORD);
    Map<String, Change> changes =
        Map.of(
            "reason is \"an exercise\"",
            record -> record.put("reason", "an exercise"),
            "evidence.json has another alert than manifest.json",
            record -> ((ObjectNode) record.path("alert")).put("time", "2020-01-01T00:00:00Z"),
            "recipient is \"age1nobody\" in evidence.json, none",
            record -> record.put("recipient", "age1nobody"));
    for (Map.Entry<String, Change> each : changes.entrySet()) {
      files.put(BagLayout.RECORD, genuine);
      files.put(BagLayout.RECORD, record(each.getValue()));
      keepInALogOfItsOwn();

      assertThat(verify(knownAgent).problems())
          .singleElement()
          .asString()
          .startsWith(each.getKey());
    }
    files.put(BagLayout.RECORD, genuine);
    files.put(BagLayout.RECORD, record(record -> record.put("service", "billing")));
    keepInALogOfItsOwn();
    assertThat(verify(knownAgent).notes())
        .anyMatch(note -> note.startsWith("its agent signed service \"shop\"; the collector kept"));
    files.put(BagLayout.RECORD, genuine);
    keepInALogOfItsOwn();
    assertThat(verify(knownAgent).problems()).isEmpty();
    assertThat(verify(knownAgent).notes())
        .anyMatch(note -> note.contains("is the word of a log that came with the bag"));
  }

  /** Only what is sealed is compared with all that the agent signed. */
  @Test
  void recordThatSaysItIsNotSealed_isNamed_alsoUnderTheAgentsKey() throws Exception {
    Digest agentKey = new Digest(VerifyingKey.of(agent.key.publicKey()).keyId());
    byte[] genuine = files.get(BagLayout.RECORD);
    for (String state : List.of("failed", "running")) {
      files.put(BagLayout.RECORD, genuine);
      files.put(
          BagLayout.RECORD,
          record(record -> record.put("state", state).put("reason", "an exercise")));
      keepInALogOfItsOwn();

      assertThat(verify(Anchors.NONE.with(List.of(agentKey), List.of())).problems())
          .singleElement()
          .asString()
          .startsWith("evidence.json says " + state + " and that the signature is valid");
    }
  }

  /** Such files are in no manifest of the agent, although its signature is right. */
  @Test
  void artifactsThatTheAgentDidNotSign_areNamed_alsoUnderItsKey() throws Exception {
    Digest agentKey = new Digest(VerifyingKey.of(agent.key.publicKey()).keyId());
    files.put(
        BagLayout.RECORD,
        record(
            record -> {
              add(record, "recording.jfr", new byte[] {1}).put("derived", true);
              add(record, "console.log", new byte[] {2}).put("incomplete", true);
            }));
    keepInALogOfItsOwn();

    VerificationReport report = verify(Anchors.NONE.with(List.of(agentKey), List.of()));

    assertThat(report.notes())
        .anyMatch(note -> note.startsWith("recording.jfr is not the agent's"))
        .anyMatch(note -> note.startsWith("1 artifact is in no signed manifest"));
  }

  private VerifierKey logKey() {
    return VerifierKey.parse(new String(files.get(BagLayout.LOG_KEY), StandardCharsets.UTF_8));
  }

  /** Adds an artifact to the record, and its content to the bag. */
  private ObjectNode add(ObjectNode record, String name, byte[] content) {
    files.put(BagLayout.PAYLOAD + name, content);
    String manifest = new String(files.get(BagLayout.MANIFEST), StandardCharsets.UTF_8);
    files.put(
        BagLayout.MANIFEST,
        (manifest + Digest.of(content) + "  data/" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return record
        .withArray("artifacts")
        .addObject()
        .put("name", name)
        .put("size", content.length)
        .put("sha256", Digest.of(content).hex())
        .put("mediaType", "application/octet-stream");
  }

  /** As if the evidence had been imported from the log of this key, and changed on the way. */
  private void importIntoALogOfItsOwn(VerifierKey log, Change change) throws Exception {
    Map<String, byte[]> history = new TreeMap<>(files);
    files.put(
        BagLayout.RECORD,
        record(
            record -> {
              for (String name : BagLayout.HISTORY) {
                byte[] content = history.get(name);
                if (content != null) {
                  add(record, "earlier-1/" + name, content).put("unlisted", true);
                }
              }
              change.on(record);
            }));
    keepInALogOfItsOwn(
        new CustodyLog.Draft(
            CustodyAction.IMPORTED,
            agent.evidence,
            "token admin",
            Map.of(
                "imports",
                Digest.of(files.get(BagLayout.RECORD)).hex(),
                "history",
                "earlier-1",
                "logKey",
                log.text())));
  }
}
