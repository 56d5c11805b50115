package whorl.collector.receive.bag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.verify.Anchors;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.Part;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureRecord;
import whorl.collector.store.records.Catalog;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.CaptureState;

/** Evidence goes from one collector to another in a bag, with its custody, and back out. */
class BagImportTest {
  private static final String PATH = "/api/v1/evidence/import";

  @TempDir private Path root;
  private final TestCollector.World from = new TestCollector.World();
  private final TestCollector.World to = new TestCollector.World();
  private final FakeAgent agent =
      new FakeAgent().with("threads.txt", "threads").with("classes/ab12.class", "class").seal();
  private byte[] bag;
  private TestCollector collector;

  @BeforeEach
  void ship() throws Exception {
    from.keys.put(agent.id, agent.key.publicKey());
    try (TestCollector first = TestCollector.open(root.resolve("first"), from)) {
      assertThat(agent.shipAll(first.agentClient).status()).isEqualTo(204);
      first.publisher.publish();
      bag = first.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body();
    }
    to.now.set(from.now.get().plus(Duration.ofDays(1)));
    collector = TestCollector.open(root.resolve("second"), to);
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
  }

  private Answer send(byte[] zip, String query) {
    return collector.importer.call("POST", PATH + query, Map.of(), zip);
  }

  @Test
  void import_keepsTheEvidenceWithItsHistory() throws Exception {
    Answer answer = send(bag, "");

    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.json().path("imported").asBoolean()).isTrue();
    EvidenceRecord record = collector.store.record(agent.evidence);
    assertThat(record.signature().verified()).isTrue();
    assertThat(record.signature().enrolled()).isFalse();
    assertThat(record.artifacts().stream().map(each -> each.name().value()))
        .contains(
            "threads.txt", "manifest.json", "earlier-1/evidence.json", "earlier-1/custody.ndjson")
        .contains("earlier-1/custody-key.txt", "earlier-1/custody-proof.json");
    List<CustodyEntry> entries = collector.custody.entries(agent.evidence);
    assertThat(entries.stream().map(CustodyEntry::action))
        .containsExactly("imported", "received", "sealed");
    assertThat(entries.get(0).actor()).isEqualTo("token responder-01234567");
    assertThat(entries.get(0).detail()).containsEntry("bag", Digest.of(bag).hex());
    assertThat(to.told.imported).hasSize(1);
    assertThat(to.told.sealed).isEmpty();
    JsonNode history =
        collector.importer.get("/api/v1/evidence/" + agent.evidence + "/imported").json();
    assertThat(history.path("imports").get(0).path("entries").findValuesAsText("action"))
        .startsWith("received", "sealed");
    assertThat(history.path("imports").get(0).path("logKey").asText()).contains("+");
    try (Stream<Path> left = Files.walk(collector.folder.exports())) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  /**
   * It would be first in all lists, and never old enough to be purged; or no list could have it.
   */
  @Test
  void evidenceThatIsSealedLater_isRefused() throws Exception {
    to.now.set(from.now.get().minus(Duration.ofDays(2)));

    Answer answer = send(bag, "");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("is to come");
    assertThat(collector.store.record(agent.evidence)).isNull();
    String record = new String(entry(bag, "evidence.json"), StandardCharsets.UTF_8);
    String far =
        record.replaceFirst(
            "\"sealedAt\":\\s*\"[^\"]*\"", "\"sealedAt\":\"+999999999-12-31T23:59:59Z\"");
    assertThat(far).isNotEqualTo(record);
    assertThatThrownBy(() -> EvidenceRecord.parse(far.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(JacksonException.class);
  }

  @Test
  void importedEvidence_isVerified_whereverItIs() throws Exception {
    send(bag, "");
    collector.publisher.publish();

    JsonNode here = collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/verify").json();
    assertThat(here.path("problems")).as(here.toString()).isEmpty();
    VerificationReport whole = collector.verifyOffline();
    assertThat(whole.problems()).isEmpty();
    VerificationReport again = verify(exported());
    assertThat(again.problems()).isEmpty();
    assertThat(again.notes())
        .anyMatch(note -> note.startsWith("imported at ") && note.contains("another collector"))
        .anyMatch(note -> note.startsWith("earlier-1: ") && note.contains("proven to be in a log"))
        .noneMatch(note -> note.contains("are in no signed manifest"));
  }

  @Test
  void checkpointsOfBothCollectors_areComparedWithTheirOwnLogs() throws Exception {
    Path first = root.resolve("first-checkpoint");
    Files.write(first, entry(bag, "custody-checkpoint.txt"));
    send(bag, "");
    collector.publisher.publish();
    Path second = root.resolve("second-checkpoint");
    byte[] exported = exported();
    Files.write(second, entry(exported, "custody-checkpoint.txt"));

    VerificationReport report =
        new OfflineVerifier(InstantSource.system())
            .verify(
                Files.write(root.resolve("both.zip"), exported),
                Anchors.read(List.of(first, second), null));
    assertThat(report.problems()).isEmpty();
    assertThat(report.notes())
        .anyMatch(note -> note.contains("continues the log of " + first))
        .anyMatch(note -> note.contains("continues the log of " + second));
  }

  @Test
  void thirdCollector_hasBothHistories() throws Exception {
    send(bag, "");
    collector.publisher.publish();
    byte[] second = exported();
    try (TestCollector third =
        TestCollector.open(root.resolve("third"), new TestCollector.World())) {
      Answer answer = third.importer.call("POST", PATH, Map.of(), second);
      assertThat(answer.status()).as(answer.text()).isEqualTo(201);
      EvidenceRecord record = third.store.record(agent.evidence);
      assertThat(record.artifacts().stream().map(each -> each.name().value()))
          .contains("earlier-1/custody.ndjson", "earlier-2/custody.ndjson");
      third.publisher.publish();
      VerificationReport report =
          verify(third.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body());
      assertThat(report.problems()).isEmpty();
      assertThat(report.notes()).anyMatch(note -> note.startsWith("earlier-2: imported at "));
    }
  }

  /** Both would be one folder on Windows or macOS, and the next bag would not verify for that. */
  @Test
  void folderOfItsHistory_isNoneOfTheAgentsInAnotherCase() throws Exception {
    FakeAgent hostile = new FakeAgent().with("Earlier-1/evidence.json", "{}").seal();
    byte[] theirs;
    try (TestCollector first = TestCollector.open(root.resolve("first"), from)) {
      assertThat(hostile.shipAll(first.agentClient).status()).isEqualTo(204);
      theirs = first.viewer.get("/api/v1/evidence/" + hostile.evidence + "/bag").body();
    }

    assertThat(send(theirs, "").status()).isEqualTo(201);

    byte[] again = collector.viewer.get("/api/v1/evidence/" + hostile.evidence + "/bag").body();
    assertThat(verify(again).problems()).isEmpty();
    assertThat(collector.store.record(hostile.evidence).artifacts().stream())
        .extracting(each -> each.name().value())
        .contains("Earlier-1/evidence.json", "earlier-2/evidence.json");
  }

  /** Who has a token of agents, and the ids in the bag, can add to it; that is not the importer. */
  @Test
  void whatComesLaterToPartialEvidence_isOfTheAgentInCustody() throws Exception {
    FakeAgent gone = new FakeAgent().seal();
    byte[] partial;
    try (TestCollector first =
        TestCollector.open(root.resolve("third"), new TestCollector.World())) {
      gone.ship(first.agentClient, "threads.txt", "threads".getBytes(StandardCharsets.UTF_8));
      first.expireUploads();
      partial = first.viewer.get("/api/v1/evidence/" + gone.evidence + "/bag").body();
    }
    to.now.updateAndGet(now -> now.plus(Duration.ofDays(2)));
    Answer taken = send(partial, "");
    assertThat(taken.status()).as(taken.text()).isEqualTo(201);

    gone.ship(collector.agentClient, "planted.txt", "planted".getBytes(StandardCharsets.UTF_8));
    collector.expireUploads();

    assertThat(collector.custody.entries(gone.evidence))
        .extracting(entry -> entry.action() + " by " + entry.actor().split(" ")[0])
        .containsExactly(
            "imported by token",
            "received by token",
            "expired by collector",
            "received by agent",
            "expired by collector");
    assertThat(collector.verifyOffline().problems()).isEmpty();
  }

  @Test
  void sameEvidenceAgain_changesNothing() throws Exception {
    send(bag, "");
    byte[] before = collector.store.recordBytes(agent.evidence);
    long entries = collector.custody.size();

    Answer again = send(bag, "");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().path("imported").asBoolean()).isFalse();
    assertThat(collector.store.recordBytes(agent.evidence)).isEqualTo(before);
    assertThat(collector.custody.size()).isEqualTo(entries);
  }

  @Test
  void itsOwnBag_changesNothing() throws Exception {
    try (TestCollector first = TestCollector.open(root.resolve("first"), from)) {
      Answer answer = first.importer.call("POST", PATH, Map.of(), bag);
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }
  }

  @Test
  void otherEvidenceOfTheSameId_isRefused() throws Exception {
    send(bag, "");
    byte[] before = collector.store.recordBytes(agent.evidence);
    byte[] other;
    try (TestCollector elsewhere =
        TestCollector.open(root.resolve("elsewhere"), new TestCollector.World())) {
      agent.with("threads.txt", "other threads").seal().shipAll(elsewhere.agentClient);
      other = elsewhere.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body();
    }

    Answer answer = send(other, "");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text()).contains("stays as it is");
    assertThat(collector.store.recordBytes(agent.evidence)).isEqualTo(before);
  }

  @Test
  void agentWithAnotherKeyHere_isRefused() {
    to.keys.put(agent.id, new FakeAgent().key.publicKey());

    Answer answer = send(bag, "");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text()).contains("enrolled here with another key");
  }

  /** The agent that is to send it would be refused, and its evidence lost. */
  @Test
  void evidenceOfACaptureOfAnotherAgent_isRefused() throws Exception {
    Id victim = new FakeAgent().id;
    CaptureRecord begun =
        CaptureRecord.begun(
            Id.next(InstantSource.system()), victim, "shop", "a reason", null, to.now.get());
    CaptureLedger captures = new CaptureLedger(collector.database);
    captures.insert(
        List.of(begun.advanced(CaptureState.RUNNING, agent.evidence, 0, 0)), null, to.now.get());

    Answer answer = send(bag, "");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text()).contains("is of a capture of agent " + victim);
    assertThat(collector.store.record(agent.evidence)).isNull();
  }

  @Test
  void evidenceOfACaptureOfItsAgent_isTaken() throws Exception {
    CaptureRecord begun =
        CaptureRecord.begun(agent.capture, agent.id, "shop", "a reason", null, to.now.get());
    new CaptureLedger(collector.database)
        .insert(
            List.of(begun.advanced(CaptureState.RUNNING, agent.evidence, 0, 0)),
            null,
            to.now.get());

    assertThat(send(bag, "").status()).isEqualTo(201);
  }

  @Test
  void agentWithThisKeyHere_isEnrolled() throws Exception {
    to.keys.put(agent.id, agent.key.publicKey());

    send(bag, "");

    assertThat(collector.store.record(agent.evidence).signature().enrolled()).isTrue();
  }

  @Test
  void origin_isWhatTheImporterSays_andTheTimeIsThatOfTheImport() throws Exception {
    send(bag, "?service=shop-of-another&namespace=theirs");

    List<String> origins =
        collector.database.query(
            "SELECT o.namespace || '/' || o.service FROM evidence e JOIN origins o ON o.id ="
                + " e.origin WHERE e.id = ?",
            row -> row.getString(1),
            agent.evidence.value());
    assertThat(origins).containsExactly("theirs/shop-of-another");
    Catalog.Summary row = collector.catalog.summary(agent.evidence);
    EvidenceRecord record = collector.store.record(agent.evidence);
    assertThat(row.sealedAt()).isAfter(record.sealedAt());
    assertThat(record.service()).isEqualTo("shop");
  }

  @Test
  void personWithAScope_importsForThatScopeOnly() {
    Access access =
        new Access(
            List.of(
                new Grant(Role.RESPONDER, new Part(Set.of("theirs"), Set.of(), Map.of())),
                new Grant(Role.VIEWER, Part.EVERYTHING)));
    FakeClient scoped =
        collector.importer.as(new Principal(Role.RESPONDER, "a person", null, access));

    for (String query : List.of("", "?service=shop", "?namespace=others&service=shop")) {
      Answer refused = scoped.call("POST", PATH + query, Map.of(), bag);
      assertThat(refused.status()).as(query).isEqualTo(403);
    }
    Answer taken = scoped.call("POST", PATH + "?namespace=theirs&service=shop", Map.of(), bag);
    assertThat(taken.status()).as(taken.text()).isEqualTo(201);
  }

  @Test
  void withoutOrigin_itIsNobodys() throws Exception {
    send(bag, "");

    assertThat(
            collector.database.query(
                "SELECT origin FROM evidence WHERE id = ?",
                row -> row.getString(1),
                agent.evidence.value()))
        .containsExactly("");
  }

  @Test
  void restart_keepsOriginAndTime_alsoWithoutTheCatalog() throws Exception {
    send(bag, "?service=theirs");
    Catalog.Summary before = collector.catalog.summary(agent.evidence);
    collector.catalog.remove(agent.evidence);
    collector.close();

    collector = TestCollector.open(root.resolve("second"), to);

    Catalog.Summary after = collector.catalog.summary(agent.evidence);
    assertThat(after).isEqualTo(before);
    assertThat(
            collector.database.query(
                "SELECT o.service FROM evidence e JOIN origins o ON o.id = e.origin",
                row -> row.getString(1)))
        .containsExactly("theirs");
  }

  @Test
  void hostileBags_areRefused_andNothingIsKept() throws Exception {
    Map<String, byte[]> hostile = new LinkedHashMap<>();
    hostile.put("nothing", new byte[0]);
    hostile.put("no zip", "no zip".getBytes(StandardCharsets.UTF_8));
    hostile.put("no bag", zip(files -> files.clear(), Map.of("x", new byte[] {1})));
    hostile.put("changed byte", zip(changed("data/threads.txt"), Map.of()));
    hostile.put("changed record", zip(changed("evidence.json"), Map.of()));
    hostile.put("changed custody", zip(changed("custody.ndjson"), Map.of()));
    hostile.put("no custody", zip(without("custody.ndjson"), Map.of()));
    hostile.put("no manifest", zip(without("data/manifest.json"), Map.of()));
    hostile.put("one more artifact", zip(files -> {}, Map.of("data/more.txt", new byte[] {1})));
    hostile.put(
        "path that leads out", zip(files -> {}, Map.of("data/../../../out.txt", new byte[] {1})));
    hostile.put("cut off", Arrays.copyOf(bag, bag.length / 2));
    long before = collector.custody.size();

    for (Map.Entry<String, byte[]> each : hostile.entrySet()) {
      Answer answer = send(each.getValue(), "");
      assertThat(answer.status()).as(each.getKey() + ": " + answer.text()).isIn(400, 422);
    }
    assertThat(collector.store.evidence()).isEmpty();
    assertThat(collector.custody.size()).isEqualTo(before);
    assertThat(root.resolve("out.txt")).doesNotExist();
    try (Stream<Path> left = Files.walk(collector.folder.exports())) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  /** Thirty kilobytes unpack to millions of lines, and each would take fifty bytes of memory. */
  @Test
  void filesOfMillionsOfLines_areNotKeptInMemory() throws Exception {
    byte[] lines = "x\n".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
    for (String name : List.of("manifest-sha256.txt", "tagmanifest-sha256.txt", "custody.ndjson")) {
      Answer answer = send(zip(files -> {}, Map.of(name, lines)), "");

      assertThat(answer.status()).as(name).isEqualTo(422);
      assertThat(answer.text()).contains(name + " can't be read: it has more than 200000 lines");
    }
  }

  @Test
  void bagThatUnpacksToMoreThanThereIsRoomFor_isRefusedBeforeItIsRead() throws Exception {
    to.freeBytes.set(TestCollector.LIMITS.freeReserveBytes() + bag.length + (8 << 20));
    byte[] bomb = zip(files -> {}, Map.of("data/zeros", new byte[32 << 20]));
    assertThat(bomb.length).isLessThan(8 << 20);

    Answer answer = send(bomb, "");

    assertThat(answer.status()).isEqualTo(507);
  }

  @Test
  void fullDisk_refusesTheBody() {
    to.freeBytes.set(TestCollector.LIMITS.freeReserveBytes());

    assertThat(send(bag, "").status()).isEqualTo(507);
  }

  @Test
  void bagThatComesSlowly_keepsNobodyElseFromImporting() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    InputStream slowly =
        new ByteArrayInputStream(bag) {
          @Override
          public int read(byte[] into, int offset, int length) {
            begun.countDown();
            try {
              assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return super.read(into, offset, length);
          }
        };
    FakeClient slow = collector.importer.as(new Principal(Role.RESPONDER, "slow"));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Answer> arriving =
          thread.submit(() -> slow.call("POST", PATH, Map.of(), slowly, bag.length));
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

      assertThat(slow.call("POST", PATH, Map.of(), bag).status()).as("a second one").isEqualTo(503);
      String token = Principal.nameWithToken("slow", "token-0001");
      assertThat(
              slow.as(new Principal(Role.RESPONDER, token))
                  .call("POST", PATH, Map.of(), bag)
                  .text())
          .as("with an API token of the same person")
          .contains("another bag of yours");
      assertThat(send(bag, "").status()).isEqualTo(201);
      release.countDown();
      assertThat(arriving.get(30, TimeUnit.SECONDS).status()).as("the same bag").isEqualTo(200);
    } finally {
      release.countDown();
      thread.shutdownNow();
    }
  }

  @Test
  void purgedEvidence_isNotTakenAgain() throws Exception {
    send(bag, "");
    collector.custody.append(
        CustodyAction.PURGED,
        agent.evidence,
        "token admin",
        Map.of("record", Digest.of(collector.store.recordBytes(agent.evidence)).hex()));
    collector.store.remove(agent.evidence);

    Answer answer = send(bag, "");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text()).contains("purged here on purpose");
  }

  @Test
  void evidenceThatItsAgentIsSending_isNotTaken() {
    agent.ship(collector.agentClient, "threads.txt", "threads".getBytes(StandardCharsets.UTF_8));

    assertThat(send(bag, "").status()).isEqualTo(409);
  }

  /** Anybody can add entries to a bag that are newer than its checkpoint. */
  @Test
  void entriesThatTheOtherLogDoesNotProve_areNotShownAsItsHistory() throws Exception {
    String custody = new String(entry(bag, "custody.ndjson"), StandardCharsets.UTF_8);
    List<String> lines = custody.lines().toList();
    CustodyEntry last = Json.MAPPER.readValue(lines.get(lines.size() - 1), CustodyEntry.class);
    CustodyEntry invented =
        CustodyEntry.chained(
            1_000_000,
            last.time(),
            CustodyAction.HELD.word(),
            agent.evidence,
            "a judge",
            Map.of("reason", "invented"),
            null,
            last.hash());
    byte[] more = (custody + Json.text(invented) + "\n").getBytes(StandardCharsets.UTF_8);
    String tags = new String(entry(bag, "tagmanifest-sha256.txt"), StandardCharsets.UTF_8);
    byte[] otherTags =
        tags.replace(Digest.of(entry(bag, "custody.ndjson")).hex(), Digest.of(more).hex())
            .getBytes(StandardCharsets.UTF_8);

    Answer answer =
        send(
            zip(files -> {}, Map.of("custody.ndjson", more, "tagmanifest-sha256.txt", otherTags)),
            "");

    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    JsonNode history =
        collector
            .importer
            .get("/api/v1/evidence/" + agent.evidence + "/imported")
            .json()
            .path("imports")
            .get(0);
    assertThat(history.path("entries").findValuesAsText("actor")).isNotEmpty();
    assertThat(history.path("entries").findValuesAsText("actor")).doesNotContain("a judge");
    assertThat(history.path("unproven").asInt()).isEqualTo(1);
  }

  private byte[] exported() {
    return collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body();
  }

  private VerificationReport verify(byte[] zip) throws IOException {
    return new OfflineVerifier(InstantSource.system())
        .verify(Files.write(root.resolve("check.zip"), zip));
  }

  private Consumer<Map<String, byte[]>> changed(String name) {
    return files -> {
      byte[] content = files.get(base(files) + name).clone();
      content[content.length / 2] ^= 1;
      files.put(base(files) + name, content);
    };
  }

  private Consumer<Map<String, byte[]>> without(String name) {
    return files -> files.remove(base(files) + name);
  }

  private static String base(Map<String, byte[]> files) {
    String first = files.keySet().iterator().next();
    return first.substring(0, first.indexOf('/') + 1);
  }

  /** The bag with changes, and with more files in its folder. */
  private byte[] zip(Consumer<Map<String, byte[]>> change, Map<String, byte[]> more)
      throws IOException {
    Map<String, byte[]> files = files(bag);
    String base = base(files);
    change.accept(files);
    more.forEach((name, content) -> files.put(base + name, content));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        out.putNextEntry(new ZipEntry(each.getKey()));
        out.write(each.getValue());
        out.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private byte[] entry(byte[] zip, String name) throws IOException {
    Map<String, byte[]> files = files(zip);
    return files.get(base(files) + name);
  }

  private Map<String, byte[]> files(byte[] zip) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Path file = Files.write(root.resolve("read.zip"), zip);
    try (ZipFile open = new ZipFile(file.toFile())) {
      Enumeration<? extends ZipEntry> entries = open.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        files.put(entry.getName(), open.getInputStream(entry).readAllBytes());
      }
    }
    return files;
  }
}
