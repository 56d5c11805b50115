package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.UnforcedDisk;

/** What a capture of 60 artifacts and 13 MB costs the database and the object store. */
class CaptureCostTest {
  private static final int MEBI = 1 << 20;

  @TempDir Path root;

  @Test
  void captureOfSixtyArtifacts_takesFewRequests() throws Exception {
    Map<String, Integer> earlier = cost(root.resolve("earlier"), Agent.EARLIER);
    System.out.println("60 artifacts, 13 MB, POST and PATCH, chunks of 1 MiB: " + earlier);
    Map<String, Integer> first = cost(root.resolve("first"), Agent.FIRST_CAPTURE);
    System.out.println("60 artifacts, 13 MB, an agent's first capture: " + first);
    Map<String, Integer> next = cost(root.resolve("next"), Agent.NEXT_CAPTURE);
    System.out.println("60 artifacts, 13 MB, its next captures: " + next);

    // A slow machine takes pins off more often, with two statements each time.
    assertThat(earlier.get("statement")).isLessThanOrEqualTo(350);
    assertThat(first.get("statement")).isLessThanOrEqualTo(280);
    assertThat(next.get("statement")).isLessThanOrEqualTo(265);
    for (Map<String, Integer> each : List.of(earlier, first, next)) {
      assertThat(each.get("transaction")).as("%s", each).isLessThanOrEqualTo(40);
    }
    assertThat(objectRequests(earlier)).as("%s", earlier).isLessThanOrEqualTo(95);
    assertThat(objectRequests(first)).as("%s", first).isLessThanOrEqualTo(85);
    assertThat(objectRequests(next)).as("one for each artifact: %s", next).isLessThanOrEqualTo(67);
    assertThat(next).doesNotContainKeys("copy", "beginParts", "delete", "find");
  }

  /** Each chunk of 5 MiB is put once, as a part; only the first, small ones are put twice. */
  @Test
  void streamedHeap_isPutOnce() throws Exception {
    int heapBytes = 64 * MEBI;
    Map<String, Integer> large = heapCost(root.resolve("large"), heapBytes, 5 * MEBI);
    System.out.println("a heap of 64 MiB, streamed in chunks of 5 MiB: " + large);
    Map<String, Integer> small = heapCost(root.resolve("small"), heapBytes, MEBI);
    System.out.println("a heap of 64 MiB, streamed in chunks of 1 MiB: " + small);

    assertThat(large).doesNotContainKeys("put", "read");
    assertThat(large.get("putPart")).isEqualTo(13);
    assertThat(objectRequests(large)).as("%s", large).isLessThanOrEqualTo(18);
    assertThat(large.get("statement")).as("%s", large).isLessThanOrEqualTo(60);
    assertThat(objectRequests(small)).as("%s", small).isLessThanOrEqualTo(150);
  }

  private static Map<String, Integer> heapCost(Path root, int bytes, int chunk) throws Exception {
    java.nio.file.Files.createDirectories(root);
    try (SqliteDatabase database = SqliteDatabase.open(root.resolve("catalog.db"));
        SharedWorld world =
            new SharedWorld(
                root,
                () -> new DelegatingDatabase(database),
                FolderObjects.open(root.resolve("objects"), new UnforcedDisk()),
                true,
                8 * MEBI,
                Duration.ofSeconds(3));
        SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = new FakeAgent().with(Shipper.HEAP, bytes(new Random(2), bytes)).seal();
      Shipper shipper = new Shipper(agent, chunk);
      collector.faults.reset();
      shipper.ship(collector.client, Shipper.HEAP, agent.artifacts.values().iterator().next());
      world.awaitNoUploadObjects();
      return collector.faults.counts();
    }
  }

  private static int objectRequests(Map<String, Integer> cost) {
    return cost.entrySet().stream()
        .filter(each -> !Set.of("statement", "transaction").contains(each.getKey()))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** How an agent ships: an earlier one, and one of now before and after it knows its line. */
  private enum Agent {
    EARLIER,
    FIRST_CAPTURE,
    NEXT_CAPTURE
  }

  private static Map<String, Integer> cost(Path root, Agent ways) throws Exception {
    java.nio.file.Files.createDirectories(root);
    try (SqliteDatabase database = SqliteDatabase.open(root.resolve("catalog.db"));
        SharedWorld world =
            new SharedWorld(
                root,
                () -> new DelegatingDatabase(database),
                FolderObjects.open(root.resolve("objects"), new UnforcedDisk()),
                true,
                8 * MEBI,
                Duration.ofSeconds(3));
        SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = capture();
      collector.faults.reset();
      agent.artifacts.forEach(
          (name, bytes) -> ship(agent, collector.client, name.value(), bytes, ways));
      ship(agent, collector.client, "manifest.json", agent.manifestJson(), ways);
      ship(agent, collector.client, "manifest.dsse.json", agent.envelopeJson(), ways);
      assertThat(world.custody(agent.evidence, CustodyAction.SEALED)).hasSize(1);
      world.awaitNoUploadObjects();
      return collector.faults.counts();
    }
  }

  private static FakeAgent capture() {
    Random random = new Random(1);
    FakeAgent agent = new FakeAgent();
    agent.with("alert.json", bytes(random, 4_000));
    agent.with("recording.jfr", bytes(random, 10 * MEBI));
    agent.with("events.ndjson", bytes(random, 3 * MEBI / 2));
    for (int i = 0; i < 55; i++) {
      agent.with("classes/c" + i + ".class", bytes(random, 20_000));
    }
    return agent.seal();
  }

  private static byte[] bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void ship(
      FakeAgent agent, FakeClient client, String name, byte[] content, Agent ways) {
    boolean whole =
        ways != Agent.EARLIER
            && content.length <= 64 << 10
            && !name.equals("manifest.dsse.json"); // whose request seals
    if (whole) {
      Answer created = agent.createWith(client, name, content, content);
      assertThat(created.status()).as(created.text()).isEqualTo(201);
      return;
    }
    Answer created = agent.create(client, name, content.length);
    assertThat(created.status()).as(created.text()).isEqualTo(201);
    int most = ways == Agent.EARLIER ? MEBI : 32 * MEBI;
    int chunk = ways == Agent.NEXT_CAPTURE ? most : MEBI / 4;
    for (int at = 0; at < content.length; ) {
      int end = Math.min(content.length, at + chunk - at % chunk);
      Answer answer =
          FakeAgent.patch(
              client, created.header("Location"), at, Arrays.copyOfRange(content, at, end));
      assertThat(answer.status()).as(answer.text()).isEqualTo(204);
      at = end;
      chunk = Math.min(most, chunk * 4);
    }
  }
}
