package whorl.collector.receive.bag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureRecord;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/** Bags that are not imported, and why. */
class RefusedBagsTest extends BagImportFixture {
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

  @Test
  void bagThatUnpacksToMoreThanThereIsRoomFor_isRefusedBeforeItIsRead() throws Exception {
    to.freeBytes.set(TestCollector.LIMITS.freeReserveBytes() + bag.length + (8 << 20));
    byte[] bomb = zip(files -> {}, Map.of("data/zeros", new byte[32 << 20]));
    assertThat(bomb.length).isLessThan(8 << 20);

    Answer answer = send(bomb, "");

    assertThat(answer.status()).isEqualTo(507);
  }

  /** With its history it would be longer than what a store reads, also at a collector's start. */
  @Test
  void recordThatCouldNotBeReadAgain_isRefused() throws Exception {
    to.now.updateAndGet(now -> now.plus(Duration.ofDays(2)));
    FakeAgent longest = new FakeAgent().seal();
    FakeAgent growing = new FakeAgent().seal();
    FakeAgent most = new FakeAgent().seal();
    List<byte[]> bags =
        List.of(
            partialBag(longest, json -> withProblems(json, "x".repeat(1 << 20), 31)),
            partialBag(growing, RefusedBagsTest::withLongProblems),
            partialBag(most, json -> withProblems(json, "", 1_999_800)));

    for (byte[] each : bags) {
      Answer answer = send(each, "");
      assertThat(answer.status()).as(answer.text()).isEqualTo(413);
    }
    assertThat(collector.store.evidence()).isEmpty();
    collector.close();
    collector = TestCollector.open(root.resolve("second"), to);
  }

  /** Shorter than a record may be, but its agent may add to it. */
  private static String withLongProblems(String json) {
    String problems = ('"' + "x".repeat(1 << 20) + "\",").repeat(12);
    return json.replace("\"problems\":[", "\"problems\":[" + problems);
  }

  /** As long as a record may be, if that is more. */
  private static String withProblems(String json, String problem, int count) {
    StringBuilder problems = new StringBuilder("\"problems\":[");
    problems.append(('"' + problem + "\",").repeat(count));
    String head = json.replace("\"problems\":[", problems);
    int room = (32 << 20) - 500 - head.length();
    return problem.isEmpty()
        ? head
        : head.replace("\"problems\":[", "\"problems\":[\"" + "y".repeat(room) + "\",");
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
}
