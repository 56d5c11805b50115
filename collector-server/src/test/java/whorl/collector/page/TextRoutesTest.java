package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.Digest;

class TextRoutesTest {
  private ViewRig rig;

  @BeforeEach
  void open(@TempDir Path root) throws IOException {
    rig = new ViewRig(root, ClassViews.Limits.STANDARD);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private FakeAgent with(String name, String content) {
    return rig.ship(new FakeAgent().with(name, content));
  }

  /** Returns all lines by reading all pages. */
  private List<String> allLines(FakeAgent agent, String artifact, String query) {
    List<String> lines = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = rig.get(agent, "/lines/" + artifact + "?" + query + cursor).json();
      page.get("lines").forEach(line -> lines.add(line.asText()));
      assertThat(page.get("numbers")).hasSameSizeAs(page.get("lines"));
      cursor = page.has("next") ? "&cursor=" + page.get("next").asText() : null;
    }
    return lines;
  }

  @Test
  void lines_comeInPages_eachOnce() {
    StringBuilder text = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      expected.add(i % 7 == 0 ? "" : "l\u00efne " + i);
      text.append(expected.get(i)).append('\n');
    }
    FakeAgent agent = with("console.log", text.toString());

    assertThat(allLines(agent, "console.log", "limit=9")).containsExactlyElementsOf(expected);
    JsonNode second =
        rig.get(
                agent,
                "/lines/console.log?limit=9&cursor="
                    + rig.get(agent, "/lines/console.log?limit=9").json().get("next").asText())
            .json();
    assertThat(second.get("numbers").get(0).asInt()).isEqualTo(10);
  }

  @Test
  void lines_lastOneWithoutANewline_isShown() {
    assertThat(allLines(with("a.txt", "one\ntwo"), "a.txt", "limit=1"))
        .containsExactly("one", "two");
    assertThat(allLines(with("a.txt", ""), "a.txt", "limit=1")).isEmpty();
  }

  @Test
  void lines_filter_ignoresCase_andKeepsLineNumbers() {
    FakeAgent agent = with("a.txt", "first\nSECOND\nthird\nsecond again\n");

    JsonNode page = rig.get(agent, "/lines/a.txt?q=Second").json();

    assertThat(page.get("lines")).hasSize(2);
    assertThat(page.get("numbers").toString()).isEqualTo("[2,4]");
    assertThat(page.has("next")).isFalse();
    assertThat(page.get("read").asInt()).isEqualTo(page.get("size").asInt());
  }

  @Test
  void lines_long_areMarkedPieces_cutBetweenCharacters() {
    String line = "\u20ac".repeat(TextSegments.MAX_BYTES / 2);
    FakeAgent agent = with("a.txt", line + "\nshort\n");

    List<String> pieces = allLines(agent, "a.txt", "limit=1");

    assertThat(pieces).hasSize(3);
    assertThat(pieces.get(0)).endsWith(LinePage.CONTINUED);
    assertThat(pieces.get(0).replace(LinePage.CONTINUED, "") + pieces.get(1)).isEqualTo(line);
    assertThat(pieces.get(2)).isEqualTo("short");
  }

  @Test
  void lines_filterOverALargeArtifact_scansAPart_andContinues() {
    String filler = ("x".repeat(1023) + "\n").repeat(33 << 10);
    FakeAgent agent = with("a.txt", filler + "needle\n");

    JsonNode first = rig.get(agent, "/lines/a.txt?q=needle").json();
    assertThat(first.get("lines")).isEmpty();
    assertThat(first.get("read").asLong()).isBetween(32L << 20, (32L << 20) + 1024);

    assertThat(allLines(agent, "a.txt", "q=needle")).containsExactly("needle");
  }

  @Test
  void lines_controlCharacters_areEscaped() {
    Answer answer = rig.get(with("a.txt", "\u001b[2J\u0007\u0001<script>\n"), "/lines/a.txt");

    assertThat(answer.text()).contains("\\u001B[2J\\u0007\\u0001<script>");
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
  }

  @Test
  void lines_ofBinaryArtifacts_areRefused() {
    FakeAgent agent =
        rig.ship(
            new FakeAgent()
                .with("recording.jfr", new byte[] {'F', 'L', 'R', 0, 0})
                .with("a.txt.age", "age-encryption.org/v1\n"));

    assertThat(rig.get(agent, "/lines/recording.jfr").status()).isEqualTo(415);
    assertThat(rig.get(agent, "/lines/a.txt.age").status()).isEqualTo(415);
    assertThat(rig.get(agent, "/lines/a.txt").text()).contains("encrypted", "age -d");
    assertThat(rig.get(agent, "/lines/b.txt").status()).isEqualTo(404);
    assertThat(rig.get(agent, "/lines/..%2f..%2ftokens").status()).isEqualTo(404);
  }

  @Test
  void artifactThatSomebodyChanged_isNamedAsDamaged() {
    FakeAgent agent = with("threads.json", "{}");
    rig.changed.add(Digest.of("{}".getBytes(StandardCharsets.UTF_8)));

    for (String shown : List.of("/threads", "/lines/threads.json")) {
      Answer answer = rig.get(agent, shown);

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text())
          .contains("content is damaged", "evidence " + agent.evidence, "artifact threads.json");
    }
  }

  @Test
  void lines_badParameters_get400() {
    FakeAgent agent = with("a.txt", "one\n");

    for (String query :
        List.of(
            "limit=0",
            "limit=2001",
            "limit=x",
            "cursor=x",
            "cursor=-1-1",
            "cursor=5-1",
            "cursor=999999999999999999-1",
            "q=" + "x".repeat(201))) {
      assertThat(rig.get(agent, "/lines/a.txt?" + query).status()).as(query).isEqualTo(400);
    }
  }

  @Test
  void lines_reads_areInCustodyOnce() throws IOException {
    FakeAgent agent = with("a.txt", "one\ntwo\n");
    rig.get(agent, "/lines/a.txt?limit=1");
    rig.get(agent, "/lines/a.txt?limit=1&cursor=4-2");

    assertThat(rig.collector.custody.entries(agent.evidence))
        .filteredOn(entry -> entry.action().equals(CustodyAction.EXPORTED.word()))
        .singleElement()
        .satisfies(entry -> assertThat(entry.detail()).containsEntry("what", "lines of a.txt"));
  }

  @Test
  void threads_areServedInBothForms() {
    FakeAgent agent =
        rig.ship(new FakeAgent().with("threads.txt", "\"main\" #1").with("threads.json", "{}"));

    Answer text = rig.get(agent, "/threads?format=text");
    assertThat(text.text()).isEqualTo("\"main\" #1");
    assertThat(text.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(rig.get(agent, "/threads").text()).isEqualTo("{}");
    assertThat(rig.get(agent, "/threads?format=xml").status()).isEqualTo(400);
  }
}
