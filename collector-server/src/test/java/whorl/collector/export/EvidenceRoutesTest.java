package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;

class EvidenceRoutesTest {
  private static final String LIST = "/api/v1/evidence";

  @TempDir Path root;
  private final World world = new World();
  private TestCollector collector;

  @BeforeEach
  void open() throws IOException {
    collector = TestCollector.open(root, world);
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
  }

  @Test
  void list_isNewestFirstInPages() {
    List<String> newestFirst = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      world.now.updateAndGet(now -> now.plusMillis(2));
      newestFirst.add(0, ship(agent()).evidence.value());
    }

    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = collector.viewer.get(LIST + "?limit=7" + cursor).json();
      seen.addAll(page.get("evidence").findValuesAsText("id").stream().distinct().toList());
      cursor = page.has("next") ? "&cursor=" + page.get("next").asText() : null;
    } while (cursor != null);

    assertThat(seen).containsAll(newestFirst);
    assertThat(seen.stream().filter(newestFirst::contains)).containsExactlyElementsOf(newestFirst);
  }

  @Test
  void emptyList_hasNoNextPage() {
    assertThat(collector.viewer.get(LIST).text()).isEqualTo("{\"evidence\":[]}");
  }

  @Test
  void list_filters() {
    FakeAgent shop = ship(agent());
    FakeAgent cart = agent();
    cart.service = "cart";
    ship(cart.seal());

    assertThat(ids("?service=cart")).containsExactly(cart.evidence.value());
    assertThat(ids("?agent=" + shop.id)).containsExactly(shop.evidence.value());
    assertThat(ids("?state=sealed")).hasSize(2);
    assertThat(ids("?state=partial")).isEmpty();
    assertThat(ids("?service=nobody")).isEmpty();
  }

  /** A list of the page would have thousands of artifacts of each, every few seconds. */
  @Test
  void list_countsArtifacts_ifThatIsWanted() {
    ship(agent());

    JsonNode listed = collector.viewer.get(LIST).json().at("/evidence/0");
    JsonNode counted = collector.viewer.get(LIST + "?artifacts=counted").json().at("/evidence/0");

    long bytes = 0;
    for (JsonNode artifact : listed.path("artifacts")) {
      bytes += artifact.path("size").asLong();
    }
    assertThat(listed.path("artifacts")).isNotEmpty();
    assertThat(listed.has("artifactCount")).isFalse();
    assertThat(counted.path("artifacts")).isEmpty();
    assertThat(counted.path("artifactCount").asInt()).isEqualTo(listed.path("artifacts").size());
    assertThat(counted.path("artifactBytes").asLong()).isEqualTo(bytes);
  }

  @Test
  void list_withBadParameters_is400() {
    for (String query :
        List.of(
            "?limit=0",
            "?limit=1001",
            "?limit=x",
            "?state=lost",
            "?agent=../x",
            "?artifacts=some",
            "?cursor=zzz",
            "?cursor=")) {
      assertThat(collector.viewer.get(LIST + query).status()).as(query).isEqualTo(400);
    }
  }

  @Test
  void unknownEvidence_is404() {
    for (String target :
        List.of("/01234567-none", "/x", "/01234567-none/bag", "/01234567-none/verify")) {
      assertThat(collector.viewer.get(LIST + target).status()).as(target).isEqualTo(404);
    }
  }

  @Test
  void artifact_isSentCompletelyAsAnAttachment() {
    FakeAgent agent = ship(agent());

    Answer answer = artifact(agent, "recording.jfr", Map.of());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("0123456789");
    assertThat(answer.header("Content-Type")).isEqualTo("application/x-jfr");
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("Accept-Ranges")).isEqualTo("bytes");
    assertThat(answer.header("ETag"))
        .isEqualTo("\"" + Digest.of("0123456789".getBytes(StandardCharsets.UTF_8)) + "\"");
    assertThat(answer.header("Content-Disposition"))
        .matches("attachment; filename=\"shop-\\d{8}T\\d{6}Z\\.jfr\"");
    assertThat(artifact(agent, "classes/ab.class", Map.of()).header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"classes_ab.class\"");
  }

  @Test
  void encryptedEvidence_namesItsRecipientAndSendsItsArtifacts() {
    FakeAgent agent =
        new FakeAgent().with("recording.jfr.age", "age1").with("classes/ab.class.age", "age2");
    agent.recipient = "age1investigator";
    ship(agent.seal());

    JsonNode one = collector.viewer.get(LIST + "/" + agent.evidence).json();
    assertThat(one.get("recipient").asText()).isEqualTo("age1investigator");
    assertThat(one.get("state").asText()).isEqualTo("sealed");
    assertThat(one.get("artifacts").findValuesAsText("name"))
        .containsExactly(
            "classes/ab.class.age", "manifest.dsse.json", "manifest.json", "recording.jfr.age");
    assertThat(artifact(agent, "recording.jfr.age", Map.of()).header("Content-Disposition"))
        .matches("attachment; filename=\"shop-\\d{8}T\\d{6}Z\\.jfr\\.age\"");
    for (String name : List.of("recording.jfr", "classes/ab.class")) {
      Answer plain = artifact(agent, name, Map.of());
      assertThat(plain.status()).isEqualTo(404);
      assertThat(plain.text())
          .contains("encrypted, to age1investigator", "get " + name + ".age", "age -d -i KEYFILE");
    }
    assertThat(artifact(agent, "threads.txt", Map.of()).text()).doesNotContain("encrypted");
  }

  @Test
  void evidence_notEncrypted_namesNoRecipient() {
    FakeAgent agent = ship(agent());

    assertThat(collector.viewer.get(LIST + "/" + agent.evidence).json().has("recipient")).isFalse();
  }

  @Test
  void artifact_ofAHostileService_hasAHarmlessFileName() {
    FakeAgent agent = agent();
    agent.service = "../../x\"\r\nSet-Cookie: a=b; é";
    ship(agent.seal());

    assertThat(artifact(agent, "recording.jfr", Map.of()).header("Content-Disposition"))
        .matches("attachment; filename=\"[A-Za-z0-9][A-Za-z0-9._-]+\\.jfr\"");
  }

  @Test
  void artifact_withAnActiveMediaType_isSentAsBytes() {
    FakeAgent agent = new FakeAgent().with("page.html", "<script>").seal();
    collector.agentClient.call(
        "POST",
        "/agent/v1/uploads",
        Map.of(
            "Tus-Resumable", "1.0.0",
            "Upload-Length", "8",
            "Upload-Metadata",
                agent
                    .metadata("page.html")
                    .replaceAll("mediaType .+", FakeAgent.pair("mediaType", "text/html"))),
        new byte[0]);
    ship(agent);

    assertThat(artifact(agent, "page.html", Map.of()).header("Content-Type"))
        .isEqualTo("application/octet-stream");
  }

  @Test
  void artifact_inRanges() {
    FakeAgent agent = ship(agent());
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("bytes=0-3", "206 0123 bytes 0-3/10");
    expected.put("bytes=4-", "206 456789 bytes 4-9/10");
    expected.put("bytes=-3", "206 789 bytes 7-9/10");
    expected.put("bytes=-30", "206 0123456789 bytes 0-9/10");
    expected.put("bytes=8-99", "206 89 bytes 8-9/10");
    expected.put("bytes=9-9", "206 9 bytes 9-9/10");
    expected.put("bytes=5-2", "200 0123456789 null");
    expected.put("bytes=0-1,3-4", "200 0123456789 null");
    expected.put("lines=0-1", "200 0123456789 null");
    expected.put("bytes=-", "200 0123456789 null");
    expected.put("bytes=x-1", "200 0123456789 null");

    expected.forEach(
        (range, contentRange) -> {
          Answer answer = artifact(agent, "recording.jfr", Map.of("Range", range));
          assertThat(answer.status() + " " + answer.text() + " " + answer.header("Content-Range"))
              .as(range)
              .isEqualTo(contentRange);
        });
    for (String outside : List.of("bytes=10-", "bytes=10-12", "bytes=-0")) {
      Answer answer = artifact(agent, "recording.jfr", Map.of("Range", outside));
      assertThat(answer.status()).as(outside).isEqualTo(416);
      assertThat(answer.header("Content-Range")).isEqualTo("bytes */10");
    }
  }

  @Test
  void artifact_conditions() {
    FakeAgent agent = ship(agent());
    String etag = artifact(agent, "recording.jfr", Map.of()).header("ETag");

    assertThat(artifact(agent, "recording.jfr", Map.of("If-None-Match", etag)).status())
        .isEqualTo(304);
    assertThat(
            artifact(agent, "recording.jfr", Map.of("Range", "bytes=1-", "If-Range", etag))
                .status())
        .isEqualTo(206);
    assertThat(
            artifact(agent, "recording.jfr", Map.of("Range", "bytes=1-", "If-Range", "\"x\""))
                .status())
        .isEqualTo(200);
  }

  @Test
  void missingArtifact_is404() {
    FakeAgent agent = ship(agent());

    for (String name : List.of("none.txt", "../evidence.json", "a/b/c", ".x")) {
      assertThat(artifact(agent, name, Map.of()).status()).as(name).isEqualTo(404);
    }
  }

  @Test
  void artifact_withLostContent_isReported() throws Exception {
    FakeAgent agent = ship(agent());
    Files.delete(
        collector.store.content(Digest.of("0123456789".getBytes(StandardCharsets.UTF_8))).file());

    Answer answer = artifact(agent, "recording.jfr", Map.of());

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).contains("has lost artifact recording.jfr");
    JsonNode report = collector.viewer.get(LIST + "/" + agent.evidence + "/verify").json();
    assertThat(report.get("verified").asBoolean()).isFalse();
    assertThat(report.get("problems").toString()).contains("artifact recording.jfr is missing");
    assertThat(collector.viewer.get(LIST + "/" + agent.evidence + "/bag").status()).isEqualTo(200);
  }

  @Test
  void bag_conformsToRfc8493() throws Exception {
    FakeAgent agent = ship(agent());

    Answer answer = collector.viewer.get(LIST + "/" + agent.evidence + "/bag");

    assertThat(answer.header("Content-Type")).isEqualTo("application/zip");
    assertThat(answer.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"whorl-" + agent.evidence + ".zip\"");
    Map<String, byte[]> files = unzip(answer.body());
    String base = "whorl-" + agent.evidence + "/";
    assertThat(files.keySet())
        .containsExactlyInAnyOrder(
            base + "bagit.txt",
            base + "bag-info.txt",
            base + "README.txt",
            base + "manifest-sha256.txt",
            base + "tagmanifest-sha256.txt",
            base + "custody.ndjson",
            base + "custody-checkpoint.txt",
            base + "custody-key.txt",
            base + "custody-proof.json",
            base + "evidence.json",
            base + "agent-key.txt",
            base + "data/recording.jfr",
            base + "data/classes/ab.class",
            base + "data/manifest.json",
            base + "data/manifest.dsse.json");
    assertThat(text(files, base + "bagit.txt"))
        .isEqualTo("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    assertThat(text(files, base + "agent-key.txt").strip()).isEqualTo(agent.key.publicKey());
    assertThat(text(files, base + "README.txt"))
        .contains("BAG is the zip or this folder", "NOT verified", "`whorl custody` prints it");
    long bytes =
        files.entrySet().stream()
            .filter(file -> file.getKey().startsWith(base + "data/"))
            .mapToLong(file -> file.getValue().length)
            .sum();
    assertThat(text(files, base + "bag-info.txt")).contains("Payload-Oxum: " + bytes + ".4\n");
    assertThat(text(files, base + "custody.ndjson").lines())
        .extracting(line -> whorl.evidence.Json.MAPPER.readTree(line).get("action").asText())
        .containsExactly("received", "sealed", "exported");
  }

  @Test
  void bag_ofTheSameEvidenceAndCustody_isIdentical() {
    FakeAgent agent = ship(agent());
    Answer first = collector.viewer.get(LIST + "/" + agent.evidence + "/bag");
    Answer second = collector.viewer.get(LIST + "/" + agent.evidence + "/bag");

    assertThat(second.body()).isEqualTo(first.body());
  }

  @Test
  void bag_ofPartialEvidence_isVerifiedWithoutAManifest() throws Exception {
    FakeAgent agent = agent();
    agent.ship(collector.agentClient, "recording.jfr", "0123".getBytes(StandardCharsets.UTF_8));
    collector.expireUploads();
    Path bag = root.resolve("partial.zip");
    Files.write(bag, collector.viewer.get(LIST + "/" + agent.evidence + "/bag").body());

    var report =
        new whorl.collector.custody.verify.OfflineVerifier(java.time.InstantSource.system())
            .verify(bag);

    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).anyMatch(note -> note.startsWith("partial"));
  }

  @Test
  void verify_reportsProblems_andIsRecordedInCustody() throws Exception {
    FakeAgent agent = ship(agent());

    JsonNode report = collector.viewer.get(LIST + "/" + agent.evidence + "/verify").json();

    assertThat(report.get("verified").asBoolean()).isTrue();
    assertThat(report.get("artifacts").asInt()).isEqualTo(4);
    assertThat(report.get("problems")).isEmpty();
    assertThat(actions(agent)).endsWith("verified");

    Path blob =
        collector.store.content(Digest.of("0123456789".getBytes(StandardCharsets.UTF_8))).file();
    Files.writeString(blob, "012345678X");
    report = collector.viewer.get(LIST + "/" + agent.evidence + "/verify").json();
    assertThat(report.get("verified").asBoolean()).isFalse();
    assertThat(report.get("problems").toString())
        .contains("artifact recording.jfr: sha-256 is", "manifest says");
  }

  @Test
  void repeatedVerify_isOneCustodyEntry_andTooManyAreRefused() throws Exception {
    FakeAgent agent = ship(agent());
    String path = LIST + "/" + agent.evidence + "/verify";
    for (int i = 0; i < 60; i++) {
      assertThat(collector.viewer.get(path).status()).isEqualTo(200);
    }

    assertThat(actions(agent)).containsOnlyOnce("verified");
    assertThat(collector.viewer.get(path).status()).isEqualTo(429);
  }

  @Test
  void export_inManyRanges_isOneCustodyEntry() throws Exception {
    FakeAgent agent = ship(agent());
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      artifact(agent, "recording.jfr", Map.of("Range", "bytes=" + random.nextInt(10) + "-"));
    }
    assertThat(actions(agent)).containsExactly("received", "sealed", "exported");

    world.now.updateAndGet(now -> now.plus(Duration.ofMinutes(11)));
    artifact(agent, "recording.jfr", Map.of());
    artifact(agent, "manifest.json", Map.of());

    List<CustodyEntry> entries = collector.custody.entries(agent.evidence);
    assertThat(entries.subList(2, 5))
        .allMatch(entry -> entry.action().equals(CustodyAction.EXPORTED.word()))
        .allMatch(entry -> entry.actor().equals("token viewer-01234567"))
        .extracting(entry -> entry.detail().get("what"))
        .containsExactly("recording.jfr", "recording.jfr", "manifest.json");
  }

  @Test
  void lookingAtEvidence_isInCustodyOnceAnHour_listingIsNot() throws Exception {
    FakeAgent agent = ship(agent());
    String path = LIST + "/" + agent.evidence;
    for (int i = 0; i < 3; i++) {
      assertThat(collector.viewer.get(path).status()).isEqualTo(200);
      assertThat(collector.viewer.get(LIST).status()).isEqualTo(200);
    }
    assertThat(actions(agent)).containsExactly("received", "sealed", "read");

    world.now.updateAndGet(now -> now.plus(Duration.ofMinutes(59)));
    assertThat(collector.viewer.get(path).status()).isEqualTo(200);
    assertThat(actions(agent)).containsExactly("received", "sealed", "read");
    world.now.updateAndGet(now -> now.plus(Duration.ofMinutes(2)));
    assertThat(collector.viewer.get(path).status()).isEqualTo(200);

    assertThat(actions(agent)).containsExactly("received", "sealed", "read", "read");
    assertThat(collector.custody.entries(agent.evidence).get(2).actor())
        .isEqualTo("token viewer-01234567");
  }

  @Test
  void evidenceIsNotSent_ifItsReadingCannotBeInCustody() throws Exception {
    FakeAgent agent = ship(agent());
    String path = LIST + "/" + agent.evidence;
    collector.custody.close();

    // the server answers 500 to each
    assertThatThrownBy(() -> collector.viewer.get(path)).hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(() -> collector.viewer.get(path + "/bag"))
        .hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(() -> artifact(agent, "recording.jfr", Map.of()))
        .hasCauseInstanceOf(IOException.class);
  }

  private static FakeAgent agent() {
    return new FakeAgent()
        .with("recording.jfr", "0123456789")
        .with("classes/ab.class", "class")
        .seal();
  }

  private FakeAgent ship(FakeAgent agent) {
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    return agent;
  }

  private Answer artifact(FakeAgent agent, String name, Map<String, String> headers) {
    return collector.viewer.call(
        "GET", LIST + "/" + agent.evidence + "/artifacts/" + name, headers, new byte[0]);
  }

  private List<String> ids(String query) {
    List<String> ids = new ArrayList<>();
    collector
        .viewer
        .get(LIST + query)
        .json()
        .get("evidence")
        .forEach(evidence -> ids.add(evidence.get("id").asText()));
    return ids;
  }

  private List<String> actions(FakeAgent agent) throws IOException {
    return collector.custody.entries(agent.evidence).stream()
        .map(CustodyEntry::action)
        .collect(Collectors.toList());
  }

  private static String text(Map<String, byte[]> files, String name) {
    return new String(files.get(name), StandardCharsets.UTF_8);
  }

  private static Map<String, byte[]> unzip(byte[] zipped) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(zipped))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
    }
    return files;
  }
}
