package whorl.collector.mcp.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.evidence.Json;

class ListPageTest {
  private static final Resource ROWS = Resource.of("/rows");

  private final List<Integer> asked = new ArrayList<>();
  private int rowChars = 10;
  private int rowsMax = 1_000;

  /** A list of a thousand rows, whose cursor is the number of the next one. */
  private JsonNode rows(Resource resource) {
    int limit = Integer.parseInt(resource.query().get("limit"));
    int from = Integer.parseInt(resource.query().getOrDefault("cursor", "0"));
    asked.add(limit);
    if (limit > rowsMax) {
      throw new TooLongException();
    }
    ObjectNode page = JsonNodeFactory.instance.objectNode();
    ArrayNode rows = page.putArray("rows");
    for (int i = from; i < Math.min(1_000, from + limit); i++) {
      rows.addObject().put("number", i).put("text", "x".repeat(rowChars));
    }
    if (from + limit < 1_000) {
      page.put("next", Integer.toString(from + limit));
    }
    page.put("size", 1_000);
    return page;
  }

  @Test
  void rowsThatFit_areAllThere_withTheCursor() throws IOException {
    Found found = new ListPage(ROWS, "rows").read(this::rows, 50);

    assertThat(found.data().path("rows")).hasSize(50);
    assertThat(found.data().path("size").asInt()).isEqualTo(1_000);
    assertThat(found.cut()).contains("ask again", "next");
    assertThat(asked).containsExactly(50);
  }

  @Test
  void lastPage_isNotCut() throws IOException {
    Found found = new ListPage(ROWS.with("cursor", "990"), "rows").read(this::rows, 50);

    assertThat(found.data().path("rows")).hasSize(10);
    assertThat(found.cut()).isNull();
  }

  @Test
  void rowsThatDoNotFit_areAskedForAgain_soThatNoneIsSkipped() throws IOException {
    rowChars = 3_000;
    List<Integer> numbers = new ArrayList<>();
    Resource next = ROWS;
    for (int page = 0; page < 200 && next != null; page++) {
      Found found = new ListPage(next, "rows").read(this::rows, 200);
      assertThat(Json.bytes(found.data()).length).isLessThanOrEqualTo(Bounds.RESULT_MAX_BYTES);
      found.data().path("rows").forEach(row -> numbers.add(row.path("number").asInt()));
      JsonNode cursor = found.data().path("next");
      next = cursor.isMissingNode() ? null : ROWS.with("cursor", cursor.asText());
    }

    assertThat(numbers).hasSize(1_000).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void hugeRow_isShortened_andShown() throws IOException {
    rowChars = 5_000_000;

    Found found = new ListPage(ROWS, "rows").read(this::rows, 2);

    assertThat(found.data().path("rows").size()).isPositive();
    assertThat(found.data().at("/rows/0/text").asText()).contains("5000000 characters in all");
  }

  @Test
  void answerThatIsTooLong_isAskedForWithLess() throws IOException {
    rowsMax = 7;

    Found found = new ListPage(ROWS, "rows").read(this::rows, 200);

    assertThat(found.data().path("rows").size()).isBetween(1, 7);
    assertThat(found.data().path("next").asText())
        .isEqualTo(Integer.toString(found.data().path("rows").size()));
    rowsMax = 0;
    assertThatThrownBy(() -> new ListPage(ROWS, "rows").read(this::rows, 200))
        .isInstanceOf(TooLongException.class)
        .hasMessageContaining("lower limit");
  }

  @Test
  void part_goesOnAtItsOffset() {
    ObjectNode report = JsonNodeFactory.instance.objectNode().put("summary", "s");
    ArrayNode findings = report.putArray("findings");
    for (int i = 0; i < 100; i++) {
      findings.addObject().put("number", i).put("text", "y".repeat(2_000));
    }
    List<Integer> numbers = new ArrayList<>();
    for (int offset = 0; offset < 100; ) {
      Found found = Part.of(report, "findings", offset, 200);
      assertThat(Json.bytes(found.data()).length).isLessThanOrEqualTo(Bounds.RESULT_MAX_BYTES);
      assertThat(found.data().path("summary").asText()).isEqualTo("s");
      found.data().path("findings").forEach(each -> numbers.add(each.path("number").asInt()));
      offset = numbers.size();
      if (offset < 100) {
        assertThat(found.cut()).contains("offset=" + offset);
      }
    }

    assertThat(numbers).hasSize(100).isSorted();
    assertThat(Part.of(report, "findings", 5_000, 10).data().path("findings")).isEmpty();
  }

  @Test
  void paths_areEncoded_andLeadNowhereElse() {
    Resource lines =
        Resource.of("/api/v1/evidence/{id}/lines/{artifact...}")
            .named("id", "0199f0a2")
            .named("artifact", "classes/../a b?x#y%2f");

    assertThat(lines.with("q", "a&b=c é").target())
        .isEqualTo(
            "/api/v1/evidence/0199f0a2/lines/classes/../a%20b%3Fx%23y%252f?q=a%26b%3Dc%20%C3%A9");
    assertThat(new Resource("/x/{id}", Map.of("id", "a/b"), Map.of()).target())
        .isEqualTo("/x/a%2Fb");
    assertThat(Resource.of("/x").target()).isEqualTo("/x");
  }
}
