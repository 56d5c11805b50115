package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.evidence.Id;

/** Fuzzes query strings and ranges: each is a valid query or is refused with a 4xx. */
class ParametersFuzzTest {
  private static final Id EVIDENCE = new Id("evidence-1");

  @FuzzTest
  void query_isAQuestionOrRefused(byte[] input) throws IOException {
    FakeRequest request = request(new String(input, StandardCharsets.UTF_8));
    Parameters parameters = new Parameters(request);
    try {
      TimelineQuestion question = new TimelineQuestion(new OneRow(), MarkedRows.NONE);
      TimelineQuery query = question.of(parameters, List.of(EVIDENCE));
      TimelineQuery page = question.page(parameters, query);
      assertThat(page.limit()).isBetween(1, TimelineQuery.LIMIT_MAX);
      assertThat(query.where()).hasSizeLessThanOrEqualTo(100);
      assertThat(query.types()).allSatisfy(type -> assertThat(type).isNotBlank());
      for (Where where : query.where()) {
        assertThat(where.column()).isNotEqualTo(Column.STACK_TRACE);
      }
    } catch (ProblemException refused) {
      assertThat(refused.status()).isIn(400, 404);
      assertThat(refused.getMessage()).isNotBlank();
    }
    try {
      Paging paging = Paging.of(request);
      assertThat(paging.limit()).isBetween(1, 1_000);
      Long position = paging.position();
      assertThat(position == null || position >= 0).isTrue();
    } catch (ProblemException refused) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  /** Escaped values of the where parameter are parsed unchanged. */
  @FuzzTest
  void value_inAWhere_isReadAsItWas(byte[] input) {
    String value = new String(input, StandardCharsets.UTF_8);
    String escaped = value.replace("\\", "\\\\").replace(";", "\\;");
    if (escaped.length() > 3_900) {
      return;
    }
    FakeRequest request = FakeRequest.get("/").query("where", "message:contains:" + escaped);
    assertThat(WhereParameter.of(new Parameters(request)))
        .containsExactly(new Where(Column.MESSAGE, Where.Op.CONTAINS, value));
  }

  /** The first byte is the size, the rest is the header. */
  @FuzzTest
  void range_isWithinTheSize(byte[] input) {
    long size = input.length == 0 ? 0 : input[0] & 0xFF;
    String header =
        new String(
            input,
            Math.min(1, input.length),
            Math.max(0, input.length - 1),
            StandardCharsets.ISO_8859_1);
    if (ByteRange.parse(header, size) instanceof ByteRange.Part part) {
      assertThat(part.offset()).isBetween(0L, size - 1);
      assertThat(part.length()).isBetween(1L, size - part.offset());
    }
  }

  /** Fuzzes service names, which become part of file names. */
  @FuzzTest
  void downloadsName_isAPlainFileName(byte[] input) {
    String name =
        FileNames.of(
            new String(input, StandardCharsets.UTF_8), Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(name).matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}-20260102T030405Z");
    assertThat(FileNames.attachment(name)).doesNotContain("\r", "\n");
  }

  private static FakeRequest request(String query) {
    FakeRequest request = FakeRequest.get("/");
    try {
      new QueryStringDecoder(query, StandardCharsets.UTF_8, false, 64, true)
          .parameters()
          .forEach((name, values) -> request.query(name, values.get(0)));
    } catch (IllegalArgumentException malformed) {
      return request;
    }
    return request;
  }

  /** A timeline with row 7 only. */
  private static final class OneRow implements Timeline {
    private static final Row ROW =
        Row.of(
            Map.of(
                Column.EVIDENCE,
                EVIDENCE.value(),
                Column.ROW,
                7L,
                Column.TIME,
                1_796_000_000_000_000_000L));

    @Override
    public Page page(TimelineQuery query) {
      boolean found = query.where().get(0).value().equals("7");
      return new Page(found ? List.of(ROW) : List.of(), null);
    }

    @Override
    public void each(TimelineQuery query, Set<Column> columns, RowConsumer rows) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void parquet(TimelineQuery query, OutputStream out) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Histogram histogram(TimelineQuery query, int buckets) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<TypeCount> types(TimelineQuery query) {
      throw new UnsupportedOperationException();
    }
  }
}
