package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
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
    Map<String, Integer> patched = cost(root.resolve("patched"), false, false);
    System.out.println("60 artifacts, 13 MB, POST and PATCH: " + patched);
    Map<String, Integer> created = cost(root.resolve("created"), true, false);
    System.out.println("60 artifacts, 13 MB, creation with upload: " + created);

    Map<String, Integer> stored = cost(root.resolve("stored"), false, true);
    System.out.println("60 artifacts, 13 MB, with pins and records: " + stored);

    assertThat(patched.get("statement")).isLessThan(240);
    assertThat(created.get("statement")).isLessThan(180);
    for (Map<String, Integer> cost : java.util.List.of(patched, created)) {
      assertThat(cost.get("put")).as("%s", cost).isLessThan(80);
      assertThat(cost.values().stream().mapToInt(each -> each).sum())
          .as("%s", cost)
          .isLessThan(400);
    }
  }

  private static Map<String, Integer> cost(Path root, boolean withCreation, boolean sharedStore)
      throws Exception {
    java.nio.file.Files.createDirectories(root);
    try (SqliteDatabase database = SqliteDatabase.open(root.resolve("catalog.db"));
        SharedWorld world =
            new SharedWorld(
                root,
                () -> new DelegatingDatabase(database),
                FolderObjects.open(
                    sharedStore ? root.resolve("objects") : root, new UnforcedDisk()),
                sharedStore,
                8 * MEBI,
                Duration.ofSeconds(3));
        SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = capture();
      collector.faults.reset();
      agent.artifacts.forEach(
          (name, bytes) -> ship(agent, collector.client, name.value(), bytes, withCreation));
      ship(agent, collector.client, "manifest.json", agent.manifestJson(), withCreation);
      ship(agent, collector.client, "manifest.dsse.json", agent.envelopeJson(), withCreation);
      assertThat(world.custody(agent.evidence, CustodyAction.SEALED)).hasSize(1);
      assertThat(world.uploadObjects()).isEmpty();
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

  /** In chunks as the agent's: 256 KiB first, then 1 MiB. */
  private static void ship(
      FakeAgent agent, FakeClient client, String name, byte[] content, boolean withCreation) {
    int at = 0;
    String location;
    if (withCreation) {
      byte[] first = Arrays.copyOf(content, Math.min(content.length, MEBI / 4));
      Answer created = agent.createWith(client, name, content, first);
      assertThat(created.status()).as(created.text()).isEqualTo(201);
      location = created.header("Location");
      at = first.length;
    } else {
      Answer created = agent.create(client, name, content.length);
      assertThat(created.status()).as(created.text()).isEqualTo(201);
      location = created.header("Location");
    }
    while (at < content.length) {
      int end = Math.min(content.length, at + (at == 0 ? MEBI / 4 : MEBI));
      Answer answer = FakeAgent.patch(client, location, at, Arrays.copyOfRange(content, at, end));
      assertThat(answer.status()).as(answer.text()).isEqualTo(204);
      at = end;
    }
  }
}
