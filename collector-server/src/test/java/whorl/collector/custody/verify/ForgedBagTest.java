package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.Turn;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/** Bags that somebody made of a genuine one, with every digest computed anew. */
class ForgedBagTest {
  @TempDir Path root;
  private final FakeAgent agent = new FakeAgent().with("threads.txt", "threads").seal();
  private final Map<String, byte[]> files = new TreeMap<>();
  private Path data;
  private Path kept;

  @BeforeEach
  void ship() throws Exception {
    data = root.resolve("collector");
    Path zip = root.resolve("bag.zip");
    try (TestCollector collector = TestCollector.open(data)) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      Files.write(zip, collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body());
    }
    try (ZipFile opened = new ZipFile(zip.toFile())) {
      Enumeration<? extends ZipEntry> entries = opened.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        try (InputStream in = opened.getInputStream(entry)) {
          String name = entry.getName();
          files.put(name.substring(name.indexOf('/') + 1), in.readAllBytes());
        }
      }
    }
    kept = Files.write(root.resolve("kept.txt"), files.get(BagLayout.CHECKPOINT));
  }

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
    assertThat(report.notes()).anyMatch(note -> note.contains("1 are newer than its checkpoint"));
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
              record.put("reason", "nothing happened");
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
  void folderOfABag_isChecked_alsoWithACollectorsFoldersBesideIt() throws Exception {
    files.put("data/threads.txt", "other threads".getBytes(StandardCharsets.UTF_8));
    Path bag = write();
    try (Stream<Path> all = Files.walk(data)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        Path copy = bag.resolve(data.relativize(each).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(each, copy);
      }
    }

    assertThat(new OfflineVerifier(InstantSource.system()).verify(bag).problems())
        .anyMatch(problem -> problem.contains("data/threads.txt: sha-256 is"));
  }

  /** Unzipping tools differ in what they make of such names. */
  @Test
  void filesThatLeadOutOfTheBag_areNamed() throws Exception {
    for (String name :
        List.of("../../.bashrc", "/etc/cron.d/x", "a/../../b", "..\\..\\x", "c:x", "a/..")) {
      Map<String, byte[]> more = new TreeMap<>(files);
      more.put(name, new byte[] {1});
      VerificationReport.Builder report = new VerificationReport.Builder("bag");
      new BagCheck(new FakeBundle(more), Anchors.NONE, report).check();
      assertThat(report.build(Instant.now()).problems())
          .as(name)
          .anyMatch(problem -> problem.startsWith(name + " is no name of a file of a bag"));
    }
    assertThat(verify(List.of()).problems()).isEmpty();
  }

  private interface Change {
    void on(ObjectNode record);
  }

  private byte[] record(Change change) throws IOException {
    ObjectNode record = (ObjectNode) Json.MAPPER.readTree(files.get(BagLayout.RECORD));
    change.on(record);
    return Json.bytes(record);
  }

  /** Replaces custody by that of a log which anybody can make. */
  private void keepInALogOfItsOwn() throws Exception {
    DataFolder own = new DataFolder(root.resolve("own"));
    Files.createDirectories(own.evidence());
    UnforcedDisk disk = new UnforcedDisk();
    try (CustodyLog log = CustodyLog.open(own, disk, InstantSource.system())) {
      log.append(
          CustodyAction.ADOPTED,
          agent.evidence,
          "token admin",
          Map.of("record", Digest.of(files.get(BagLayout.RECORD)).hex()));
      LogPublisher publisher =
          new LogPublisher(
              log,
              new FolderLog(own, disk),
              LogKey.open(own, disk),
              Turn.ALWAYS,
              InstantSource.system());
      List<LogLine> lines = log.located(agent.evidence);
      LogProof proof = publisher.proof(lines);
      assertThat(proof).isNotNull();
      StringBuilder custody = new StringBuilder();
      for (LogLine line : lines) {
        custody.append(new String(line.bytes(), StandardCharsets.UTF_8)).append('\n');
      }
      files.put(BagLayout.CUSTODY, custody.toString().getBytes(StandardCharsets.UTF_8));
      files.put(BagLayout.CHECKPOINT, proof.checkpoint().bytes());
      files.put(BagLayout.LOG_KEY, (proof.key() + "\n").getBytes(StandardCharsets.UTF_8));
      files.put(BagLayout.PROOFS, Json.bytes(proof.paths()));
    }
  }

  private VerificationReport verify(List<Path> checkpoints) throws IOException {
    return new OfflineVerifier(InstantSource.system())
        .verify(write(), Anchors.read(checkpoints, null));
  }

  /** Writes the bag as a folder, with the digests of its files as they are now. */
  private Path write() throws IOException {
    StringBuilder tags = new StringBuilder();
    files.forEach(
        (name, content) -> {
          if (!name.startsWith(BagLayout.PAYLOAD) && !name.equals(BagLayout.TAG_MANIFEST)) {
            tags.append(Digest.of(content)).append("  ").append(name).append('\n');
          }
        });
    files.put(BagLayout.TAG_MANIFEST, tags.toString().getBytes(StandardCharsets.UTF_8));
    Path bag = Files.createTempDirectory(root, "bag");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = bag.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return bag;
  }
}
