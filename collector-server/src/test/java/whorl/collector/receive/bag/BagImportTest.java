package whorl.collector.receive.bag;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.records.Catalog;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.CaptureState;

/** Evidence goes from one collector to another in a bag, with its custody, and back out. */
class BagImportTest extends BagImportFixture {
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
        .noneMatch(note -> note.contains("in no signed manifest"));
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

  /** A list could not have it, and no collector start that has it. */
  @Test
  void evidenceWithHalfAnAlert_isTakenWithoutAlert() throws Exception {
    FakeAgent gone = new FakeAgent().seal();
    byte[] half =
        partialBag(
            gone, json -> json.replace("\"alert\":null", "\"alert\":{\"id\":\"alert-0001\"}"));
    to.now.updateAndGet(now -> now.plus(Duration.ofDays(2)));

    Answer answer = send(half, "");

    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(collector.store.record(gone.evidence).alert()).isNull();
    assertThat(collector.verifyOffline().problems()).isEmpty();
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

  /** A recording is derived anew where more has come, and what is not listed gets a number. */
  @Test
  void partialEvidenceThatItsAgentCompletesHere_stillHasItsHistory() throws Exception {
    FakeAgent back = new FakeAgent().with("threads.txt", "threads").seal();
    byte[] partial;
    try (TestCollector first =
        TestCollector.open(root.resolve("third"), new TestCollector.World())) {
      back.ship(first.agentClient, "threads.txt", "planted".getBytes(StandardCharsets.UTF_8));
      back.ship(first.agentClient, "events.ndjson", "{}".getBytes(StandardCharsets.UTF_8));
      first.expireUploads();
      derive(first, back.evidence, "derived".getBytes(StandardCharsets.UTF_8));
      first.publisher.publish();
      partial = first.viewer.get("/api/v1/evidence/" + back.evidence + "/bag").body();
    }
    assertThat(verify(partial).problems()).isEmpty();
    to.now.updateAndGet(now -> now.plus(Duration.ofDays(2)));
    assertThat(send(partial, "").status()).isEqualTo(201);

    assertThat(back.shipAll(collector.agentClient).status()).isEqualTo(204);
    collector.publisher.publish();

    EvidenceRecord record = collector.store.record(back.evidence);
    assertThat(record.state()).isEqualTo(CaptureState.SEALED);
    assertThat(record.artifacts().stream())
        .extracting(each -> each.name().value())
        .contains("threads.txt", "threads.txt.2")
        .doesNotContain("recording.jfr");
    byte[] again = collector.viewer.get("/api/v1/evidence/" + back.evidence + "/bag").body();
    assertThat(verify(again).problems()).isEmpty();
  }

  /** As the collector does it beside the requests. */
  private void derive(TestCollector first, Id evidence, byte[] recording) throws IOException {
    Digest sha256 = Digest.of(recording);
    byte[] before = first.store.recordBytes(evidence);
    EvidenceRecord record = EvidenceRecord.parse(before);
    List<StoredArtifact> artifacts = new ArrayList<>(record.artifacts());
    artifacts.add(
        StoredArtifact.derived(
            ArtifactName.RECORDING, recording.length, sha256, "application/x-jfr"));
    first.store.keep(Map.of(sha256, Files.write(root.resolve("derived"), recording)));
    assertThat(
            first.store.amend(
                record.with(artifacts),
                Digest.of(before),
                amended ->
                    first.custody.append(
                        CustodyAction.DERIVED,
                        evidence,
                        "collector",
                        Map.of(
                            "artifact",
                            "recording.jfr",
                            "sha256",
                            sha256.hex(),
                            "record",
                            amended.hex()))))
        .isTrue();
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
}
