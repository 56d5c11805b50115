package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import whorl.collector.receive.AgentConnections;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.Faults;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.channel.CaptureState;

/** Uploads at two collectors over the same object store and database. */
public abstract class SharedUploadsContract extends BrokenUploadsContract {
  @Test
  void chunksThatAlternateBetweenCollectors_becomeOneArtifact() throws Exception {
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeAgent agent = agent(parts(3.4));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, 0);
      shipper.ship(
          first.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
      Answer created = agent.createStreamed(second.client, Shipper.HEAP);
      shipper.locations.put(Shipper.HEAP, created.header("Location"));
      List<FakeClient> clients = List.of(first.client, second.client);
      int at = 0;
      for (int i = 0; at < heap.length; i++) {
        FakeClient to = clients.get(i % 2);
        int end = Math.min(heap.length, at + 1 + random.nextInt(parts(1.3)));
        assertThat(shipper.patch(to, Shipper.HEAP, heap, at, end).status()).isEqualTo(204);
        at = end;
        Answer head = FakeAgent.head(clients.get((i + 1) % 2), created.header("Location"));
        assertThat(head.header("Upload-Offset")).isEqualTo(Integer.toString(at));
      }
      shipper.ship(second.client);

      assertSealed(agent);
      world.awaitNoUploadObjects();
      assertThat(first.receiver.unfinishedUploads()).isZero();
      assertThat(first.receiver.evidenceInUpload()).isZero();
      assertThat(world.problems()).isEmpty();
    }
  }

  @Test
  void envelopeAtBothAtOnce_sealsOnce() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      for (int round = 0; round < 5; round++) {
        FakeAgent agent = agent(1000);
        Shipper shipper = new Shipper(agent, 1000);
        agent.artifacts.forEach((name, bytes) -> shipper.ship(first.client, name.value(), bytes));
        shipper.ship(second.client, "manifest.json", agent.manifestJson());
        byte[] envelope = agent.envelopeJson();
        String location =
            agent.create(first.client, "manifest.dsse.json", envelope.length).header("Location");
        List<Answer> answers =
            atOnce(
                workers,
                () -> FakeAgent.patch(first.client, location, 0, envelope),
                () -> FakeAgent.patch(second.client, location, 0, envelope));

        assertThat(answers).extracting(Answer::status).contains(204);
        assertThat(answers).extracting(Answer::status).allMatch(each -> isFine(each));
        assertSealed(agent);
        assertThat(first.told.sealed.size() + second.told.sealed.size()).isEqualTo(round + 1);
        assertThat(agent.create(second.client, "late.txt", 3).text()).startsWith("already sealed");
      }
      assertThat(world.problems()).isEmpty();
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void sameChunkAtBothAtOnce_countsOnce() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeAgent agent = agent(parts(2.2));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, parts(0.5));
      shipper.ship(
          first.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
      String location = agent.createStreamed(first.client, Shipper.HEAP).header("Location");
      shipper.locations.put(Shipper.HEAP, location);
      for (int at = 0; at < parts(2); at += parts(0.25)) {
        int from = at;
        List<Answer> answers =
            atOnce(
                workers,
                () -> shipper.patch(first.client, Shipper.HEAP, heap, from, from + parts(0.25)),
                () -> shipper.patch(second.client, Shipper.HEAP, heap, from, from + parts(0.25)));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(204);
        assertThat(answers).extracting(Answer::status).allMatch(each -> isFine(each));
      }
      shipper.ship(second.client);

      assertSealed(agent);
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void clockADayOff_changesNothing() throws Exception {
    for (Duration off : List.of(Duration.ofDays(1), Duration.ofDays(-1))) {
      InstantSource wrong = () -> Instant.now().plus(off);
      try (SharedWorld.Collector odd = world.open(Faults.none(), wrong);
          SharedWorld.Collector good = world.open()) {
        FakeAgent agent = agent(parts(2.1));
        byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
        Shipper shipper = new Shipper(agent, parts(0.7));
        shipper.ship(
            good.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
        String location = agent.createStreamed(odd.client, Shipper.HEAP).header("Location");
        shipper.locations.put(Shipper.HEAP, location);
        assertThat(shipper.patch(odd.client, Shipper.HEAP, heap, 0, parts(0.4)).status())
            .isEqualTo(204);
        odd.receiver.expire(AgentConnections.UNKNOWN);
        good.receiver.expire(AgentConnections.UNKNOWN);
        assertThat(shipper.patch(good.client, Shipper.HEAP, heap, parts(0.4), parts(1)).status())
            .isEqualTo(204);
        assertThat(world.record(agent.evidence)).as("nothing has expired").isNull();
        shipper.ship(odd.client);

        assertSealed(agent);
      }
    }
  }

  @Test
  void limits_holdAcrossCollectors() throws Exception {
    world.limits = TestCollectorLimits.of(4, 2);
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeClient here = first.client.from("10.0.0.1");
      FakeClient there = second.client.from("10.0.0.2");
      FakeAgent one = agent(10);
      FakeAgent two = agent(10);
      FakeAgent three = agent(10);
      assertThat(one.create(here, "a", 1).status()).isEqualTo(201);
      assertThat(two.create(there, "a", 1).status()).isEqualTo(201);
      Answer waits = three.create(second.client.from("10.0.0.3"), "a", 1);
      assertThat(waits.status()).isEqualTo(503);
      assertThat(waits.header("Whorl-Wait")).isEqualTo("slot");
      assertThat(first.receiver.evidenceInUpload()).isEqualTo(2);

      assertThat(one.create(there.from("10.0.0.1"), "b", 1).status()).isEqualTo(201);
      Answer half = one.create(here, "c", 1);
      assertThat(half.status()).as("half of the unfinished uploads").isEqualTo(503);
      assertThat(half.text()).contains("2 uploads from 10.0.0.1");
      assertThat(two.create(there, "b", 1).status()).isEqualTo(201);
      assertThat(two.create(there.from("10.0.0.4"), "c", 1).text()).contains("too many uploads");
      assertThat(second.receiver.unfinishedUploads()).isEqualTo(4);
    }
  }

  @Test
  void uploadsThatRestInTurn_haveNoMoreThanTheirShareOfTheSlots() throws Exception {
    world.limits = TestCollectorLimits.of(40, 2);
    try (SharedWorld.Collector collector = world.open()) {
      FakeClient greedy = collector.client.from("10.0.0.1");
      List<String> resting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Answer created = agent(10).create(greedy, "a", 2);
        assertThat(created.status()).isEqualTo(201);
        resting.add(created.header("Location"));
        world.database().update("UPDATE upload_evidence SET slot_until = 0");
      }
      for (String location : resting) {
        assertThat(FakeAgent.patch(greedy, location, 0, new byte[1]).status()).isEqualTo(204);
      }

      assertThat(collector.receiver.evidenceInUpload()).isZero();
      FakeClient good = collector.client.from("10.0.0.2");
      assertThat(agent(10).create(good, "a", 2).status()).isEqualTo(201);
      assertThat(collector.receiver.evidenceInUpload()).isEqualTo(1);
    }
  }

  @Test
  void sameArtifactCreatedAtBothAtOnce_isOneUpload() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeAgent agent = agent(10);
      for (int round = 0; round < 10; round++) {
        String name = "artifact-" + round;
        List<Answer> answers =
            atOnce(
                workers,
                () -> agent.create(first.client, name, 5),
                () -> agent.create(second.client, name, 5));
        assertThat(answers).extracting(Answer::status).allMatch(each -> each < 300);
        assertThat(answers.get(0).header("Location")).isEqualTo(answers.get(1).header("Location"));
      }
      assertThat(first.receiver.unfinishedUploads()).isEqualTo(10);
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void cleaning_deletesOnlyWhatNoIncompleteUploadHas() throws Exception {
    try (SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = agent(parts(1.2));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, parts(0.5));
      shipper.locations.put(
          Shipper.HEAP, agent.createStreamed(collector.client, Shipper.HEAP).header("Location"));
      shipper.patch(collector.client, Shipper.HEAP, heap, 0, parts(0.5));
      world.objects.put("uploads/0123456789abcdef0123456789abcdef/3", new byte[10]);

      collector.uploads().cleanNow();

      assertThat(world.uploadObjects()).hasSize(1);
      shipper.ship(collector.client);
      assertSealed(agent);
    }
  }

  /** The agent has no copy of it, and comes back to another collector. */
  @Test
  void heapOfPartialEvidence_countsForTheSeal() throws Exception {
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeAgent agent = agent(parts(1.2));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      new Shipper(agent, parts(0.5)).ship(first.client, Shipper.HEAP, heap);
      assertThat(first.expired(agent.evidence)).isTrue();

      Shipper back = new Shipper(agent, parts(0.5));
      for (String name : List.of("threads.txt", "classes.ndjson")) {
        back.ship(second.client, name, agent.artifacts.get(new ArtifactName(name)));
      }
      back.ship(second.client, "manifest.json", agent.manifestJson());
      back.ship(second.client, "manifest.dsse.json", agent.envelopeJson());

      assertSealed(agent);
      assertThat(world.problems()).isEmpty();
    }
  }

  /** A restored backup of the database has the uploads of then; the object store has the seal. */
  @Test
  void evidenceThatWasSealedAfterTheBackupOfTheRecords_isNotMadePartial() throws Exception {
    assumeTrue(world.store instanceof SharedStore, "its records are in a folder");
    try (SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = agent(parts(1.2));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      new Shipper(agent, parts(0.5)).ship(collector.client);
      assertSealed(agent);
      String id = agent.evidence.value();
      List<ObjectStore.ObjectFacts> records = world.objects.list("evidence/" + id + "/", "", 10);
      world.database().update("DELETE FROM content_references WHERE evidence = ?", id);
      world.database().update("DELETE FROM evidence_records WHERE evidence = ?", id);
      new Shipper(agent, parts(0.5)).ship(collector.client, Shipper.HEAP, heap);

      assertThat(collector.expired(agent.evidence)).as("recovery finds it again").isFalse();

      assertThat(collector.uploads().contains(agent.evidence)).isFalse();
      assertThat(world.objects.list("evidence/" + id + "/", "", 10)).isEqualTo(records);
      assertThat(world.content(Digest.of(heap))).isEqualTo(heap);
    }
  }

  /** Anybody with an agent's token can begin much evidence, and stay connected. */
  @Test
  void evidenceOfConnectedAgents_costsNoStatementsToWaitFor() throws Exception {
    try (SharedWorld.Collector collector = world.open()) {
      FakeAgent gone = agent(10);
      new Shipper(gone, 10).ship(collector.client, "threads.txt", bytes(10));
      for (int i = 0; i < 20; i++) {
        new Shipper(agent(10), 10).ship(collector.client, "threads.txt", bytes(10));
      }
      world.pass(Duration.ofMinutes(11));
      collector.faults.reset();

      collector.receiver.expire(AgentConnections.UNKNOWN);
      assertThat(collector.faults.counts().get("statement")).isLessThanOrEqualTo(10);

      collector.receiver.expire(agent -> !agent.equals(gone.id));
      assertThat(world.record(gone.evidence).state()).isEqualTo(CaptureState.PARTIAL);
    }
  }

  @Test
  void completeUploads_claimTheirContent() throws Exception {
    try (SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = agent(10);
      Shipper shipper = new Shipper(agent, 10);
      byte[] threads = agent.artifacts.get(new ArtifactName("threads.txt"));
      shipper.ship(collector.client, "threads.txt", threads);
      List<Digest> asked = List.of(Digest.of(threads), Digest.of(new byte[] {1}));

      assertThat(SharedUploads.claimed(world.database(), asked))
          .containsExactly(Digest.of(threads));
      world.discard(asked);
      assertThat(world.content(Digest.of(threads))).isEqualTo(threads);
    }
  }
}
