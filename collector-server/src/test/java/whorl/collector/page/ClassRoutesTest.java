package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.Digest;

class ClassRoutesTest {
  /** Little memory and text, and more time than a busy machine needs. */
  private static final ClassViews.Limits SMALL =
      new ClassViews.Limits(64 << 20, Duration.ofMinutes(2), 2 << 20);

  @TempDir private Path root;
  private ViewRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new ViewRig(root, SMALL);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private static FakeAgent withClassFiles(FakeAgent agent, byte[]... files) {
    for (byte[] file : files) {
      agent.with("classes/" + Digest.of(file) + ".class", file);
    }
    return agent;
  }

  private static String line(String name, String rest) {
    return "{\"name\":\"" + name + "\",\"loader\":\"app\"," + rest + "\"hidden\":false}\n";
  }

  private static String finding(String severity) {
    return "\"findings\":[{\"kind\":\"made-class\",\"severity\":\""
        + severity
        + "\",\"reason\":\"r\"}],";
  }

  private List<String> names(FakeAgent agent, String query) {
    List<String> names = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = rig.get(agent, "/classes?" + query + cursor).json();
      page.get("classes").forEach(row -> names.add(row.path("name").asText("?")));
      cursor = page.has("next") ? "&cursor=" + page.get("next").asText() : null;
    }
    return names;
  }

  @Test
  void list_worstFindingsFirst_thenUnloaded_thenGenerated_andNoOthers() {
    byte[] kept = HostileClasses.named("a/Kept");
    byte[] gone = HostileClasses.named("a/Gone");
    FakeAgent agent =
        rig.ship(
            withClassFiles(
                new FakeAgent()
                    .with(
                        "classes.ndjson",
                        line("java.lang.String", "")
                            + line(
                                "a.Kept", "\"sha256\":\"" + Digest.of(kept) + "\",\"findings\":[],")
                            + line("a.Medium", finding("medium"))
                            + "not json, \"sha256\"\n"
                            + line("a.Critical", finding("critical"))
                            + line("a.Odd", finding("strange"))
                            + line("a.High", finding("high"))),
                kept,
                gone));

    assertThat(names(agent, "limit=2"))
        .containsExactly("a.Critical", "a.High", "a.Medium", "a.Odd", "a.Gone", "a.Kept");
    assertThat(names(agent, "q=A.k")).containsExactly("a.Kept");
    JsonNode all = rig.get(agent, "/classes").json();
    assertThat(all.get("total").asInt()).isEqualTo(6);
    assertThat(all.get("skipped").asInt()).isEqualTo(1);
    assertThat(all.get("cut").asBoolean()).isFalse();
    assertThat(all.get("classes").get(4).get("gone").asBoolean()).isTrue();
    assertThat(all.get("classes").get(5).get("files").get(0).asText())
        .isEqualTo(Digest.of(kept).hex());
  }

  @Test
  void list_classFileThatSomebodyChanged_hasNoName_andItsViewSaysWhy() {
    byte[] changed = HostileClasses.named("a/Changed");
    byte[] right = HostileClasses.named("a/Right");
    FakeAgent agent = rig.ship(withClassFiles(new FakeAgent(), changed, right));
    rig.changed.add(Digest.of(changed));

    JsonNode classes = rig.get(agent, "/classes").json().get("classes");
    Answer view = rig.get(agent, "/classes/" + Digest.of(changed));

    assertThat(classes).hasSize(2);
    assertThat(classes.findValuesAsText("name")).containsExactly("a.Right");
    assertThat(view.status()).isEqualTo(500);
    assertThat(view.text())
        .contains("content is damaged", "evidence " + agent.evidence, "artifact classes/");
  }

  @Test
  void list_partialEvidenceSeenBeforeItsAgentCompletesIt_isThatOfAllOfItAfterwards() {
    byte[] kept = HostileClasses.named("a/Kept");
    FakeAgent agent =
        withClassFiles(
            new FakeAgent()
                .with(
                    "classes.ndjson",
                    line("a.Critical", finding("critical"))
                        + line("a.Kept", "\"sha256\":\"" + Digest.of(kept) + "\",")),
            kept);
    agent.ship(rig.collector.agentClient, "classes/" + Digest.of(kept) + ".class", kept);
    rig.collector.expireUploads();
    assertThat(names(agent, "limit=2")).containsExactly("a.Kept");

    rig.ship(agent);

    JsonNode page = rig.get(agent, "/classes").json();
    assertThat(page.get("classes").findValuesAsText("name"))
        .containsExactly("a.Critical", "a.Kept");
    assertThat(page.get("classes").get(1).path("gone").asBoolean()).isFalse();
  }

  @Test
  void list_hostileLines_areSkippedOrShown_withoutFailure() {
    FakeAgent agent =
        rig.ship(
            new FakeAgent()
                .with(
                    "classes.ndjson",
                    "{}\nnull\n[]\n\"x\"\n{\"findings\":[null]}\n"
                        + "{\"sha256\":\"../../x\",\"keptBytes\":[null,\"y\"]}\n"
                        + "{\"keptBytes\":[null]}\n"
                        + "{\"findings\":"
                        + "[".repeat(1000)
                        + "\n"
                        + "{\"name\":\""
                        + "n".repeat(2 << 20)
                        + "\"}\n"
                        + "\u0000\u0001\n"));

    JsonNode page = rig.get(agent, "/classes").json();

    assertThat(page.get("classes")).hasSize(3);
    assertThat(page.get("skipped").asInt()).isEqualTo(2);
  }

  @Test
  void list_badParameters_get400_andAnEncryptedListIsReported() {
    FakeAgent agent = rig.ship(new FakeAgent().with("classes.ndjson", ""));
    for (String query : List.of("limit=0", "limit=501", "cursor=x", "cursor=-1", "cursor=")) {
      assertThat(rig.get(agent, "/classes?" + query).status()).as(query).isEqualTo(400);
    }
    assertThat(rig.get(agent, "/classes?cursor=999").json().get("classes")).isEmpty();

    FakeAgent sealed = rig.ship(new FakeAgent().with("classes.ndjson.age", "x"));
    assertThat(rig.get(sealed, "/classes").text()).contains("encrypted");
    assertThat(rig.get(sealed, "/classes.zip").status()).isEqualTo(404);
  }

  @Test
  void view_bothForms_areTextAndCached() {
    byte[] file = HostileClasses.named("a/b/Promo");
    FakeAgent agent = rig.ship(withClassFiles(new FakeAgent(), file));
    String path = "/classes/" + Digest.of(file);

    Answer bytecode = rig.get(agent, path);
    assertThat(bytecode.status()).as(bytecode.text()).isEqualTo(200);
    assertThat(bytecode.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(bytecode.text()).contains("class a/b/Promo", "LDC \"hello from a/b/Promo\"");
    Answer source = rig.get(agent, path + "?view=source");
    assertThat(source.status()).as(source.text()).isEqualTo(200);
    assertThat(source.text())
        .contains("package a.b;", "public class Promo", "return \"hello from a/b/Promo\";");

    rig.confined.close();
    assertThat(rig.get(agent, path + "?view=source").text()).isEqualTo(source.text());

    assertThat(rig.get(agent, path + "?view=hex").status()).isEqualTo(400);
    assertThat(rig.get(agent, "/classes/" + "0".repeat(64)).status()).isEqualTo(404);
    assertThat(rig.get(agent, "/classes/x").status()).isEqualTo(404);
  }

  @Test
  void view_classOfANewerJava_isShown() {
    byte[] file = HostileClasses.named("Tomorrow");
    file[7] = 99;
    FakeAgent agent = rig.ship(withClassFiles(new FakeAgent(), file));

    assertThat(rig.get(agent, "/classes/" + Digest.of(file)).text())
        .startsWith("// of class file version 99, read as if it were 70")
        .contains("class Tomorrow");
  }

  @Test
  void view_hostileClasses_causeNoFailure() throws IOException {
    byte[] good = HostileClasses.named("Good");
    byte[] cutShort = Arrays.copyOf(good, good.length / 2);
    byte[] noClass = "this is no class".getBytes(StandardCharsets.UTF_8);
    byte[] stuffed = HostileClasses.stuffed();
    byte[] tangled = HostileClasses.tangled(2_000);
    FakeAgent agent =
        rig.ship(withClassFiles(new FakeAgent(), good, cutShort, noClass, stuffed, tangled));

    assertShownOrRefused(agent, cutShort, noClass, stuffed);
    Answer refused = rig.get(agent, "/classes/" + Digest.of(cutShort));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text()).contains("class can't be read", "download it");
    assertThat(rig.get(agent, "/classes/" + Digest.of(good)).status()).isEqualTo(200);

    rig.close();
    // of this class no source is found in any time
    rig = new ViewRig(root, new ClassViews.Limits(64 << 20, Duration.ofSeconds(12), 2 << 20));
    assertShownOrRefused(agent, tangled);
  }

  private void assertShownOrRefused(FakeAgent agent, byte[]... hostile) {
    for (byte[] each : hostile) {
      for (String form : List.of("bytecode", "source")) {
        Answer answer = rig.get(agent, "/classes/" + Digest.of(each) + "?view=" + form);
        assertThat(answer.status()).as(answer.text()).isIn(200, 422, 504);
      }
    }
  }

  @Test
  void view_tooSlow_timesOut_withTheLimit() throws IOException {
    rig.close();
    rig = new ViewRig(root, new ClassViews.Limits(64 << 20, Duration.ofMillis(1), 2 << 20));
    byte[] file = HostileClasses.named("Slow");
    FakeAgent agent = rig.ship(withClassFiles(new FakeAgent(), file));

    Answer answer = rig.get(agent, "/classes/" + Digest.of(file) + "?view=source");

    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.text()).contains("class took too long", "view=bytecode");
    assertThat(rig.collector.folder.confined("classes")).isEmptyDirectory();
  }

  @Test
  void view_tooMuchText_isRefused() throws IOException {
    rig.close();
    rig = new ViewRig(root, new ClassViews.Limits(64 << 20, SMALL.timeLimit(), 100));
    byte[] file = HostileClasses.named("Long");
    FakeAgent agent = rig.ship(withClassFiles(new FakeAgent(), file));

    assertThat(rig.get(agent, "/classes/" + Digest.of(file)).text())
        .contains("class too long to show");
  }

  @Test
  void zip_hasEveryClassByItsName_insideItsFolder() throws IOException {
    byte[] good = HostileClasses.named("a/b/Good");
    byte[] same = HostileClasses.named("a/b/GOOD");
    byte[] out = HostileClasses.named("../../etc/x\u0000:y");
    byte[] root = HostileClasses.named("/root");
    byte[] broken = {2, 3}; // its digest begins with ee, so it comes late
    byte[] asBroken = HostileClasses.named("unnamed/" + Digest.of(broken));
    FakeAgent agent =
        rig.ship(withClassFiles(new FakeAgent(), good, same, out, root, asBroken, broken));

    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip =
        new ZipInputStream(new ByteArrayInputStream(rig.get(agent, "/classes.zip").body()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }

    String folder = "whorl-" + agent.evidence + "-classes/";
    assertThat(entries).hasSize(7);
    assertThat(entries.keySet())
        .allSatisfy(name -> assertThat(name).startsWith(folder).doesNotContain(".."))
        .contains(folder + "unnamed/~" + Digest.of(broken) + ".class", folder + "root.class")
        .anyMatch(name -> name.matches(folder + "a/b/(Good|GOOD)\\.class"))
        .anyMatch(name -> name.matches(folder + "a/b/(Good|GOOD)~[0-9a-f]{64}\\.class"));
    String sums = new String(entries.get(folder + "SHA256SUMS"), StandardCharsets.UTF_8);
    for (String sum : sums.split("\n")) {
      String[] parts = sum.split("  ");
      assertThat(Digest.of(entries.get(folder + parts[1])).hex()).isEqualTo(parts[0]);
    }
    assertThat(sums.lines()).hasSize(6);
  }
}
